#include "plugin/loopback/token.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sidedish::loopback {

std::string draw_token(const std::function<std::uint64_t()>& random) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (int word = 0; word < 4; ++word) {
    const std::uint64_t bits = random();
    for (unsigned shift = 0; shift < 64; shift += 4) out += kHex[(bits >> shift) & 15U];
  }
  return out;
}

Result<void> write_token(const std::filesystem::path& run_dir, const std::string& token) {
  const std::filesystem::path file = run_dir / "token";
  const std::string fresh = file.string() + ".tmp";
  ::unlink(fresh.c_str());
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  const auto failed = [&](const char* doing) {
    const int error = errno;
    if (fd >= 0) ::close(fd);
    ::unlink(fresh.c_str());
    return fail(Errc::io, std::string(doing) + " " + fresh, std::strerror(error));
  };
  if (fd < 0) return failed("making");
  struct stat folder {};
  struct stat made {};
  // The group of the folder is the one whose programs may come; being in it is not required of us. A hardened unit may not
  // call chown, and need not: its files are of that group.
  const bool grouped =
      ::stat(run_dir.c_str(), &folder) == 0 && ::fstat(fd, &made) == 0 &&
      (made.st_gid == folder.st_gid || ::fchown(fd, static_cast<uid_t>(-1), folder.st_gid) == 0);
  if (::fchmod(fd, grouped ? 0640 : 0600) != 0) return failed("setting the mode of");
  const std::string text = token + "\n";
  if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return failed("writing");
  }
  ::close(fd);
  if (::rename(fresh.c_str(), file.c_str()) != 0) {
    const int error = errno;
    ::unlink(fresh.c_str());
    return fail(Errc::io, "renaming " + fresh, std::strerror(error));
  }
  return {};
}

}  // namespace sidedish::loopback
