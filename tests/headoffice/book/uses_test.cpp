// Which rules need a product.
#include "tests/headoffice/book/desk.hpp"

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

std::string told(Desk& desk, const std::vector<std::string>& keys) {
  const auto uses = desk.book.uses(desk.pack.id, keys);
  REQUIRE(uses);
  CHECK(uses->publication > 0);
  std::string out;
  for (const BookFinding& one : uses->by) {
    out += (out.empty() ? "" : ", ") + one.code + " " + (one.rule.empty() ? one.detail : one.rule);
  }
  return out;
}

}  // namespace

// Proved by leaving out sets.
TEST_CASE(
    "book: a product is needed by rules that name it, by drafts, and by sets they choose from",
    "[headoffice]") {
  Desk desk;
  desk.pack.sets = {{"soft", {"sku:COLA"}, {}, {}}, {"idle", {"sku:FRIES-S"}, {}, {}}};
  desk.pack.rules[0].when = packs::has_items({"sku:BURGER"});
  desk.pack.rules[0].name = "sku:CHEESE";  // words are no keys
  model::Rule thirsty = packs::rule("thirsty", packs::has_items({}), {"sku:FRIES-M"});
  thirsty.when.select.set = "soft";
  desk.pack.rules.push_back(thirsty);
  desk.publish_outside();
  CHECK(told(desk, {"sku:BURGER"}) == "rule burger-fries");
  CHECK(told(desk, {"sku:FRIES-L"}) == "rule burger-fries");
  CHECK(told(desk, {"plu:112", "sku:FRIES-M"}) == "rule burger-fries, rule thirsty");
  CHECK(told(desk, {"sku:COLA"}) == "rule thirsty");
  CHECK(told(desk, {"sku:FRIES-S"}) == "set idle");
  CHECK(told(desk, {"sku:CHEESE"}).empty());
  const model::Rule other =
      packs::rule("cheese", packs::has_items({"sku:CHEESE"}), {"sku:FRIES-S"});
  REQUIRE(desk.save(Desk::json(other), desk.edna, other.id, {.nothing = true}));
  CHECK(told(desk, {"sku:CHEESE"}) == "draft cheese");
  // The names of members, too: an extra charge within a bundle.
  std::string meal = Desk::json(other);
  meal.insert(1, R"("price_delta":{"sku:BURGER":"1.00"},)");
  REQUIRE(desk.save(meal, desk.edna, other.id));
  CHECK(told(desk, {"sku:BURGER"}) == "rule burger-fries, draft cheese");
}
