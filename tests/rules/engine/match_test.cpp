// The matcher against trying everything, on random bundles and baskets.
// Proved by breaking it: without moves between slots, with the best of each slot taken greedily, or
// with additions counted like what is there, seeds fail.
#include "rules/engine/match.hpp"

#include "tests/rules/engine/brute_match.hpp"
#include "tests/rules/engine/random_shop.hpp"

#include <algorithm>
#include <map>
#include <random>

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

constexpr std::uint32_t kGoods = 6;

BundleIn random_bundle(Dice& dice, std::uint32_t sets) {
  BundleIn b;
  b.how = static_cast<image::BundlePrice>(dice(3));
  b.amount =
      static_cast<std::int64_t>(b.how == image::BundlePrice::percent ? 1 + dice(100) : dice(400));
  b.times = static_cast<std::uint8_t>(1 + dice(3));
  int least = 0;
  for (std::uint64_t i = 1 + dice(3); i > 0; --i) {
    SlotIn s;
    s.set = static_cast<std::uint32_t>(dice(sets));
    s.min = static_cast<std::uint8_t>(dice.one_in(6) ? 0 : 1 + dice(2));
    s.max = static_cast<std::uint8_t>(std::max<std::uint64_t>(1, s.min + dice(2)));
    for (std::uint32_t p = 0; p < kGoods; ++p) {
      if (b.how == image::BundlePrice::price && dice.one_in(3)) {
        s.deltas[p] = static_cast<std::int64_t>(dice(150));
      }
    }
    least += s.min;
    b.slots.push_back(std::move(s));
  }
  if (least == 0) b.slots[0].min = b.slots[0].max;
  if (b.slots.size() == 3) b.slots[2].max = std::max<std::uint8_t>(1, b.slots[2].min);
  least = 0;
  for (const auto& s : b.slots) least += s.min;
  b.missing = static_cast<std::uint8_t>(
      std::min<std::uint64_t>(dice(3), static_cast<std::uint64_t>(least) - 1));
  return b;
}

struct World {
  ImageBuilder pack;
  BundleIn bundle;
  std::vector<Item> items;
};

World random_world(Dice& dice) {
  World w;
  for (std::uint32_t p = 0; p < kGoods; ++p) {
    w.pack.products.push_back(
        {"sku:" + std::to_string(p), static_cast<std::int64_t>(dice(400)), image::kNone, {}, 0});
  }
  for (int s = 0; s < 4; ++s) {
    std::vector<std::uint32_t> members;
    for (std::uint32_t p = 0; p < kGoods; ++p) {
      if (dice.one_in(2)) members.push_back(p);
    }
    if (members.empty()) members.push_back(static_cast<std::uint32_t>(dice(kGoods)));
    w.pack.set(members);
  }
  w.pack.all_lists = dice.one_in(2);
  w.bundle = random_bundle(dice, 4);
  RuleIn rule{"b", all({}), {}, rule_defaults()};
  rule.fields.kind = static_cast<std::uint8_t>(Kind::bundle);
  rule.bundle = w.bundle;
  w.pack.rules.push_back(rule);
  std::int64_t units = static_cast<std::int64_t>(dice(7));
  for (std::uint32_t p = 0; p < kGoods && units > 0; ++p) {
    if (dice.one_in(2)) continue;
    const auto n = 1 + static_cast<std::int64_t>(dice(static_cast<std::uint64_t>(units)));
    units -= n;
    Item item{p, p + 1, n * kOne, n * static_cast<std::int64_t>(dice(400))};
    if (dice.one_in(6)) {  // some of it belongs to a bundle already
      item.bound = static_cast<std::int64_t>(dice(static_cast<std::uint64_t>(n))) * kOne;
      item.bound_value = item.value / n * (item.bound / kOne);
    }
    w.items.push_back(item);
  }
  return w;
}

// Every unit at most once, every slot within its counts, everything where it may stand.
void is_sound(const World& w, const Match& m) {
  std::map<std::uint32_t, std::uint32_t> used;
  std::vector<std::uint32_t> counts(w.bundle.slots.size());
  for (std::uint32_t i = 0; i < m.count; ++i) {
    const Filled& f = m.filled[i];
    REQUIRE(f.slot < counts.size());
    counts[f.slot] += f.units;
    const auto& set = w.pack.sets[w.bundle.slots[f.slot].set];
    REQUIRE(std::binary_search(set.begin(), set.end(), f.product));
    if (f.added == 0) used[f.product] += f.units;
  }
  for (std::size_t s = 0; s < counts.size(); ++s) {
    REQUIRE(counts[s] >= m.times * w.bundle.slots[s].min);
    REQUIRE(counts[s] <= m.times * w.bundle.slots[s].max);
  }
  for (const auto& [product, units] : used) {
    const auto at = std::find_if(w.items.begin(), w.items.end(),
                                 [&](const Item& i) { return i.product == product; });
    REQUIRE(at != w.items.end());
    REQUIRE(units <= free_units(*at));
  }
}

}  // namespace

TEST_CASE("match: what is found is as good as the best of all assignments, complete or nearly so",
          "[engine]") {
  unsigned complete = 0;
  unsigned several = 0;
  unsigned completed = 0;
  for (std::uint64_t seed = 1; seed <= 4000; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    const World w = random_world(dice);
    Shop shop(w.pack);
    const image::Overlay none;
    const Basket basket = Shop::basket(w.items);
    const Situation now(shop.image, none, shop.context, basket);
    BruteMatcher brute(w.pack, w.bundle, w.items);
    Matcher matcher(now, shop.image.bundles()[0], w.bundle.times);
    Match match;
    const auto best = brute.complete();
    REQUIRE(matcher.complete(match) == best.has_value());
    if (best) {
      ++complete;
      several += match.times > 1 ? 1U : 0U;
      is_sound(w, match);
      REQUIRE(match.effect() == best->effect);
      REQUIRE(match.saving() == best->saving);
      continue;
    }
    const std::uint64_t mask = dice(64);
    const auto may = [&](std::uint32_t p) { return (mask >> p & 1) != 0; };
    Addition additions[image::kMaxSlots];
    for (std::size_t s = 0; s < w.bundle.slots.size(); ++s) {
      additions[s] = {image::kNone, 0};
      for (const auto p : w.pack.sets[w.bundle.slots[s].set]) {
        const Addition next{p, w.pack.products[p].price};
        const auto cost = [&](const Addition& a) {
          return std::pair(matcher.cost_of(static_cast<unsigned>(s), a.product, a.price), -a.price);
        };
        if (may(p) && (additions[s].product == image::kNone || cost(next) < cost(additions[s]))) {
          additions[s] = next;
        }
      }
    }
    const auto nearly = brute.completed(may);
    REQUIRE(matcher.completed(additions, w.bundle.missing, match) == nearly.has_value());
    if (!nearly) continue;
    ++completed;
    is_sound(w, match);
    // Half a cent of a percentage may fall either way between equal candidates.
    if (w.bundle.how != image::BundlePrice::percent) {
      REQUIRE(match.effect() == nearly->effect);
      // A discount that swallows the whole price takes what it adds for nothing, however dear.
      if (match.price > 0) REQUIRE(match.saving() == nearly->saving);
    } else {
      REQUIRE(std::abs(match.effect() - nearly->effect) <= 1);
    }
  }
  CHECK(complete > 300);
  CHECK(several > 40);
  CHECK(completed > 300);
}

TEST_CASE("match: a basket of 500 lines and nine bundles of eight units end in bounded work",
          "[engine]") {
  ImageBuilder pack;
  std::vector<std::uint32_t> everything;
  for (std::uint32_t p = 0; p < 500; ++p) {
    pack.products.push_back({"sku:" + std::to_string(p), 100 + p, image::kNone, {}, 0});
    everything.push_back(p);
  }
  pack.set(everything);
  RuleIn rule{"b", all({}), {}, rule_defaults()};
  rule.fields.kind = static_cast<std::uint8_t>(Kind::bundle);
  rule.bundle = {image::BundlePrice::percent, 10, 9, 0, 0, {{0, 8, 8, {}}}};
  pack.rules.push_back(rule);
  Shop shop(pack);
  std::vector<Item> items;
  for (std::uint32_t p = 0; p < 500; ++p) items.push_back({p, p + 1, kOne, 100 + p});
  const image::Overlay none;
  const Basket basket = Shop::basket(items);
  const Situation now(shop.image, none, shop.context, basket);
  Matcher matcher(now, shop.image.bundles()[0], 9);
  Match match;
  REQUIRE(matcher.complete(match));
  CHECK(match.times == 9);
  CHECK(match.count == 72);
  Minor dearest = 0;
  for (Minor p = 428; p < 500; ++p) dearest += 100 + p;
  CHECK(match.used == dearest);
  CHECK(match.saving() == dearest / 10);
}
