#pragma once
// What an accepted offer is worth: the same integers when a pack is compiled and when a price
// changes between two publishes.
#include "rules/base/money.hpp"
#include "rules/image/layout.hpp"

namespace sidedish::image {

/// Minor units that one accepted unit at `price` is worth under the pack's objective. margin: price
/// - cost, or the assumed margin of the price (half to even); revenue: the price; units: one major
/// unit of the currency, whatever it costs. `cost` only counts with `has_cost`.
Minor gain_of(const Settings& settings, Minor price, bool has_cost, Minor cost) noexcept;

/// prior_ppm * gain * priority / 50, rounded down. No overflow for a prior up to 1,000,000, a gain
/// within kMaxAmount and a priority up to 100.
std::int64_t score_of(std::uint32_t prior_ppm, Minor gain, std::uint32_t priority) noexcept;

/// The margin floor: what is left of `revenue` after `cost` is at least this share of it. Both are
/// within kMaxAmount times 2,000 lines; a floor of 0 still asks that it does not sell below cost.
bool above_margin_floor(Minor revenue, Minor cost, std::uint32_t floor_permille) noexcept;

/// What a unit costs the shop: its cost, or where none is known what the assumed margin leaves of
/// its catalogue price.
Minor cost_of(const Settings& settings, const Product& product) noexcept;

}  // namespace sidedish::image
