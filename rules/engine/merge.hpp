#pragma once
// The rules reachable from a basket, in rank order, each once: a k-way merge of posting lists.
// Internal.
#include "rules/engine/situation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace sidedish::engine {

/// One object per decision. The scratch holds a bit per group, then the cursors.
class Merge {
 public:
  Merge(const Situation& now, std::span<std::byte> scratch) noexcept;
  /// The next rule's index, or image::kNone at the end.
  std::uint32_t next() noexcept;

 private:
  struct Cursor {
    std::uint32_t rule;  ///< where it stands
    std::uint32_t at;    ///< in kIndices, of the entry after `rule`
    std::uint32_t end;
    std::uint32_t reserved;
  };
  friend std::size_t search_bytes(std::uint32_t groups) noexcept;

  void add(std::uint32_t token) noexcept;
  void sift(std::uint32_t hole) noexcept;

  const Situation& now_;
  std::uint64_t* seen_;
  Cursor* heap_;
  std::uint32_t count_ = 0;
  std::uint32_t last_ = image::kNone;
};

}  // namespace sidedish::engine
