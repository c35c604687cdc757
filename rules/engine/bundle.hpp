#pragma once
// Bundles: what is missing for one, and the conversion of parts that are all there. Internal.
#include "rules/engine/guards.hpp"

namespace sidedish::engine {

/// For a rule of kind bundle whose conditions hold: the conversion when all parts are there, else
/// the completion with the fewest additions and then the smallest price effect.
Best best_bundle(const Situation& now, const Memory& memory, const image::Rule& rule) noexcept;

/// The same for a prompt that stands: with what it offered to add, or, for a conversion, with the
/// parts that are there now.
Best standing_bundle(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                     std::uint32_t offer, const PromptSlot& slot) noexcept;

}  // namespace sidedish::engine
