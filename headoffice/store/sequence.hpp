#pragma once
// Which sequences of a source have come: a high-water mark and the gaps below it. Exact for ever,
// small for ever. Pure.
#include "headoffice/store/events.hpp"

#include <cstdint>
#include <map>

namespace sidedish::headoffice {

class SequenceSet {
 public:
  using Gaps = std::map<std::uint64_t, std::uint64_t>;  ///< first -> last, disjoint, not touching

  SequenceSet() = default;
  SequenceSet(std::uint64_t high_water, Gaps gaps)
      : high_water_(high_water), gaps_(std::move(gaps)) {}

  bool has(std::uint64_t seq) const noexcept;
  /// seq is here now; what lies between the mark and it becomes a gap. seq >= 1.
  void add(std::uint64_t seq);
  /// [first, last] need not come any more; last is below the mark. Returns how many of them were
  /// here already.
  std::uint64_t close(std::uint64_t first, std::uint64_t last);

  std::uint64_t high_water() const noexcept { return high_water_; }
  const Gaps& gaps() const noexcept { return gaps_; }
  std::uint64_t missing() const noexcept;

 private:
  std::uint64_t high_water_ = 0;
  Gaps gaps_;
};

}  // namespace sidedish::headoffice
