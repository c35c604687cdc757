#pragma once
// Conditions in three-valued logic (Kleene, Introduction to Metamathematics, 1952, section 64): a
// fact that was not passed is unknown, and a rule speaks only when its condition is true. Internal.
#include "rules/engine/situation.hpp"

#include <cstdint>

namespace sidedish::engine {

/// The order matters: `all` is the minimum, `any` the maximum, `not` is 2 - x.
enum class Truth : std::uint8_t { no = 0, unknown = 1, yes = 2 };

/// The stock class of what is offered: a condition may ask for it.
enum class OfferStock : std::uint8_t {
  in = 0,
  low = 1,
  out = 2,
  nothing = 3,  ///< nothing is added: unknown
  any = 4,      ///< whichever class is asked for
};
inline bool asks_stock(const Situation& now, std::uint32_t rule) noexcept {
  return (now.gates[rule].flags & image::kAsksStock) != 0;
}
/// Whether the rule's condition holds for an offer of this class.
Truth holds_for(const Situation& now, std::uint32_t rule, OfferStock stock) noexcept;

/// Whether the rule's condition holds; where it asks for a stock class, for an offer that is in stock
/// or low: guards look at each offer's own.
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
