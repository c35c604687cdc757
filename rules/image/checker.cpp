#include "rules/image/checker.hpp"

#include "rules/base/text.hpp"
#include "rules/image/fault.hpp"

#include <cstring>

namespace sidedish::image {
namespace {

/// Whether a piece of 64, 128, 256, ... bytes is ASCII. Files are little-endian, and so are we
/// (rules/base/bytes.hpp).
bool ascii(const char* p, std::size_t n) noexcept {
  std::uint64_t bits[8] = {};
  for (std::size_t i = 0; i < n; i += sizeof bits) {
    std::uint64_t chunk[8];
    std::memcpy(chunk, p + i, sizeof chunk);
    for (unsigned k = 0; k < 8; ++k) bits[k] |= chunk[k];
  }
  for (unsigned k = 1; k < 8; ++k) bits[0] |= bits[k];
  return (bits[0] & 0x8080808080808080ULL) == 0;
}

}  // namespace

// A text or list may be shared by many records, and its check costs its length each time. An honest
// image stays far below 64 x its size (the longest texts of an offer are 30 times their
// references); a forged one that shares a huge list a million times is refused instead of obeyed.
Checker::Checker(const Image& image) noexcept
    : texts_(image.text_pool()),
      pool_(image.indices()),
      budget_(std::uint64_t{64} * image.bytes().size() + 4096) {
  while (texts_.size() >> shift_ >= kPieces) ++shift_;
  const std::size_t piece = std::size_t{1} << shift_;
  for (std::size_t i = 0; (i + 1) * piece <= texts_.size(); ++i) {
    const bool is = ascii(texts_.data() + i * piece, piece);
    plain_[i / 64] |= std::uint64_t{is} << i % 64;
  }
}

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

bool Checker::letters(TextRef ref, std::uint16_t length, const char* table, std::uint64_t index,
                      const char* why) noexcept {
  TextRef& seen = seen_texts_[ref * 0x9E3779B1U >> 23];
  if (seen == ref) return true;
  if (!spend(length, table, index)) return false;
  if (!ok(valid_utf8({texts_.data() + ref + 2, length}), table, index, why)) return false;
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
