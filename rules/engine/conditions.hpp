#pragma once
// Conditions in three-valued logic (Kleene, Introduction to Metamathematics, 1952, section 64): a
// fact that was not passed is unknown, and a rule speaks only when its condition is true. Internal.
#include "rules/engine/situation.hpp"

#include <cstdint>

namespace sidedish::engine {

/// The order matters: `all` is the minimum, `any` the maximum, `not` is 2 - x.
enum class Truth : std::uint8_t { no = 0, unknown = 1, yes = 2 };

/// Whether the rule's condition holds.
Truth holds(const Situation& now, std::uint32_t rule) noexcept;

/// The same, with every node and its own value into nodes and values[0, node_count).
Truth holds_all(const Situation& now, std::uint32_t rule, image::Node* nodes,
                Truth* values) noexcept;

/// Whether a rule that the index led to (Merge) may speak here and its condition holds: its gate
/// first, then what the gate and the index leave open.
bool reached(const Situation& now, std::uint32_t rule) noexcept;

/// Net quantity, milli units, of a set's products in the basket.
Milli quantity_in(const Situation& now, const image::SetView& set) noexcept;

}  // namespace sidedish::engine
