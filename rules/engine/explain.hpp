#pragma once
// Why this one, and for each other rule the first condition it failed, the guard that stopped it,
// or by how much it lost. Goes through every rule with the same evaluation and guards as decide(),
// without the index: tests hold the two together.
#include "rules/engine/decide.hpp"

namespace sidedish::engine {

enum class Fate : std::uint8_t {
  offered = 0,   ///< in Decision::prompts, shown
  withheld = 1,  ///< in Decision::prompts, control arm
  lost =
      2,  ///< could have been offered; `amount` = by how much score it lost to the last one offered
  condition = 3,  ///< `node` is the first condition that did not hold
  guard = 4,      ///< `guard` stopped its best offer
  silent = 5,     ///< the whole decision was silent: Decision::silence says why
  disabled = 6,
};

/// What stops an offer whatever the rule says (decisions.md, "What never happens"), and caps.
enum class Guard : std::uint8_t {
  none = 0,
  in_basket = 1,
  substitute = 2,
  out_of_stock = 3,
  hidden = 4,
  restricted = 5,
  spend_jump = 6,
  capability = 7,
  declined = 8,
  lane_day_cap = 9,
  shift_cap = 10,
  floor = 11,
  same_product = 12,
  memory_full = 13,
  answered =
      14,  ///< a prompt of this rule was accepted, undone or overtaken by the item in this sale
  paused = 15,     ///< the rule, by the overlay
  recalled = 16,   ///< the product, by the overlay
  not_there = 17,  ///< the basket lacks what the rule swaps, or too much of its bundle
  no_saving = 18,  ///< the bundle saves nothing, or the swap costs nothing more
  margin = 19,     ///< below the margin floor at today's prices
  complete = 20,   ///< all parts are there, and the rule does not convert them
  avoided = 21,    ///< an allergen or diet that the customer declares
  avoid_unknown =
      22,  ///< something is declared, and the image has no word for it or no data of the product
  stock_class = 23,  ///< the rule asks for another stock class of what it offers
  customer_cap = 24,
};
inline constexpr unsigned kGuards = 25;

struct Verdict {
  std::int64_t score;  ///< of its best offer that was not stopped, else of its best
  std::int64_t amount;
  std::uint32_t rule;  ///< index in the image
  std::uint32_t node;  ///< which of the rule's conditions, see Image::pointer(); else image::kNone
  Fate fate;
  Guard guard;
  std::uint8_t
      unknown;  ///< 1: the failed condition was unknown (a fact not passed) rather than false
  std::uint8_t reserved[5];
};

/// `memory` as it was before the decision; `out` has room for every rule of the image from `first`
/// on, or for some of them, in index order. Not for the hot path: visits every node of these rules.
void explain(const image::Image& image, const image::Overlay& overlay, const Context& context,
             const Basket& basket, bool changed, const Memory& memory, std::span<std::byte> scratch,
             Decision& decision, std::span<Verdict> out, std::uint32_t first = 0) noexcept;

}  // namespace sidedish::engine
