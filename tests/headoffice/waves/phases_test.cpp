// A holdout's phases, as a pack's rules say them.
#include "tests/headoffice/overlay/shop.hpp"

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

// To see it fail: let publication_of() forget the unit, or begin phases with the share alone.
TEST_CASE("publish: what a holdout holds out as a whole goes with its rule", "[headoffice]") {
  Shop shop;
  const auto phases = [&] {
    const auto rows = shop.storage->rule_phases();
    REQUIRE(rows);
    std::vector<std::string> units;
    for (const RulePhase& row : *rows) {
      if (row.rule == shop.pack.rules[0].id) units.push_back(row.unit);
    }
    return units;
  };
  using Units = std::vector<std::string>;
  shop.publish();
  CHECK(phases() == Units{"basket"});
  for (const Unit unit : {Unit::customer, Unit::customer, Unit::store_day}) {
    ++shop.pack.version;
    shop.pack.rules[0].unit = unit;
    shop.publish();
  }
  CHECK(phases() == Units{"basket", "customer", "store_day"});
}
