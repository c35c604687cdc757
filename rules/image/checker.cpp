#include "rules/image/checker.hpp"

#include "rules/base/text.hpp"
#include "rules/image/fault.hpp"

#include <cstring>
#include <iterator>

namespace sidedish::image {
namespace {

constexpr std::uint32_t kShort = 16;

/// Whether a piece of 64, 128, 256, ... bytes is ASCII. Files are little-endian, and so are we
/// (rules/base/bytes.hpp).
bool ascii(const char* p, std::size_t n) noexcept {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < n; i += 64) {
    std::uint64_t c[8];
    std::memcpy(c, p + i, sizeof c);
    bits |= ((c[0] | c[1]) | (c[2] | c[3])) | ((c[4] | c[5]) | (c[6] | c[7]));
  }
  return (bits & 0x8080808080808080ULL) == 0;
}

/// Whether each is below the next, and all below 2^31: the difference of two such numbers has its
/// highest bit exactly when the first is less. Without a branch, and several at a time.
bool rising(const std::uint32_t* at, std::size_t count) noexcept {
  const auto less = [&](std::size_t i) { return (at[i] - at[i + 1]) & ~(at[i] | at[i + 1]); };
  std::uint32_t all[4] = {~0U, ~0U, ~0U, ~0U};
  std::size_t i = 0;
  for (; i + 4 < count; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) all[k] &= less(i + k);
  }
  for (; i + 1 < count; ++i) all[0] &= less(i);
  return ((all[0] & all[1] & all[2] & all[3]) >> 31) != 0;
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
  // A text that is no longer than a piece ends in its own or the next.
  for (std::size_t i = 0; i < std::size(plain_); ++i) {
    const std::uint64_t next = i + 1 < std::size(plain_) ? plain_[i + 1] : 0;
    plain_[i] &= plain_[i] >> 1 | next << 63;
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
  const std::uint32_t* at = pool_.data() + first;
  if (count <= kShort) {  // sooner looked at than remembered
    return spend(count, table, index) &&
           ok(at[count - 1] < limit && rising(at, count), table, index, why);
  }
  List& seen = seen_lists_[(first * 0x9E3779B1U + count * 0x85EBCA77U) >> 23];
  if (seen.first == first && seen.count == count && seen.limit == limit) return true;
  if (!spend(count, table, index)) return false;
  if (!ok(at[count - 1] < limit && rising(at, count), table, index, why)) return false;
  seen = {first, count, limit};
  return true;
}

}  // namespace sidedish::image
