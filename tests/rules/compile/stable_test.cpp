// What rules and products are remembered by. Seen to fail: with the first of two keeping its id, with
// ids that do not stay reserved.
#include "rules/compile/stable.hpp"

#include "rules/base/hash.hpp"
#include "tests/rules/compile/packs.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace sidedish;
using namespace sidedish::compile;
using namespace packs;

namespace {

// Two keys with the same 32 bits, found once by search.
constexpr std::string_view kFirst = "sku:47996";
constexpr std::string_view kSecond = "sku:20656";

}  // namespace

TEST_CASE("stable ids: names whose ids are the same get others, and each its own among 200,000") {
  REQUIRE(stable_id(kFirst) == stable_id(kSecond));
  const auto two = stable_ids(std::vector<std::string_view>{kFirst, kSecond});
  CHECK(two[0] != two[1]);
  CHECK(two[0] != stable_id(kFirst));
  CHECK(two[1] != stable_id(kFirst));
  CHECK(stable_ids(std::vector<std::string_view>{kFirst})[0] == stable_id(kFirst));

  std::vector<std::string> names;
  for (int i = 0; i < 200'000; ++i) names.push_back("sku:" + std::to_string(i));
  std::vector<std::string_view> views(names.begin(), names.end());
  const auto ids = stable_ids(views);
  std::set<std::uint32_t> distinct(ids.begin(), ids.end());
  CHECK(distinct.size() == names.size());
  CHECK(distinct.count(0) == 0);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < views.size(); ++i) moved += ids[i] != stable_id(views[i]) ? 1U : 0U;
  CHECK(moved >= 2);
  CHECK(moved < 40);
  // The order says nothing, and who is not involved keeps its id.
  std::vector<std::string_view> other(views.rbegin(), views.rend());
  auto back = stable_ids(other);
  std::reverse(back.begin(), back.end());
  CHECK(back == ids);
}

TEST_CASE("compile: of two products with the same 32 bits each is remembered for itself") {
  auto pack = burgers();
  pack.catalogue->products.push_back(product(std::string(kFirst), "drinks", 100));
  pack.catalogue->products.push_back(product(std::string(kSecond), "drinks", 100));
  pack.rules[0].offers.push_back({std::string(kSecond), std::nullopt});
  const auto made = compiled(pack);
  REQUIRE(made.errors.empty());
  const Reader image(made.image);
  std::set<std::uint32_t> ids;
  std::size_t products = 0;
  for (const auto& p : image.table<image::Product>(image::kProducts)) {
    ++products;
    ids.insert(p.stable);
    CHECK(p.key_id == stable_id(image.text(p.key)));
  }
  CHECK(ids.size() == products);
}
