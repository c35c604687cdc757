#pragma once
// Small worlds with one bundle or one upsell, an overlay over them, and what decisions.md says must
// be offered there, found by trying everything.
#include "tests/rules/engine/brute_match.hpp"
#include "tests/rules/engine/random_shop.hpp"

#include <algorithm>

namespace sidedish::testing {

using engine::Item;

inline constexpr std::uint32_t kGoods = 6;

struct World {
  ImageBuilder pack;
  std::vector<Item> items;
  Minor most_price = 0;
  OverlayBuilder overlay;  ///< as it is laid now

  image::OverlayProduct change(std::uint32_t p) const {
    for (const auto& change : overlay.products) {
      if (change.key == hash64(pack.products[p].key)) return change;
    }
    return {};
  }
  /// What adding a unit costs today.
  Minor price(std::uint32_t p) const {
    const bool stands = (change(p).flags & image::kRepriced) != 0 &&
                        overlay.header.pack_version >= pack.settings.pack_version;
    return stands ? change(p).price : pack.products[p].price;
  }
  bool paused() const { return !overlay.paused.empty(); }
};

inline bool have(const World& w, std::uint32_t p) {
  return std::any_of(w.items.begin(), w.items.end(),
                     [&](const Item& i) { return i.product == p && i.quantity > 0; });
}

// May be added, whatever its rule says; `swapped`: what makes room for it.
inline bool may(const World& w, std::uint32_t p, const std::vector<std::uint32_t>& swapped) {
  const ProductIn& in = w.pack.products[p];
  if (have(w, p) || (in.flags & (image::kHidden | image::kRestricted)) != 0) return false;
  if ((in.flags & image::kStockMask) >> image::kStockShift == 2) return false;
  if ((w.change(p).flags & image::kRecalled) != 0 || w.change(p).stock == Stock::out) return false;
  return std::none_of(in.substitutes.begin(), in.substitutes.end(), [&](std::uint32_t s) {
    return have(w, s) && std::count(swapped.begin(), swapped.end(), s) == 0;
  });
}

inline World random_world(Dice& dice, Kind kind) {
  World w;
  w.pack.settings.objective = image::Objective::revenue;
  w.pack.settings.assumed_margin_permille = 1000;  // nothing is below cost here
  w.pack.settings.spend_jump_permille = static_cast<std::uint16_t>(200 + dice(2000));
  for (std::uint32_t p = 0; p < kGoods; ++p) {
    ProductIn in{
        "sku:" + std::to_string(p), static_cast<std::int64_t>(dice(400)), image::kNone, {}, 0};
    if (dice.one_in(8)) in.flags = static_cast<std::uint16_t>(2U << image::kStockShift);
    if (dice.one_in(12)) in.flags = image::kHidden;
    for (std::uint32_t s = 0; s < kGoods; ++s) {
      if (s != p && dice.one_in(10)) in.substitutes.push_back(s);
    }
    w.most_price = std::max(w.most_price, in.price);
    w.pack.products.push_back(in);
  }
  for (int s = 0; s < 4; ++s) {
    std::vector<std::uint32_t> members;
    for (std::uint32_t p = 0; p < kGoods; ++p) {
      if (dice.one_in(2)) members.push_back(p);
    }
    if (members.empty()) members.push_back(static_cast<std::uint32_t>(dice(kGoods)));
    w.pack.set(members);
  }
  RuleIn rule{"deal", all({}), {}, rule_defaults()};
  rule.fields.kind = static_cast<std::uint8_t>(kind);
  if (kind == Kind::upsell) {
    rule.fields.detail = static_cast<std::uint32_t>(dice(4));
    if (dice.one_in(2)) rule.fields.quantity = image::Quantity::per_trigger;
    for (std::uint32_t p = 0; p < kGoods; ++p) {
      const auto& from = w.pack.sets[rule.fields.detail];
      if (std::count(from.begin(), from.end(), p) == 0 && dice.one_in(2)) {
        rule.offers.push_back({p, 1000 * w.most_price});
      }
    }
    if (rule.offers.empty()) rule.offers.push_back({0, 1000 * w.most_price});
  } else {
    BundleIn& b = rule.bundle;
    b.how = static_cast<image::BundlePrice>(dice(3));
    b.amount =
        static_cast<std::int64_t>(b.how == image::BundlePrice::percent ? 1 + dice(100) : dice(500));
    b.times = static_cast<std::uint8_t>(1 + dice(3));
    b.missing = static_cast<std::uint8_t>(dice(3));
    b.converts = dice.one_in(2) ? 1 : 0;
    if (b.how == image::BundlePrice::percent) {  // half a cent may fall either way in nearly
      b.missing = 0;                             // complete ones: match_test.cpp's
      b.converts = 1;
    }
    unsigned least = 0;
    for (std::uint64_t i = 1 + b.missing / 2 + dice(2); i > 0; --i) {
      SlotIn s{static_cast<std::uint32_t>(dice(4)), static_cast<std::uint8_t>(1 + dice(2)), 0, {}};
      s.max = static_cast<std::uint8_t>(b.slots.size() < 2 ? s.min + dice(2) : s.min);
      for (std::uint32_t p = 0; p < kGoods && b.how == image::BundlePrice::price; ++p) {
        if (dice.one_in(3)) s.deltas[p] = static_cast<std::int64_t>(dice(100));
      }
      least += s.min;
      b.slots.push_back(std::move(s));
    }
    b.missing = static_cast<std::uint8_t>(std::min<unsigned>(b.missing, least - 1));
    for (std::uint32_t p = 0; p < kGoods && b.missing > 0; ++p) {
      rule.offers.push_back({p, 0});
    }
    if (b.converts != 0) rule.offers.push_back({0, 2000});
    rule.least_bound = 1000 * 2 * w.most_price + 2000;
  }
  w.pack.rules.push_back(std::move(rule));
  std::int64_t units = static_cast<std::int64_t>(dice(6));
  for (std::uint32_t p = 0; p < kGoods && units > 0; ++p) {
    if (dice.one_in(2)) continue;
    const auto n = 1 + static_cast<std::int64_t>(dice(static_cast<std::uint64_t>(units)));
    units -= n;
    // At the catalogue's price, or what the host says instead.
    const auto value =
        dice.one_in(4) ? static_cast<std::int64_t>(dice(400)) : w.pack.products[p].price;
    w.items.push_back({p, stable_id(w.pack.products[p].key), n * kOne, n * value});
  }
  return w;
}

struct Expected {
  bool prompt = false;
  Milli quantity = 0;
  Minor effect = 0;
  Minor saving = 0;
  std::uint32_t times = 0;
  bool any = false;  ///< several are as good, and not all of them may be said
};

/// An overlay over the six products; prices of an older pack now and then, which do not stand.
inline OverlayBuilder random_deal_overlay(Dice& dice) {
  OverlayBuilder b;
  b.header.pack_version = dice.one_in(5) ? 0 : 5;
  if (dice.one_in(12)) b.pause("deal");
  for (std::uint32_t p = 0; p < kGoods; ++p) {
    const std::string key = "sku:" + std::to_string(p);
    if (dice.one_in(15)) b.recall(key);
    if (dice.one_in(3)) b.reprice(key, static_cast<std::int64_t>(dice(400)));
    if (dice.one_in(8)) b.stock(key, static_cast<Stock>(dice(3)));
  }
  return b;
}

inline std::int64_t share_of(const World& w) {
  const std::int64_t own = w.pack.rules[0].fields.spend_jump_permille;
  return std::min<std::int64_t>(w.pack.settings.spend_jump_permille, own == 0 ? INT16_MAX : own);
}

inline BruteMatcher brute_of(const World& w) {
  BruteMatcher brute(w.pack, w.pack.rules[0].bundle, w.items);
  for (std::uint32_t p = 0; p < kGoods; ++p) brute.reprice(p, w.price(p));
  return brute;
}

/// A saving, no more than the spend-jump guard allows, at today's prices and at the pack's.
inline bool allowed(const World& w, const BruteMatch& m, const BruteMatcher& brute, Minor total) {
  Minor told = m.used;
  for (const auto& [slot, p] : m.additions) told += w.pack.products[p].price;
  const Minor price = brute.price(told, m.times, m.deltas);
  const auto good = [&](Minor saving, Minor effect) {
    return saving >= 1 && total + effect >= 0 && effect * 1000 <= total * share_of(w);
  };
  return good(m.saving, m.effect) && good(told - price, price - m.used);
}

inline Expected bundle_prompt(const World& w, Minor total) {
  const RuleIn& rule = w.pack.rules[0];
  const BundleIn& b = rule.bundle;
  BruteMatcher brute = brute_of(w);
  const auto good = [&](const BruteMatch& m) { return allowed(w, m, brute, total); };
  if (w.paused()) return {};
  if (const auto complete = brute.complete()) {
    if (b.converts == 0 || !good(*complete)) return {};
    return {
        true, 0, complete->effect, complete->saving, static_cast<std::uint32_t>(complete->times),
        false};
  }
  const auto nearly = brute.completed([&](std::uint32_t p) { return may(w, p, {}); });
  if (!nearly) return {};
  const auto worth = [&](const BruteMatch& m) {
    Minor raised = 0;  // what only the overlay has made dearer earns nothing
    for (const auto& [slot, p] : m.additions) {
      raised += std::max<Minor>(0, w.price(p) - w.pack.products[p].price);
    }
    return good(m) && m.effect - raised >= 0;
  };
  Expected out{worth(*nearly), kOne, nearly->effect, nearly->saving, 1, false};
  for (const BruteMatch& m : brute.as_good) out.any = out.any || worth(m) != out.prompt;
  // A discount that leaves nothing to pay: whatever is added costs the same.
  out.any = out.any || (b.how == image::BundlePrice::discount && nearly->effect == -nearly->used);
  return out;
}

inline Expected swap_prompt(const World& w, Minor total) {
  const RuleIn& rule = w.pack.rules[0];
  const auto& from = w.pack.sets[rule.fields.detail];
  Expected best;
  if (w.paused()) return best;
  std::int64_t score = -1;  // nothing below the floor of 0
  for (const OfferIn& offer : rule.offers) {
    for (const Item& item : w.items) {
      if (std::count(from.begin(), from.end(), item.product) == 0) continue;
      const std::int64_t units = rule.fields.quantity == image::Quantity::per_trigger
                                     ? std::min<std::int64_t>(9, item.quantity / kOne)
                                     : 1;
      const Minor gone = item.value / (item.quantity / kOne) * units;
      const Minor told = w.pack.products[offer.product].price;
      const Minor today = w.price(offer.product);
      const Minor effect = units * today - gone;
      const std::int64_t worth =
          1000 * (std::min(told, today) -
                  std::max(w.pack.products[item.product].price, w.price(item.product)));
      if (!may(w, offer.product, from) || units * std::min(told, today) - gone <= 0 ||
          (units * std::max(told, today) - gone) * 1000 >
              total * w.pack.settings.spend_jump_permille ||
          worth <= score) {
        continue;
      }
      score = worth;
      best = {true, units * kOne, effect, 0, 0, false};
    }
  }
  return best;
}

}  // namespace sidedish::testing
