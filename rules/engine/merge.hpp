#pragma once
// The rules reachable from a basket, in rank order, each once: a k-way merge of posting lists.
// Internal.
#include "rules/engine/situation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace sidedish::engine {

/// One object per decision. The scratch holds a bit per group, then a tree of the lists' next rules
/// (a tournament: its root is the best) and the lists themselves.
class Merge {
 public:
  static constexpr std::uint32_t kMaxGroups = 16'384;  ///< looked at for one basket
  Merge(const Situation& now, std::span<std::byte> scratch) noexcept;
  /// The next rule's index, or image::kNone at the end.
  std::uint32_t next() noexcept;
  /// Some groups were left out: the basket's products belong to too many.
  bool is_cut() const noexcept { return groups_left_ == 0; }

 private:
  struct List {
    std::uint32_t at;  ///< in kIndices, of the rule after the one in the tree
    std::uint32_t end;
  };
  friend std::size_t search_bytes(std::uint32_t groups) noexcept;

  void add(const image::Posting& posting) noexcept;
  void add_groups(std::uint32_t groups) noexcept;
  void play() noexcept;

  const Situation& now_;
  std::uint32_t groups_left_;
  std::uint64_t* seen_;
  std::uint64_t* tree_;  ///< rule << 32 | list; node i is the smaller of 2i and 2i + 1
  List* lists_;
  std::uint32_t count_ = 0;
  std::uint32_t leaves_ = 1;  ///< power of two
  std::uint32_t last_ = image::kNone;
};

}  // namespace sidedish::engine
