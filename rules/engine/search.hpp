#pragma once
// From the basket's products to the best rules that may speak. Internal.
#include "rules/engine/guards.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace sidedish::engine {

/// What is left to do once standing prompts are settled.
struct Opening {
  Silence silence;       ///< none: rules may speak
  std::uint32_t room;    ///< fresh prompts that may be made
  std::uint32_t window;  ///< candidates to choose them from
};

struct Candidate {
  std::int64_t score;
  Milli quantity;
  Minor price;
  std::uint32_t rule;
  std::uint32_t offer;
  std::uint32_t product;
  std::uint32_t propensity_ppm;  ///< set when chosen
  bool pinned;
  Action action;
  std::uint8_t times;
  std::uint32_t also;
  Minor saving;
};

/// The best `count` of what may be offered: one per rule, one per product; pinned ones first, then
/// by score, then rule.
inline constexpr unsigned kWindow = 8;
inline constexpr unsigned kExplored = 4;  ///< exploration chooses among so many of the best
struct Found {
  Candidate best[kWindow];
  std::uint32_t count;
  std::uint32_t considered;
  std::uint32_t matched;
  std::uint32_t blocked;
  std::uint32_t caps_full;
  std::uint32_t weak;  ///< matched rules whose every offer is worth less than the floor
  bool below_floor;    ///< of a stronger rule the best that may be offered is
  bool cut;            ///< the step budget was used up: these are the best of what was seen

  /// Why there is nothing; Silence::none when there is.
  Silence silence() const noexcept;
};

std::size_t search_bytes(std::uint32_t groups) noexcept;

/// Merges the posting lists of the basket's products, of their groups and of the rules without an
/// item, best rule first, and stops as soon as `window` candidates are found that no later rule
/// can beat (threshold algorithm: Fagin, Lotem, Naor, 2003); as soon as the best `room` of them
/// would be chosen whatever came after, when nothing is explored. At the score floor it goes on only
/// to learn whether there was anything at all.
/// Cost: O(items + groups / 64) to begin, O(log lists) and one evaluation per rule considered;
/// nothing is proportional to the number of rules.
Found search(const Situation& now, const Memory& memory, const Opening& opening,
             const Decision& standing, std::span<std::byte> scratch) noexcept;

}  // namespace sidedish::engine
