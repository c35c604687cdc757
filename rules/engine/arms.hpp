#pragma once
// Which arm of which experiment a prompt falls into. Internal.
#include "rules/engine/memory.hpp"
#include "rules/image/layout.hpp"

namespace sidedish::engine {

/// Whether this unit is among the first `permille` of the experiment with this salt. Independent
/// between salts: both are mixed before they meet.
bool drawn(std::uint64_t unit, std::uint64_t salt, std::uint32_t permille) noexcept;

/// The arm of a fresh prompt of this rule, and the basket's experiment if it begins here. `salt` is
/// the rule's: hash64(rule id, Settings::salt), not looked at without a holdout. True in `first`:
/// this is the unit's first eligible decision.
Arm assign(const image::Settings& settings, const image::Rule& rule, std::uint64_t salt,
           std::uint32_t offer_stable, UtcMs now, BasketMemory& memory, bool& first) noexcept;

}  // namespace sidedish::engine
