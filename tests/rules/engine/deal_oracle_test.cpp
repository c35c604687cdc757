// decide() against trying everything, for packs with one bundle or one upsell: which prompt, at what
// price, with what saving. And what must hold of every one of them.
#include "rules/base/money.hpp"
#include "tests/rules/engine/deal_world.hpp"
#include "tests/support/effort.hpp"

#include <iostream>
#include <numeric>

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

TEST_CASE("oracle: bundles and upsells are offered as a brute-force reading of their rules says",
          "[engine]") {
  unsigned prompted[3] = {};
  for (std::uint64_t seed = 1; seed <= 9000; ++seed) {
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

namespace {

// What a standing prompt of this slot must say now; nothing: it must go.
Expected standing(const World& w, const PromptSlot& slot, Minor total) {
  const auto product_of = [&](std::uint32_t stable) {
    std::uint32_t p = 0;
    while (p < kGoods && stable_id(w.pack.products[p].key) != stable) ++p;
    return p;
  };
  const RuleIn& rule = w.pack.rules[0];
  if (w.paused()) return {};
  const std::uint32_t offer = product_of(slot.offer);
  if (rule.fields.kind == static_cast<std::uint8_t>(Kind::upsell)) {
    const auto& from = w.pack.sets[rule.fields.detail];
    const std::int64_t units = slot.quantity / kOne;
    for (const Item& item : w.items) {
      if (item.product != product_of(slot.also)) continue;
      const Minor gone = item.value / (item.quantity / kOne) * units;
      const Minor told = units * w.pack.products[offer].price;
      const Minor today = units * w.price(offer);
      const bool stands = may(w, offer, from) && std::min(told, today) > gone &&
                          (std::max(told, today) - gone) * 1000 <= total * share_of(w);
      return {stands, slot.quantity, today - gone, 0, 0, false};
    }
    return {};
  }
  BruteMatcher brute = brute_of(w);
  if (slot.quantity == 0) {
    const auto m = brute.complete();
    if (!m || !allowed(w, *m, brute, total)) return {};
    return {true, 0, m->effect, m->saving, static_cast<std::uint32_t>(m->times), false};
  }
  std::vector<std::uint32_t> added(slot.quantity / kOne, offer);
  if (slot.also != 0) added.push_back(product_of(slot.also));
  if (!std::all_of(added.begin(), added.end(), [&](auto p) { return may(w, p, {}); })) return {};
  const auto m = brute.with(added);
  if (!m || !allowed(w, *m, brute, total)) return {};
  return {true, kOne, m->effect, m->saving, 1, false};
}

Shop till_for(const World& w) {
  Shop shop(w.pack);
  shop.context.capabilities = kCanAdd | kCanReplace | kCanConvert;
  return shop;
}

/// What a till does after a yes.
void take(World& w, const Prompt& prompt, std::span<const Part> parts) {
  const auto item = [&](std::uint32_t product) -> Item& {
    auto at = std::find_if(w.items.begin(), w.items.end(),
                           [&](const Item& one) { return one.product >= product; });
    if (at == w.items.end() || at->product != product) {
      at = w.items.insert(at, {product, stable_id(w.pack.products[product].key), 0, 0});
    }
    return *at;
  };
  if (prompt.kind == Kind::upsell) {
    item(parts[0].product).quantity -= parts[0].quantity;
    item(parts[0].product).value -= parts[0].price;
    item(parts[1].product).quantity += parts[1].quantity;
    item(parts[1].product).value += parts[1].price;
    std::erase_if(w.items, [](const Item& gone) { return gone.quantity == 0; });
    return;
  }
  // A product may stand in several slots: first all of it leaves at its old price.
  for (Item& one : w.items) {
    Milli units = 0;
    for (const Part& part : parts) {
      if (part.added == 0 && part.product == one.product) units += part.quantity;
    }
    if (units == 0) continue;
    one.value -= *mul_div(one.value - one.bound_value, units, one.quantity - one.bound);
    one.quantity -= units;
  }
  for (const Part& part : parts) {
    Item& one = item(part.product);
    one.quantity += part.quantity;
    one.value += part.price;
    one.bound += part.quantity;
    one.bound_value += part.price;
  }
}

void same_as(const Expected& want, const Prompt& p) {
  REQUIRE(p.price_effect == want.effect);
  REQUIRE(p.saving == want.saving);
  REQUIRE((p.quantity == 0) == (want.quantity == 0));
  if (p.kind == Kind::bundle) REQUIRE(p.times == want.times);
}

}  // namespace

// Seen to fail: with the guard at today's prices alone (bundles), the spend-jump guard at today's
// price (swaps), a recalled product that may be added.
TEST_CASE(
    "oracle: under every overlay bundles and upsells are offered, and stand, as brute force says",
    "[engine][U10]") {
  unsigned fresh[2] = {};
  unsigned stood = 0;
  unsigned gone = 0;
  unsigned undecided = 0;
  const std::uint64_t from = test::seed_of("U10") % 1'000'000'000;
  const std::uint64_t more = test::effort(10'000, 30'000, 200'000);
  constexpr std::uint64_t kAlways = 10'000;
  for (std::uint64_t i = 1; i <= kAlways + more; ++i) {
    const std::uint64_t seed = i <= kAlways ? i : from + i;
    CAPTURE(seed);
    Dice dice(seed);
    const Kind kind = dice.one_in(3) ? Kind::upsell : Kind::bundle;
    World w = random_world(dice, kind);
    Shop shop = till_for(w);
    const Basket basket = Shop::basket(w.items);
    if (dice.one_in(2)) {
      w.overlay = random_deal_overlay(dice);
      shop.lay(w.overlay);
    }
    const Expected want =
        kind == Kind::upsell ? swap_prompt(w, basket.total) : bundle_prompt(w, basket.total);
    const Decision first = shop.decide(basket);
    if (want.any) {
      ++undecided;
      continue;
    }
    REQUIRE(first.prompt_count == (want.prompt ? 1U : 0U));
    if (!want.prompt) continue;
    same_as(want, first.prompts[0]);
    ++fresh[kind == Kind::upsell ? 1 : 0];
    // Head office changes its mind while the prompt stands.
    const PromptSlot slot = shop.memory.basket.slots[0];
    w.overlay = random_deal_overlay(dice);
    shop.lay(w.overlay);
    const Expected then = standing(w, slot, basket.total);
    const Decision& second = shop.decide(basket);
    REQUIRE(second.prompt_count == (then.prompt ? 1U : 0U));
    REQUIRE(second.change_count == (then.prompt ? 0U : 1U));
    if (then.prompt) {
      same_as(then, second.prompts[0]);
      REQUIRE(second.prompts[0].fresh == 0);
    }
    ++(then.prompt ? stood : gone);
  }
  CHECK(fresh[0] > 1000);
  CHECK(fresh[1] > 700);
  CHECK(stood > 1500);
  CHECK(gone > 300);
  CHECK(undecided < (kAlways + more) / 100);
  std::cout << "U10: " << kAlways + more
            << " worlds of bundles and upsells under overlays: " << fresh[0] + fresh[1]
            << " prompts, " << stood << " stood a new overlay, " << gone
            << " went, none other than brute force\n";
}

// Seen to fail: with a bundle whose price may be above what it replaces without end, and with units
// of a converted bundle free for another.
TEST_CASE(
    "deals: whatever is accepted, no line and no total falls below zero, and no unit is used twice",
    "[engine]") {
  unsigned accepted = 0;
  unsigned again = 0;
  for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    World w = random_world(dice, dice.one_in(4) ? Kind::upsell : Kind::bundle);
    w.pack.rules[0].fields.holdout_permille = 0;
    Shop shop = till_for(w);
    for (int round = 0; round < 4; ++round) {
      shop.new_sale(seed * 8 + static_cast<std::uint64_t>(round));
      const Basket basket = Shop::basket(w.items);
      const Decision d = shop.decide(basket);
      if (d.prompt_count == 0) break;
      again += round > 0 ? 1U : 0U;
      Part parts[kMaxParts];
      const std::uint32_t n =
          parts_of(shop.image, {}, shop.context, basket, shop.memory.basket.slots[0], parts);
      REQUIRE(n > 0);
      take(w, d.prompts[0], std::span(parts).first(n));
      ++accepted;
      Minor total = 0;
      for (const Item& item : w.items) {
        REQUIRE(item.value >= 0);
        REQUIRE(item.bound >= 0);
        REQUIRE(item.bound <= item.quantity);
        REQUIRE(item.bound_value >= 0);
        REQUIRE(item.bound_value <= item.value);
        total += item.value;
      }
      REQUIRE(total == basket.total + d.prompts[0].price_effect);
      REQUIRE(total >= 0);
    }
  }
  CHECK(accepted > 1200);
  CHECK(again > 50);
}

// Seen to fail: with items that are looked at in another order, and with a prompt that keeps the
// numbers it was made with.
TEST_CASE("deals: the order of adding, and what is added and taken off again, changes no deal",
          "[engine]") {
  unsigned compared = 0;
  unsigned returned = 0;
  for (std::uint64_t seed = 1; seed <= 6000; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    const Kind kind = dice.one_in(4) ? Kind::upsell : Kind::bundle;
    World w = random_world(dice, kind);
    std::vector<std::uint32_t> units;
    for (const Item& item : w.items)
      units.insert(units.end(), static_cast<std::size_t>(item.quantity / kOne), item.product);
    const std::vector<Item> whole = w.items;
    const Minor total = Shop::basket(whole).total;
    for (int order = 0; order < 3; ++order) {
      for (std::size_t i = units.size(); i > 1; --i) std::swap(units[i - 1], units[dice(i)]);
      Shop shop = till_for(w);
      shop.context.channel = Channel::kiosk;
      w.items.clear();
      const auto ring = [&](std::uint32_t p, std::int64_t sign) {
        const Item& full = *std::find_if(whole.begin(), whole.end(),
                                         [&](const Item& one) { return one.product == p; });
        auto at = std::find_if(w.items.begin(), w.items.end(),
                               [&](const Item& one) { return one.product >= p; });
        if (at == w.items.end() || at->product != p)
          at = w.items.insert(at, {p, full.stable, 0, 0});
        at->quantity += sign * kOne;
        at->value += sign * full.value / (full.quantity / kOne);
        if (at->quantity == 0) w.items.erase(at);
      };
      bool silent = true;  // until the last one
      for (std::size_t i = 0; i < units.size(); ++i) {
        ring(units[i], 1);
        silent = silent &&
                 (i + 1 == units.size() || shop.decide(Shop::basket(w.items)).prompt_count == 0);
      }
      const Basket basket = Shop::basket(w.items);
      const Memory before = shop.memory;
      const Decision d = shop.decide(basket);
      const Expected want = kind == Kind::upsell ? swap_prompt(w, total) : bundle_prompt(w, total);
      if (silent && !want.any) {
        REQUIRE(d.prompt_count == (want.prompt ? 1U : 0U));
        if (want.prompt) same_as(want, d.prompts[0]);
      }
      for (std::uint32_t i = 0; i < d.prompt_count; ++i) {
        const PromptSlot& slot =
            *std::find_if(std::begin(shop.memory.basket.slots), std::end(shop.memory.basket.slots),
                          [&](const PromptSlot& one) { return one.id == d.prompts[i].id; });
        const Expected then = standing(w, slot, total);
        REQUIRE(then.prompt);
        same_as(then, d.prompts[i]);
        ++compared;
      }
      // One more of something, and off again: nothing new is claimed of what was there.
      if (units.empty()) continue;
      shop.memory = before;
      const std::uint32_t extra = units[dice(units.size())];
      ring(extra, 1);
      shop.decide(Shop::basket(w.items));
      ring(extra, -1);
      const Decision& back = shop.decide(Shop::basket(w.items));
      for (std::uint32_t i = 0; i < back.prompt_count; ++i) {
        for (std::uint32_t k = 0; k < d.prompt_count; ++k) {
          const Prompt& a = back.prompts[i];
          const Prompt& b = d.prompts[k];
          if (a.offer != b.offer || a.also != b.also || a.quantity != b.quantity) continue;
          REQUIRE(a.price_effect == b.price_effect);
          REQUIRE(a.saving == b.saving);
          ++returned;
        }
      }
    }
  }
  CHECK(compared > 1500);
  CHECK(returned > 800);
}
