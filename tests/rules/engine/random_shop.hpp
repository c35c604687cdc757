#pragma once
// Random packs, contexts and baskets from a seed; the same seed gives the same ones everywhere
// (only the raw output of mt19937_64 is used, which the standard fixes).
#include "tests/rules/engine/fixture.hpp"

#include <random>

namespace sidedish::testing {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  std::uint64_t operator()(std::uint64_t below) { return random_() % below; }
  bool one_in(std::uint64_t n) { return (*this)(n) == 0; }

 private:
  std::mt19937_64 random_;
};

inline constexpr std::uint32_t kProducts = 14;

inline Cond random_condition(Dice& dice, unsigned depth, std::uint32_t sets) {
  using image::Op;
  const auto n = [&](std::uint64_t below) { return static_cast<std::int64_t>(dice(below)); };
  if (depth > 0 && dice.one_in(2)) {
    std::vector<Cond> children;
    for (std::uint64_t i = dice(4); i > 0; --i) {
      children.push_back(random_condition(dice, depth - 1, sets));
    }
    return group(static_cast<Op>(dice(3)), std::move(children));
  }
  const auto set = static_cast<std::uint32_t>(dice(sets));
  switch (dice(20)) {
    case 0:
      return leaf(Op::total, n(8) * 500, dice.one_in(2) ? image::kNoMax : n(20) * 500);
    case 1:
      return leaf(Op::lines, n(4), image::kNoMax);
    case 2:
      return leaf(Op::distinct, n(4), 2 + n(6));
    case 3:
      return leaf(Op::units, n(6) * kOne, image::kNoMax);
    case 4:
      return leaf(Op::daypart, n(1441), n(1441));
    case 5:
      return leaf(Op::weekday, n(128), 0);
    case 6:
      return leaf(Op::dates, 20'780 + n(3), dice.one_in(2) ? image::kNoMax : 20'780 + n(4));
    case 7:
      return leaf(Op::fact_is, 0, 0, static_cast<std::uint32_t>(dice(3)), 0,
                  static_cast<std::uint16_t>(dice(3)));
    case 8:
      return leaf(Op::fact_range, n(3), 2 + n(3), static_cast<std::uint32_t>(dice(3)));
    case 9:
      return leaf(Op::channel, n(8), 0);
    case 10:
      return lacks(set);
    case 11:
      return leaf(Op::value, n(4) * 500, image::kNoMax, set);
    case 12:
      return leaf(Op::store, 0, 0, static_cast<std::uint32_t>(dice(2)), 0, 1);
    case 13:
      return leaf(Op::terminal_group, n(8), 0);
    case 14:
      return leaf(Op::segment, 0, 0, 0, static_cast<std::uint32_t>(dice(2)), 1);
    case 15:
      return leaf(Op::visit, 1 + n(2), 0);
    case 16:
      return leaf(dice.one_in(2) ? Op::bought : Op::not_bought, 0, 1 + n(40), set);
    case 17:
      return leaf(Op::stock, 1 + n(3), 0);
    default:
      return has(set, dice.one_in(4) ? n(3) * kOne : 1, dice.one_in(4) ? 3 * kOne : image::kNoMax);
  }
}

inline ImageBuilder random_pack(Dice& dice) {
  ImageBuilder b;
  b.stores = {"a", "b"};
  b.store_lists = {0, 1};
  b.facts = {"f", "g", "h"};
  b.hashes = {hash64("x"), hash64("y")};
  b.avoid = {"diet:vegan", "milk", "nuts"};
  b.restricted = dice.one_in(3) ? 1 + dice(3) : 0;
  b.offsets.push_back({kNoon - kHour, 3600, 0});
  b.offsets.push_back({kNoon + 3 * kHour, -7200, 0});
  b.categories = {{0, 5}, {5, 9}, {9, 12}};
  for (std::uint32_t p = 0; p < kProducts; ++p) {
    ProductIn in{
        "sku:" + std::to_string(p), static_cast<std::int64_t>(dice(2500)), image::kNone, {}, 0};
    in.category = p < 5 ? 0 : p < 9 ? 1 : p < 12 ? 2 : image::kNone;
    if (dice.one_in(6)) in.flags = static_cast<std::uint16_t>(dice(3) << image::kStockShift);
    if (dice.one_in(20)) in.flags = static_cast<std::uint16_t>(in.flags | image::kHidden);
    if (dice.one_in(20)) in.flags = static_cast<std::uint16_t>(in.flags | image::kRestricted);
    if (dice.one_in(8)) in.restricted = 1 + dice(3);
    if (!dice.one_in(4)) {
      in.flags = static_cast<std::uint16_t>(in.flags | image::kAllergensKnown);
      in.avoided = dice(8);
    }
    for (std::uint32_t s = 0; s < kProducts; ++s) {
      if (s != p && dice.one_in(12)) in.substitutes.push_back(s);
    }
    b.products.push_back(in);
  }
  const std::uint32_t sets = 9;
  for (std::uint32_t s = 0; s < sets; ++s) {
    std::vector<std::uint32_t> members;
    if (s < 3) {
      for (std::uint32_t p = s * 4; p < s * 4 + 6 && p < kProducts; ++p) members.push_back(p);
    } else {
      const std::uint64_t density = 1 + dice(6);
      for (std::uint32_t p = 0; p < kProducts; ++p) {
        if (dice.one_in(density)) members.push_back(p);
      }
    }
    b.set(members);
  }
  b.group_from = 1 + dice(8);
  b.all_lists = dice.one_in(3);
  b.settings.cashier_prompts = static_cast<std::uint8_t>(dice(4));
  b.settings.kiosk_prompts = static_cast<std::uint8_t>(dice(5));
  b.settings.receipt_prompts = static_cast<std::uint8_t>(dice(2));
  b.settings.global_holdout_permille = static_cast<std::uint16_t>(dice.one_in(3) ? 300 : 0);
  b.settings.spend_jump_permille = static_cast<std::uint16_t>(300 + dice(1500));
  b.settings.pack_version = 3;
  b.settings.assumed_margin_permille = static_cast<std::uint16_t>(dice(1001));
  b.settings.objective = static_cast<image::Objective>(dice(3));
  b.settings.score_floor = static_cast<std::int64_t>(dice(12));
  const std::uint64_t rules = dice(30);
  for (std::uint64_t i = 0; i < rules; ++i) {
    RuleIn r{"r" + std::to_string(i), random_condition(dice, 3, sets), {}, rule_defaults()};
    if (dice.one_in(2)) {
      r.when = all({has(static_cast<std::uint32_t>(dice(sets))), std::move(r.when)});
    }
    for (std::uint64_t o = 1 + dice(3); o > 0; --o) {
      r.offers.push_back(
          {static_cast<std::uint32_t>(dice(kProducts)), static_cast<std::int64_t>(dice(40)) - 3});
    }
    r.fields.priority = static_cast<std::uint8_t>(1 + dice(100));
    if (dice.one_in(8)) r.fields.flags = 0;
    if (dice.one_in(8)) r.fields.flags = image::kEnabled | image::kPinned;
    if (dice.one_in(8)) r.fields.channels = static_cast<std::uint8_t>(dice(4));
    if (dice.one_in(8)) r.fields.moments = static_cast<std::uint8_t>(dice(4));
    if (dice.one_in(3)) r.fields.moments = static_cast<std::uint8_t>(dice(8));
    if (dice.one_in(6)) {
      r.fields.kind = static_cast<std::uint8_t>(Kind::receipt);
      r.fields.channels = 4;
      r.fields.moments = 8;
    }
    if (dice.one_in(2)) r.fields.holdout_permille = 500;
    if (dice.one_in(3)) r.fields.cap_lane_day = static_cast<std::uint16_t>(1 + dice(3));
    if (dice.one_in(3)) r.fields.cap_shift = static_cast<std::uint16_t>(1 + dice(2));
    if (dice.one_in(5)) r.fields.spend_jump_permille = static_cast<std::uint16_t>(dice(900));
    if (dice.one_in(3)) {
      r.fields.quantity = image::Quantity::per_trigger;
      r.fields.detail = static_cast<std::uint32_t>(dice(sets));
    }
    if (r.fields.kind == 0 && dice.one_in(5)) {
      r.fields.kind = static_cast<std::uint8_t>(Kind::also_bought);
      r.fields.quantity = image::Quantity::one;
      std::vector<std::uint32_t> givens;
      for (std::uint64_t more = dice(12); more > 0; --more) {
        r.offers.push_back(
            {static_cast<std::uint32_t>(dice(kProducts)), static_cast<std::int64_t>(dice(40)) - 3});
      }
      for (auto& o : r.offers) {
        o.given = static_cast<std::uint32_t>(dice(kProducts));
        givens.push_back(o.given);
      }
      std::stable_sort(r.offers.begin(), r.offers.end(),
                       [](const OfferIn& x, const OfferIn& y) { return x.given < y.given; });
      std::sort(givens.begin(), givens.end());
      givens.erase(std::unique(givens.begin(), givens.end()), givens.end());
      const Cond given = has(b.set(givens));
      r.when = dice.one_in(2) ? given : all({std::move(r.when), given});
    }
    b.rules.push_back(std::move(r));
  }
  // At most ten are counted of a customer: the oracle's memory is never full.
  Dice more = dice;  // what else a seed gives stays as it is
  unsigned counted = 0;
  for (RuleIn& r : b.rules) {
    if (!more.one_in(3)) continue;
    const auto unit = static_cast<Unit>(more(kUnits));
    r.fields.flags = static_cast<std::uint8_t>(r.fields.flags | static_cast<unsigned>(unit)
                                                                    << image::kUnitShift);
    if (unit != Unit::customer || more.one_in(3) || ++counted > engine::kCustomerCounters) continue;
    r.customer_prompts = static_cast<std::uint8_t>(1 + more(2));
    r.customer_days = static_cast<std::uint16_t>(1 + more(4));
  }
  return b;
}

/// An overlay over random_pack()'s rules and products.
inline OverlayBuilder random_overlay(Dice& dice) {
  OverlayBuilder b;
  b.header.pack_version = dice.one_in(4) ? 0 : 5;  // the pack's is 3: older prices do not stand
  b.header.pack = hash64(dice.one_in(10) ? "other pack" : "pack");
  for (int i = 0; i < 30; ++i) {
    if (dice.one_in(8)) b.pause("r" + std::to_string(i));
  }
  for (std::uint32_t p = 0; p < kProducts + 2; ++p) {
    const std::string key = "sku:" + std::to_string(p);
    if (dice.one_in(12)) b.recall(key);
    if (dice.one_in(4)) b.reprice(key, static_cast<std::int64_t>(dice(2500)));
    if (dice.one_in(5)) b.stock(key, static_cast<Stock>(dice(3)));
  }
  return b;
}

// What the host says of the customer: often nothing, often not all.
inline void random_customer(Dice& dice, engine::Context& c) {
  if (dice.one_in(5)) c.avoid = dice(8);
  if (dice.one_in(60)) c.avoid_unknown = 1;
  for (const std::uint64_t segment : {hash64("x"), hash64("y")}) {
    if (dice.one_in(3)) c.segments[c.segment_count++] = segment;
  }
  std::sort(c.segments, c.segments + c.segment_count);
  c.segments_known = dice.one_in(2) ? 1 : 0;
  c.visit = static_cast<Visit>(dice(3));
  for (std::uint32_t p = 0; p < kProducts; ++p) {
    if (dice.one_in(5)) c.bought[c.bought_count++] = {p, static_cast<std::uint32_t>(dice(40))};
  }
  c.bought_days = static_cast<std::uint16_t>(dice(50));
}

inline engine::Context random_context(Dice& dice) {
  engine::Context c = context_at(kNoon + static_cast<std::int64_t>(dice(60)) * kHour);
  c.store = static_cast<std::uint32_t>(dice(2));
  c.terminal_groups = dice(8);
  c.operator_hash = dice(3);
  c.channel = dice.one_in(2) ? Channel::kiosk : Channel::cashier;
  c.moment = dice.one_in(5) ? Moment::checkout : Moment::basket;
  if (dice.one_in(25)) c.holds = dice.one_in(2) ? kHoldRush : kHoldManager;
  if (dice.one_in(40)) c.capabilities = 0;
  if (dice.one_in(40)) c.mode = Mode::return_;
  if (dice.one_in(40)) c.tender_begun = 1;
  for (std::uint32_t f = 0; f < 3; ++f) {
    if (dice.one_in(2)) continue;
    engine::FactValue& v = c.facts[c.fact_count++];
    v.fact = f;
    v.is_number = dice.one_in(2) ? 1 : 0;
    v.number = v.is_number != 0 ? static_cast<std::int64_t>(dice(6)) : 0;
    v.text_hash = v.is_number != 0 ? 0 : hash64(dice.one_in(2) ? "x" : "z");
  }
  random_customer(dice, c);
  Dice more = dice;
  c.customer_hash = more(3);
  c.terminal_hash = more(3);
  return c;
}

inline std::vector<engine::Item> random_items(Dice& dice) {
  std::vector<engine::Item> items;
  const std::uint64_t density = 1 + dice(6);
  for (std::uint32_t p = 0; p < kProducts; ++p) {
    if (!dice.one_in(density)) continue;
    const auto units = static_cast<std::int64_t>(dice(5)) - (dice.one_in(30) ? 2 : 0);
    items.push_back({p, p + 1, units * kOne, units * static_cast<std::int64_t>(dice(900))});
  }
  if (dice.one_in(5)) items.push_back({image::kNone, 9, kOne, 500});
  return items;
}

}  // namespace sidedish::testing
