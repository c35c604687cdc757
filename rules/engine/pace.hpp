#pragma once
// How fast a lane rings up, and whether that is fast for it. Internal.
//
// Items are counted by the whole minutes of the clock. The pace is that of the faster of two: this minute,
// so far, and the one before it; a minute stands beside a minute, nothing is estimated. Every minute
// in which something was rung up is one sample, its items; idle ones are none. The lane is in a rush
// while its pace is above the 90th percentile of its own samples, by nearest rank (the least n with
// at least nine tenths of the samples at or below it: Hyndman and Fan, "Sample Quantiles in
// Statistical Packages", The American Statistician 50, 1996, definition 1). It is over when neither
// minute is, at the latest two minutes later. Samples are counted by value, so that the percentile is
// exact; when there are kMostSamples, all counts are halved, and so old habits fade. Integers only:
// the same calls give the same bytes everywhere.
//
// What a prompt of the sale is about is not counted, whether it was shown or withheld, taken or not:
// the pace is the same in every arm.
#include "rules/engine/inputs.hpp"
#include "rules/engine/memory.hpp"

namespace sidedish::engine {

inline constexpr std::uint32_t kLeastSamples = 60;   ///< below, nothing is fast yet
inline constexpr std::uint32_t kMostSamples = 2000;  ///< some days of a busy lane

/// Closes the minutes that are over at `now`; a clock that went back starts a minute anew.
void roll(Pace& pace, UtcMs now) noexcept;

/// Counts what has come into the basket since it was last counted: whole units, at most 9 of a
/// product, anything weighed as one. Call roll() first.
void count_items(Pace& pace, BasketMemory& memory, const Basket& basket) noexcept;

/// Whether the pace is above the lane's own 90th percentile; false while it has too few samples.
/// Call roll() first.
bool is_fast(const Pace& pace) noexcept;

}  // namespace sidedish::engine
