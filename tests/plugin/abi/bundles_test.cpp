// Bundles and swaps through the C header.
#include "tests/plugin/abi/till.hpp"

#include <numeric>

using namespace tills;

namespace {

constexpr std::uint32_t kAll =
    SIDEDISH_CAN_ADD | SIDEDISH_CAN_REPLACE | SIDEDISH_CAN_CONVERT | SIDEDISH_REPORTS_COMPLETION;

std::vector<sidedish_part> parts(Till& till, std::uint64_t prompt) {
  std::vector<sidedish_part> out(72);
  out[0].struct_size = sizeof(sidedish_part);
  std::uint32_t n = 72;
  REQUIRE(till.lib.prompt_parts(till.lane, prompt, out.data(), &n) == SIDEDISH_OK);
  out.resize(n);
  return out;
}

}  // namespace

TEST_CASE("bundles: the parts of a meal are named, and their prices add up to it", "[abi]") {
  const State state(meals());
  Till till(state, kAll);
  const auto shown = till.ring({{"sku:BURGER", 1000, 590}, {"sku:COLA", 1000, 250}});
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].product == "sku:FRIES-M");
  CHECK(shown[0].action == SIDEDISH_ACTION_CONVERT);
  CHECK(shown[0].effect == 990 - 590 - 250);
  CHECK(shown[0].saving == 590 + 290 + 250 - 990);
  const auto all = parts(till, shown[0].id);
  REQUIRE(all.size() == 3);
  std::int64_t sum = 0;
  for (const auto& part : all) {
    sum += part.price;
    CHECK(part.quantity == 1000);
    CHECK((part.added == 1) == (str(part.product) == "sku:FRIES-M"));
  }
  CHECK(sum == 990);
  CHECK(str(all[2].slot) == "drink");
  // Too little room says how many; an unknown prompt has none.
  sidedish_part one{};
  one.struct_size = sizeof one;
  std::uint32_t n = 1;
  CHECK(till.lib.prompt_parts(till.lane, shown[0].id, &one, &n) == SIDEDISH_E_LIMIT);
  CHECK(n == 3);
  n = 1;
  CHECK(till.lib.prompt_parts(till.lane, 12345, &one, &n) == SIDEDISH_E_NOT_FOUND);
  one.struct_size = 8;
  n = 1;
  CHECK(till.lib.prompt_parts(till.lane, shown[0].id, &one, &n) == SIDEDISH_E_VERSION);
  CHECK(till.lib.prompt_parts(till.lane, shown[0].id, nullptr, nullptr) == SIDEDISH_E_INVALID);
  Till plain(state, SIDEDISH_CAN_ADD, "t2");
  CHECK(plain.ring({{"sku:BURGER", 1000, 590}, {"sku:COLA", 1000, 250}}).empty());
}

TEST_CASE("bundles: a converted meal is kept, and its lines are free for no other", "[abi]") {
  const State state(meals());
  Till till(state, kAll);
  const std::vector<Row> singly = {
      {"sku:BURGER", 1000, 590}, {"sku:FRIES-M", 1000, 290}, {"sku:COLA", 1000, 250}};
  const auto shown = till.ring(singly);
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].product.empty());
  CHECK(shown[0].effect == -140);
  const auto all = parts(till, shown[0].id);
  REQUIRE(till.answer(shown[0].id, SIDEDISH_ACCEPTED) == SIDEDISH_OK);
  std::vector<Row> meal;
  for (const auto& part : all) {
    meal.push_back({str(part.product), part.quantity, part.price, 0, SIDEDISH_LINE_GOODS, "meal"});
  }
  CHECK(till.ring(meal).empty());
  till.event(SIDEDISH_EVENT_COMPLETED);
  const auto kinds = till.kinds();
  CHECK(std::count(kinds.begin(), kinds.end(), OutcomeKind::kept) == 1);
  const auto ends = till.ends();
  REQUIRE(ends.size() == 1);
  CHECK(ends[0].o.total == 990);
  // The next customer's meal was rung up as one: there is nothing to convert.
  till.basket = "B-2";
  CHECK(till.ring(meal).empty());
  // A part was taken off again: the others are free, and lack one.
  till.basket = "B-3";
  const auto dissolved = till.ring({{"sku:BURGER", 1000, 590}, {"sku:COLA", 1000, 250}});
  REQUIRE(dissolved.size() == 1);
  CHECK(dissolved[0].product == "sku:FRIES-M");
}

TEST_CASE("bundles: a swap says what to take off", "[abi]") {
  model::Pack p = pack();
  p.rules[0].kind = Kind::upsell;
  p.rules[0].when = packs::all({});
  p.rules[0].from = items({"sku:FRIES-S"});
  p.rules[0].offers = {{"sku:FRIES-L", {}}};
  const State state(p);
  Till till(state, kAll);
  const auto shown = till.ring({{"sku:FRIES-S", 1000, 230}});
  REQUIRE(shown.size() == 1);
  CHECK(shown[0].action == SIDEDISH_ACTION_REPLACE);
  CHECK(shown[0].replaces == "sku:FRIES-S");
  CHECK(shown[0].product == "sku:FRIES-L");
  CHECK(shown[0].effect == 120);
  REQUIRE(till.answer(shown[0].id, SIDEDISH_ACCEPTED) == SIDEDISH_OK);
  CHECK(till.ring({{"sku:FRIES-L", 1000, 350}}).empty());
  till.event(SIDEDISH_EVENT_COMPLETED);
  const auto kinds = till.kinds();
  CHECK(std::count(kinds.begin(), kinds.end(), OutcomeKind::kept) == 1);
}
