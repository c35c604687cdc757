#pragma once
// Upsells: something in the basket for something better. Internal.
#include "rules/engine/guards.hpp"

namespace sidedish::engine {

/// For a rule of kind upsell whose conditions hold: the best of what it may swap for what it
/// offers. Cost: the basket's items in the swapped set x its offers.
Best best_swap(const Situation& now, const Memory& memory, const image::Rule& rule) noexcept;

/// The same for a prompt that stands: its offer, and what it was to replace.
Best standing_swap(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                   std::uint32_t offer, const PromptSlot& slot) noexcept;

}  // namespace sidedish::engine
