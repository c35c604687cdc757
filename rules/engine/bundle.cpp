#include "rules/engine/bundle.hpp"

#include "rules/base/split.hpp"
#include "rules/engine/match.hpp"
#include "rules/engine/overlaid.hpp"
#include "rules/image/worth.hpp"

#include <algorithm>

namespace sidedish::engine {
namespace {

// What things cost in steps of the search's budget (search.hpp).
constexpr std::uint32_t kPerBundle = 8;
constexpr std::uint32_t kPerOffer = 3;

const image::Bundle& bundle_of(const Situation& now, const image::Rule& rule) noexcept {
  return now.image.bundles()[rule.detail];
}

std::span<const image::Slot> slots_of(const Situation& now, const image::Bundle& bundle) noexcept {
  return now.image.slots().subspan(bundle.slots, bundle.slot_count);
}

template <class Visit>
void each_product(const image::SetView& set, Visit visit) noexcept {
  if (set.is_range()) {
    for (std::uint32_t p = set.first(); p < set.end(); ++p) visit(p);
    return;
  }
  for (const std::uint32_t p : set.list()) visit(p);
}

// The conversion's own offer is the last one.
std::uint32_t offer_of(const Situation& now, const image::Rule& rule,
                       std::uint32_t product) noexcept {
  const std::uint32_t last = rule.offers + rule.offer_count - bundle_of(now, rule).converts;
  for (std::uint32_t i = rule.offers; i < last; ++i) {
    if (now.offers[i].product == product) return i;
  }
  return image::kNone;
}

std::uint32_t conversion(const image::Rule& rule) noexcept {
  return rule.offers + rule.offer_count - 1;
}

Minor cost_of(const Situation& now, const Match& match, bool added_only) noexcept {
  Minor sum = 0;
  for (std::uint32_t i = 0; i < match.count; ++i) {
    const Filled& f = match.filled[i];
    if (added_only && f.added == 0) continue;
    sum += image::cost_of(now.settings, now.products[f.product]) * f.units;
  }
  return sum;
}

// What the shop earns by the price effect after the cost of what is added. A price that only the
// overlay has made higher earns nothing here: it may silence, not push.
std::int64_t gain_of(const Situation& now, const Match& match) noexcept {
  Minor raised = 0;
  std::int64_t units = 0;
  for (std::uint32_t i = 0; i < match.count; ++i) {
    const Filled& f = match.filled[i];
    if (f.added == 0) continue;
    const Terms terms = terms_of(now, f.product);
    raised += (terms.price - terms.cheapest) * f.units;
    units += f.units;
  }
  switch (now.settings.objective) {
    case image::Objective::units:
      return units * image::gain_of(now.settings, 0, false, 0);
    case image::Objective::revenue:
      return match.effect() - raised;
    case image::Objective::margin:
      break;
  }
  return match.effect() - raised - cost_of(now, match, true);
}

Guard guard_at(const Situation& now, const image::Rule& rule, const Match& match) noexcept {
  if (match.saving() < 1 || now.basket.total + match.effect() < 0) return Guard::no_saving;
  if (!image::above_margin_floor(match.price, cost_of(now, match, false),
                                 now.settings.margin_floor_permille)) {
    return Guard::margin;
  }
  return jumps(now, rule, match.effect()) ? Guard::spend_jump : Guard::none;
}

// Today, and as the image has it: an overlay's price opens no guard that was closed without it.
Guard money_guard(const Situation& now, const image::Rule& rule, const Match& match) noexcept {
  const Guard today = guard_at(now, rule, match);
  if (today != Guard::none || !now.repriced) return today;
  Match told = match;
  told.added = 0;
  for (std::uint32_t i = 0; i < match.count; ++i) {
    const Filled& f = match.filled[i];
    if (f.added != 0) told.added += now.products[f.product].price * f.units;
  }
  told.price =
      price_of_bundle(bundle_of(now, rule), told.used + told.added, match.times, match.deltas);
  return guard_at(now, rule, told);
}

Guard can(const Situation& now, std::uint32_t capabilities) noexcept {
  return (now.context.capabilities & capabilities) == capabilities ? Guard::none
                                                                   : Guard::capability;
}

Best converted(const Situation& now, const image::Rule& rule, const Match& match) noexcept {
  const image::Offer& offer = now.offers[conversion(rule)];
  Best best{offer.score, 0, match.effect(), conversion(rule), can(now, kCanConvert)};
  best.saving = match.saving();
  best.times = static_cast<std::uint8_t>(match.times);
  best.action = Action::convert;
  if (best.guard == Guard::none && is_paused(now, rule)) best.guard = Guard::paused;
  if (best.guard == Guard::none) best.guard = stock_guard(now, rule, OfferStock::nothing);
  if (best.guard == Guard::none) best.guard = money_guard(now, rule, match);
  return best;
}

// The product that costs the customer least in each slot, of those that may be added; why the best
// of the others may not.
struct Additions {
  Addition slots[image::kMaxSlots];
  Addition others[image::kMaxSlots];  ///< where none may be: what would be, if it might
  Guard stopped[image::kMaxSlots];    ///< and why not
};

Additions additions_of(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                       const Matcher& matcher) noexcept {
  Additions out;
  const auto slots = slots_of(now, bundle_of(now, rule));
  for (unsigned s = 0; s < slots.size(); ++s) {
    Addition& best = out.slots[s] = {image::kNone, 0};
    out.others[s] = {image::kNone, 0};
    out.stopped[s] = Guard::none;
    std::int64_t least = 0;
    each_product(now.set(slots[s].set), [&](std::uint32_t p) {
      if (now.is_spent()) return;
      ++now.steps;
      const Terms terms = terms_of(now, p);
      const std::int64_t cost = matcher.cost_of(s, p, terms.price);
      const bool better = best.product == image::kNone || cost < least ||
                          (cost == least && terms.price > best.price);
      if (!better) return;
      now.steps += kPerOffer;
      Guard guard = product_guard(now, memory, rule, p, terms, nullptr, kCanAdd);
      if (guard == Guard::none && is_taken(memory, now.products[p])) guard = Guard::same_product;
      if (guard != Guard::none) {
        if (out.others[s].product == image::kNone) {
          out.others[s] = {p, terms.price};
          out.stopped[s] = guard;
        }
        return;
      }
      best = {p, terms.price};
      least = cost;
    });
  }
  return out;
}

Best completed(const Situation& now, const image::Rule& rule, const Match& match) noexcept {
  Best best{INT64_MIN, 0, match.effect(), image::kNone, can(now, kCanAdd | kCanConvert)};
  best.saving = match.saving();
  best.times = 1;
  best.action = Action::convert;
  std::uint32_t product = image::kNone;
  for (std::uint32_t i = 0; i < match.count; ++i) {
    const Filled& f = match.filled[i];
    if (f.added == 0) continue;
    if (product == image::kNone || product == f.product) {
      product = f.product;
      best.quantity += f.units * kOne;
    } else {
      best.also = f.product;
    }
  }
  best.offer = offer_of(now, rule, product);
  if (best.offer == image::kNone) {
    best.guard = Guard::not_there;
    return best;
  }
  const std::uint32_t index = static_cast<std::uint32_t>(&rule - now.rules.data());
  best.score = std::min(
      now.gates[index].bound,
      image::score_of(now.offers[best.offer].prior_ppm, gain_of(now, match), rule.priority));
  if (best.guard == Guard::none && is_paused(now, rule)) best.guard = Guard::paused;
  if (best.guard == Guard::none) best.guard = money_guard(now, rule, match);
  return best;
}

// With what nobody may add it would be one: then its guard, else too much is missing.
Guard why_not(Matcher& matcher, const image::Bundle& bundle, const Additions& additions,
              Match& match) noexcept {
  Addition any[image::kMaxSlots];
  for (unsigned s = 0; s < bundle.slot_count; ++s) {
    any[s] = additions.slots[s].product != image::kNone ? additions.slots[s] : additions.others[s];
  }
  if (!matcher.completed(any, bundle.missing, match)) return Guard::not_there;
  for (std::uint32_t i = 0; i < match.count; ++i) {
    const Filled& f = match.filled[i];
    if (f.added != 0 && additions.slots[f.slot].product == image::kNone) {
      return additions.stopped[f.slot];
    }
  }
  return Guard::not_there;
}

Best nothing(Guard guard) noexcept { return {INT64_MIN, 0, 0, image::kNone, guard}; }

// What the slot remembers as additions, where it may stand: the first product in any slot, and the
// second in another one. Two different ones are never added to the same slot.
Addition addition(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                  const image::Slot& slot, std::uint32_t stable) noexcept {
  Addition out{image::kNone, 0};
  each_product(now.set(slot.set), [&](std::uint32_t p) {
    if (now.products[p].stable != stable) return;
    const Terms terms = terms_of(now, p);
    if (product_guard(now, memory, rule, p, terms, nullptr, kCanAdd) == Guard::none) {
      out = {p, terms.price};
    }
  });
  return out;
}

bool same_additions(const Situation& now, const Match& match, std::uint32_t offer,
                    const PromptSlot& slot) noexcept {
  std::uint32_t first = 0;
  bool second = slot.also == 0;
  for (std::uint32_t i = 0; i < match.count; ++i) {
    const Filled& f = match.filled[i];
    if (f.added == 0) continue;
    if (f.product == now.offers[offer].product) {
      first += f.units;
    } else {
      second = true;
    }
  }
  return second && first * static_cast<std::uint32_t>(kOne) == slot.quantity;
}

Minor value_in_basket(const Situation& now, const Filled& part) noexcept {
  for (const Item& item : now.basket.items) {
    if (item.product == part.product) return value_of(item, part.units);
  }
  return 0;
}

bool find_standing(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                   std::uint32_t offer, const PromptSlot& slot, Match& match) noexcept {
  const image::Bundle& bundle = bundle_of(now, rule);
  Matcher matcher(now, bundle, slot.quantity == 0 ? bundle.times : 1U);
  if (slot.quantity == 0) return bundle.converts != 0 && matcher.complete(match);
  if (matcher.complete(match)) return false;  // it came by itself
  const auto slots = slots_of(now, bundle);
  Addition first[image::kMaxSlots];
  Addition second[image::kMaxSlots];
  for (unsigned s = 0; s < slots.size(); ++s) {
    first[s] = addition(now, memory, rule, slots[s], slot.offer);
    second[s] = slot.also == 0 ? Addition{image::kNone, 0}
                               : addition(now, memory, rule, slots[s], slot.also);
  }
  if (slot.also == 0) {
    return matcher.completed({first, slots.size()}, bundle.missing, match) &&
           same_additions(now, match, offer, slot);
  }
  bool found = false;
  Match next;
  for (unsigned a = 0; a < slots.size(); ++a) {
    for (unsigned b = 0; b < slots.size(); ++b) {
      if (a == b || first[a].product == image::kNone || second[b].product == image::kNone) continue;
      Addition both[image::kMaxSlots];
      for (Addition& none : both) none = {image::kNone, 0};
      both[a] = {first[a].product, first[a].price, 1};
      both[b] = {second[b].product, second[b].price, 1};
      if (!matcher.completed({both, slots.size()}, bundle.missing, next) ||
          !same_additions(now, next, offer, slot)) {
        continue;
      }
      const bool better = !found || next.effect() < match.effect() ||
                          (next.effect() == match.effect() && next.saving() > match.saving());
      if (better) match = next;
      found = true;
    }
  }
  return found;
}

}  // namespace

Best best_bundle(const Situation& now, const Memory& memory, const image::Rule& rule) noexcept {
  const image::Bundle& bundle = bundle_of(now, rule);
  now.steps += kPerBundle;
  Matcher matcher(now, bundle, bundle.times);
  Match match;
  Best best = nothing(Guard::not_there);
  if (matcher.complete(match)) {
    best = bundle.converts != 0 ? converted(now, rule, match) : nothing(Guard::complete);
  } else if (bundle.missing > 0 && !now.is_spent()) {
    const Additions additions = additions_of(now, memory.basket, rule, matcher);
    if (matcher.completed(additions.slots, bundle.missing, match)) {
      best = completed(now, rule, match);
    } else {
      best = nothing(why_not(matcher, bundle, additions, match));
    }
  }
  // What was missing came by itself: now it can be converted.
  const bool arrival_counts = best.quantity > 0;
  if (best.guard == Guard::none && was_answered(memory.basket, rule, arrival_counts)) {
    best.guard = Guard::answered;
  }
  if (best.guard == Guard::none && best.action == Action::convert && best.quantity == 0 &&
      was_declined(memory.basket, now.products[now.offers[best.offer].product])) {
    best.guard = Guard::declined;
  }
  if (best.guard != Guard::none) return best;
  best.guard = closing_guard(now, memory.lane, rule, best.score);
  return best;
}

Best standing_bundle(const Situation& now, const BasketMemory& memory, const image::Rule& rule,
                     std::uint32_t offer, const PromptSlot& slot) noexcept {
  Match match;
  if (!find_standing(now, memory, rule, offer, slot, match)) return nothing(Guard::not_there);
  return slot.quantity == 0 ? converted(now, rule, match) : completed(now, rule, match);
}

std::uint32_t parts_of(const image::Image& image, const image::Overlay& overlay,
                       const Context& context, const Basket& basket, const PromptSlot& slot,
                       std::span<Part, kMaxParts> out) noexcept {
  const Situation now(image, overlay, context, basket);
  const std::uint32_t index = image.find_rule(slot.rule);
  if (index == image::kNone) return 0;
  const image::Rule& rule = now.rules[index];
  const std::uint32_t offer = remembered_offer(now, rule, slot);
  if (offer == image::kNone) return 0;
  if (rule.kind == static_cast<std::uint8_t>(Kind::upsell)) {
    for (const Item& from : basket.items) {
      if (from.stable != slot.also || from.product >= now.products.size()) continue;
      const std::uint32_t units = slot.quantity / static_cast<std::uint32_t>(kOne);
      if (free_units(from) < units) return 0;
      const std::uint32_t to = now.offers[offer].product;
      out[0] = {from.product, image::kNone, slot.quantity, value_of(from, units), 0, {}};
      out[1] = {
          to, image::kNone, slot.quantity, price_of(slot.quantity, terms_of(now, to).price), 1, {}};
      return 2;
    }
    return 0;
  }
  if (rule.kind != static_cast<std::uint8_t>(Kind::bundle)) return 0;
  Match match;
  const BasketMemory nothing_said{};
  if (!find_standing(now, nothing_said, rule, offer, slot, match)) return 0;
  Minor weights[kMaxParts];
  Minor shares[kMaxParts];
  std::uint16_t classes[kMaxParts];
  for (std::uint32_t i = 0; i < match.count; ++i) {
    const Filled& f = match.filled[i];
    weights[i] = f.added == 0 ? value_in_basket(now, f) : terms_of(now, f.product).price * f.units;
    classes[i] = now.products[f.product].tax_class;
  }
  split_by_class(match.price, {weights, match.count}, {classes, match.count},
                 {shares, match.count});
  for (std::uint32_t i = 0; i < match.count; ++i) {
    const Filled& f = match.filled[i];
    out[i] = {f.product, bundle_of(now, rule).slots + f.slot, f.units * kOne, shares[i], f.added,
              {}};
  }
  return match.count;
}

}  // namespace sidedish::engine
