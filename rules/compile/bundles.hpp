#pragma once
// What bundles and swaps mean in products and money: for check(), the builder and the anchors.
#include "rules/compile/names.hpp"

#include <cstdint>
#include <vector>

namespace sidedish::compile {

/// The products of one slot; owns what it had to compute.
struct SlotPlan {
  SlotPlan() = default;
  SlotPlan(SlotPlan&&) = default;  // moving keeps `own` where `members` looks
  SlotPlan& operator=(SlotPlan&&) = default;

  const model::BundleSlot* slot = nullptr;
  Members members;
  std::vector<std::uint32_t> own;

  Minor delta(const Names& names, std::uint32_t product) const;
};
std::vector<SlotPlan> plan_slots(const Names& names, const model::Bundle& bundle);

/// Units that must be there: the sum of the slots' least.
int units_of(const model::Bundle& bundle);

/// Whether the rule has no condition of its own.
bool is_always(const model::Condition& when);

/// Every product that the rule may offer, each once, ascending: its offers, or what its slots may
/// lack. Names that do not resolve are left out.
std::vector<std::uint32_t> offered_products(const Names& names, const model::Rule& rule);

/// The product that stands for the conversion of complete bundles in records: the first of the
/// first slot. image::kNone when there is none.
std::uint32_t label_product(const Names& names, const model::Bundle& bundle);

/// What the cheapest and the worst choice of parts come to, in minor units.
struct BundleMoney {
  Minor least_sum = 0;      ///< the least that the required parts cost singly, less their deltas
  Minor worst_margin = 0;   ///< bundle's price less cost, for the choice the shop earns least with
  bool keeps_floor = true;  ///< of no choice the shop keeps less than the pack's margin floor
};
BundleMoney money_of(const Names& names, const model::Bundle& bundle);

/// No near-complete bundle of the rule gains more: the sum of what the `missing` best parts gain
/// singly, less the least saving there can be. Nothing when the rule offers none.
std::int64_t most_gain(const Names& names, const model::Bundle& bundle);

/// Products of which at least one is in the basket whenever the bundle lacks at most
/// `missing` units: of all sets of slots with more required units than that, the one with the
/// fewest products.
std::vector<std::uint32_t> parts_needed(const Names& names, const model::Bundle& bundle);

}  // namespace sidedish::compile
