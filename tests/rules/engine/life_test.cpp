#include "rules/engine/arms.hpp"
#include "tests/rules/engine/fixture.hpp"

#include <array>
#include <functional>

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

ImageBuilder with_holdout() {
  ImageBuilder b = burger_bar();
  b.rules[0].fields.holdout_permille = 500;
  return b;
}

std::uint64_t unit_in(Shop& shop, Arm wanted) {
  for (std::uint64_t unit = 1;; ++unit) {
    shop.memory = {open_basket(unit, kNoon), open_lane()};
    if (shop.decide({{0, 1}}).prompts[0].arm == wanted) return unit;
  }
}

}  // namespace

// Seen to fail: with `if (shown) ++basket.spent` in decide.cpp the control arm speaks again.
TEST_CASE("life: a prompt stands until its reason leaves, seen or withheld alike", "[engine]") {
  for (const Arm arm : {Arm::treated, Arm::control}) {
    Shop shop(with_holdout());
    const auto unit = unit_in(shop, arm);
    shop.memory = {open_basket(unit, kNoon), open_lane()};
    const Decision first = shop.decide({{0, 1}});
    REQUIRE(first.prompt_count == 1);
    CHECK(first.prompts[0].arm == arm);
    CHECK(first.prompts[0].fresh == 1);
    CHECK(first.prompts[0].id != 0);
    CHECK(first.first_eligible == 1);
    CHECK(eligible_at(shop.memory.basket) == kNoon);
    CHECK(shop.memory.basket.experiment_rule == stable_id("burger-fries"));
    CHECK(shop.memory.basket.experiment_offer == stable_id("sku:fries"));
    const Decision second = shop.decide({{0, 1}, {2, 1}});
    REQUIRE(second.prompt_count == 1);
    CHECK(second.prompts[0].id == first.prompts[0].id);
    CHECK(second.prompts[0].fresh == 0);
    CHECK(second.prompts[0].revision == 1);
    CHECK(second.first_eligible == 0);
    const Decision third = shop.decide({{2, 1}});
    REQUIRE(third.change_count == 1);
    CHECK(third.changes[0].kind == OutcomeKind::withdrawn);
    CHECK(third.changes[0].prompt == first.prompts[0].id);
    CHECK(third.changes[0].arm == arm);
    CHECK(shop.decide({{0, 1}}).silence == Silence::allowance);  // it stays spent
    CHECK(shop.memory.basket.revision == 4);
  }
}

TEST_CASE("life: the item that comes without an answer has arrived, whatever else", "[engine]") {
  for (const Arm arm : {Arm::treated, Arm::control}) {
    Shop shop(with_holdout());
    const auto unit = unit_in(shop, arm);
    shop.memory = {open_basket(unit, kNoon), open_lane()};
    shop.decide({{0, 1}});
    shop.context.mode = Mode::return_;  // arrival wins over withdrawal
    const Decision& d = shop.decide({{1, 1}});
    REQUIRE(d.change_count == 1);
    CHECK(d.changes[0].kind == OutcomeKind::arrived);
    CHECK(d.changes[0].arm == arm);
    CHECK(shop.memory.basket.slots[0].state == PromptState::arrived);
  }
}

TEST_CASE("life: what silences or guards later withdraws what stands", "[engine]") {
  const std::function<void(Shop&)> later[] = {
      [](Shop& s) { s.context.holds = kHoldManager; },
      [](Shop& s) { s.context.mode = Mode::exchange; },
      [](Shop& s) { s.context.now = 1; },
      [](Shop& s) { s.context.store = 9; },
      [](Shop& s) { s.context.currency[2] = 'O'; },
      [](Shop& s) { s.context.capabilities = 0; },
      [](Shop& s) { s.image = image::Image(); },
  };
  for (const auto& change : later) {
    Shop shop(burger_bar());
    REQUIRE(shop.decide({{0, 1}}).prompt_count == 1);
    change(shop);
    const Decision& d = shop.decide({{0, 1}});
    CHECK(d.prompt_count == 0);
    REQUIRE(d.change_count == 1);
    CHECK(d.changes[0].kind == OutcomeKind::withdrawn);
  }
  for (const Units& basket : {Units{{0, 1}, {4, 1}}, Units{{0, 1}, {2, -1}}}) {
    Shop shop(burger_bar());
    shop.decide({{0, 1}});
    CHECK(shop.decide(basket).change_count == 1);
  }
}

TEST_CASE("life: tender only hides; a rush and browsing withdraw nothing", "[engine]") {
  Shop shop(burger_bar());
  const auto id = shop.decide({{0, 1}}).prompts[0].id;
  shop.context.tender_begun = 1;
  CHECK(shop.decide({{0, 1}}).prompt_count == 0);
  CHECK(shop.decision.change_count == 0);
  shop.context.tender_begun = 0;
  shop.context.holds = kHoldRush;
  CHECK(shop.decide({{0, 1}}).prompts[0].id == id);
  shop.context.moment = Moment::browse;
  CHECK(shop.decide({{0, 1}}).prompts[0].id == id);
}

TEST_CASE("life: an unchanged basket repeats its decision and advances nothing", "[engine]") {
  Shop shop(burger_bar());
  const auto id = shop.decide({{0, 1}}).prompts[0].id;
  const Memory before = shop.memory;
  CHECK(shop.decide({{0, 1}}, false).prompts[0].id == id);
  CHECK(std::memcmp(&before, &shop.memory, sizeof before) == 0);
}

TEST_CASE("life: a till never replaces a standing prompt by a better one", "[engine]") {
  ImageBuilder b = burger_bar();
  b.settings.cashier_prompts = 4;
  b.set({2});
  b.rules.push_back({"cola-cake", has(2), {{3, 50'000'000}}, rule_defaults()});
  Shop shop(b);
  const auto id = shop.decide({{0, 1}}).prompts[0].id;
  const auto verdicts = shop.explain({{0, 1}, {2, 1}});
  CHECK(verdicts[shop.rule("cola-cake")].fate == Fate::lost);
  CHECK(verdicts[shop.rule("cola-cake")].amount == -41'000'000);
  REQUIRE(shop.decide({{0, 1}, {2, 1}}).prompt_count == 1);
  CHECK(shop.decision.prompts[0].id == id);
  REQUIRE(answer(shop.memory.basket, id, Answer::accept));
  REQUIRE(shop.decide({{0, 1}, {1, 1}, {2, 1}}).prompt_count == 1);
  CHECK(shop.decision.prompts[0].product == 3);
}

TEST_CASE("life: a kiosk fills its cards from other categories first", "[engine]") {
  ImageBuilder b = burger_bar();
  b.categories = {{0, 3}, {3, 5}, {5, 6}};
  for (std::uint32_t p = 0; p < 6; ++p) b.products[p].category = p < 3 ? 0 : p < 5 ? 1 : 2;
  b.products[1].substitutes.clear();
  b.rules.clear();
  for (std::uint32_t p = 1; p < 6; ++p) {
    b.rules.push_back({"r" + std::to_string(p), has(0), {{p, 100 - 10 * p}}, rule_defaults()});
  }
  Shop shop(b);
  shop.context.channel = Channel::kiosk;
  const Decision d = shop.decide({{0, 1}});
  REQUIRE(d.prompt_count == 3);
  CHECK(d.prompts[0].product == 1);
  CHECK(d.prompts[1].product == 3);
  CHECK(d.prompts[2].product == 5);
  CHECK(shop.decide({{0, 1}}).prompt_count == 3);
  shop.new_sale(78);
  shop.context.holds = kHoldRush;
  CHECK(shop.decide({{0, 1}}).prompt_count == 1);  // half of three
}

TEST_CASE("answers: only the steps of a prompt's life are taken; repeats change nothing",
          "[engine]") {
  using S = PromptState;
  struct Step {
    S from;
    Answer what;
    S to;  ///< empty: conflict
    bool changed;
  };
  const Step steps[] = {
      {S::shown, Answer::accept, S::accepted, true},
      {S::shown, Answer::decline, S::declined, true},
      {S::shown, Answer::undo, S::empty, false},
      {S::accepted, Answer::accept, S::accepted, false},
      {S::accepted, Answer::undo, S::undone, true},
      {S::accepted, Answer::decline, S::empty, false},
      {S::declined, Answer::decline, S::declined, false},
      {S::declined, Answer::accept, S::accepted, true},
      {S::undone, Answer::accept, S::empty, false},
      {S::withheld, Answer::accept, S::empty, false},
      {S::withdrawn, Answer::accept, S::empty, false},
      {S::arrived, Answer::decline, S::empty, false},
  };
  for (const Step& step : steps) {
    BasketMemory m = open_basket(1, 0);
    m.slots[2].id = 42;
    m.slots[2].state = step.from;
    const auto got = answer(m, 42, step.what);
    REQUIRE(got.has_value() == (step.to != S::empty));
    CHECK(m.slots[2].state == (got ? step.to : step.from));
    if (!got) CHECK(got.error().code() == Errc::conflict);
    if (got) CHECK(got->changed == step.changed);
    CHECK(((m.flags & kSilenced) != 0) == (step.changed && step.what == Answer::decline));
  }
  BasketMemory m = open_basket(1, 0);
  CHECK(answer(m, 0, Answer::accept).error().code() == Errc::not_found);
  m.slots[0].id = 7;
  m.slots[0].state = S::shown;
  REQUIRE(answer(m, 7, Answer::decline));
  REQUIRE(answer(m, 7, Answer::accept));  // recalled, once
  CHECK(answer(m, 7, Answer::decline).error().code() == Errc::conflict);
}

TEST_CASE("memory: closing hands out what stood, once; a token comes back only whole", "[engine]") {
  Shop shop(burger_bar());
  shop.decide({{0, 1}});
  const BasketMemory token = seal(shop.memory.basket);
  const auto bytes = std::as_bytes(std::span(&token, 1));
  const auto back = unseal(bytes);
  REQUIRE(back);
  CHECK(std::memcmp(&*back, &token, sizeof token) == 0);
  CHECK(unseal(bytes.first(255)).error().code() == Errc::invalid);
  for (std::size_t i = 0; i < sizeof token; ++i) {
    BasketMemory bad = token;
    reinterpret_cast<std::byte*>(&bad)[i] ^= std::byte{0x10};
    CHECK(unseal(std::as_bytes(std::span(&bad, 1))).error().code() == Errc::corrupt);
  }
  std::array<PromptSlot, kPromptSlots> out;
  CHECK(close_prompts(shop.memory.basket, out) == 1);
  CHECK(out[0].state == PromptState::shown);
  CHECK(close_prompts(shop.memory.basket, out) == 0);
}

TEST_CASE("caps: count by day and shift; 04:00 and another operator reset, the clock does not",
          "[engine]") {
  ImageBuilder b = burger_bar();
  b.rules[0].fields.cap_lane_day = 3;
  b.rules[0].fields.cap_shift = 2;
  Shop shop(b);
  std::uint64_t unit = 100;
  const auto sale = [&] {
    shop.new_sale(++unit);
    return shop.decide({{0, 1}}).prompt_count;
  };
  shop.context.operator_hash = 1;
  CHECK(sale() + sale() == 2);
  CHECK(sale() == 0);
  shop.context.operator_hash = 0;  // nobody is not another operator
  CHECK(sale() == 0);
  shop.context.operator_hash = 2;
  CHECK(sale() == 1);
  CHECK(sale() == 0);                         // the day's third was the last
  shop.context.now = kNoon + 16 * kHour - 1;  // a millisecond before 04:00
  CHECK(sale() == 0);
  shop.context.now += 1;
  CHECK(sale() == 1);
  shop.context.now -= 1;  // back over 04:00 and again: no second new day
  CHECK(sale() == 1);
  shop.context.now += 1;
  CHECK(sale() == 0);
  shop.context.now += 1000 * 24 * kHour;  // far ahead for a while locks nothing in
  CHECK(sale() + sale() == 2);
  shop.context.now = kNoon + 24 * kHour;
  CHECK(sale() == 0);
  shop.context.now = kNoon + 48 * kHour;
  CHECK(sale() == 1);
}

// Seen to fail: with a new shift for whoever signs on.
TEST_CASE("caps: who signs on first goes on with the shift that nobody was signed on to",
          "[engine]") {
  ImageBuilder b = burger_bar();
  b.rules[0].fields.cap_shift = 1;
  Shop shop(b);
  CHECK(shop.decide({{0, 1}}).prompt_count == 1);
  for (const auto& [signed_on, prompts] : {std::pair{1U, 0U}, {2U, 1U}}) {
    shop.context.operator_hash = signed_on;
    shop.new_sale(100 + signed_on);
    CHECK(shop.decide({{0, 1}}).prompt_count == prompts);
  }
}

TEST_CASE("arms: shares are those asked for", "[engine]") {
  ImageBuilder b = with_holdout();
  b.settings.global_holdout_permille = 100;
  Shop shop(b);
  const std::uint64_t units = 40'000;
  std::int64_t global = 0;
  std::int64_t control = 0;
  for (std::uint64_t u = 0; u < units; ++u) {
    shop.memory = {open_basket(u, kNoon), open_lane()};
    const Arm arm = shop.decide({{0, 1}}).prompts[0].arm;
    global += arm == Arm::global_control;
    control += arm == Arm::control;
  }
  // Within 4 standard deviations of 10 % and of half the rest.
  CHECK(std::abs(global - 4000) < 240);
  CHECK(std::abs(2 * control - (40'000 - global)) < 4 * 190);
}

// Seen to fail: with an arm of its own for every rule, and with the basket's arm for rules without a
// holdout.
TEST_CASE("arms: a basket is in one rule's experiment, the other rules speak outside of it",
          "[engine]") {
  ImageBuilder b = burger_bar();
  b.settings.kiosk_prompts = 3;
  b.rules.clear();
  for (const std::uint32_t product : {1U, 2U, 3U}) {
    RuleIn rule{
        "r" + std::to_string(product), has(0), {{product, 9'000'000 - product}}, rule_defaults()};
    if (product < 3) rule.fields.holdout_permille = 500;
    if (product == 1) rule.when = all({has(0), lacks(1)});
    b.rules.push_back(std::move(rule));
  }
  Shop shop(b);
  shop.context.channel = Channel::kiosk;
  unsigned control[2] = {};
  for (std::uint64_t unit = 1; unit <= 200; ++unit) {
    shop.new_sale(unit);
    const Decision& d = shop.decide({{0, 1}});
    REQUIRE(d.prompt_count == 3);
    CHECK((d.prompts[0].arm == Arm::control || d.prompts[0].arm == Arm::treated));
    CHECK(d.prompts[1].arm == Arm::none);
    CHECK(d.prompts[2].arm == Arm::none);
    CHECK(shop.memory.basket.experiment_rule == stable_id("r1"));
    control[0] += d.prompts[0].arm == Arm::control ? 1U : 0U;
    // Where the first rule cannot speak, the experiment is the second one's.
    shop.new_sale(unit);
    const Decision& other = shop.decide({{0, 1}, {1, 1}});
    REQUIRE(other.prompt_count == 2);
    CHECK((other.prompts[0].arm == Arm::control || other.prompts[0].arm == Arm::treated));
    CHECK(other.prompts[1].arm == Arm::none);
    control[1] += other.prompts[0].arm == Arm::control ? 1U : 0U;
  }
  for (const unsigned n : control) CHECK((n > 60 && n < 140));
}

// Pearson's chi-square of the 2 x 2 table, one degree of freedom: 10.8 is passed by chance once in
// a thousand, so among 64 pairs of fixed salts none reaches 15.
TEST_CASE("arms: the draws of two salts are independent, also of neighbouring ones", "[engine]") {
  for (std::uint64_t salt = 0; salt < 64; ++salt) {
    double n[2][2] = {};
    for (std::uint64_t unit = 0; unit < 10'000; ++unit) {
      ++n[drawn(unit, salt, 500)][drawn(unit, salt + 1, 500)];
    }
    const double total = n[0][0] + n[0][1] + n[1][0] + n[1][1];
    double chi = 0;
    for (int i = 0; i < 2; ++i) {
      for (int k = 0; k < 2; ++k) {
        const double expected = (n[i][0] + n[i][1]) * (n[0][k] + n[1][k]) / total;
        chi += (n[i][k] - expected) * (n[i][k] - expected) / expected;
      }
    }
    CAPTURE(salt);
    CHECK(chi < 15);
  }
}
