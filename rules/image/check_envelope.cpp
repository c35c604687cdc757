#include "rules/base/hash.hpp"
#include "rules/image/check.hpp"
#include "rules/image/fault.hpp"

#include <cstring>

namespace sidedish::image {
namespace {

constexpr std::uint32_t kRecordSizes[kTableCount] = {
    1,
    sizeof(Settings),
    4,
    sizeof(Store),
    sizeof(Terminal),
    sizeof(Offset),
    sizeof(Category),
    sizeof(Product),
    sizeof(Key),
    4,
    sizeof(Set),
    sizeof(Fact),
    sizeof(Gate),
    sizeof(Rule),
    sizeof(Offer),
    sizeof(std::uint32_t),
    sizeof(Texts),
    sizeof(Posting),
    4,
    8,
    4,
    sizeof(Bundle),
    sizeof(Slot),
    sizeof(Delta),
    sizeof(Locale),
    sizeof(Plural),
    sizeof(Avoid),
};
constexpr std::uint32_t kMaxTables = 64;

Result<void> bad(std::string_view why) noexcept { return fail(Errc::corrupt, "image header", why); }

std::uint32_t checksum(std::span<const std::byte> bytes, const Header& header) noexcept {
  Header blank = header;
  blank.crc32c = 0;
  std::byte head[sizeof(Header)];
  std::memcpy(head, &blank, sizeof head);
  return crc32c(bytes.subspan(sizeof(Header)), crc32c(head));
}

constexpr std::uint64_t up8(std::uint64_t n) noexcept { return (n + 7) & ~std::uint64_t{7}; }

bool zero(std::span<const std::byte> bytes) noexcept {
  for (const std::byte b : bytes) {
    if (b != std::byte{0}) return false;
  }
  return true;
}

}  // namespace

Result<void> check_envelope(std::span<const std::byte> bytes) noexcept {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) {
    return fail(Errc::invalid, "image", "bytes must be 8-byte aligned");
  }
  Header header;
  if (bytes.size() < sizeof header) return bad("the file is shorter than a header");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return bad("this is not an image");
  if (header.major != kFormatMajor) {
    return fail(Errc::unsupported, "image header", "made for another major version of the format");
  }
  if (header.engine_min > kEngine) {
    return fail(Errc::unsupported, "image header", "needs a newer engine than this");
  }
  if (header.size != bytes.size()) return bad("the file is not as long as its header says");
  if (bytes.size() > 0xFFFFFFFFU) return fail(Errc::limit, "image", "larger than 4 GiB");
  if (header.tables < kTableCount || header.tables > kMaxTables) return bad("number of tables");
  std::uint64_t end = sizeof(Header) + std::uint64_t{header.tables} * sizeof(Directory);
  if (end > bytes.size()) return bad("the directory is cut off");
  if (checksum(bytes, header) != header.crc32c) return bad("checksum");

  for (std::uint32_t i = 0; i < header.tables; ++i) {
    Directory entry;
    std::memcpy(&entry, bytes.data() + sizeof(Header) + i * sizeof(Directory), sizeof entry);
    const auto wrong = [&](const char* why) { return fail_at(Errc::corrupt, "directory", i, why); };
    if (entry.reserved != 0) return wrong("reserved is not zero");
    if (i < kTableCount && entry.record != kRecordSizes[i]) return wrong("record size");
    if (i == kVectors && entry.record != sizeof(Vector)) return wrong("record size");
    if (entry.offset != up8(end)) return wrong("a table does not begin where the one before ends");
    if (entry.offset > bytes.size()) return wrong("offset beyond the file");
    if (!zero(bytes.subspan(end, entry.offset - end))) return wrong("bytes between tables");
    end = entry.offset + std::uint64_t{entry.count} * entry.record;
    if (end > bytes.size()) return wrong("a table reaches beyond the file");
  }
  if (up8(end) != bytes.size() || !zero(bytes.subspan(end)))
    return bad("bytes after the last table");
  return {};
}

}  // namespace sidedish::image
