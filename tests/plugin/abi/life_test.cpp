// What real tills do, and what a lane makes of it (sdk.md).
#include "tests/plugin/abi/till.hpp"

using namespace tills;
using K = OutcomeKind;

namespace {
const Row kBurger{"sku:BURGER", 1000, 590};
const Row kCola{"sku:COLA", 1000, 250};
const Row kFries{"sku:FRIES-M", 1000, 290};
}  // namespace

TEST_CASE("life: a burger asks for fries, the answer is recorded, and the end says it was kept",
          "[abi]") {
  const State state;
  Till till(state);
  REQUIRE(till.opened == SIDEDISH_OK);
  const auto prompts = till.ring({kBurger});
  REQUIRE(till.status == SIDEDISH_OK);
  REQUIRE(prompts.size() == 1);
  CHECK(prompts[0].fresh);
  CHECK(prompts[0].basis == 1);
  CHECK(prompts[0].headline == "Something else?");
  CHECK(prompts[0].rule == "burger-fries");
  CHECK(till.answer(prompts[0].id, SIDEDISH_ACCEPTED) == SIDEDISH_OK);
  CHECK(till.answer(prompts[0].id, SIDEDISH_ACCEPTED) == SIDEDISH_OK);  // repeated: nothing new
  CHECK(till.answer(prompts[0].id, SIDEDISH_DECLINED) == SIDEDISH_E_CONFLICT);
  CHECK(till.answer(12345, SIDEDISH_DECLINED) == SIDEDISH_E_NOT_FOUND);
  CHECK(till.ring({kBurger, {prompts[0].product, 1000, prompts[0].effect}}).empty());
  till.now += 60'000;
  CHECK(till.event(SIDEDISH_EVENT_TENDER_STARTED) == SIDEDISH_OK);
  CHECK(till.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK);
  CHECK(till.kinds() == std::vector<K>{K::shown, K::accepted, K::kept, K::basket});
  const auto ends = till.ends();
  REQUIRE(ends.size() == 1);
  const model::Outcome& end = ends[0].o;
  CHECK(end.end == End::completed);
  CHECK(end.total == 590 + prompts[0].effect);
  CHECK(end.margin_known);
  CHECK(end.margin == end.total - 295 - prompts[0].effect / 2);
  CHECK(end.shown == 1);
  CHECK(end.accepted == 1);
  CHECK(end.items == 2000);
  CHECK(end.opened_at == kMorning);
  CHECK(end.tender_at == kMorning + 60'000);
  CHECK(ends[0].lines.size() == 2);
  CHECK(till.look().recorded + till.look().decisions == records(till.file()).size());
  CHECK(till.look().decisions > 0);
  CHECK(till.look().shown == 1);
}

TEST_CASE("life: an accepted item that is gone at the end is voided, in a voided basket too",
          "[abi]") {
  for (const bool whole : {false, true}) {
    const State state;
    Till till(state);
    const auto prompts = till.ring({kBurger});
    REQUIRE(prompts.size() == 1);
    CHECK(till.answer(prompts[0].id, SIDEDISH_ACCEPTED) == SIDEDISH_OK);
    till.ring({kBurger, kFries});
    if (!whole) till.ring({kBurger, kFries, {"sku:FRIES-M", -1000, 290}});
    CHECK(till.event(whole ? SIDEDISH_EVENT_VOIDED : SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK);
    CHECK(till.kinds() == std::vector<K>{K::shown, K::accepted, K::voided, K::basket});
  }
}

TEST_CASE("life: an old or repeated seq changes nothing, unchanged content repeats the answer",
          "[abi]") {
  const State state;
  Till till(state);
  const auto first = till.ring({kBurger});
  REQUIRE(first.size() == 1);
  CHECK(till.send({kBurger, kFries}, 1).empty());
  CHECK(till.status == SIDEDISH_E_STALE);
  CHECK(till.error().size() > 0);
  const auto again = till.ring({kBurger});
  REQUIRE(again.size() == 1);
  CHECK(again[0].id == first[0].id);
  CHECK_FALSE(again[0].fresh);
  CHECK(again[0].basis == 2);
  CHECK(till.error().empty());
  CHECK(till.kinds() == std::vector<K>{K::shown});
  // A lost snapshot: the next one repairs everything.
  till.seq = 10;
  CHECK(till.ring({kBurger, {first[0].product, 1000, first[0].effect}}).empty());
  CHECK(till.kinds() == std::vector<K>{K::shown, K::arrived});
  CHECK(till.look().stale == 1);
}

TEST_CASE("life: when its reason leaves the basket, a prompt is withdrawn; undecided, it lapses",
          "[abi]") {
  const State state;
  Till till(state);
  CHECK(till.ring({kBurger}).size() == 1);
  CHECK(till.ring({kCola}).empty());
  CHECK(till.kinds() == std::vector<K>{K::shown, K::withdrawn});
  till.basket = "B-2";
  till.seq = 0;
  CHECK(till.ring({kBurger}).size() == 1);
  CHECK(till.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK);
  CHECK(till.kinds() == std::vector<K>{K::shown, K::withdrawn, K::shown, K::lapsed, K::basket});
}

TEST_CASE("life: however a till writes its rows, the same products are the same basket", "[abi]") {
  const State state;
  const std::vector<std::vector<Row>> same = {
      {{"sku:BURGER", 2000, 590}, kCola},
      {kBurger, kCola, kBurger},
      {kCola, {"sku:BURGER", 3000, 590}, {"sku:BURGER", -1000, 590}},
      {kBurger,
       {"sku:BURGER", 5000, 590, SIDEDISH_FLAG_VOIDED},
       kBurger,
       kCola,
       {"", 1000, 99, 0, SIDEDISH_LINE_TENDER},
       {"name:hello", 1000, 0, 0, SIDEDISH_LINE_COMMENT},
       {"?", 1, 1, 0, 77}},
  };
  std::optional<std::string> offered;
  for (const auto& rows : same) {
    Till till(state);
    const auto prompts = till.ring(rows);
    REQUIRE(prompts.size() == 1);
    if (!offered) offered = prompts[0].product;
    CHECK(prompts[0].product == *offered);
    till.event(SIDEDISH_EVENT_COMPLETED);
    const auto ends = till.ends();
    REQUIRE(ends.size() == 1);
    std::map<std::string, std::int64_t> lines(ends[0].lines.begin(), ends[0].lines.end());
    CHECK(lines == std::map<std::string, std::int64_t>{{"sku:BURGER", 2000}, {"sku:COLA", 1000}});
    CHECK(ends[0].o.total == 2 * 590 + 250);
  }
}

TEST_CASE("life: aliases are the product, unknown products are kept by their key, weights add up",
          "[abi]") {
  const State state;
  Till till(state);
  CHECK(till.ring({kBurger, {"plu:112", 1000, 290}}).empty());  // fries are there already
  till.ring({kBurger,
             {"plu:112", 1000, 290},
             {"gtin:4006381333931", 1000, 290},
             {"name:Apples", 250, 199, SIDEDISH_FLAG_WEIGHED},
             {"name:Apples", 500, 199, SIDEDISH_FLAG_WEIGHED},
             {"name:Pears", 1000, 5}});
  till.event(SIDEDISH_EVENT_COMPLETED);
  const auto ends = till.ends();
  REQUIRE(ends.size() == 1);
  std::map<std::string, std::int64_t> lines(ends[0].lines.begin(), ends[0].lines.end());
  CHECK(lines == std::map<std::string, std::int64_t>{{"sku:BURGER", 1000},
                                                     {"sku:FRIES-M", 2000},
                                                     {"name:Apples", 750},
                                                     {"name:Pears", 1000}});
  CHECK_FALSE(ends[0].o.margin_known);
}

TEST_CASE("life: a negative net quantity, zero quantities, holds and other modes are silent",
          "[abi]") {
  const State state;
  Till till(state);
  CHECK(till.ring({kBurger, {"sku:COLA", -1000, 250}}).empty());
  CHECK(till.look().last_silence == static_cast<int>(Silence::negative));
  CHECK(till.ring({{"sku:BURGER", 0, 590}}).empty());
  CHECK(till.look().last_silence == static_cast<int>(Silence::no_candidate));
  till.base.holds = SIDEDISH_HOLD_AGE_CHECK;
  CHECK(till.ring({kBurger}).empty());
  CHECK(till.look().last_silence == static_cast<int>(Silence::hold));
  till.base.holds = 1U << 20;  // a later version's hold is a hold
  CHECK(till.ring({kBurger}).empty());
  till.base.holds = 0;
  for (const int mode :
       std::vector<int>{SIDEDISH_MODE_RETURN, SIDEDISH_MODE_EXCHANGE, SIDEDISH_MODE_TRAINING, 99}) {
    till.base.mode = mode;
    CHECK(till.ring({kBurger}).empty());
    CHECK(till.look().last_silence == static_cast<int>(Silence::not_sale));
  }
  till.event(SIDEDISH_EVENT_COMPLETED);
  CHECK(till.kinds().empty());  // unknown modes and training leave no trace
  till.base.mode = SIDEDISH_MODE_RETURN;
  till.basket = "R-1";
  CHECK(till.ring({{"sku:BURGER", -1000, 590}}).empty());
  till.event(SIDEDISH_EVENT_COMPLETED);
  CHECK(till.kinds() == std::vector<K>{K::basket});
}

TEST_CASE("life: currency changed in mid-basket and a clock without a date are silent", "[abi]") {
  const State state;
  Till till(state);
  CHECK(till.ring({kBurger}).size() == 1);
  std::memcpy(till.base.currency, "USD", 4);
  CHECK(till.ring({kBurger, kCola}).empty());
  CHECK(till.status == SIDEDISH_OK);
  CHECK(till.look().last_silence == static_cast<int>(Silence::currency));
  Till other(state);
  other.now = 86'400'000;  // 1970
  CHECK(other.ring({kBurger}).empty());
  CHECK(other.look().last_silence == static_cast<int>(Silence::clock));
}

TEST_CASE("life: a clock that goes backwards is noted in the records, and nothing is lost",
          "[abi]") {
  const State state;
  Till till(state);
  const auto prompts = till.ring({kBurger});
  REQUIRE(prompts.size() == 1);
  till.now -= 3'600'000;
  CHECK(till.answer(prompts[0].id, SIDEDISH_DECLINED) == SIDEDISH_OK);
  const auto all = records(till.file());
  CHECK(all.front().o.clock == model::ClockQuality::good);
  CHECK(all.back().o.clock == model::ClockQuality::went_back);
  CHECK(all.back().o.record.counter == all.size());
}

TEST_CASE("life: after a no, the sale stays silent; a recall accepts once", "[abi]") {
  const State state;
  Till till(state);
  const auto prompts = till.ring({kBurger});
  REQUIRE(prompts.size() == 1);
  CHECK(till.answer(prompts[0].id, SIDEDISH_NOT_A_FIT, "vegan") == SIDEDISH_OK);
  CHECK(till.answer(prompts[0].id, SIDEDISH_NOT_A_FIT, "vegan") == SIDEDISH_OK);
  CHECK(till.answer(prompts[0].id, SIDEDISH_DECLINED) == SIDEDISH_OK);
  CHECK(till.ring({kBurger, kCola}).empty());
  CHECK(till.answer(prompts[0].id, SIDEDISH_ACCEPTED) == SIDEDISH_OK);
  CHECK(till.answer(prompts[0].id, SIDEDISH_UNDONE) == SIDEDISH_OK);
  CHECK(till.kinds() ==
        std::vector<K>{K::shown, K::not_a_fit, K::declined, K::accepted, K::undone});
}

TEST_CASE("life: another basket id parks the one before, which remembers its no", "[abi]") {
  const State state;
  Till till(state);
  const auto prompts = till.ring({kBurger});
  REQUIRE(prompts.size() == 1);
  CHECK(till.answer(prompts[0].id, SIDEDISH_DECLINED) == SIDEDISH_OK);
  till.basket = "B-2";
  CHECK(till.ring({kBurger}).size() == 1);
  till.basket = "B-1";
  CHECK(till.ring({kBurger, kCola}).empty());
  CHECK(till.kinds() == std::vector<K>{K::shown, K::declined, K::shown, K::withdrawn});
  CHECK(till.ends().empty());
}

TEST_CASE("life: an item change after tender has begun means that tender was cancelled", "[abi]") {
  const State state;
  Till till(state);
  CHECK(till.ring({kCola}).empty());
  CHECK(till.event(SIDEDISH_EVENT_TENDER_STARTED) == SIDEDISH_OK);
  CHECK(till.ring({kCola}).empty());
  CHECK(till.look().last_silence == static_cast<int>(Silence::tender));
  CHECK(till.ring({kCola, kBurger}).size() == 1);
}

TEST_CASE("life: the next basket ends one that was being paid, as this host's word allows",
          "[abi]") {
  for (const bool reports : {false, true}) {
    const State state;
    Till till(state, SIDEDISH_CAN_ADD | (reports ? SIDEDISH_REPORTS_COMPLETION : 0));
    till.ring({kBurger});
    till.event(SIDEDISH_EVENT_TENDER_STARTED);
    till.basket = "B-2";
    till.ring({kCola});
    const auto ends = till.ends();
    REQUIRE(ends.size() == 1);
    CHECK(ends[0].basket == "B-1");
    CHECK(ends[0].o.end == (reports ? End::unknown : End::inferred));
  }
}

TEST_CASE("life: a till that says nothing but snapshots never runs out of baskets", "[abi]") {
  const State state;
  Till till(state, SIDEDISH_CAN_ADD);
  for (int i = 0; i < 30; ++i) {
    till.basket = "B-" + std::to_string(i);
    till.ring({kBurger});
    REQUIRE(till.status == SIDEDISH_OK);
  }
  CHECK(till.ends().size() == 22);  // 8 may still come back
  for (const Record& end : till.ends()) CHECK(end.o.end == End::inferred);
}

TEST_CASE("life: eight parked baskets are the limit, and the ninth sale goes on without prompts",
          "[abi]") {
  const State state;
  Till till(state);
  for (int i = 0; i < 8; ++i) {
    till.basket = "B-" + std::to_string(i);
    till.ring({kBurger});
    CHECK(till.event(SIDEDISH_EVENT_PARKED) == SIDEDISH_OK);
  }
  till.basket = "B-8";
  CHECK(till.ring({kBurger}).empty());
  CHECK(till.status == SIDEDISH_E_LIMIT);
  till.now += 25 * 3'600'000;  // a day later the oldest is given up
  till.ring({kBurger});
  CHECK(till.status == SIDEDISH_OK);
  REQUIRE(till.ends().size() == 1);
  CHECK(till.ends()[0].basket == "B-0");
}

TEST_CASE("life: an id used again after the end is a new basket, its last snapshot again is not",
          "[abi]") {
  const State state;
  Till till(state);
  till.ring({kBurger});
  till.event(SIDEDISH_EVENT_COMPLETED);
  CHECK(till.send({kBurger}, 1).empty());
  CHECK(till.status == SIDEDISH_E_STALE);
  CHECK(till.send({kBurger, kCola}, 1).size() == 1);
  CHECK(till.event(SIDEDISH_EVENT_COMPLETED) == SIDEDISH_OK);
  const auto ends = till.ends();
  REQUIRE(ends.size() == 2);
  CHECK(ends[0].o.unit != ends[1].o.unit);
}

TEST_CASE("life: a token carries a basket to another terminal; without it the basket is silent",
          "[abi]") {
  const State state;
  Till here(state, SIDEDISH_CAN_ADD, "t1");
  Till there(state, SIDEDISH_CAN_ADD, "t2");
  here.ring({kCola});
  here.event(SIDEDISH_EVENT_PARKED);
  const std::string token = here.token("B-1");
  CHECK(there.event(SIDEDISH_EVENT_RESUMED, "B-1", {}, token) == SIDEDISH_OK);
  CHECK(there.ring({kBurger}).size() == 1);
  there.event(SIDEDISH_EVENT_COMPLETED);
  here.event(SIDEDISH_EVENT_VOIDED);
  REQUIRE(there.ends().size() == 1);
  CHECK(there.ends()[0].o.unit == here.ends()[0].o.unit);
  std::string bad = token;
  bad[40] = static_cast<char>(bad[40] ^ 1);
  there.basket = "B-3";
  CHECK(there.event(SIDEDISH_EVENT_RESUMED, "B-3", {}, bad) == SIDEDISH_E_INVALID);
  CHECK(there.ring({kBurger}).empty());
  CHECK(there.look().last_silence == static_cast<int>(Silence::silenced));
  there.basket = "B-4";
  CHECK(there.event(SIDEDISH_EVENT_RESUMED, "B-4") == SIDEDISH_OK);
  CHECK(there.ring({kBurger}).empty());
}

TEST_CASE("life: replaced_by keeps the unit and what was said", "[abi]") {
  const State state;
  Till till(state);
  const auto prompts = till.ring({kBurger});
  REQUIRE(prompts.size() == 1);
  CHECK(till.answer(prompts[0].id, SIDEDISH_DECLINED) == SIDEDISH_OK);
  CHECK(till.event(SIDEDISH_EVENT_REPLACED_BY, "B-1", "B-9") == SIDEDISH_OK);
  till.basket = "B-9";
  CHECK(till.send({kBurger, kCola}, 1).empty());
  till.event(SIDEDISH_EVENT_COMPLETED);
  const auto ends = till.ends();
  REQUIRE(ends.size() == 2);
  CHECK(ends[0].o.end == End::replaced);
  CHECK(ends[0].related == "B-9");
  CHECK(ends[0].o.total == 0);
  CHECK(ends[1].o.end == End::completed);
  CHECK(ends[1].o.unit == ends[0].o.unit);
}

TEST_CASE("life: in the control arm nothing comes back, and it is recorded as withheld", "[abi]") {
  const State state(pack(90));
  Till till(state);
  int withheld = 0;
  for (int i = 0; i < 60; ++i) {
    till.basket = "B-" + std::to_string(i);
    const bool silent = till.ring({kBurger}).empty();
    const auto kinds = till.kinds();
    REQUIRE(kinds.back() == (silent ? K::withheld : K::shown));
    withheld += silent ? 1 : 0;
    till.event(SIDEDISH_EVENT_COMPLETED);
    const auto end = till.ends().back();
    CHECK(end.o.eligible);
    CHECK(end.o.arm == (silent ? Arm::control : Arm::treated));
    CHECK(end.rule == "burger-fries");
  }
  CHECK(withheld > 30);
  CHECK(till.look().withheld == static_cast<std::uint64_t>(withheld));
}

TEST_CASE("life: a basket of 120 products closes in three parts with its totals in each", "[abi]") {
  const State state;
  Till till(state);
  std::vector<Row> rows;
  for (int i = 0; i < 120; ++i) rows.push_back({"name:thing " + std::to_string(i), 1000, 10});
  till.ring(rows);
  till.event(SIDEDISH_EVENT_COMPLETED);
  const auto ends = till.ends();
  REQUIRE(ends.size() == 3);
  std::size_t lines = 0;
  for (const Record& end : ends) lines += end.lines.size();
  CHECK(lines == 120);
  CHECK(ends[2].o.part == 2);
  CHECK(ends[0].o.lines == 120);
  CHECK(ends[0].o.total == 1200);
}

TEST_CASE("life: returns are recorded with the rules' own key", "[abi]") {
  const State state;
  Till till(state);
  sidedish_return r{};
  r.struct_size = sizeof r;
  r.basket = text("B-77");
  r.product = text("plu:112");
  r.quantity = 1000;
  r.value = 290;
  std::memcpy(r.currency, "EUR", 4);
  CHECK(till.lib.record_return(till.lane, &r) == SIDEDISH_OK);
  const auto all = records(till.file());
  REQUIRE(all.size() == 1);
  CHECK(all[0].kind == K::returned);
  CHECK(all[0].offer == "sku:FRIES-M");
  CHECK(all[0].related == "B-77");
  CHECK(all[0].o.price_effect == -290);
  r.quantity = 0;
  CHECK(till.lib.record_return(till.lane, &r) == SIDEDISH_E_INVALID);
}
