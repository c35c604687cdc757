#include "plugin/agent/lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace sidedish::agent {

Lock::~Lock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> Lock::take(const std::filesystem::path& file) {
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd_ < 0) return fail(Errc::io, "opening " + file.string(), std::strerror(errno));
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(fd_, F_OFD_SETLK, &lock) == 0) return {};
  return fail(Errc::conflict, "another sidedish-agent has " + file.parent_path().string());
}

bool Lock::write_port(unsigned port) const {
  const std::string text = std::to_string(port) + "\n";
  // For everybody's `status`, whatever the umask.
  return ::fchmod(fd_, 0644) == 0 && ::ftruncate(fd_, 0) == 0 &&
         ::pwrite(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

}  // namespace sidedish::agent
