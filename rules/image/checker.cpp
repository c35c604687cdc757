#include "rules/image/checker.hpp"

#include "rules/base/text.hpp"
#include "rules/image/fault.hpp"

#include <cstring>

namespace sidedish::image {
namespace {

constexpr std::size_t kShort = 32;  // looking at it again costs less than remembering it

/// Bytes up to `end` may be read. Files are little-endian, and so are we (rules/base/bytes.hpp).
bool ascii(const char* p, std::size_t n, const char* end) noexcept {
  std::uint64_t bits = 0;
  std::uint64_t chunk = 0;
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    std::memcpy(&chunk, p + i, 8);
    bits |= chunk;
  }
  if (i < n && end - (p + i) >= 8) {
    std::memcpy(&chunk, p + i, 8);
    bits |= chunk & (UINT64_MAX >> (8 * (8 - (n - i))));
    i = n;
  }
  for (; i < n; ++i) bits |= static_cast<unsigned char>(p[i]);
  return (bits & 0x8080808080808080ULL) == 0;
}

}  // namespace

// A text or list may be shared by many records, and its check costs its length each time. An honest
// image stays far below 64 x its size (the longest texts of an offer are 30 times their
// references); a forged one that shares a huge list a million times is refused instead of obeyed.
Checker::Checker(const Image& image) noexcept
    : texts_(image.text_pool()),
      pool_(image.indices()),
      budget_(std::uint64_t{64} * image.bytes().size() + 4096) {}

void Checker::fault(Errc code, const char* table, std::uint64_t index, const char* why) noexcept {
  if (why_ != nullptr) return;
  code_ = code;
  table_ = table;
  index_ = index;
  why_ = why;
}

Result<void> Checker::verdict() const noexcept {
  if (why_ == nullptr) return {};
  return fail_at(code_, table_, index_, why_);
}

bool Checker::text(TextRef ref, const char* table, std::uint64_t index, const char* why) noexcept {
  if (ref == 0) return true;  // the empty text, checked with its table
  const std::uint64_t size = texts_.size();
  if (!ok(std::uint64_t{ref} + 2 <= size, table, index, why)) return false;
  std::uint16_t length = 0;
  std::memcpy(&length, texts_.data() + ref, sizeof length);
  if (!ok(std::uint64_t{ref} + 2 + length <= size, table, index, why)) return false;
  TextRef* const seen = length > kShort ? &seen_texts_[ref * 0x9E3779B1U >> 23] : nullptr;
  if (seen != nullptr && *seen == ref) return true;
  if (!spend(length, table, index)) return false;
  const char* begin = texts_.data() + ref + 2;
  const bool good = ascii(begin, length, texts_.data() + size) || valid_utf8({begin, length});
  if (!ok(good, table, index, why)) return false;
  if (seen != nullptr) *seen = ref;
  return true;
}

bool Checker::ascending(std::uint32_t first, std::uint32_t count, std::uint64_t limit,
                        const char* table, std::uint64_t index, const char* why) noexcept {
  if (!ok(in_pool(first, count), table, index, why)) return false;
  if (count == 0) return true;
  List& seen = seen_lists_[(first * 0x9E3779B1U + count * 0x85EBCA77U) >> 23];
  if (seen.first == first && seen.count == count && seen.limit == limit) return true;
  if (!spend(count, table, index)) return false;
  const std::uint32_t* at = pool_.data() + first;
  bool good = at[count - 1] < limit;
  for (std::uint32_t i = 1; i < count; ++i) good &= at[i - 1] < at[i];
  if (!ok(good, table, index, why)) return false;
  seen = {first, count, limit};
  return true;
}

}  // namespace sidedish::image
