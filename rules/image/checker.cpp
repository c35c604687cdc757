#include "rules/image/checker.hpp"

#include "rules/base/text.hpp"
#include "rules/image/fault.hpp"

#include <cstring>

namespace sidedish::image {
namespace {

bool ascii(const char* p, std::size_t n) noexcept {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    std::uint64_t chunk = 0;
    std::memcpy(&chunk, p + i, 8);
    if ((chunk & 0x8080808080808080ULL) != 0) return false;
  }
  for (; i < n; ++i) {
    if ((static_cast<unsigned char>(p[i]) & 0x80U) != 0) return false;
  }
  return true;
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

bool Checker::spend(std::uint64_t work, const char* table, std::uint64_t index) noexcept {
  if (work > budget_) {
    fault(Errc::limit, table, index, "shared texts and lists are too long to be checked");
    return false;
  }
  budget_ -= work;
  return true;
}

bool Checker::text(TextRef ref, const char* table, std::uint64_t index, const char* why) noexcept {
  if (ref == 0) return true;  // the empty text, checked with its table
  TextRef& seen = seen_texts_[ref * 0x9E3779B1U >> 23];
  if (seen == ref) return true;
  const std::uint64_t size = texts_.size();
  if (!ok(std::uint64_t{ref} + 2 <= size, table, index, why)) return false;
  const auto length = static_cast<std::size_t>(static_cast<unsigned char>(texts_[ref]) |
                                               static_cast<unsigned char>(texts_[ref + 1]) << 8);
  if (!ok(std::uint64_t{ref} + 2 + length <= size, table, index, why)) return false;
  if (!spend(length, table, index)) return false;
  const char* begin = texts_.data() + ref + 2;
  if (!ok(ascii(begin, length) || valid_utf8({begin, length}), table, index, why)) return false;
  seen = ref;
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
