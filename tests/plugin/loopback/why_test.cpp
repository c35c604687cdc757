// What a prompt says of itself beside its text: what made it, until when, what is in it, and what it cost before.
#include "tests/plugin/loopback/web.hpp"

#include <chrono>

using namespace web;

namespace {

constexpr std::int64_t day(int year, unsigned month, unsigned d) {
  const std::chrono::sys_days at{std::chrono::year{year} / static_cast<int>(month) /
                                 static_cast<int>(d)};
  return at.time_since_epoch().count();
}
packs::Condition until(std::int64_t last) {
  packs::Condition c;
  c.type = packs::Type::dates;
  c.pointer = "/when/dates";
  c.range.max = last;
  return c;
}

constexpr std::string_view kConverts =
    R"({"capabilities":["add","convert","undo","reports_completion"]})";

}  // namespace

// Proved by taking the first line for the cause.
TEST_CASE("why: a prompt names what in the basket it is about, however many lines come before",
          "[loopback]") {
  const State state;
  Web web(state);
  REQUIRE(web.open().status == 201);
  const Answer answer = web.ring("B-1", 1, kCola + "," + kBurger);
  CHECK(answer.at("/prompts/0/why/trigger") == "sku:BURGER");
  CHECK(answer.at("/prompts/0/why/trigger_name") == "Name of sku:BURGER");
  CHECK(answer.at("/prompts/0/why/until").empty());
  CHECK(answer.at("/prompts/0/price_before").empty());
}

TEST_CASE(
    "why: the last day is the first to come of conditions that must all hold, and the last of "
    "those of which one is enough",
    "[loopback]") {
  const auto said = [](const packs::Condition& when) {
    model::Pack p = tills::pack();
    p.rules[0].when = packs::all({p.rules[0].when, when});
    const State state(p);
    Web web(state);
    REQUIRE(web.open().status == 201);
    const Answer answer = web.ring("B-1", 1, kBurger);
    REQUIRE(answer.at("/prompts") == "[1]");
    return answer.at("/prompts/0/why/until");
  };
  const std::int64_t soon = day(2091, 2, 28);
  const std::int64_t late = day(2092, 11, 30);
  CHECK(said(until(late)) == "2092-11-30");
  CHECK(said(packs::all({until(late), until(soon)})) == "2091-02-28");
  CHECK(said(packs::any({until(late), until(soon)})) == "2092-11-30");
  CHECK(said(packs::any({until(late), packs::total(0)})).empty());
  CHECK(said(packs::all({until(day(1991, 1, 1))}, packs::Type::none)).empty());
}

TEST_CASE(
    "why: allergens are those of the catalogue, none where it says none, absent where it "
    "does not say, and a diet is none",
    "[loopback]") {
  model::Pack p = tills::pack();
  p.settings.exploration_percent = 0;
  p.catalogue->products[1].allergens = {{"gluten", "milk"}};
  p.catalogue->products[4].diets = {"vegan"};
  const auto said = [](const model::Pack& pack) {
    const State state(pack);
    Web web(state);
    REQUIRE(web.open().status == 201);
    const Answer answer = web.ring("B-1", 1, kBurger);
    REQUIRE(answer.at("/prompts/0/product") == "sku:FRIES-L");
    return std::array{answer.at("/prompts/0/allergens"), answer.at("/prompts/0/allergens/0"),
                      answer.at("/prompts/0/allergens/1")};
  };
  CHECK(said(p) == std::array<std::string, 3>{"[2]", "gluten", "milk"});
  p.catalogue->products[1].allergens = std::vector<std::string>{};
  CHECK(said(p) == std::array<std::string, 3>{"[0]", "", ""});
  p.catalogue->products[1].allergens.reset();
  CHECK(said(p) == std::array<std::string, 3>{"", "", ""});
}

TEST_CASE(
    "why: what a meal lacks is offered with its price before, and a meal that is all there has the "
    "picture of its first part",
    "[loopback]") {
  model::Pack p = tills::meals();
  const std::string burger(64, 'c');
  p.catalogue->products[4].pictures = {burger, burger};
  const State state(p);
  Web web(state, {}, {}, [](std::string_view) { return true; });
  REQUIRE(web.open("1", kConverts).status == 201);
  const Answer lacks = web.ring("B-1", 1, kBurger + "," + kCola);
  CHECK(lacks.at("/prompts/0/price_effect") == "150");
  CHECK(lacks.at("/prompts/0/price_before") == "290");
  CHECK(lacks.at("/prompts/0/why/trigger") == "sku:BURGER");
  const Answer there = web.ring("B-2", 1, kBurger + "," + kCola + "," + kFries);
  REQUIRE(there.at("/prompts/0/product").empty());
  CHECK(there.at("/prompts/0/price_before").empty());
  CHECK(there.at("/prompts/0/allergens").empty());
  CHECK(there.at("/prompts/0/picture/large") == "/pictures/" + burger);
}
