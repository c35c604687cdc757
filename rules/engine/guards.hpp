#pragma once
// What stops an offer whatever its rule says, and the caps. Internal.
#include "rules/engine/explain.hpp"
#include "rules/engine/situation.hpp"

namespace sidedish::engine {

/// A rule's best offer that nothing stops; when all are stopped, its best and what stopped that.
struct Best {
  std::int64_t score;
  Milli quantity;
  Minor price;          ///< of `quantity`, in the basket's convention
  std::uint32_t offer;  ///< index, or image::kNone for a rule without offers
  Guard guard;
};

/// Whether the rule may speak at all on this channel and at this moment.
bool speaks(const Situation& now, const image::Rule& rule) noexcept;

/// Whether a prompt of this rule stands, shown or withheld.
bool stands(const BasketMemory& memory, const image::Rule& rule) noexcept;

/// For a rule whose conditions hold.
Best best_offer(const Situation& now, const Memory& memory, const image::Rule& rule) noexcept;

/// What stops a prompt that stands already: the same guards but for caps and floor, which it has
/// passed and paid for.
Guard standing_guard(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                     std::uint32_t product, Milli quantity) noexcept;

/// What the basket's total grows by when it takes `quantity` from this rule; nothing on a receipt.
Minor price_for(const image::Rule& rule, Milli quantity, Minor unit_price) noexcept;

/// quantity x price; kMaxAmount where that is too much for an amount.
Minor price_of(Milli quantity, Minor unit_price) noexcept;

}  // namespace sidedish::engine
