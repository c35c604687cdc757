// Experiments by customer at a till, through the C header: what comes back, and what is written down.
#include "tests/plugin/abi/till.hpp"

#include <fstream>
#include <iterator>
#include <set>

using namespace tills;

namespace {

const Row kBurger{"sku:BURGER", 1000, 590};

model::Pack by(Unit unit) {
  model::Pack p = pack(50);
  p.rules[0].unit = unit;
  return p;
}

std::string card(int who) { return "card-4711-" + std::to_string(who); }

/// A sale with a burger, the customer known until payment begins; its end's record.
Record sell(Till& till, const std::string& customer) {
  static int number = 0;
  till.basket = "B-" + std::to_string(++number);
  till.base.customer_id = text(customer);
  till.ring({kBurger});
  REQUIRE(till.status == SIDEDISH_OK);
  till.event(SIDEDISH_EVENT_TENDER_STARTED);
  till.base.customer_id = text("");
  till.ring({kBurger});
  till.event(SIDEDISH_EVENT_COMPLETED);
  return till.ends().back();
}

}  // namespace

// To see it fail: leave `o.unit = memory.unit_hash` out of record_end().
TEST_CASE("units: a customer's baskets are one unit in the records, also when cleared at tender",
          "[abi]") {
  const State state(by(Unit::customer));
  Till till(state);
  std::set<std::uint64_t> units;
  for (int who = 0; who < 12; ++who) {
    const Record first = sell(till, card(who));
    const Record second = sell(till, card(who));
    CHECK(first.o.eligible);
    CHECK(first.o.unit_of == Unit::customer);
    CHECK(first.o.unit == second.o.unit);
    CHECK(first.o.arm == second.o.arm);
    CHECK(first.o.unit > 0);
    CHECK(first.o.unit <= UINT32_MAX);
    units.insert(first.o.unit);
  }
  CHECK(units.size() == 12);
  const Record nobody = sell(till, "");
  CHECK_FALSE(nobody.o.eligible);
  CHECK(nobody.o.unit_of == Unit::basket);
  CHECK(till.look().shown > 0);
  // Nothing that is written says who it was.
  std::ifstream in(till.file(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  CHECK(bytes.find("B-1") != std::string::npos);
  CHECK(bytes.find("card-4711") == std::string::npos);
}

TEST_CASE("units: a cap per customer holds over baskets of a till, and is each customer's own",
          "[abi]") {
  model::Pack p = by(Unit::customer);
  p.rules[0].cap_customer = {2, 28};
  const State state(p);
  Till till(state);
  constexpr std::int64_t kDay = 24 * 3'600'000;
  for (int who = 0; who < 6; ++who) {
    CHECK(sell(till, card(who)).o.eligible);
  }
  for (int who = 0; who < 6; ++who) {  // others came between
    CHECK(sell(till, card(who)).o.eligible);
    const Record third = sell(till, card(who));
    CHECK_FALSE(third.o.eligible);
    CHECK(third.o.shown + third.o.withheld == 0);
  }
  till.now += 28 * kDay;
  for (int who = 0; who < 6; ++who) CHECK(sell(till, card(who)).o.eligible);
}

TEST_CASE("units: a token takes the unit of its experiment to another terminal", "[abi]") {
  const State state(by(Unit::customer));
  Till here(state, SIDEDISH_CAN_ADD, "t1");
  Till there(state, SIDEDISH_CAN_ADD, "t2");
  const std::string who = card(1);
  here.base.customer_id = text(who);
  here.ring({kBurger});
  here.event(SIDEDISH_EVENT_PARKED);
  const std::string token = here.token("B-1");
  CHECK(there.event(SIDEDISH_EVENT_RESUMED, "B-1", {}, token) == SIDEDISH_OK);
  there.ring({kBurger});
  there.event(SIDEDISH_EVENT_COMPLETED);
  here.event(SIDEDISH_EVENT_VOIDED);
  const Record end = there.ends().back();
  CHECK(end.o.unit_of == Unit::customer);
  CHECK(end.o.unit == here.ends().back().o.unit);
  CHECK(end.o.arm == here.ends().back().o.arm);
}

TEST_CASE("units: two tills share a store's day, and have days of their own", "[abi]") {
  for (const Unit unit : {Unit::store_day, Unit::terminal_day}) {
    const State state(by(unit));
    Till one(state, SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION, "t1");
    Till two(state, SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION, "t2");
    const Record a = sell(one, "");
    const Record b = sell(one, card(1));
    const Record c = sell(two, "");
    CHECK(a.o.unit_of == unit);
    CHECK(a.o.unit == b.o.unit);
    CHECK(a.o.arm == b.o.arm);
    CHECK((a.o.unit == c.o.unit) == (unit == Unit::store_day));
    one.now += 24 * 3'600'000;
    CHECK(sell(one, "").o.unit != a.o.unit);
  }
}
