// P08: every argument that breaks its contract is a status, and nothing has changed.
#include "tests/plugin/abi/till.hpp"

using namespace tills;

namespace {

const Row kBurger{"sku:BURGER", 1000, 590};

/// A snapshot of one burger, for one thing to be wrong with.
struct Call {
  explicit Call(Till& till) : till_(till) {
    line.struct_size = sizeof line;
    line.product = text("sku:BURGER");
    line.quantity = 1000;
    line.unit_price = 590;
    s.struct_size = sizeof s;
    s.basket = text("B-1");
    s.seq = 1;
    s.now_utc_ms = kMorning;
    s.now_steady_ms = 1;
    std::memcpy(s.currency, "EUR", 4);
    s.prices_include_tax = -1;
    s.lines = &line;
    s.line_count = 1;
    out[0].struct_size = sizeof out[0];
  }
  std::int32_t make() { return till_.lib.basket_update(till_.lane, &s, out, &n); }
  Till& till_;
  sidedish_line line{};
  sidedish_snapshot s{};
  sidedish_prompt out[4] = {};
  std::uint32_t n = 4;
};

}  // namespace

TEST_CASE("abi: a snapshot with one thing wrong is refused, and changes nothing", "[abi]") {
  const State state;
  Till till(state);
  const std::string long_id(65, 'x');
  const std::string long_key(97, 'x');
  const auto refused = [&](auto&& spoil, std::int32_t status = SIDEDISH_E_INVALID) {
    Call call(till);
    spoil(call);
    const std::int32_t got = call.make();
    return got == status && call.n == 0 && !till.error().empty();
  };
  CHECK(refused([](Call& c) { c.s.basket = {nullptr, 0}; }));
  CHECK(refused([](Call& c) { c.s.basket = {nullptr, 4}; }));
  CHECK(refused([&](Call& c) { c.s.basket = text(long_id); }));
  CHECK(refused([](Call& c) { c.s.basket = text("B\n1"); }));
  CHECK(refused([](Call& c) { c.s.basket = text("\xC0\xAF"); }));
  CHECK(refused([](Call& c) { c.line.product = text("sku:\xFF"); }));
  CHECK(refused([](Call& c) { c.line.product = text("sku:\xED\xA0\x80"); }));
  CHECK(refused([](Call& c) { c.line.product = {nullptr, 0}; }));
  CHECK(refused([&](Call& c) { c.line.product = text(long_key); }));
  CHECK(refused([](Call& c) { c.line.quantity = INT64_MIN; }));
  CHECK(refused([](Call& c) { c.line.unit_price = INT64_MAX; }));
  CHECK(refused([](Call& c) { c.s.total = INT64_MAX; }));
  CHECK(refused([](Call& c) { std::memcpy(c.s.currency, "EURO", 4); }));
  CHECK(refused([](Call& c) { std::memcpy(c.s.currency, "eur", 4); }));
  CHECK(refused([](Call& c) { c.s.lines = nullptr; }));
  CHECK(refused([](Call& c) { c.s.fact_count = 1; }));
  CHECK(refused([](Call& c) { c.s.fact_count = 17; }, SIDEDISH_E_LIMIT));
  CHECK(refused([](Call& c) { c.s.line_count = 2001; }, SIDEDISH_E_LIMIT));
  CHECK(refused([](Call& c) { c.s.struct_size = 8; }, SIDEDISH_E_VERSION));
  CHECK(refused([](Call& c) { c.s.struct_size = 0xFFFFFFFF; }, SIDEDISH_E_VERSION));
  CHECK(refused([](Call& c) { c.line.struct_size = 12; }, SIDEDISH_E_VERSION));
  CHECK(refused([](Call& c) { c.out[0].struct_size = 12; }, SIDEDISH_E_VERSION));
  CHECK(till.kinds().empty());
  CHECK(till.look().updates == 0);
  Call fine(till);
  CHECK(fine.make() == SIDEDISH_OK);
  CHECK(fine.n == 1);
  CHECK(till.error().empty());
}

TEST_CASE("abi: 2,000 lines are served, 2,001 are refused and the sale goes on", "[abi]") {
  const State state;
  Till till(state);
  std::vector<Row> rows(1999, Row{"name:nail", 1000, 1});
  rows.push_back(kBurger);
  CHECK(till.ring(rows).size() == 1);
  CHECK(till.status == SIDEDISH_OK);
  rows.push_back(kBurger);
  CHECK(till.ring(rows).empty());
  CHECK(till.status == SIDEDISH_E_LIMIT);
  rows.pop_back();
  CHECK(till.ring(rows).size() == 1);
}

TEST_CASE("abi: a host built with a later header has larger structs, and is served", "[abi]") {
  const State state;
  Till till(state);
  struct LaterLine {
    sidedish_line now;
    std::uint64_t later[3];
  };
  struct LaterPrompt {
    sidedish_prompt now;
    std::uint64_t later[5];
  };
  struct {
    sidedish_snapshot now;
    std::uint64_t later[7];
  } snapshot{};
  Call call(till);
  LaterLine lines[2] = {};
  for (LaterLine& line : lines) {
    line.now = call.line;
    line.now.struct_size = sizeof line;
    line.later[0] = ~0ULL;
  }
  snapshot.now = call.s;
  snapshot.now.struct_size = sizeof snapshot;
  snapshot.now.lines = &lines[0].now;
  snapshot.now.line_count = 2;
  LaterPrompt out[4] = {};
  out[0].now.struct_size = sizeof out[0];
  out[0].later[0] = 42;
  std::uint32_t n = 4;
  REQUIRE(till.lib.basket_update(till.lane, &snapshot.now, &out[0].now, &n) == SIDEDISH_OK);
  REQUIRE(n == 1);
  CHECK(out[0].now.struct_size == sizeof out[0]);
  CHECK(str(out[0].now.rule) == "burger-fries");
  CHECK(out[0].later[0] == 42);
  till.event(SIDEDISH_EVENT_COMPLETED);
  CHECK(till.ends().at(0).o.items == 2000);
}

TEST_CASE("abi: a status struct of an older host is filled as far as it goes", "[abi]") {
  const State state;
  Till till(state);
  till.ring({kBurger});
  sidedish_status s{};
  s.struct_size = offsetof(sidedish_status, stale);
  s.stale = 77;
  CHECK(till.lib.lane_status(till.lane, &s) == SIDEDISH_OK);
  CHECK(s.updates == 1);
  CHECK(s.recording == 1);
  CHECK(s.stale == 77);
}

TEST_CASE("abi: NULL handles and structs are a status, and NULL is closed without harm", "[abi]") {
  const State state;
  Till till(state);
  std::uint32_t n = 0;
  std::size_t size = 0;
  sidedish_host* host = nullptr;
  sidedish_lane* lane = nullptr;
  CHECK(till.lib.open(nullptr, &host) == SIDEDISH_E_INVALID);
  CHECK(till.lib.open(nullptr, nullptr) == SIDEDISH_E_INVALID);
  CHECK(till.lib.lane_open(nullptr, nullptr, &lane) == SIDEDISH_E_INVALID);
  CHECK(till.lib.lane_open(till.host, nullptr, &lane) == SIDEDISH_E_INVALID);
  CHECK(till.lib.lane_refresh(nullptr) == SIDEDISH_E_INVALID);
  CHECK(till.lib.basket_update(nullptr, nullptr, nullptr, &n) == SIDEDISH_E_INVALID);
  CHECK(till.lib.basket_update(till.lane, nullptr, nullptr, nullptr) == SIDEDISH_E_INVALID);
  CHECK(till.lib.basket_event(nullptr, nullptr) == SIDEDISH_E_INVALID);
  CHECK(till.lib.basket_event(till.lane, nullptr) == SIDEDISH_E_INVALID);
  CHECK(till.lib.basket_token(nullptr, {}, nullptr, &size) == SIDEDISH_E_INVALID);
  CHECK(till.lib.basket_token(till.lane, text("B"), nullptr, nullptr) == SIDEDISH_E_INVALID);
  CHECK(till.lib.basket_token(till.lane, text("B"), nullptr, &size) == SIDEDISH_E_NOT_FOUND);
  CHECK(till.lib.prompt_outcome(till.lane, nullptr) == SIDEDISH_E_INVALID);
  CHECK(till.lib.record_return(nullptr, nullptr) == SIDEDISH_E_INVALID);
  CHECK(till.lib.lane_status(nullptr, nullptr) == SIDEDISH_E_INVALID);
  CHECK(till.lib.lane_error(nullptr).size == 0);
  till.lib.close(nullptr);
  till.lib.lane_close(nullptr);
  till.ring({kBurger});
  size = 10;
  char small[10];
  CHECK(till.lib.basket_token(till.lane, text("B-1"), small, &size) == SIDEDISH_E_LIMIT);
  CHECK(size == 256);
}

TEST_CASE("abi: events and answers that make no sense are a status", "[abi]") {
  const State state;
  Till till(state);
  CHECK(till.event(SIDEDISH_EVENT_COMPLETED, "B-1") == SIDEDISH_E_NOT_FOUND);
  CHECK(till.event(SIDEDISH_EVENT_PARKED, "B-1") == SIDEDISH_E_NOT_FOUND);
  CHECK(till.event(SIDEDISH_EVENT_VOIDED, "B-1") == SIDEDISH_OK);
  CHECK(till.event(4711, "B-1") == SIDEDISH_OK);  // of a later version
  CHECK(till.answer(1, 99) == SIDEDISH_E_INVALID);
  CHECK(till.answer(0, SIDEDISH_ACCEPTED) == SIDEDISH_E_INVALID);
  CHECK(till.answer(1, SIDEDISH_ACCEPTED, std::string(121, 'x')) == SIDEDISH_E_INVALID);
  CHECK(till.answer(1, SIDEDISH_ACCEPTED, "\xFF") == SIDEDISH_E_INVALID);
  till.ring({kBurger});
  CHECK(till.event(SIDEDISH_EVENT_REPLACED_BY, "B-1", "B-1") == SIDEDISH_E_INVALID);
}

TEST_CASE("abi: a host may ask for no prompts, and none is counted as shown", "[abi]") {
  const State state;
  Till till(state);
  Call call(till);
  call.n = 0;
  CHECK(till.lib.basket_update(till.lane, &call.s, nullptr, &call.n) == SIDEDISH_OK);
  CHECK(till.kinds().empty());
}

TEST_CASE("abi: names, version and money from floats", "[abi]") {
  const Library lib;
  CHECK(std::string(lib.status_name(SIDEDISH_OK)) == "OK");
  CHECK(std::string(lib.status_name(SIDEDISH_E_NO_STATE)) == "E_NO_STATE");
  CHECK(std::string(lib.status_name(SIDEDISH_E_VERSION)) == "E_VERSION");
  CHECK(std::string(lib.status_name(-1)) == "unknown");
  CHECK(lib.abi_version() >> 16 == SIDEDISH_ABI_MAJOR);
  std::int64_t out = 0;
  CHECK(lib.from_double(9.290000000000001, 2, &out) == SIDEDISH_OK);
  CHECK(out == 929);
  CHECK(lib.from_double(1e300, 2, &out) == SIDEDISH_E_LIMIT);
  CHECK(lib.from_double(1.0, 7, &out) == SIDEDISH_E_INVALID);
  CHECK(lib.from_double(1.0, 2, nullptr) == SIDEDISH_E_INVALID);
}

TEST_CASE("abi: a host built against another major version is told so", "[abi]") {
  const Library lib;
  sidedish_config config{};
  config.struct_size = sizeof config;
  config.abi_major = 2;
  sidedish_host* host = nullptr;
  CHECK(lib.open(&config, &host) == SIDEDISH_E_VERSION);
  CHECK(host == nullptr);
  config.struct_size = 4;
  CHECK(lib.open(&config, &host) == SIDEDISH_E_VERSION);
}
