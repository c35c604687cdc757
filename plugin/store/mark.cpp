#include "plugin/store/mark.hpp"

#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <span>
#include <unistd.h>

namespace sidedish::outbox {
namespace {

struct Bytes {
  char magic[8];
  std::uint64_t commits;
  std::uint32_t version;
  std::uint32_t crc;  // CRC-32C of what stands before it
};
static_assert(sizeof(Bytes) == 24);
constexpr char kMagic[8] = {'S', 'D', 'm', 'a', 'r', 'k', '0', '1'};

std::uint32_t sum_of(const Bytes& bytes) {
  return crc32c(bytes_of(bytes).first(offsetof(Bytes, crc)));
}

}  // namespace

MarkFile::MarkFile(const std::filesystem::path& outbox) : path_(outbox.string() + ".mark") {}
MarkFile::~MarkFile() {
  if (file_ >= 0) ::close(file_);
}

std::optional<Mark> MarkFile::read() const {
  const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return std::nullopt;
  std::array<std::byte, sizeof(Bytes)> raw{};
  const ssize_t n = ::pread(file, raw.data(), raw.size(), 0);
  ::close(file);
  if (n != static_cast<ssize_t>(raw.size())) return std::nullopt;
  const Bytes bytes = load<Bytes>(raw.data());
  if (std::memcmp(bytes.magic, kMagic, sizeof kMagic) != 0 || bytes.crc != sum_of(bytes)) {
    return std::nullopt;
  }
  return Mark{bytes.version, bytes.commits};
}

void MarkFile::write(const Mark& mark, bool sync) {
  if (file_ < 0) {
    file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file_ < 0) return;
  }
  Bytes bytes{};
  std::memcpy(bytes.magic, kMagic, sizeof kMagic);
  bytes.commits = mark.commits;
  bytes.version = mark.version;
  bytes.crc = sum_of(bytes);
  static_cast<void>(::pwrite(file_, &bytes, sizeof bytes, 0));
  if (!sync) return;
  ::fsync(file_);
  const int folder = ::open(path_.parent_path().c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

void MarkFile::remove() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
  ::unlink(path_.c_str());
}

}  // namespace sidedish::outbox
