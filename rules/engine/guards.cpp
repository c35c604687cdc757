#include "rules/engine/guards.hpp"

#include "rules/engine/bundle.hpp"
#include "rules/engine/caps.hpp"
#include "rules/engine/conditions.hpp"
#include "rules/engine/offers.hpp"
#include "rules/engine/overlaid.hpp"
#include "rules/engine/swap.hpp"

#include <algorithm>

namespace sidedish::engine {
namespace {

__extension__ using Wide = __int128;

constexpr Milli kMostUnits = 9;

// What things cost in steps of the search's budget (search.hpp).
constexpr std::uint32_t kPerRule = 2;        // whose conditions hold
constexpr std::uint32_t kPerOffer = 3;       // held against the guards
constexpr std::uint32_t kLooksPerStep = 16;  // at neighbouring numbers

Milli quantity_for(const Situation& now, const image::Rule& rule) noexcept {
  if (rule.quantity != image::Quantity::per_trigger || rule.detail == image::kNone) return kOne;
  const Milli units = quantity_in(now, now.set(rule.detail)) / kOne;
  return std::clamp<Milli>(units, 1, kMostUnits) * kOne;
}

bool has_substitute(const Situation& now, const image::Product& product,
                    const image::SetView* swapped) noexcept {
  const std::uint32_t* at = now.indices.data() + product.substitutes;
  now.steps += product.substitute_count / kLooksPerStep;
  for (unsigned i = 0; i < product.substitute_count; ++i) {
    if (swapped != nullptr && swapped->has(at[i])) continue;
    if (now.quantity_of(at[i]) > 0) return true;
  }
  return false;
}

// What a receipt suggests is for next time: nothing is added, nothing is paid.
bool on_receipt(const image::Rule& rule) noexcept {
  return rule.kind == static_cast<std::uint8_t>(Kind::receipt);
}

// Fails closed: what is not known of a product, or what the image has no word for, is a reason too.
Guard avoid_guard(const Context& context, const image::Product& product) noexcept {
  if (context.avoid_unknown != 0) return Guard::avoid_unknown;
  if (context.avoid == 0) return Guard::none;
  if ((product.flags & image::kAllergensKnown) == 0) return Guard::avoid_unknown;
  return (context.avoid & product.avoided) != 0 ? Guard::avoided : Guard::none;
}

Guard cap_guard(const Situation& now, const LaneMemory& lane, const image::Rule& rule) noexcept {
  switch (cap_of(now, lane, rule)) {
    case Cap::lane_day:
      return Guard::lane_day_cap;
    case Cap::shift:
      return Guard::shift_cap;
    case Cap::memory_full:
      return Guard::memory_full;
    case Cap::customer:
      return Guard::customer_cap;
    case Cap::free:
      break;
  }
  return Guard::none;
}

}  // namespace

// The rule may set less than the pack.
bool jumps(const Situation& now, const image::Rule& rule, Minor price) noexcept {
  std::uint16_t permille = now.settings.spend_jump_permille;
  if (rule.spend_jump_permille != 0) permille = std::min(permille, rule.spend_jump_permille);
  return Wide{price} * 1000 > Wide{now.basket.total} * permille;
}

bool was_declined(const BasketMemory& memory, const image::Product& product) noexcept {
  for (const PromptSlot& slot : memory.slots) {
    if (slot.state == PromptState::declined && slot.offer == product.stable) return true;
  }
  return false;
}

bool is_taken(const BasketMemory& memory, const image::Product& product) noexcept {
  for (const PromptSlot& slot : memory.slots) {
    const bool open = slot.state == PromptState::shown || slot.state == PromptState::withheld ||
                      slot.state == PromptState::accepted || slot.state == PromptState::undone;
    if (open && slot.offer == product.stable) return true;
  }
  return false;
}

bool was_answered(const BasketMemory& memory, const image::Rule& rule,
                  bool arrival_counts) noexcept {
  for (const PromptSlot& slot : memory.slots) {
    const bool closed = slot.state == PromptState::accepted || slot.state == PromptState::undone ||
                        (slot.state == PromptState::arrived && arrival_counts);
    if (closed && slot.rule == rule.stable) return true;
  }
  return false;
}

Guard product_guard(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                    std::uint32_t index, const Terms& terms, const image::SetView* swapped,
                    std::uint32_t capability) noexcept {
  const image::Product& product = now.products[index];
  if (now.quantity_of(index) > 0) return Guard::in_basket;
  if (has_substitute(now, product, swapped)) return Guard::substitute;
  if (terms.recalled) return Guard::recalled;
  if (terms.stock == Stock::out) return Guard::out_of_stock;
  if ((product.flags & image::kHidden) != 0) return Guard::hidden;
  if ((product.flags & image::kRestricted) != 0 || (product.restricted & now.restricted) != 0) {
    return Guard::restricted;
  }
  if (const Guard guard = avoid_guard(now.context, product); guard != Guard::none) return guard;
  if (!on_receipt(rule) && (now.context.capabilities & capability) == 0) return Guard::capability;
  if (was_declined(memory, product)) return Guard::declined;
  return stock_guard(now, rule, static_cast<OfferStock>(terms.stock));
}

Guard stock_guard(const Situation& now, const image::Rule& rule, OfferStock stock) noexcept {
  const auto index = static_cast<std::uint32_t>(&rule - now.rules.data());
  if (!asks_stock(now, index)) return Guard::none;
  now.steps += now.gates[index].node_count;
  return holds_for(now, index, stock) == Truth::yes ? Guard::none : Guard::stock_class;
}

Guard closing_guard(const Situation& now, const LaneMemory& lane, const image::Rule& rule,
                    std::int64_t score) noexcept {
  const Guard guard = cap_guard(now, lane, rule);
  return guard == Guard::none && score < now.settings.score_floor ? Guard::floor : guard;
}

Minor price_of(Milli quantity, Minor unit_price) noexcept {
  const auto price = extended_price(quantity, unit_price);
  return price ? *price : kMaxAmount;
}

Minor price_for(const image::Rule& rule, Milli quantity, Minor unit_price) noexcept {
  return on_receipt(rule) ? 0 : price_of(quantity, unit_price);
}

bool speaks(const Situation& now, const image::Rule& rule) noexcept {
  return (rule.flags & image::kEnabled) != 0 &&
         (rule.channels >> static_cast<unsigned>(now.context.channel) & 1U) != 0 &&
         (rule.moments >> static_cast<unsigned>(now.context.moment) & 1U) != 0;
}

bool stands(const BasketMemory& memory, const image::Rule& rule) noexcept {
  for (const PromptSlot& slot : memory.slots) {
    if ((slot.state == PromptState::shown || slot.state == PromptState::withheld) &&
        slot.rule == rule.stable) {
      return true;
    }
  }
  return false;
}

Best best_offer(const Situation& now, const Memory& memory, const image::Rule& rule) noexcept {
  if (rule.kind == static_cast<std::uint8_t>(Kind::upsell)) return best_swap(now, memory, rule);
  if (rule.kind == static_cast<std::uint8_t>(Kind::bundle)) return best_bundle(now, memory, rule);
  Best stopped{INT64_MIN, 0, 0, image::kNone, Guard::capability};
  Best best = stopped;
  const Milli quantity = quantity_for(now, rule);
  const bool paused = is_paused(now, rule);
  const bool answered = was_answered(memory.basket, rule);
  now.steps += kPerRule;
  each_offer(now, rule, [&](std::uint32_t i) {
    now.steps += kPerOffer;
    const image::Offer& offer = now.offers[i];
    if (best.offer != image::kNone && offer.score <= best.score) return;  // no more than that
    const image::Product& product = now.products[offer.product];
    const Terms terms = terms_of(now, offer.product);
    const std::int64_t score = score_of(now, rule, offer, terms);
    if (best.offer != image::kNone && score <= best.score) return;
    Guard guard =
        paused ? Guard::paused
               : product_guard(now, memory.basket, rule, offer.product, terms, nullptr, kCanAdd);
    if (guard == Guard::none && answered) guard = Guard::answered;
    if (guard == Guard::none && is_taken(memory.basket, product)) guard = Guard::same_product;
    if (guard == Guard::none && jumps(now, rule, price_for(rule, quantity, terms.dearest))) {
      guard = Guard::spend_jump;
    }
    Best& side = guard == Guard::none ? best : stopped;
    if (side.offer == image::kNone || score > side.score) {
      side = {score, quantity, price_for(rule, quantity, terms.price), i, guard};
    }
  });
  if (best.offer == image::kNone) return stopped;
  best.guard = closing_guard(now, memory.lane, rule, best.score);
  if (on_receipt(rule)) best.action = Action::none;
  return best;
}

Guard standing_guard(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                     std::uint32_t product, Milli quantity) noexcept {
  if (is_paused(now, rule)) return Guard::paused;
  const Terms terms = terms_of(now, product);
  const Guard guard = product_guard(now, memory, rule, product, terms, nullptr, kCanAdd);
  if (guard == Guard::none && jumps(now, rule, price_for(rule, quantity, terms.dearest))) {
    return Guard::spend_jump;
  }
  return guard;
}

Best standing_offer(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                    std::uint32_t index, const PromptSlot& slot) noexcept {
  if (rule.kind == static_cast<std::uint8_t>(Kind::upsell)) {
    return standing_swap(now, memory, rule, index, slot);
  }
  if (rule.kind == static_cast<std::uint8_t>(Kind::bundle)) {
    return standing_bundle(now, memory, rule, index, slot);
  }
  const image::Offer& offer = now.offers[index];
  const Terms terms = terms_of(now, offer.product);
  Best best{score_of(now, rule, offer, terms), slot.quantity,
            price_for(rule, slot.quantity, terms.price), index,
            standing_guard(now, memory, rule, offer.product, slot.quantity)};
  if (on_receipt(rule)) best.action = Action::none;
  return best;
}

std::uint32_t remembered_offer(const Situation& now, const image::Rule& rule,
                               const PromptSlot& slot) noexcept {
  std::uint32_t last = rule.offers + rule.offer_count;
  if (rule.kind == static_cast<std::uint8_t>(Kind::bundle) &&
      now.image.bundles()[rule.detail].converts != 0) {
    --last;
    const bool same = now.products[now.offers[last].product].stable == slot.offer;
    if (slot.quantity == 0) return same ? last : image::kNone;
  }
  for (std::uint32_t i = rule.offers; i < last; ++i) {
    if (now.products[now.offers[i].product].stable == slot.offer) return i;
  }
  return image::kNone;
}

}  // namespace sidedish::engine
