#pragma once
// Which units of the basket stand in which slots of a bundle, and what it costs. Exact. Internal.
//
// Units to slots is a transportation problem: each unit is worth its price less what it costs on
// top in that slot, each slot takes from `min` to `max` of them. It is solved by successive shortest
// paths (Jewell 1962; Busacker and Gowen 1960): one unit after another enters along the cheapest
// chain of moves between slots, found by Bellman and Ford over the at most 6 slots, so that after
// every step no other assignment of as many units is better. What may be added counts as a unit
// dearer than any that is there. Ties go to the lower product, then the earlier slot.
//
// Bounds: at most kMaxTimes x kMaxBundleUnits units enter; of each slot's products only the best so
// many can matter (any other could be swapped for one of these that is free), so the work does not
// grow with the basket beyond looking at its items once. A unit that is in stays in, so the next one
// to enter a slot is the first of its list, best first, that has units left; only what is in can move
// between slots. What it costs is counted in Situation::steps.
#include "rules/engine/situation.hpp"

#include <cstdint>
#include <span>

namespace sidedish::engine {

inline constexpr unsigned kMaxFilled = image::kMaxTimes * image::kMaxBundleUnits;

/// Units of one product in one slot.
struct Filled {
  std::uint32_t product;
  std::uint16_t units;
  std::uint8_t slot;   ///< within the bundle
  std::uint8_t added;  ///< 1: not in the basket yet
};

struct Match {
  Filled filled[kMaxFilled];  ///< by slot, then product
  std::uint32_t count;
  std::uint32_t times;
  Minor used;    ///< what the parts that are there cost now
  Minor added;   ///< what the others would cost singly
  Minor deltas;  ///< what they cost on top of the bundle's price
  Minor price;   ///< of all of them as a bundle
  Minor effect() const noexcept { return price - used; }
  Minor saving() const noexcept { return used + added - price; }
};

/// What may stand in a slot although it is not there yet.
struct Addition {
  std::uint32_t product;  ///< image::kNone: nothing
  Minor price;
  std::uint32_t most = UINT32_MAX;  ///< units
};

/// What `times` bundles cost whose parts cost `singly` one by one.
Minor price_of_bundle(const image::Bundle& bundle, Minor singly, std::uint32_t times,
                      Minor deltas) noexcept;

/// Units of an item that may be part of a bundle: whole ones that belong to none yet.
std::uint32_t free_units(const Item& item) noexcept;
/// What `units` of its free units cost now.
Minor value_of(const Item& item, std::uint32_t units) noexcept;

class Matcher {
 public:
  Matcher(const Situation& now, const image::Bundle& bundle, std::uint32_t times) noexcept;

  /// The match that is best for the customer among all that need nothing more, 1 to `times` bundles
  /// at once: the largest saving, then the fewest bundles. False: the parts are not all there.
  bool complete(Match& out) noexcept;
  /// One bundle with as few additions as possible, then the smallest price effect, then the largest
  /// saving. `additions`: per slot. False: not to be had with `most` additions.
  bool completed(std::span<const Addition> additions, unsigned most, Match& out) noexcept;

  /// What adding a unit of a product at this price costs here: slots take the cheapest.
  std::int64_t cost_of(unsigned slot, std::uint32_t product, Minor price) const noexcept;

 private:
  static constexpr unsigned kSlots = image::kMaxSlots;
  static constexpr unsigned kUnits = kSlots * kMaxFilled;
  static constexpr std::int64_t kNever = INT64_MAX;

  struct Cost {
    std::int64_t steps;  ///< required places left empty count less than nothing, additions more
    std::int64_t money;  ///< of the price effect
    std::int64_t rest;   ///< of everything that does not change it
    friend auto operator<=>(const Cost&, const Cost&) = default;  // NOLINT(modernize-use-nullptr)
    Cost operator+(const Cost& o) const noexcept {
      return {steps + o.steps, money + o.money, rest + o.rest};
    }
  };

  void gather(std::uint32_t most) noexcept;
  std::int64_t weight(unsigned slot, const Item& item) const noexcept;
  Cost cost(std::int64_t weight) const noexcept;
  bool solve(std::uint32_t times, std::span<const Addition> additions) noexcept;
  struct Path;
  void enter(Path& path, std::span<const Addition> additions) noexcept;
  void moves(Path& path) const noexcept;
  void use(std::uint32_t unit) noexcept;
  void write(std::uint32_t times, std::span<const Addition> additions, Match& out) const noexcept;
  Minor delta(unsigned slot, std::uint32_t product) const noexcept;

  const Situation& now_;
  const image::Bundle& bundle_;
  std::span<const image::Slot> slots_;
  std::uint32_t times_;
  std::uint32_t count_ = 0;
  std::uint32_t items_[kUnits];             // in the basket, ascending
  std::int64_t weights_[kUnits][kSlots];    // kNever: may not stand there
  std::uint16_t left_[kUnits];              // free units not in a slot
  std::uint8_t placed_[kUnits][kSlots];     // units in each slot
  std::uint16_t best_[kSlots][kMaxFilled];  // units for each slot, best first
  std::uint32_t best_count_[kSlots];
  std::uint32_t next_[kSlots];      // in best_, the first that may have units left
  std::uint16_t used_[kMaxFilled];  // units of which some are in, ascending
  std::uint32_t used_count_;
  std::uint32_t filled_[kSlots];
  std::uint32_t extra_[kSlots];  // additions in each slot
};

}  // namespace sidedish::engine
