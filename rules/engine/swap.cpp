#include "rules/engine/swap.hpp"

#include "rules/engine/match.hpp"
#include "rules/engine/overlaid.hpp"
#include "rules/image/worth.hpp"

#include <algorithm>

namespace sidedish::engine {
namespace {

constexpr std::uint32_t kMostUnits = 9;
constexpr std::uint32_t kPerSwap = 6;  // steps of the search's budget (search.hpp)

Minor gain_at(const Situation& now, const image::Product& product, Minor price) noexcept {
  return image::gain_of(now.settings, price, (product.flags & image::kHasCost) != 0, product.cost);
}

// What the offer earns more than what it replaces; whatever the overlay says, no more than the
// image's prices give.
std::int64_t score_of_swap(const Situation& now, const image::Rule& rule, const image::Offer& offer,
                           const Terms& to, const Item& from) noexcept {
  const image::Product& product = now.products[from.product];
  const Terms terms = terms_of(now, from.product);
  const Minor less =
      std::max(gain_at(now, product, product.price), gain_at(now, product, terms.price));
  const Minor more =
      std::min(gain_at(now, now.products[offer.product], to.price),
               gain_at(now, now.products[offer.product], now.products[offer.product].price));
  return std::min(offer.score, image::score_of(offer.prior_ppm, more - less, rule.priority));
}

struct Swap {
  Minor price;     ///< what the total grows by
  Minor dearest;   ///< what the spend-jump guard takes
  Minor cheapest;  ///< what must still be more than nothing
};

Swap swap_of(const Item& from, const Terms& to, std::uint32_t units) noexcept {
  const Minor gone = value_of(from, units);
  const Milli quantity = units * kOne;
  return {price_of(quantity, to.price) - gone, price_of(quantity, to.dearest) - gone,
          price_of(quantity, to.cheapest) - gone};
}

Guard swap_guard(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                 std::uint32_t product, const Terms& to, const Swap& swap) noexcept {
  const image::SetView from = now.set(rule.detail);
  const Guard guard = product_guard(now, memory, rule, product, to, &from, kCanReplace);
  if (guard != Guard::none) return guard;
  if (swap.cheapest <= 0) return Guard::no_saving;
  return jumps(now, rule, swap.dearest) ? Guard::spend_jump : Guard::none;
}

std::uint32_t units_for(const image::Rule& rule, const Item& from) noexcept {
  const std::uint32_t most = rule.quantity == image::Quantity::per_trigger ? kMostUnits : 1U;
  return std::min(free_units(from), most);
}

}  // namespace

Best best_swap(const Situation& now, const Memory& memory, const image::Rule& rule) noexcept {
  Best stopped{INT64_MIN, 0, 0, image::kNone, Guard::not_there};
  Best best = stopped;
  const bool paused = is_paused(now, rule);
  const bool answered = was_answered(memory.basket, rule);
  const image::SetView set = now.set(rule.detail);
  for (std::uint32_t i = rule.offers; i < rule.offers + rule.offer_count; ++i) {
    const image::Offer& offer = now.offers[i];
    if (best.offer != image::kNone && offer.score <= best.score) continue;
    const Terms to = terms_of(now, offer.product);
    for (const Item& from : now.basket.items) {
      if (from.product >= set.end()) break;
      ++now.steps;
      if (now.is_spent()) break;
      if (!set.has(from.product) || free_units(from) == 0) continue;
      now.steps += kPerSwap;
      const std::uint32_t units = units_for(rule, from);
      const Swap swap = swap_of(from, to, units);
      const std::int64_t score = score_of_swap(now, rule, offer, to, from);
      Guard guard =
          paused ? Guard::paused : swap_guard(now, memory.basket, rule, offer.product, to, swap);
      if (guard == Guard::none && answered) guard = Guard::answered;
      if (guard == Guard::none && is_taken(memory.basket, now.products[offer.product])) {
        guard = Guard::same_product;
      }
      Best& side = guard == Guard::none ? best : stopped;
      if (side.offer != image::kNone && score <= side.score) continue;
      side = {score, units * kOne, swap.price, i, guard};
      side.also = from.product;
      side.action = Action::replace;
    }
  }
  if (best.offer == image::kNone) return stopped;
  best.guard = closing_guard(now, memory.lane, rule, best.score);
  return best;
}

Best standing_swap(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                   std::uint32_t index, const PromptSlot& slot) noexcept {
  Best gone{INT64_MIN, 0, 0, index, Guard::not_there};
  const image::Offer& offer = now.offers[index];
  const image::SetView set = now.set(rule.detail);
  const std::uint32_t units = slot.quantity / static_cast<std::uint32_t>(kOne);
  for (const Item& from : now.basket.items) {
    if (from.product >= set.end()) break;
    if (from.stable != slot.also || !set.has(from.product)) continue;
    if (free_units(from) < units) return gone;
    const Terms to = terms_of(now, offer.product);
    const Swap swap = swap_of(from, to, units);
    const Guard guard = is_paused(now, rule)
                            ? Guard::paused
                            : swap_guard(now, memory, rule, offer.product, to, swap);
    Best best{score_of_swap(now, rule, offer, to, from), units * kOne, swap.price, index, guard};
    best.also = from.product;
    best.action = Action::replace;
    return best;
  }
  return gone;
}

}  // namespace sidedish::engine
