#pragma once
// Which arm of which experiment a prompt falls into. Internal.
#include "rules/engine/situation.hpp"

namespace sidedish::engine {

/// Whether this unit is among the first `permille` of the experiment with this salt. Independent
/// between salts: both are mixed before they meet.
bool drawn(std::uint64_t unit, std::uint64_t salt, std::uint32_t permille) noexcept;

/// The arm of a fresh prompt of this rule, and the basket's experiment if it begins here: drawn by
/// the key of the rule's unit, the global holdout's always by the basket's. A basket whose customer
/// or terminal is not known takes no part in experiments by it; one that was assigned stays so,
/// whoever is its customer later. BasketMemory::unit_hash: 32 bits of the unit's key and the rule's
/// salt, never 0, so that a customer is another number in each experiment. True in `first`: this is
/// the unit's first eligible decision.
Arm assign(const Situation& now, const LaneMemory& lane, const image::Rule& rule,
           std::uint32_t offer_stable, BasketMemory& memory, bool& first) noexcept;

}  // namespace sidedish::engine
