// The committed giftware folder keeps its promises, whoever runs make.py next.
#include "sim/shops/basket.hpp"
#include "sim/shops/catalogue.hpp"
#include "tests/sim/shops/pack_checks.hpp"
#include "tests/support/places.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <tuple>

using namespace sidedish;
using namespace sidedish::sim;

namespace {
const std::filesystem::path kFolder =
    std::filesystem::path(sidedish::tests::source_dir()) / "sim/shops/giftware";
}

TEST_CASE("giftware: the folder is under 1.5 MB", "[sim]") {
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) bytes += file.file_size();
  CHECK(bytes < 1'500'000);
}

TEST_CASE("giftware: nine columns and no country", "[sim]") {
  auto csv = CsvReader::open(kFolder / "receipts.csv.gz");
  REQUIRE(csv);
  std::vector<std::string> fields;
  REQUIRE(csv->next(fields).value());
  CHECK(fields == std::vector<std::string>{"basket_id", "timestamp", "store", "customer", "sku",
                                           "name", "category", "quantity", "unit_price"});
  // Renumbered by first appearance: 1, 2, 3 ... and nothing above.
  std::set<int> customers;
  while (csv->next(fields).value()) {
    REQUIRE(fields.size() == 9);
    if (!fields[3].empty()) customers.insert(std::stoi(fields[3]));
  }
  REQUIRE_FALSE(customers.empty());
  CHECK(*customers.begin() == 1);
  CHECK(*customers.rbegin() == static_cast<int>(customers.size()));
}

TEST_CASE("giftware: small baskets in time order, with returns and dirt among them", "[sim]") {
  const auto catalogue = Catalogue::load(kFolder / "catalogue.json");
  REQUIRE(catalogue);
  auto reader = ReceiptReader::open(kFolder);
  REQUIRE(reader);
  LocalSeconds last = 0;
  int with_sale = 0;
  int returns = 0;
  int several = 0;
  std::set<std::tuple<std::string, std::string, Milli, Minor>> lines;
  for (;;) {
    const auto next = reader->next();
    REQUIRE(next);
    if (!*next) break;
    const Receipt& r = **next;
    CHECK(r.lines.size() <= 15);
    Minor value = 0;
    int purchases = 0;
    for (const auto& line : r.lines) {
      const auto price = extended_price(line.quantity, line.unit_price.value_or(0));
      REQUIRE(price);
      value += *price < 0 ? -*price : *price;
      if (is_purchase(r, line)) {
        ++purchases;
        CHECK(catalogue->find(line.product) != nullptr);
      }
      lines.emplace(r.id, line.product, line.quantity, line.unit_price.value_or(0));
    }
    CHECK(value < 10'000);
    REQUIRE(r.time);
    CHECK(*r.time >= last);
    last = *r.time;
    with_sale += purchases > 0 ? 1 : 0;
    several += purchases > 1 ? 1 : 0;
    returns += r.mode == SaleMode::return_ ? 1 : 0;
  }
  const ReceiptCounts& counts = reader->counts();
  CHECK(with_sale > 2000);
  CHECK(several > 1200);
  CHECK(returns > 300);
  CHECK(counts.nameless > 0);
  CHECK(counts.fees > 0);
  CHECK(counts.logs > 0);
  CHECK(counts.returned > 0);
  CHECK(lines.size() < counts.lines);  // exact duplicates are kept
}

TEST_CASE("giftware: every price earns something and few products are out of stock", "[sim]") {
  const auto catalogue = Catalogue::load(kFolder / "catalogue.json");
  REQUIRE(catalogue);
  CHECK(catalogue->currency().text() == "GBP");
  int out = 0;
  for (const auto& p : catalogue->products()) {
    CHECK(p.price > 0);
    REQUIRE(p.cost);
    CHECK(*p.cost <= p.price);
    CHECK(p.key.starts_with("sku:"));
    out += p.stock == "out" ? 1 : 0;
  }
  CHECK((out > 0 && out < 30));
}

TEST_CASE("giftware: the rule pack keeps the document's promises", "[sim]") {
  test::check_pack(kFolder, 20, 45);
}
