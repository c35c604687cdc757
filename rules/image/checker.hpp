#pragma once
// The tools that the checks of single tables share: where the first fault is, and texts and lists
// with a bound on the work they may cause. Internal to the room.
#include "rules/image/image.hpp"

#include <cstdint>
#include <cstring>
#include <span>

namespace sidedish::image {

/// Every method returns true when all is well; the first fault is remembered.
class Checker {
 public:
  explicit Checker(const Image& image) noexcept;

  bool ok(bool condition, const char* table, std::uint64_t index, const char* why) noexcept {
    if (!condition) fault(Errc::corrupt, table, index, why);
    return condition;
  }
  void fault(Errc code, const char* table, std::uint64_t index, const char* why) noexcept;
  Result<void> verdict() const noexcept;

  /// In bounds and strict UTF-8.
  bool text(TextRef ref, const char* table, std::uint64_t index, const char* why) noexcept {
    if (ref == 0) return true;  // the empty text, checked with its table
    const std::uint64_t size = texts_.size();
    std::uint64_t end = std::uint64_t{ref} + 2;
    if (!ok(end <= size, table, index, why)) return false;
    std::uint16_t length = 0;
    std::memcpy(&length, texts_.data() + ref, sizeof length);
    end += length;
    if (!ok(end <= size, table, index, why)) return false;
    if (length >> shift_ == 0 && plain(ref)) return true;
    return letters(ref, length, table, index, why);
  }
  /// [first, first + count) lies in kIndices.
  bool in_pool(std::uint64_t first, std::uint64_t count) const noexcept {
    return first + count <= pool_.size();
  }
  /// A list in kIndices: in bounds, strictly ascending, every entry below `limit`.
  bool ascending(std::uint32_t first, std::uint32_t count, std::uint64_t limit, const char* table,
                 std::uint64_t index, const char* why) noexcept;
  /// Takes `work` from what one open may cost; a fault of code limit when it is used up.
  bool spend(std::uint64_t work, const char* table, std::uint64_t index) noexcept {
    if (work > budget_) {
      fault(Errc::limit, table, index, "shared texts and lists are too long to be checked");
      return false;
    }
    budget_ -= work;
    return true;
  }

 private:
  static constexpr std::uint32_t kSeen = 512;      // power of two
  static constexpr std::uint32_t kPieces = 65536;  // of the pool of texts
  struct List {
    std::uint32_t first;
    std::uint32_t count;
    std::uint64_t limit;
  };

  /// The piece of the pool with that byte, and the one after it, are ASCII alone.
  bool plain(std::uint64_t at) const noexcept {
    const std::uint64_t piece = at >> shift_;
    return (plain_[piece / 64] >> piece % 64 & 1) != 0;
  }
  bool letters(TextRef ref, std::uint16_t length, const char* table, std::uint64_t index,
               const char* why) noexcept;

  std::span<const char> texts_;
  std::span<const std::uint32_t> pool_;
  std::uint64_t budget_;
  Errc code_ = Errc::corrupt;
  const char* table_ = nullptr;
  std::uint64_t index_ = 0;
  const char* why_ = nullptr;
  unsigned shift_ = 6;  // a piece has so many bytes, as a power of two
  std::uint64_t plain_[kPieces / 64] = {};
  // Texts and lists that were found good: shared ones are looked at once.
  TextRef seen_texts_[kSeen] = {};
  List seen_lists_[kSeen] = {};
};

}  // namespace sidedish::image
