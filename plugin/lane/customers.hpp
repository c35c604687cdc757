#pragma once
// The customers whom a lane has met most lately, and what rules with a cap per customer have said to
// each: decide() sees one customer at a time. This lane's alone, and gone with it.
#include "rules/engine/memory.hpp"

#include <cstdint>

namespace sidedish::lane {

/// 4,096 customers in 512 sets of 8, 384 KB that lie in zeroed memory and are touched as customers
/// are counted; whose set is full is forgotten when met longest ago. Nobody is kept of whom nothing
/// is counted. Cost: a look at 8 places; no allocation, no system call.
class Customers {
 public:
  static constexpr unsigned kSets = 512;
  static constexpr unsigned kWays = 8;

  /// What is known of this customer, unless `out` is about this one already.
  void look_up(std::uint64_t customer, engine::CustomerMemory& out) noexcept;
  void keep(const engine::CustomerMemory& memory) noexcept;
  /// Customers forgotten because others had their places.
  std::uint64_t forgotten() const noexcept { return forgotten_; }

 private:
  struct Place {
    engine::CustomerMemory memory;
    std::uint64_t met;  ///< order of use; 0 = empty
  };
  Place* set_of(std::uint64_t customer) noexcept;

  std::uint64_t clock_;
  std::uint64_t forgotten_;
  Place places_[kSets * kWays];
};

}  // namespace sidedish::lane
