#pragma once
// Conditions in three-valued logic (Kleene, Introduction to Metamathematics, 1952, section 64): a
// fact that was not passed is unknown, and a rule speaks only when its condition is true. Internal.
#include "rules/engine/situation.hpp"

#include <cstdint>

namespace sidedish::engine {

/// The order matters: `all` is the minimum, `any` the maximum, `not` is 2 - x.
enum class Truth : std::uint8_t { no = 0, unknown = 1, yes = 2 };

/// Whether the rule's condition holds. Stops at the first false part of a flat `all`.
Truth holds(const Situation& now, const image::Rule& rule) noexcept;

/// The same, without stopping: every node's own value into values[0, node_count).
Truth holds_all(const Situation& now, const image::Rule& rule, Truth* values) noexcept;

/// Net quantity, milli units, of a set's products in the basket.
Milli quantity_in(const Situation& now, const image::Set& set) noexcept;

}  // namespace sidedish::engine
