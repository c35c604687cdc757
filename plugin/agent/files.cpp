#include "plugin/agent/files.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace sidedish::agent {

namespace fs = std::filesystem;

tl::unexpected<Error> system_error(std::string_view doing, const fs::path& path) {
  return fail(Errc::io, std::string(doing) + " " + path.string(), std::strerror(errno));
}

Result<std::string> read_file(const fs::path& path, std::uintmax_t most) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return fail(Errc::not_found, "reading " + path.string(), error.message());
  if (size > most) return fail(Errc::limit, path.string(), "is too large");
  std::ifstream in(path, std::ios::binary);
  std::string out(static_cast<std::size_t>(size), '\0');
  in.read(out.data(), static_cast<std::streamsize>(size));
  if (!in) return fail(Errc::io, "reading " + path.string(), "ended early");
  return out;
}

namespace {

Result<void> sync_folder(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  if (fd < 0) return system_error("opening", path);
  const bool good = ::fsync(fd) == 0;
  ::close(fd);
  if (!good) return system_error("syncing", path);
  return {};
}

}  // namespace

Result<void> write_file(const fs::path& file, std::string_view bytes,
                        const std::function<void(const char*)>& at) {
  const fs::path fresh = file.string() + ".tmp";
  at("write");
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (fd < 0) return system_error("making", fresh);
  const auto give_up = [&](std::string_view doing) {
    const auto error = system_error(doing, fresh);
    ::close(fd);
    ::unlink(fresh.c_str());
    return error;
  };
  if (::fchmod(fd, 0644) != 0) return give_up("setting the mode of");
  for (std::string_view left = bytes; !left.empty();) {
    const ssize_t n = ::write(fd, left.data(), left.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return give_up("writing");
    left.remove_prefix(static_cast<std::size_t>(n));
  }
  at("sync");
  if (::fsync(fd) != 0) return give_up("syncing");
  ::close(fd);
  at("rename");
  if (::rename(fresh.c_str(), file.c_str()) != 0) return system_error("renaming", fresh);
  at("sync folder");
  return sync_folder(file.parent_path());
}

Result<Named> read_name(const fs::path& file) {
  const auto text = read_file(file, 256);
  if (!text) return tl::unexpected(text.error());
  Named out;
  const char* end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, out.generation);
  if (error == std::errc{} && end - at == 66 && *at == ' ') out.sha256.assign(at + 1, 64);
  if (out.sha256.empty() || out.sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return fail(Errc::corrupt, file.string(), "is not a generation and a digest");
  }
  return out;
}

Result<void> WatchedFile::look(const fs::path& file, std::uintmax_t most, const Take& take) {
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  const auto size = error ? 0 : fs::file_size(file, error);
  if (error) return fail(Errc::not_found, "reading " + file.string(), error.message());
  if (time == time_ && size == size_) return {};
  const auto bytes = read_file(file, most);
  auto done = bytes ? take(*bytes) : Result<void>(tl::unexpected(bytes.error()));
  if (done || done.error().code() != Errc::io) {
    time_ = time;
    size_ = size;
  }
  return done;
}

}  // namespace sidedish::agent
