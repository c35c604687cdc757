#include "plugin/lane/folders.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace sidedish::lane {
namespace {

tl::unexpected<Error> system_error(const char* doing) noexcept {
  const Errc code = errno == ENOENT ? Errc::not_found : errno == EACCES ? Errc::denied : Errc::io;
  return fail(code, doing, std::strerror(errno));
}

bool parse_number(std::string_view text, std::uint32_t& out) noexcept {
  if (text.empty() || text.size() > 9) return false;
  out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    out = out * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return true;
}

/// Field `index` of a line of /etc/passwd.
std::string_view field(std::string_view line, unsigned index) noexcept {
  std::size_t from = 0;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] != ':') continue;
    if (index-- == 0) return {line.data() + from, i - from};
    from = i + 1;
  }
  return {};
}

}  // namespace

bool Path::append(std::string_view part) noexcept {
  if (part.empty() || !fits_) return fits_;
  fits_ = part.size() < sizeof text_ - size_ && std::memchr(part.data(), 0, part.size()) == nullptr;
  if (!fits_) return false;
  std::memcpy(text_ + size_, part.data(), part.size());
  size_ = static_cast<std::uint16_t>(size_ + part.size());
  text_[size_] = 0;
  return true;
}

void File::reset() noexcept {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

Owners owners_named(std::string_view name) noexcept {
  Owners owners;
  owners.self = static_cast<std::uint32_t>(::geteuid());
  if (parse_number(name, owners.named)) {
    owners.has_named = true;
    return owners;
  }
  const File file(::open("/etc/passwd", O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file) return owners;
  char buffer[4096];
  std::size_t used = 0;
  for (;;) {
    const ssize_t n = ::read(file.get(), buffer + used, sizeof buffer - used);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return owners;
    used += static_cast<std::size_t>(n);
    std::size_t from = 0;
    for (std::size_t i = 0; i < used; ++i) {
      if (buffer[i] != '\n') continue;
      const std::string_view line(buffer + from, i - from);
      from = i + 1;
      if (field(line, 0) == name && parse_number(field(line, 2), owners.named)) {
        owners.has_named = true;
        return owners;
      }
    }
    if (from == 0 && used == sizeof buffer) return owners;  // a line that no system writes
    std::memmove(buffer, buffer + from, used - from);
    used -= from;
  }
}

Result<File> open_state_folder(int at, const char* path, const Owners& owners) noexcept {
  File folder(::openat(at, path, O_DIRECTORY | O_RDONLY | O_CLOEXEC));
  if (!folder) return system_error("opening a state folder");
  struct stat what;
  if (::fstat(folder.get(), &what) != 0) return system_error("looking at a state folder");
  if (!owners.trusts(what.st_uid)) return fail(Errc::denied, "a state folder has another owner");
  if ((what.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(Errc::denied, "a state folder is writable by its group or by others");
  }
  return folder;
}

Result<File> open_state_file(int folder, const char* name, const Owners& owners) noexcept {
  File file(::openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!file) return system_error("opening a state file");
  struct stat what;
  if (::fstat(file.get(), &what) != 0) return system_error("looking at a state file");
  if (!S_ISREG(what.st_mode)) return fail(Errc::denied, "a state file is no plain file");
  if (!owners.trusts(what.st_uid)) return fail(Errc::denied, "a state file has another owner");
  if ((what.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(Errc::denied, "a state file is writable by its group or by others");
  }
  return file;
}

Result<File> open_rings_folder(const char* run_dir, const Owners& owners) noexcept {
  constexpr mode_t kMode = 03770;
  const auto open_or_make = [&](int at, const char* path) -> Result<File> {
    const bool made = ::mkdirat(at, path, 0770) == 0;
    File folder(::openat(at, path, O_DIRECTORY | O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!folder) return system_error("opening the run folder");
    if (made && ::fchmod(folder.get(), kMode) != 0) return system_error("making the run folder");
    struct stat what;
    if (::fstat(folder.get(), &what) != 0) return system_error("looking at the run folder");
    if (!owners.trusts(what.st_uid)) return fail(Errc::denied, "the run folder has another owner");
    if ((what.st_mode & S_IWOTH) != 0) {
      return fail(Errc::denied, "the run folder is writable by everybody");
    }
    return folder;
  };
  const Result<File> run = open_or_make(AT_FDCWD, run_dir);
  if (!run) return tl::unexpected<Error>(run.error());
  struct statfs kind;
  if (::fstatfs(run->get(), &kind) != 0) return system_error("looking at the run folder");
  if (static_cast<unsigned long>(kind.f_type) != TMPFS_MAGIC) {
    return fail(Errc::unsupported, "the run folder is not on tmpfs: a write there could wait");
  }
  return open_or_make(run->get(), "rings");
}

Path default_run_dir() noexcept {
  struct statfs kind;
  if (::statfs("/run/sidedish", &kind) == 0 &&
      static_cast<unsigned long>(kind.f_type) == TMPFS_MAGIC) {
    return Path("/run/sidedish");
  }
  char text[64];
  std::snprintf(text, sizeof text, "/dev/shm/sidedish-%u", static_cast<unsigned>(::geteuid()));
  return Path(text);
}

Result<std::size_t> read_whole(int file, void* out, std::size_t room) noexcept {
  std::size_t used = 0;
  for (;;) {
    if (used == room) {
      char more = 0;
      const ssize_t n = ::read(file, &more, 1);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_error("reading a state file");
      if (n > 0) return fail(Errc::limit, "a state file is longer than it may be");
      return used;
    }
    const ssize_t n = ::read(file, static_cast<char*>(out) + used, room - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("reading a state file");
    if (n == 0) return used;
    used += static_cast<std::size_t>(n);
  }
}

}  // namespace sidedish::lane
