// What explain() says of the rules that do not speak: the first condition that did not hold, and by
// how much it lost. That it decides as decide() does is oracle_test.cpp's.
#include "tests/rules/engine/fixture.hpp"

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

using image::Op;

Cond at_least(Op op, std::int64_t least) { return leaf(op, least, image::kNoMax); }

Verdict why(const Cond& when, const Units& basket, void (*change)(Context&) = nullptr) {
  ImageBuilder b = burger_bar();
  b.facts = {"queue"};
  b.rules[0].when = when;
  Shop shop(b);
  if (change != nullptr) change(shop.context);
  return shop.explain(basket)[0];
}

Op failed(const Cond& when, const Units& basket) {
  ImageBuilder b = burger_bar();
  b.rules[0].when = when;
  Shop shop(b);
  const Verdict v = shop.explain(basket)[0];
  REQUIRE(v.fate == Fate::condition);
  REQUIRE(v.node != image::kNone);
  return shop.image.node(0, v.node).op;
}

}  // namespace

// Seen to fail: with the last of them told, and with the whole instead of its part.
TEST_CASE("explain: of several conditions that do not hold the first of the document is told",
          "[engine]") {
  const Cond total = at_least(Op::total, 99'999);
  const Cond lines = at_least(Op::lines, 9);
  CHECK(failed(all({has(0), total, lines}), {{3, 1}}) == Op::quantity);
  CHECK(failed(all({has(0), total, lines}), {{0, 1}}) == Op::total);
  CHECK(failed(all({has(0), lines, total}), {{0, 1}}) == Op::lines);
  CHECK(failed(all({has(0), lacks(1), lines}), {{0, 1}, {1, 1}}) == Op::absent);
  // Within an `all` its part, of an `any` or a `none` the whole.
  const Cond one = at_least(Op::lines, 1);
  CHECK(failed(all({has(0), all({one, total}), lines}), {{0, 1}}) == Op::total);
  CHECK(failed(all({has(0), all({one, all({one, lines})}), total}), {{0, 1}}) == Op::lines);
  CHECK(failed(all({has(0), any({total, lines}), lines}), {{0, 1}}) == Op::any);
  CHECK(failed(all({has(0), none({total, one}), lines}), {{0, 1}}) == Op::none);
}

// Seen to fail: with `unknown` left at 0.
TEST_CASE("explain: a condition that nobody can answer is told as unknown", "[engine]") {
  const Cond queue = leaf(Op::fact_range, 3, 9, 0);
  const Cond when = all({has(0), queue, at_least(Op::lines, 9)});
  CHECK(why(when, {{0, 1}}).unknown == 1);
  const auto say = [](Context& c) {
    c.fact_count = 1;
    c.facts[0] = {0, 1, 2, 0};
  };
  CHECK(why(when, {{0, 1}}, say).unknown == 0);
  CHECK(why(when, {{3, 1}}).unknown == 0);  // the item is what is missing first
  const auto right = [](Context& c) {
    c.fact_count = 1;
    c.facts[0] = {0, 1, 4, 0};
  };
  const Verdict v = why(all({has(0), queue}), {{0, 1}}, right);
  CHECK(v.fate == Fate::offered);
  CHECK(v.unknown == 0);
}

// Seen to fail: with the distance to the best one, and with nothing said of equal products.
TEST_CASE(
    "explain: who lost says by how much, to the last one offered, or to whom it left its item",
    "[engine]") {
  ImageBuilder b = burger_bar();
  b.settings.kiosk_prompts = 2;
  b.rules.clear();
  const std::pair<std::uint32_t, std::int64_t> offers[] = {
      {1, 9'000'000}, {2, 7'000'000}, {3, 4'000'000}, {1, 3'000'000}};
  for (const auto& [product, score] : offers) {
    b.rules.push_back(
        {"r" + std::to_string(b.rules.size()), has(0), {{product, score}}, rule_defaults()});
  }
  Shop shop(b);
  shop.context.channel = Channel::kiosk;
  const auto verdicts = shop.explain({{0, 1}});
  REQUIRE(shop.decision.prompt_count == 2);
  CHECK(verdicts[0].fate == Fate::offered);
  CHECK(verdicts[1].fate == Fate::offered);
  CHECK(verdicts[2].fate == Fate::lost);
  CHECK(verdicts[2].amount == 3'000'000);
  CHECK(verdicts[3].fate == Fate::guard);
  CHECK(verdicts[3].guard == Guard::same_product);
}
