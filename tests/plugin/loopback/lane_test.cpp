// The ways of a web till through the API: the same lanes and decide() as in process.
#include "plugin/lane/customers.hpp"
#include "rules/base/hash.hpp"
#include "tests/plugin/loopback/web.hpp"

using namespace web;
using Kinds = std::vector<OutcomeKind>;

namespace {

/// Customers who share a set of a lane's memory.
std::vector<std::string> neighbours(const std::string& pack, std::size_t many) {
  std::vector<std::string> out;
  for (unsigned i = 0; out.size() < many; ++i) {
    const std::string id = "C-" + std::to_string(i);
    if (mix64(hash64(id, hash64(pack))) % lane::Customers::kSets == 5) out.push_back(id);
  }
  return out;
}

/// What is shown in a sale of a burger to this customer, who leaves it.
std::string prompts_to(Web& web, const std::string& customer) {
  const std::string who = R"(,"customer":{"id":")" + customer + "\"}";
  const std::string prompts = web.ring("B-1", 1, kBurger, who).at("/prompts");
  CHECK(web.event("voided", "B-1").status == 200);
  return prompts;
}

}  // namespace

TEST_CASE("lane: a snapshot is answered with the prompts, in the names of the C header",
          "[loopback]") {
  const State state;
  Web web(state);
  REQUIRE(web.open().status == 201);
  const Answer answer = web.ring("B-1", 1, kBurger);
  REQUIRE(answer.status == 200);
  CHECK(answer.at("/basket") == "B-1");
  CHECK(answer.at("/seq") == "1");
  CHECK(answer.at("/status") == "ok");
  REQUIRE(answer.at("/prompts") == "[1]");
  CHECK(answer.at("/prompts/0/id").size() == 16);
  CHECK(answer.at("/prompts/0/basket") == "B-1");
  CHECK(answer.at("/prompts/0/basis_seq") == "1");
  CHECK(answer.at("/prompts/0/kind") == "add_on");
  CHECK(answer.at("/prompts/0/moment") == "basket");
  CHECK(answer.at("/prompts/0/action") == "add");
  CHECK(answer.at("/prompts/0/product") == "sku:FRIES-L");
  CHECK(answer.at("/prompts/0/quantity") == "1");
  CHECK(answer.at("/prompts/0/price_effect") == "350");
  CHECK(answer.at("/prompts/0/currency") == "EUR");
  CHECK(answer.at("/prompts/0/exponent") == "2");
  CHECK(answer.at("/prompts/0/rule") == "burger-fries");
  CHECK(answer.at("/prompts/0/fresh") == "true");
  CHECK(answer.at("/prompts/0/line20x2") == "[2]");
  CHECK(answer.at("/prompts/0/hints/0") == "strip");
  CHECK(answer.header("Cache-Control") == "no-store");
}

TEST_CASE("lane: an outcome is recorded once, however often it is sent", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  const std::string prompt = web.ring("B-1", 1, kBurger).at("/prompts/0/id");
  for (int i = 0; i < 3; ++i) {
    CHECK(web.answer(prompt, "accepted", R"(,"by":"customer")").status == 200);
  }
  CHECK(web.answer(prompt, "declined").status == 409);
  CHECK(web.event("completed", "B-1", R"(,"total":880)").status == 200);
  CHECK(kinds(state) ==
        Kinds{OutcomeKind::shown, OutcomeKind::accepted, OutcomeKind::voided, OutcomeKind::basket});
  CHECK(said(state)[1].o.by == By::customer);
}

TEST_CASE("lane: a repeated or older seq changes nothing and says so", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  REQUIRE(web.ring("B-1", 5, kBurger).at("/prompts") == "[1]");
  for (const std::uint64_t seq : {5U, 4U, 0U}) {
    const Answer stale = web.ring("B-1", seq, kBurger + "," + kFries);
    CHECK(stale.status == 200);
    CHECK(stale.at("/status") == "stale");
    CHECK(stale.at("/prompts") == "[0]");
  }
  CHECK(kinds(state) == Kinds{OutcomeKind::shown});
  // The next one stands on what was there.
  CHECK(web.ring("B-1", 6, kBurger).at("/prompts/0/fresh") == "false");
}

TEST_CASE("lane: an unknown lane is 404 until it is opened; the same again is fine", "[loopback]") {
  const State state;
  Web web(state);
  for (const Answer& answer :
       {web.ring("B-1", 1, kBurger), web.call("GET", "/v1/lanes/1"), web.event("completed", "B-1"),
        web.answer("0123456789abcdef", "accepted"), web.call("GET", "/v1/lanes/1/prompts")}) {
    CHECK(answer.status == 404);
    CHECK(answer.at("/type") == "/problems/unknown-lane");
  }
  CHECK(web.open().status == 201);
  CHECK(web.open().status == 200);
  const Answer status = web.call("GET", "/v1/lanes/1");
  CHECK(status.status == 200);
  CHECK(status.at("/recording") == "true");
  CHECK(status.at("/image_generation") == "1");
  CHECK(web.refused(loopback::Refused::unknown_lane) == 5);
}

TEST_CASE("lane: other capabilities are taken between sales, not in one", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  web.ring("B-1", 1, kBurger);
  constexpr std::string_view kOther = R"({"capabilities":["add"]})";
  const Answer refused = web.open("1", kOther);
  CHECK(refused.status == 409);
  CHECK(refused.at("/type") == "/problems/conflict");
  CHECK(web.event("completed", "B-1").status == 200);
  CHECK(web.open("1", kOther).status == 201);
  CHECK(web.ring("B-2", 1, kBurger).at("/prompts") == "[1]");
}

TEST_CASE("lane: payment takes the prompt off, and the next sale speaks again", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  REQUIRE(web.ring("B-1", 1, kBurger).at("/prompts") == "[1]");
  CHECK(web.call("GET", "/v1/lanes/1/prompts").at("/prompts") == "[1]");
  CHECK(web.event("tender_started", "B-1").status == 200);
  CHECK(web.call("GET", "/v1/lanes/1/prompts").at("/prompts") == "[0]");
  CHECK(web.ring("B-1", 2, kBurger).at("/prompts") == "[0]");
  CHECK(web.event("tender_cancelled", "B-1").status == 200);
  CHECK(web.ring("B-1", 3, kBurger).at("/prompts") == "[1]");
  CHECK(web.event("voided", "B-1").status == 200);
  CHECK(web.event("completed", "B-1").status == 404);
  CHECK(web.ring("B-2", 1, kBurger).at("/prompts") == "[1]");
}

TEST_CASE("lane: a parked basket goes to another lane with its token", "[loopback]") {
  const State state;
  Web web(state);
  web.open("1");
  web.open("2");
  const std::string prompt = web.ring("B-1", 1, kBurger).at("/prompts/0/id");
  web.answer(prompt, "declined");
  const Answer parked = web.event("parked", "B-1");
  REQUIRE(parked.at("/token").size() == 344);  // 256 bytes in base64
  const std::string token = R"(,"token":")" + parked.at("/token") + "\"";
  CHECK(web.event("resumed", "B-1", token, "2").status == 200);
  CHECK(web.ring("B-1", 2, kBurger, {}, "2").at("/prompts") == "[0]");  // the no goes with it
  // Without it the other lane knows nothing of the basket, and says nothing.
  CHECK(web.event("resumed", "B-7", {}, "2").status == 200);
  CHECK(web.ring("B-7", 1, kBurger, {}, "2").at("/prompts") == "[0]");
  const Answer broken = web.event("resumed", "B-8", R"(,"token":"QUJD")", "2");
  CHECK(broken.status == 422);
  CHECK(broken.at("/errors/0/pointer") == "/token");
}

TEST_CASE(
    "lane: a ninth basket is refused when eight are parked, and counted, or the oldest makes "
    "room",
    "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  const auto counted = [&](const std::string& name) {
    return web.call("GET", "/v1/lanes/1").at("/counters/" + name);
  };
  for (char i = '1'; i <= '8'; ++i) {
    REQUIRE(web.ring(std::string("B-") + i, 1, kBurger).status == 200);
    REQUIRE(web.event("parked", std::string("B-") + i).status == 200);
  }
  CHECK(web.call("GET", "/v1/lanes/1").at("/live_baskets") == "8");
  for (const Answer& ninth : {web.ring("B-9", 1, kBurger), web.event("resumed", "B-9")}) {
    CHECK(ninth.status == 409);
    CHECK(ninth.at("/type") == "/problems/limit");
    CHECK(ninth.at("/detail") == "8 baskets are parked in this lane: complete or void one of them");
  }
  CHECK(counted("baskets_full") == "2");
  CHECK(counted("baskets_forgotten") == "0");
  CHECK(web.refused(loopback::Refused::limit) == 2);
  // What it says to do helps; the sale that was refused goes on with its next snapshot.
  CHECK(web.event("voided", "B-3").status == 200);
  CHECK(web.ring("B-9", 2, kBurger).at("/prompts") == "[1]");
  // B-9 was only left for B-10: nobody has said that it is parked.
  CHECK(web.ring("B-10", 1, kBurger).at("/prompts") == "[1]");
  CHECK(counted("baskets_forgotten") == "1");
  CHECK(web.event("completed", "B-9").status == 404);
  CHECK(web.event("resumed", "B-1").status == 200);
}

// To see it fail: leave the counter at 0 in Lane::decide().
TEST_CASE("lane: customers whom it has no room for are counted in its status", "[loopback]") {
  model::Pack pack = tills::pack();
  pack.rules[0].unit = Unit::customer;
  pack.rules[0].cap_customer = {1, 28};
  const State state(pack);
  Web web(state);
  web.open();
  const std::vector<std::string> all = neighbours(pack.id, lane::Customers::kWays + 1);
  for (const std::string& customer : all) {
    CHECK(web.call("GET", "/v1/lanes/1").at("/counters/customers_forgotten") == "0");
    CHECK(prompts_to(web, customer) == "[1]");
  }
  CHECK(web.call("GET", "/v1/lanes/1").at("/counters/customers_forgotten") == "1");
  CHECK(prompts_to(web, all.back()) == "[0]");
  CHECK(prompts_to(web, all.front()) == "[1]");  // once more: nobody remembers
}

TEST_CASE("lane: a return is recorded, an unknown prompt is not", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  CHECK(web.call("POST", "/v1/lanes/1/returns",
                 R"({"product":"sku:FRIES-M","quantity":"1","value":"2.90","currency":"EUR"})")
            .status == 200);
  CHECK(web.answer("0123456789abcdef", "accepted").status == 404);
  CHECK(web.answer("0123456789ABCDEF", "accepted").status == 404);
  CHECK(kinds(state) == Kinds{OutcomeKind::returned});
  CHECK(said(state)[0].o.price_effect == -290);
}

TEST_CASE("lane: an answer beyond the caller's deadline is no prompt, and kept for a page",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  web.clock.step = 30;  // between two looks at the clock
  const Answer late = web.ring("B-1", 1, kBurger, R"(,"deadline_ms":40)");
  CHECK(late.status == 200);
  CHECK(late.at("/late") == "true");
  CHECK(late.at("/prompts") == "[0]");
  CHECK(web.api.counts().late == 1);
  web.clock.step = 0;
  CHECK(web.call("GET", "/v1/lanes/1/prompts").at("/prompts") == "[1]");
  CHECK(kinds(state) == Kinds{OutcomeKind::shown});  // it counts as treated
  // Only while its basis holds.
  CHECK(web.ring("B-1", 2, kBurger + "," + kFries).at("/prompts") == "[0]");
  CHECK(web.call("GET", "/v1/lanes/1/prompts").at("/prompts") == "[0]");
}

TEST_CASE("lane: new rules are taken between two sales, without a request waiting for them",
          "[loopback]") {
  State state;
  Web web(state);
  web.open();
  const std::string before = web.ring("B-1", 1, kBurger).at("/prompts/0/headline");
  model::Pack other = tills::pack();
  for (model::Rule& rule : other.rules) rule.text["en"].headline = "Other words?";
  state.publish(other);
  web.api.tick();
  CHECK(web.call("GET", "/v1/lanes/1").at("/image_generation") == "2");
  CHECK(web.ring("B-1", 2, kBurger).at("/prompts/0/headline") == before);  // a sale goes on
  web.event("completed", "B-1");
  web.api.tick();
  CHECK(web.ring("B-2", 1, kBurger).at("/prompts/0/headline") == "Other words?");
}

TEST_CASE("lane: a lane that nobody uses is closed after an hour, one with a basket after a day",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open("idle");
  web.open("busy");
  web.ring("B-1", 1, kBurger, {}, "busy");
  web.clock.at += 3'599'999;
  web.api.tick();
  CHECK(web.api.lanes() == std::vector<std::string>{"busy", "idle"});
  web.clock.at += 1;
  web.api.tick();
  CHECK(web.api.lanes() == std::vector<std::string>{"busy"});
  web.clock.at += 23 * 3'600'000;
  web.api.tick();
  CHECK(web.api.lanes().empty());
  CHECK(said(state).back().kind == OutcomeKind::basket);  // ended as unknown
}

TEST_CASE("lane: of 64 lanes the one unused for longest makes room, never one with a basket",
          "[loopback]") {
  const State state;
  Web web(state);
  for (int i = 0; i < 64; ++i) {
    web.clock.at += 1;
    REQUIRE(web.open("l" + std::to_string(i)).status == 201);
  }
  web.ring("B-1", 1, kBurger, {}, "l0");
  web.clock.at += 1;
  CHECK(web.open("new").status == 201);
  const auto lanes = web.api.lanes();
  CHECK(lanes.size() == 64);
  CHECK(std::find(lanes.begin(), lanes.end(), "l0") != lanes.end());
  CHECK(std::find(lanes.begin(), lanes.end(), "l1") == lanes.end());
}

TEST_CASE("lane: a hundred updates a second pass, twice as many at once, more are told to wait",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  web.open("2");
  std::uint64_t seq = 0;
  for (int i = 0; i < 200; ++i) REQUIRE(web.ring("B-1", ++seq, kBurger).status == 200);
  const Answer refused = web.ring("B-1", ++seq, kBurger);
  CHECK(refused.status == 429);
  CHECK(refused.header("Retry-After") == "1");
  CHECK(web.ring("B-1", 1, kBurger, {}, "2").status == 200);  // another lane has its own pace
  web.clock.at += 50;
  for (int i = 0; i < 5; ++i) CHECK(web.ring("B-1", ++seq, kBurger).status == 200);
  CHECK(web.ring("B-1", ++seq, kBurger).status == 429);
}

TEST_CASE("lane: without a store and a terminal no lane opens, and the reason is told",
          "[loopback]") {
  const State state;
  TestClock clock;
  loopback::Api api({.lanes = {"", "", state.dir(), state.run.path(), {}},
                     .token = kToken,
                     .origins = {},
                     .version = "0"},
                    clock);
  api.serve_on(7410);
  int status = 0;
  api(Web::request("PUT", "/v1/lanes/1", std::string(kLane1)),
      net::Reply::to([&](const net::Response& response) { status = response.status; }));
  CHECK(status == 503);
}
