// What comes in wrong: a status, a pointer to the place, and nothing changed.
#include "tests/plugin/loopback/web.hpp"

using namespace web;

namespace {

std::string snapshot(const std::string& members) {
  return R"({"basket":"B-1","seq":1,"currency":"EUR",)" + members + "}";
}
constexpr const char* kUpdate = "/v1/lanes/1/basket";

}  // namespace

TEST_CASE("input: everything wrong with a snapshot is named at once, with its place",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  const Answer answer = web.call("POST", kUpdate, R"({
    "basket": "", "seq": -1, "currency": "eur", "mode": "gift", "holds": ["rush", "rush", "nap"],
    "channel": 3, "moment": "later", "deadline_ms": 60001, "total": 1.5, "surprise": true,
    "facts": {"ok": 1, "bad": []}, "customer": {"segments": "vip", "bought": [{"product": "x"}]},
    "lines": [{"product": "sku:A"}, {"quantity": "1"}, 7,
              {"product": "sku:A", "quantity": 9.290000000000001, "unit_price": 1e3, "flags": ["x"]},
              {"product": "sku:A", "quantity": "1.2345", "unit_price": "1.234", "from_prompt": "7"}]})");
  CHECK(answer.status == 422);
  CHECK(answer.header("Content-Type") == "application/problem+json");
  CHECK(answer.at("/type") == "/problems/invalid");
  std::set<std::string> pointers;
  for (int i = 0; !answer.at("/errors/" + std::to_string(i)).empty(); ++i) {
    pointers.insert(answer.at("/errors/" + std::to_string(i) + "/pointer"));
  }
  CHECK(pointers == std::set<std::string>{"/basket",
                                          "/seq",
                                          "/currency",
                                          "/mode",
                                          "/holds/1",
                                          "/holds/2",
                                          "/channel",
                                          "/moment",
                                          "/deadline_ms",
                                          "/total",
                                          "/surprise",
                                          "/facts/bad",
                                          "/customer/segments",
                                          "/customer/bought/0/days_ago",
                                          "/lines/0/quantity",
                                          "/lines/1/product",
                                          "/lines/2",
                                          "/lines/3/quantity",
                                          "/lines/3/unit_price",
                                          "/lines/3/flags/0",
                                          "/lines/4/quantity",
                                          "/lines/4/unit_price",
                                          "/lines/4/from_prompt"});
  CHECK(said(state).empty());
  CHECK(web.call("GET", "/v1/lanes/1").at("/counters/refused") == "1");
}

TEST_CASE("input: a binary fraction is refused with both forms that are taken", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  const Answer answer = web.call(
      "POST", kUpdate,
      snapshot(R"("lines":[{"product":"sku:A","quantity":2.0,"unit_price":9.290000000000001}])"));
  CHECK(answer.status == 422);
  REQUIRE(answer.at("/errors") == "[2]");
  CHECK(answer.at("/errors/0/pointer") == "/lines/0/quantity");
  CHECK(answer.at("/errors/0/detail").find("\"0.350\"") != std::string::npos);
  CHECK(answer.at("/errors/0/detail").find("quantity_milli") != std::string::npos);
  CHECK(answer.at("/errors/1/pointer") == "/lines/0/unit_price");
  CHECK(answer.at("/errors/1/detail").find("329") != std::string::npos);
  CHECK(answer.at("/errors/1/detail").find("\"3.29\"") != std::string::npos);
}

TEST_CASE("input: money and quantities are read in both forms, in every currency's decimals",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  const Answer page = web.listen();
  struct Case {
    const char* currency;
    const char* price;
    const char* minor;
  };
  std::uint64_t seq = 0;
  for (const Case& c : {Case{"EUR", R"("5.90")", "590"}, Case{"EUR", "590", "590"},
                        Case{"JPY", R"("590")", "590"}, Case{"KWD", R"("5.9")", "5900"},
                        Case{"EUR", R"("-0.01")", "-1"}, Case{"EUR", "-1", "-1"}}) {
    INFO(c.currency << " " << c.price);
    const Answer answer =
        web.call("POST", kUpdate,
                 R"({"lines":[{"unit_price":)" + std::string(c.price) +
                     R"(,"quantity_milli":1500,"product":"sku:BURGER"}],"currency":")" +
                     c.currency + R"(","seq":)" + std::to_string(++seq) + R"(,"basket":"B-1"})");
    REQUIRE(answer.status == 200);
    const auto heard = page.heard();
    const auto basket = std::find_if(heard.begin(), heard.end(),
                                     [](const Heard& h) { return h.event == "basket"; });
    REQUIRE(basket != heard.end());
    CHECK(at(*basket, "/lines/0/unit_price") == c.minor);
    CHECK(at(*basket, "/lines/0/quantity") == "1.5");
  }
}

TEST_CASE("input: a body that is no JSON, too deep or too long is refused before it is built",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  for (const std::string& body :
       {std::string("{"), std::string("nope"), std::string("\xEF\xBB\xBF{}"),
        std::string("{\"a\":\"\xff\"}"), std::string("{\"a\":\"\\ud800\"}"), std::string("{}{}"),
        std::string("{\"a\":1,}"), std::string(40, '['), std::string(200'000, '['),
        "{\"a\":\"" + std::string(5000, 'x') + "\"}", "[" + std::string(20'001, '1') + "]",
        "{\"a\":" + std::string(5, '\0') + "}"}) {
    INFO(body.substr(0, 40));
    const Answer answer = web.call("POST", kUpdate, body);
    CHECK((answer.status == 400 || answer.status == 422));
    CHECK(answer.header("Content-Type") == "application/problem+json");
  }
  const Answer twice = web.ring("B-1", 1, kBurger, R"(,"total":1,"total":2)");
  CHECK(twice.status == 422);
  CHECK(twice.at("/errors/0/pointer") == "/total");
  CHECK(web.call("POST", kUpdate, "[]").at("/errors/0/detail") ==
        "expected an object, found an array");
  CHECK(said(state).empty());
}

TEST_CASE("input: 2,000 lines are a basket, one more is refused and the sale goes on",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  std::string lines = kBurger;
  for (int i = 1; i < 2000; ++i) lines += "," + kBurger;
  CHECK(web.ring("B-1", 1, lines).status == 200);
  const Answer larger = web.ring("B-1", 2, lines + "," + kBurger);
  CHECK(larger.status == 413);
  CHECK(larger.at("/errors/0/pointer") == "/lines");
  CHECK(web.ring("B-1", 2, kBurger).status == 200);
  std::string facts;
  for (int i = 0; i < 17; ++i) facts += (i > 0 ? ",\"f" : "\"f") + std::to_string(i) + "\":1";
  const Answer many = web.ring("B-1", 3, kBurger, ",\"facts\":{" + facts + "}");
  CHECK(many.status == 413);
  CHECK(many.at("/errors/0/pointer") == "/facts");
}

TEST_CASE("input: words of open lists may be new, those of closed ones may not", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  CHECK(web.ring("B-1", 1, kBurger + R"(,{"kind":"coupon","quantity":"1"})", R"(,"reason":"magic")")
            .status == 200);
  CHECK(web.ring("B-1", 2, R"({"product":"sku:A","quantity":"1","flags":["shiny"]})").status ==
        422);
  CHECK(web.event("exploded", "B-1").at("/errors/0/pointer") == "/type");
  CHECK(web.answer("0123456789abcdef", "loved").at("/errors/0/pointer") == "/outcome");
  CHECK(web.open("9", R"({"capabilities":["fly"]})").at("/errors/0/pointer") == "/capabilities/0");
  CHECK(web.open("9", R"({})").at("/errors/0/pointer") == "/capabilities");
  CHECK(web.open("9", R"({"capabilities":[],"barcode_masks":"7X"})").at("/errors/0/pointer") ==
        "/barcode_masks");
  CHECK(web.open("A_b", std::string(kLane1)).status == 422);
}

TEST_CASE("input: what a host says of its customer reaches the rules, and stays a hash",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  const std::string diet = R"(,"customer":{"id":"C-1","avoid":["no-such-diet"],"segments":["vip"],
    "first_visit":false,"bought":[{"product":"sku:COLA","days_ago":3}],"bought_days":30})";
  // What the rules have no word for stops every offer.
  CHECK(web.ring("B-1", 1, kBurger, diet).at("/prompts") == "[0]");
  CHECK(web.ring("B-1", 2, kBurger).at("/prompts") == "[1]");
  for (const auto& file : state.run.files()) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    CHECK(bytes.find("C-1") == std::string::npos);
  }
}
