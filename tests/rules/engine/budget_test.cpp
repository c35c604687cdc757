// A search costs a bounded number of steps, whatever the rules are; below the bound nothing is cut.
#include "tests/rules/engine/fixture.hpp"

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

// Products 0..9 are bought, 10 and 11 are offered. `rules` rules that fail as late as can be, better
// than the last one, which holds.
ImageBuilder many(std::uint32_t rules, const Cond& late) {
  ImageBuilder b;
  for (std::uint32_t p = 0; p < 12; ++p) {
    b.products.push_back({"sku:" + std::to_string(p), 100, image::kNone, {}, 0});
  }
  b.set({0, 2, 4, 6, 8});
  b.set({11});
  for (std::uint32_t i = 0; i < rules; ++i) {
    b.rules.push_back({"r" + std::to_string(i), late, {{10, 2'000'000}}, rule_defaults()});
  }
  b.rules.push_back(
      {"worse", leaf(image::Op::lines, 1, image::kNoMax), {{11, 1'000'000}}, rule_defaults()});
  return b;
}

}  // namespace

// Fails when search() does not look at its steps.
TEST_CASE("budget: a search ends at its step budget with the best found, and says so", "[engine]") {
  std::vector<Cond> parts(30, leaf(image::Op::lines, 1, image::kNoMax));
  parts.push_back(leaf(image::Op::lines, 5, image::kNoMax));
  Shop few(many(90, all(std::move(parts))));
  const Decision some = few.decide({{0, 1}});
  CHECK(some.cut == 0);
  CHECK(some.considered == 91);
  CHECK(some.prompt_count == 1);

  std::vector<Cond> same(30, leaf(image::Op::lines, 1, image::kNoMax));
  same.push_back(leaf(image::Op::lines, 5, image::kNoMax));
  Shop shop(many(2000, all(std::move(same))));
  const Decision d = shop.decide({{0, 1}});
  CHECK(d.cut == 1);
  CHECK(d.considered < 200);
  CHECK(d.prompt_count == 0);
  CHECK(d.silence == Silence::no_candidate);
}

TEST_CASE("budget: rules whose gate is closed cost one step each", "[engine]") {
  // Without an item condition and below their total: nothing but the gate is read.
  Shop shop(many(4000, leaf(image::Op::total, 1'000'000, image::kNoMax)));
  const Decision d = shop.decide({{0, 1}});
  CHECK(d.cut == 0);
  CHECK(d.considered == 4001);
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].product == 11);
}

TEST_CASE("budget: rules that hold but whose offer is in the basket are passed over", "[engine]") {
  Shop shop(many(4000, has(0)));
  const Decision d = shop.decide({{0, 1}, {10, 1}});
  CHECK(d.cut == 0);
  CHECK(d.considered == 4001);
  CHECK(d.matched == 2);  // one was looked at to know that some rule held, and the one that speaks
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].product == 11);
}

TEST_CASE("budget: a host that can do nothing is not searched for, and every rule still says why",
          "[engine]") {
  Shop shop(many(100, has(0)));
  shop.context.capabilities = kCanUndo;
  const Decision d = shop.decide({{0, 1}});
  CHECK(d.considered == 0);
  CHECK(d.silence == Silence::guarded);
  for (const Verdict& v : shop.explain({{0, 1}})) CHECK(v.guard == Guard::capability);
}

// Six slots for all products of a crowded basket, nine times over: as much matching as one rule can
// ask for. Fails when the matcher's work is not counted.
TEST_CASE("budget: what bundles are matched for is counted too", "[engine]") {
  constexpr std::uint32_t kGoods = 480;
  ImageBuilder b;
  std::vector<std::uint32_t> all_goods;
  for (std::uint32_t p = 0; p < kGoods; ++p) {
    b.products.push_back({"sku:" + std::to_string(p), 100 + p, image::kNone, {}, 0});
    all_goods.push_back(p);
  }
  b.set(all_goods);
  for (int i = 0; i < 60; ++i) {
    RuleIn rule{"b" + std::to_string(i), all({}), {{0, 5'000'000}}, rule_defaults()};
    rule.fields.kind = static_cast<std::uint8_t>(Kind::bundle);
    rule.bundle.times = 9;
    rule.bundle.missing = 0;
    rule.bundle.converts = 1;
    rule.bundle.amount = 100'000;  // saves nothing
    for (int s = 0; s < 6; ++s) {
      rule.bundle.slots.push_back({0, 1, static_cast<std::uint8_t>(s < 2 ? 2 : 1), {}});
    }
    b.rules.push_back(std::move(rule));
  }
  Shop shop(b);
  shop.context.capabilities = kCanConvert;
  Units units;
  for (std::uint32_t p = 0; p < kGoods; ++p) units.push_back({p, 1});
  const Decision d = shop.decide(units);
  CHECK(d.cut == 1);
  CHECK(d.considered == 1);
  CHECK(d.silence == Silence::no_candidate);
}
