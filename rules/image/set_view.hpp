#pragma once
// A set of products as it is looked at.
#include "rules/image/layout.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace sidedish::image {

/// `indices` is the table kIndices of the checked image that the set is of; both must outlive it.
class SetView {
 public:
  SetView(const Set& set, const std::uint32_t* indices) noexcept
      : set_(set), list_(indices + ((set.end & kListed) != 0 ? set.first : 0)) {}

  bool is_range() const noexcept { return (set_.end & kListed) == 0; }
  std::uint32_t size() const noexcept {
    return is_range() ? set_.end - set_.first : set_.end & ~kListed;
  }
  /// Smallest member and one past the largest; equal when there is none.
  std::uint32_t first() const noexcept { return is_range() ? set_.first : list_[0]; }
  std::uint32_t end() const noexcept { return is_range() ? set_.end : list_[size() - 1] + 1; }
  /// Of one that is no range: its members, ascending.
  std::span<const std::uint32_t> list() const noexcept { return {list_, size()}; }
  bool has(std::uint32_t product) const noexcept {
    if (is_range()) return set_.first <= product && product < set_.end;
    return std::binary_search(list_, list_ + size(), product);
  }

 private:
  Set set_;
  const std::uint32_t* list_;
};

}  // namespace sidedish::image
