#pragma once
// How often a rule has spoken on this lane today and in this shift, and to this customer. Internal.
#include "rules/engine/situation.hpp"

namespace sidedish::engine {

enum class Cap : std::uint8_t { free = 0, lane_day = 1, shift = 2, memory_full = 3, customer = 4 };

/// Begins a new day at 04:00 local and a new shift then or when another operator signs on. A clock
/// that goes backwards resets nothing; one that was more than a day ahead is forgotten, so that
/// the next 04:00 counts again. What is remembered of another customer than this one goes.
void advance(LaneMemory& lane, const LocalTime& local, const Context& context) noexcept;

/// Whether the rule may still speak; memory_full: it has a cap and there is no room to count it.
/// Nobody's cap is reached where no customer is known.
Cap cap_of(const Situation& now, const LaneMemory& lane, const image::Rule& rule) noexcept;

/// One more showing (or withholding) of a rule that cap_of() let through.
void count_prompt(const Situation& now, LaneMemory& lane, const image::Rule& rule) noexcept;

}  // namespace sidedish::engine
