#pragma once
// How often a rule has spoken on this lane today and in this shift. Internal.
#include "rules/engine/local_time.hpp"
#include "rules/engine/memory.hpp"
#include "rules/image/layout.hpp"

namespace sidedish::engine {

enum class Cap : std::uint8_t { free = 0, lane_day = 1, shift = 2, memory_full = 3 };

/// Begins a new day at 04:00 local and a new shift then or when another operator signs on. A clock
/// that goes backwards resets nothing; one that was more than a day ahead is forgotten, so that
/// the next 04:00 counts again.
void advance(LaneMemory& lane, const LocalTime& local, UtcMs now,
             std::uint64_t operator_hash) noexcept;

/// Whether the rule may still speak; memory_full: it has a cap and there is no room to count it.
Cap cap_of(const LaneMemory& lane, const image::Rule& rule) noexcept;

/// One more showing (or withholding) of a rule that cap_of() let through.
void count_prompt(LaneMemory& lane, const image::Rule& rule) noexcept;

}  // namespace sidedish::engine
