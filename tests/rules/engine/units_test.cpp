// Experiments by units other than the basket, and caps per customer: who is in which arm, for how
// long, and what is remembered of it.
#include "rules/base/hash.hpp"
#include "tests/rules/engine/fixture.hpp"

#include <cstddef>
#include <map>
#include <set>

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

constexpr UtcMs kDay = 24 * kHour;

/// The burger bar, half held out by this unit.
ImageBuilder by(Unit unit) {
  ImageBuilder b = burger_bar();
  b.stores = {"mitte", "nord"};
  b.rules[0].fields.holdout_permille = 500;
  b.rules[0].fields.flags = static_cast<std::uint8_t>(
      b.rules[0].fields.flags | static_cast<unsigned>(unit) << image::kUnitShift);
  return b;
}

ImageBuilder capped(std::uint8_t prompts, std::uint16_t days) {
  ImageBuilder b = by(Unit::customer);
  b.rules[0].customer_prompts = prompts;
  b.rules[0].customer_days = days;
  return b;
}

/// One sale with a burger; the arm of its prompt.
Arm sell(Shop& shop) {
  static std::uint64_t basket = 0;
  shop.new_sale(mix64(++basket));
  const Decision& d = shop.decide({{0, 1}});
  REQUIRE(d.prompt_count == 1);
  return d.prompts[0].arm;
}

/// Whether a sale with a burger hears, or would hear, of fries.
bool asked(Shop& shop, std::uint64_t customer) {
  shop.context.customer_hash = customer;
  shop.new_sale(mix64(customer) + static_cast<std::uint64_t>(shop.context.now));
  return shop.decide({{0, 1}}).prompt_count == 1;
}

}  // namespace

// To see it fail: let key_of() return memory.unit for Unit::customer.
TEST_CASE("units: a customer is in one arm wherever and whenever, and customers split as planned",
          "[engine]") {
  Shop shop(by(Unit::customer));
  unsigned control = 0;
  for (std::uint64_t who = 1; who <= 400; ++who) {
    CAPTURE(who);
    std::set<Arm> arms;
    std::set<std::uint32_t> hashes;
    for (std::uint32_t visit = 0; visit < 6; ++visit) {
      shop.context.customer_hash = mix64(who);
      shop.context.store = visit % 2;
      shop.context.terminal_hash = visit;
      shop.context.now = kNoon + visit * 9 * kDay;
      arms.insert(sell(shop));
      hashes.insert(shop.memory.basket.unit_hash);
      CHECK(unit_of(shop.memory.basket) == Unit::customer);
    }
    REQUIRE(arms.size() == 1);
    REQUIRE(hashes.size() == 1);
    REQUIRE(*hashes.begin() != 0);
    control += *arms.begin() == Arm::control ? 1U : 0U;
  }
  CHECK(control > 150);  // 200 +- 5 standard deviations
  CHECK(control < 250);
}

TEST_CASE("units: what a customer is called in one experiment says nothing in another",
          "[engine]") {
  ImageBuilder b = by(Unit::customer);
  b.rules.push_back(b.rules[0]);
  b.rules[1].id = "coffee-cake";
  b.rules[1].when = all({has(b.set({5}))});
  b.rules[1].offers = {{3, 9'000'000}};
  Shop shop(b);
  shop.context.customer_hash = 4711;
  sell(shop);
  const std::uint32_t here = shop.memory.basket.unit_hash;
  shop.new_sale(1);
  shop.decide({{5, 1}});
  CHECK(shop.memory.basket.unit_hash != here);
  CHECK(shop.memory.basket.unit_hash != 0);
  CHECK(here != 4711);
}

// To see it fail: leave out the test for a key of 0 in assign().
TEST_CASE("units: a basket whose customer nobody knows takes no part, and hears it", "[engine]") {
  Shop shop(by(Unit::customer));
  for (int i = 0; i < 50; ++i) {
    CHECK(sell(shop) == Arm::none);
    CHECK((shop.memory.basket.flags & kEligible) == 0);
    CHECK(shop.decision.first_eligible == 0);
  }
  // Who comes later is drawn then, by the next prompt.
  shop.memory.basket.slots[0].state = PromptState::withdrawn;
  shop.memory.basket.spent = 0;
  shop.context.customer_hash = 9;
  shop.decide({{0, 1}});
  CHECK(shop.decision.first_eligible == 1);
  CHECK(unit_of(shop.memory.basket) == Unit::customer);

  Shop terminal(by(Unit::terminal_day));
  CHECK(sell(terminal) == Arm::none);
}

TEST_CASE("units: a basket stays as it was assigned when its customer changes or goes",
          "[engine]") {
  for (std::uint64_t who = 1; who <= 40; ++who) {
    Shop shop(by(Unit::customer));
    shop.context.customer_hash = mix64(who);
    const Arm arm = sell(shop);
    const BasketMemory before = shop.memory.basket;
    for (const std::uint64_t other : {mix64(who + 100), std::uint64_t{0}, mix64(who + 200)}) {
      // The prompt goes with its reason, and another comes.
      shop.decide({{5, 1}});
      shop.memory.basket.spent = 0;
      shop.context.customer_hash = other;
      const Decision& d = shop.decide({{0, 1}});
      REQUIRE(d.prompt_count == 1);
      CHECK(d.prompts[0].arm == arm);
      CHECK(d.first_eligible == 0);
    }
    CHECK(shop.memory.basket.unit_hash == before.unit_hash);
    CHECK(shop.memory.basket.eligible_after == before.eligible_after);
    CHECK(shop.memory.basket.arm == before.arm);
  }
}

// To see it fail: leave the day out of on_this_day().
TEST_CASE("units: a day of a terminal, or of a store, is in one arm, and days are drawn anew",
          "[engine]") {
  for (const Unit unit : {Unit::terminal_day, Unit::store_day}) {
    Shop shop(by(unit));
    std::map<std::uint64_t, Arm> first_arm;  // of the first terminal of a store, by day
    unsigned control = 0;
    unsigned differ = 0;
    for (std::int64_t day = 0; day < 200; ++day) {
      std::set<std::uint32_t> hashes;
      for (const std::uint32_t store : {0U, 1U}) {
        shop.context.store = store;
        std::set<Arm> store_arms;
        for (const std::uint64_t till : {1U, 2U}) {
          shop.context.terminal_hash = 10 * store + till;
          std::set<Arm> arms;
          for (const UtcMs hour : {-7, 0, 15}) {  // 05:00 to 03:00 of the next morning
            shop.context.now = kNoon + day * kDay + hour * kHour;
            arms.insert(sell(shop));
            hashes.insert(shop.memory.basket.unit_hash);
          }
          REQUIRE(arms.size() == 1);
          store_arms.insert(*arms.begin());
          control += *arms.begin() == Arm::control ? 1U : 0U;
        }
        if (unit == Unit::store_day) REQUIRE(store_arms.size() == 1);
        differ += store_arms.size() == 2 ? 1U : 0U;
      }
      CHECK(hashes.size() == (unit == Unit::store_day ? 2 : 4));
      CHECK(unit_of(shop.memory.basket) == unit);
    }
    CHECK(control > 300);  // of 800; as store-days come in pairs, 5 standard deviations are 100
    CHECK(control < 500);
    CHECK((differ > 100) == (unit == Unit::terminal_day));
  }
}

TEST_CASE("units: the global holdout is drawn by the basket, whatever the rule's unit",
          "[engine]") {
  ImageBuilder b = by(Unit::customer);
  b.settings.global_holdout_permille = 500;
  Shop shop(b);
  shop.context.customer_hash = 3;
  std::set<Arm> arms;
  for (int i = 0; i < 60; ++i) {
    const Arm arm = sell(shop);
    arms.insert(arm);
    const bool global = arm == Arm::global_control;
    CHECK(unit_of(shop.memory.basket) == (global ? Unit::basket : Unit::customer));
    CHECK((shop.memory.basket.unit_hash == 0) == global);
  }
  CHECK(arms.size() == 2);
}

// To see it fail: leave `&& runs(...)` out of customer_cap(), or count only what is shown in make().
TEST_CASE("caps: a customer hears a rule so often in so many days, counted from the first",
          "[engine]") {
  Shop shop(capped(2, 28));
  unsigned withheld = 0;
  for (std::uint64_t who = 1; who <= 20; ++who) {
    CAPTURE(who);
    shop.memory.lane = open_lane();
    shop.context.now = kNoon;
    CHECK(asked(shop, who));
    withheld += shop.decision.prompts[0].arm == Arm::control ? 1U : 0U;
    shop.context.now += 5 * kDay;
    CHECK(asked(shop, who));
    CHECK_FALSE(asked(shop, who));
    CHECK(shop.explain({{0, 1}})[0].guard == Guard::customer_cap);
    CHECK(asked(shop, 0));  // nobody's cap
    shop.context.now = kNoon + 28 * kDay - 9 * kHour;
    // The lane remembers one customer: who calls decide() brings the counters.
    shop.memory.lane.customer = {
        who, {{shop.image.rules()[0].stable, static_cast<std::uint16_t>(kNoon / kDay), 2}}};
    CHECK_FALSE(asked(shop, who));
    shop.context.now = kNoon + 28 * kDay;
    CHECK(asked(shop, who));
    CHECK(asked(shop, who));
    CHECK_FALSE(asked(shop, who));
    CHECK(shop.memory.lane.customer.counters[0].since_day == kNoon / kDay + 28);
  }
  CHECK(withheld > 3);
  CHECK(withheld < 17);
}

TEST_CASE("caps: what is counted of one customer is not another's", "[engine]") {
  Shop shop(capped(1, 28));
  CHECK(asked(shop, 1));
  CHECK_FALSE(asked(shop, 1));
  CHECK(asked(shop, 2));
  CHECK(shop.memory.lane.customer.customer == 2);
  CHECK(asked(shop, 0));
  CHECK(shop.memory.lane.customer.customer == 0);
  CHECK(shop.memory.lane.customer.counters[0].rule == 0);
}

TEST_CASE("caps: a counter of a day that has not come is over, not closed for years", "[engine]") {
  Shop shop(capped(1, 28));
  shop.context.now = kNoon + 90 * kDay;
  CHECK(asked(shop, 1));
  shop.context.now = kNoon;  // the clock was three months ahead
  CHECK(asked(shop, 1));
  CHECK_FALSE(asked(shop, 1));
}

TEST_CASE("caps: the eleventh rule of a customer waits until the days of another are over",
          "[engine]") {
  Shop shop(capped(1, 28));
  shop.context.customer_hash = 5;
  const auto today = static_cast<std::uint16_t>(kNoon / kDay);
  shop.memory.lane.customer.customer = 5;
  for (std::uint32_t i = 0; i < kCustomerCounters; ++i) {
    shop.memory.lane.customer.counters[i] = {1000 + i, static_cast<std::uint16_t>(today - i), 1};
  }
  CHECK_FALSE(asked(shop, 5));
  CHECK(shop.decision.silence == Silence::memory_full);
  CHECK(shop.decision.caps_full == 1);
  // Of a rule that is gone the days are the longest there are.
  shop.memory.lane.customer.counters[4].since_day = static_cast<std::uint16_t>(today - 364);
  CHECK_FALSE(asked(shop, 5));
  shop.memory.lane.customer.counters[4].since_day = static_cast<std::uint16_t>(today - 365);
  CHECK(asked(shop, 5));
  CHECK(shop.memory.lane.customer.counters[4].rule == shop.image.rules()[0].stable);
}

namespace {

/// BasketMemory as it was in version 2.
struct Token2 {
  std::uint32_t crc;
  std::uint16_t version;
  std::uint16_t flags;
  std::uint64_t unit;
  std::int64_t opened_at;
  std::int64_t eligible_at;
  std::uint32_t revision, experiment_rule, experiment_offer;
  char currency[4];
  std::uint8_t spent, arm;
  std::uint16_t counted;
  std::uint32_t looking_at;
  PromptSlot slots[kPromptSlots];
};
static_assert(sizeof(Token2) == 256);

Token2 token2() {
  Token2 t{};
  t.version = 2;
  t.flags = kEligible;
  t.unit = 0x1234'5678'9ABC'DEF0;
  t.opened_at = kNoon;
  t.eligible_at = kNoon + 61'234;
  t.revision = 7;
  t.experiment_rule = stable_id("burger-fries");
  t.experiment_offer = stable_id("sku:fries");
  t.spent = 1;
  t.arm = static_cast<std::uint8_t>(Arm::control);
  return t;
}

Result<BasketMemory> take(Token2 token) {
  const auto bytes = std::as_bytes(std::span(&token, 1));
  token.crc = crc32c(bytes.subspan(4));
  return unseal(bytes);
}

}  // namespace

// To see it fail: return false from upgrade() for version 2; or leave eligible_after at 0 there.
TEST_CASE("memory: a token of the version before is taken, its experiment by the basket",
          "[engine]") {
  const auto memory = take(token2());
  REQUIRE(memory);
  CHECK(memory->version == kMemoryVersion);
  CHECK(eligible_at(*memory) == kNoon + 61'234);
  CHECK(unit_of(*memory) == Unit::basket);
  CHECK(memory->unit == 0x1234'5678'9ABC'DEF0);
  CHECK(memory->unit_hash == 0);
  CHECK(memory->arm == Arm::control);
  CHECK(memory->experiment_rule == stable_id("burger-fries"));
  CHECK(memory->revision == 7);
  Shop shop(by(Unit::basket));
  shop.memory.basket = *memory;
  shop.memory.basket.spent = 0;
  CHECK(shop.decide({{0, 1}}).prompts[0].arm == Arm::control);
  CHECK(unseal(std::as_bytes(std::span(&*memory, 1))).error().code() == Errc::corrupt);  // unsealed
  const BasketMemory again = seal(*memory);
  CHECK(unseal(std::as_bytes(std::span(&again, 1))).has_value());

  Token2 never = token2();
  never.flags = 0;
  never.eligible_at = 0;
  REQUIRE(take(never));
  CHECK(take(never)->eligible_after == 0);
  Token2 later = token2();
  later.flags = static_cast<std::uint16_t>(kEligible | 1U << kUnitOfShift);
  CHECK(take(later).error().code() == Errc::corrupt);
  for (const std::uint16_t version : std::initializer_list<std::uint16_t>{0, 1, 4}) {
    Token2 other = token2();
    other.version = version;
    CHECK(take(other).error().code() == Errc::unsupported);
  }
  Token2 wild = token2();
  wild.opened_at = INT64_MIN;
  wild.eligible_at = INT64_MAX;
  REQUIRE(take(wild));
  CHECK(take(wild)->eligible_after == INT32_MAX);
}

// To see it fail: add without looking for an overflow.
TEST_CASE("memory: of a token whose times no clock can say the eligible time is the nearest it can",
          "[engine]") {
  BasketMemory token = open_basket(1, INT64_MAX - 1000);
  set_eligible(token, INT64_MAX, Unit::basket);
  token.eligible_after = 1001;
  const BasketMemory late = seal(token);
  REQUIRE(unseal(std::as_bytes(std::span(&late, 1))));
  CHECK(eligible_at(late) == INT64_MAX);
  token.opened_at = INT64_MIN + 1000;
  token.eligible_after = -1001;
  const BasketMemory early = seal(token);
  REQUIRE(unseal(std::as_bytes(std::span(&early, 1))));
  CHECK(eligible_at(early) == INT64_MIN);
  BasketMemory to = open_basket(2, kNoon);
  take_experiment(to, early);
  CHECK(to.eligible_after == INT32_MIN);
  take_experiment(to, late);
  CHECK(to.eligible_after == INT32_MAX);
}

TEST_CASE("memory: an experiment goes on in another basket with its unit and its time",
          "[engine]") {
  Shop shop(by(Unit::customer));
  shop.context.customer_hash = 12;
  sell(shop);
  const BasketMemory from = shop.memory.basket;
  BasketMemory to = open_basket(99, kNoon + 5 * kHour);
  to.flags = kSilenced;
  take_experiment(to, from);
  CHECK(eligible_at(to) == eligible_at(from));
  CHECK(unit_of(to) == Unit::customer);
  CHECK(to.unit == from.unit);
  CHECK(to.unit_hash == from.unit_hash);
  CHECK(to.arm == from.arm);
  CHECK((to.flags & kSilenced) != 0);
}
