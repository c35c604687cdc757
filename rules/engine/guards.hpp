#pragma once
// What stops an offer whatever its rule says, and the caps. Internal.
#include "rules/engine/conditions.hpp"
#include "rules/engine/explain.hpp"
#include "rules/engine/overlaid.hpp"
#include "rules/engine/situation.hpp"

namespace sidedish::engine {

/// A rule's best offer that nothing stops; when all are stopped, its best and what stopped that.
struct Best {
  std::int64_t score;
  Milli quantity;       ///< 0: nothing is added, only converted
  Minor price;          ///< what the total grows by, in the basket's convention
  std::uint32_t offer;  ///< index, or image::kNone for a rule without offers
  Guard guard;
  Action action = Action::add;
  std::uint8_t times = 0;             ///< bundles at once
  std::uint32_t also = image::kNone;  ///< product: swapped, or the second thing added
  Minor saving = 0;
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

/// A prompt that stands, looked at anew, of whichever kind: the guards but for caps and floor, and
/// what it is worth, costs and saves now.
Best standing_offer(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                    std::uint32_t offer, const PromptSlot& slot) noexcept;

/// The offer that a remembered prompt is about, or image::kNone.
std::uint32_t remembered_offer(const Situation& now, const image::Rule& rule,
                               const PromptSlot& slot) noexcept;

/// What stops a product from being added or swapped in. Substitutes in `swapped` do not count: they
/// are what makes room.
Guard product_guard(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                    std::uint32_t product, const Terms& terms, const image::SetView* swapped,
                    std::uint32_t capability) noexcept;
/// Whether the rule's condition holds for an offer of this stock class.
Guard stock_guard(const Situation& now, const image::Rule& rule, OfferStock stock) noexcept;
/// Caps and floor: after everything else.
Guard closing_guard(const Situation& now, const LaneMemory& lane, const image::Rule& rule,
                    std::int64_t score) noexcept;
/// Whether so much more is beyond the spend-jump guard.
bool jumps(const Situation& now, const image::Rule& rule, Minor price) noexcept;
/// Offered in this sale and still so, or taken: by whichever rule.
bool is_taken(const BasketMemory& memory, const image::Product& product) noexcept;
/// A no was said to this product.
bool was_declined(const BasketMemory& memory, const image::Product& product) noexcept;
/// A prompt of this rule was accepted, undone or overtaken in this sale.
bool was_answered(const BasketMemory& memory, const image::Rule& rule,
                  bool arrival_counts = true) noexcept;

/// quantity x price; kMaxAmount where that is too much for an amount.
Minor price_of(Milli quantity, Minor unit_price) noexcept;

}  // namespace sidedish::engine
