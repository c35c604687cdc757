#pragma once
// The two halves of a decision that explain() needs apart. Internal.
#include "rules/engine/scene.hpp"
#include "rules/engine/search.hpp"

namespace sidedish::engine {

/// The basket's first currency, day and shift, standing prompts (into `out`), allowance.
Opening begin(const image::Image& image, const Scene& scene, bool changed, Memory& memory,
              Decision& out) noexcept;

/// Withdraws or closes what no longer holds, and lists what stands. A page's prompts go with the
/// page; on the receipt those of the basket neither stand nor fall.
void settle(const image::Image& image, const Scene& scene, bool silent, BasketMemory& memory,
            Decision& out) noexcept;

/// The slot for a fresh prompt: an empty one, else that of a page's prompt that is over; nullptr
/// when there is none. `taken` of them are passed over.
PromptSlot* free_slot(BasketMemory& memory, unsigned taken) noexcept;

/// Orders prompts best first, pinned ones before all.
void rank(const Situation& now, Decision& out) noexcept;

/// At most `room` of the candidates, best first; on a kiosk other categories than those standing
/// or taken come first. With probability e (exploration_permille, by a draw from the unit key) one
/// of the best k <= kExplored in that order takes the place instead, each with 1/k, so that a place
/// goes to its best with (1 - e) + e/k and to each other with e/k: Candidate::propensity_ppm, given
/// the places before it. A pinned best is not explored. Returns how many.
unsigned choose(const Situation& now, const BasketMemory& memory, const Decision& standing,
                const Found& found, unsigned room, std::span<Candidate, kMaxPrompts> out) noexcept;

}  // namespace sidedish::engine
