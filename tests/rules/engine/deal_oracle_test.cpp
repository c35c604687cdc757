// decide() against trying everything, for packs with one bundle or one upsell: which prompt, at what
// price, with what saving. And what must hold of every one of them.
#include "tests/rules/engine/brute_match.hpp"
#include "tests/rules/engine/random_shop.hpp"

#include <algorithm>
#include <iostream>
#include <numeric>

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

constexpr std::uint32_t kGoods = 6;

struct World {
  ImageBuilder pack;
  std::vector<Item> items;
  Minor most_price = 0;
};

bool have(const World& w, std::uint32_t p) {
  return std::any_of(w.items.begin(), w.items.end(),
                     [&](const Item& i) { return i.product == p && i.quantity > 0; });
}

// May be added, whatever its rule says; `swapped`: what makes room for it.
bool may(const World& w, std::uint32_t p, const std::vector<std::uint32_t>& swapped) {
  const ProductIn& in = w.pack.products[p];
  if (have(w, p) || (in.flags & (image::kHidden | image::kRestricted)) != 0) return false;
  if ((in.flags & image::kStockMask) >> image::kStockShift == 2) return false;
  return std::none_of(in.substitutes.begin(), in.substitutes.end(), [&](std::uint32_t s) {
    return have(w, s) && std::count(swapped.begin(), swapped.end(), s) == 0;
  });
}

World random_world(Dice& dice, Kind kind) {
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
    b.how = static_cast<image::BundlePrice>(dice(2));
    b.amount = static_cast<std::int64_t>(dice(500));
    b.times = static_cast<std::uint8_t>(1 + dice(3));
    b.missing = static_cast<std::uint8_t>(dice(3));
    b.converts = dice.one_in(2) ? 1 : 0;
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
};

Expected bundle_prompt(const World& w, Minor total) {
  const RuleIn& rule = w.pack.rules[0];
  const BundleIn& b = rule.bundle;
  BruteMatcher brute(w.pack, b, w.items);
  const std::int64_t share = std::min<std::int64_t>(
      w.pack.settings.spend_jump_permille,
      rule.fields.spend_jump_permille == 0 ? INT16_MAX : rule.fields.spend_jump_permille);
  const auto good = [&](const BruteMatch& m) {
    return m.saving >= 1 && total + m.effect >= 0 && m.effect * 1000 <= total * share;
  };
  if (const auto complete = brute.complete()) {
    if (b.converts == 0 || !good(*complete)) return {};
    return {true, 0, complete->effect, complete->saving,
            static_cast<std::uint32_t>(complete->times)};
  }
  const auto nearly = brute.completed([&](std::uint32_t p) { return may(w, p, {}); });
  if (!nearly || !good(*nearly) || nearly->effect < 0) return {};
  return {true, kOne, nearly->effect, nearly->saving, 1};
}

Expected swap_prompt(const World& w, Minor total) {
  const RuleIn& rule = w.pack.rules[0];
  const auto& from = w.pack.sets[rule.fields.detail];
  Expected best;
  std::int64_t score = -1;  // nothing below the floor of 0
  for (const OfferIn& offer : rule.offers) {
    for (const Item& item : w.items) {
      if (std::count(from.begin(), from.end(), item.product) == 0) continue;
      const std::int64_t units = rule.fields.quantity == image::Quantity::per_trigger
                                     ? std::min<std::int64_t>(9, item.quantity / kOne)
                                     : 1;
      const Minor effect = units * w.pack.products[offer.product].price -
                           item.value / (item.quantity / kOne) * units;
      const std::int64_t worth =
          1000 * (w.pack.products[offer.product].price - w.pack.products[item.product].price);
      if (!may(w, offer.product, from) || effect <= 0 ||
          effect * 1000 > total * w.pack.settings.spend_jump_permille || worth <= score) {
        continue;
      }
      score = worth;
      best = {true, units * kOne, effect, 0, 0};
    }
  }
  return best;
}

}  // namespace

TEST_CASE("oracle: bundles and upsells are offered as a brute-force reading of their rules says",
          "[engine]") {
  unsigned prompted[3] = {};
  for (std::uint64_t seed = 1; seed <= 6000; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    const Kind kind = dice.one_in(3) ? Kind::upsell : Kind::bundle;
    World w = random_world(dice, kind);
    Shop shop(w.pack);
    shop.context.capabilities = kCanAdd | kCanReplace | kCanConvert;
    const Basket basket = Shop::basket(w.items);
    const Expected want =
        kind == Kind::upsell ? swap_prompt(w, basket.total) : bundle_prompt(w, basket.total);
    const Decision& d = shop.decide(basket);
    REQUIRE(d.prompt_count == (want.prompt ? 1U : 0U));
    if (!want.prompt) continue;
    const Prompt& p = d.prompts[0];
    ++prompted[p.action == Action::replace ? 0 : p.quantity == 0 ? 1 : 2];
    REQUIRE(p.price_effect == want.effect);
    REQUIRE(p.saving == want.saving);
    if (kind == Kind::bundle) REQUIRE(p.times == want.times);
    REQUIRE((p.quantity == 0) == (want.quantity == 0));
    REQUIRE(basket.total + p.price_effect >= 0);
    REQUIRE(p.score <= shop.image.gates()[0].bound);
    // The parts: each unit that is there at most once, and the shares add up to the new price.
    Part parts[kMaxParts];
    const image::Overlay none;
    const auto n =
        parts_of(shop.image, none, shop.context, basket, shop.memory.basket.slots[0], parts);
    REQUIRE(n > 0);
    Minor now = 0;
    Minor then = 0;
    for (std::uint32_t i = 0; i < n; ++i) (parts[i].added != 0 ? now : then) += parts[i].price;
    if (kind == Kind::upsell) {
      REQUIRE(now - then == p.price_effect);
    } else {
      Minor used = 0;
      for (const Item& item : w.items) {
        Milli units = 0;
        for (std::uint32_t i = 0; i < n; ++i) {
          if (parts[i].product == item.product && parts[i].added == 0) units += parts[i].quantity;
        }
        REQUIRE(units <= item.quantity);
        used += item.value / (item.quantity / kOne) * (units / kOne);
      }
      REQUIRE(now + then - used == p.price_effect);
    }
    // Asked again it stands, at the same price.
    const Decision again = shop.decide(basket);
    REQUIRE(again.prompt_count == 1);
    REQUIRE(again.prompts[0].fresh == 0);
    REQUIRE(again.prompts[0].price_effect == want.effect);
    // Something else is added and taken off again: nothing has changed.
    auto more = w.items;
    more.push_back({image::kNone, 7, kOne, 90});
    shop.decide(Shop::basket(more));
    const Decision& back = shop.decide(basket);
    REQUIRE(back.prompt_count == 1);
    REQUIRE(back.prompts[0].price_effect == want.effect);
  }
  CHECK(prompted[0] > 150);
  CHECK(prompted[1] > 100);
  CHECK(prompted[2] > 100);
}
