#include "sim/shops/burgerbar/burgerbar.hpp"

#include "tests/sim/shops/pack_checks.hpp"
#include "tests/support/places.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <set>

using namespace sidedish;
using namespace sidedish::sim;

namespace {

const std::filesystem::path kFolder =
    std::filesystem::path(sidedish::tests::source_dir()) / "sim/shops/burgerbar";

const Catalogue& menu() {
  static const Catalogue catalogue = [] {
    auto loaded = Catalogue::load(kFolder / "catalogue.json");
    if (!loaded) FAIL(loaded.error().text());
    return std::move(*loaded);
  }();
  return catalogue;
}

std::vector<Order> orders(std::size_t count, BurgerBar::Options options) {
  options.first_day = local_seconds(2026, 11, 2, 0, 0, 0);  // a Monday
  auto bar = BurgerBar::open(menu(), options);
  REQUIRE(bar);
  std::vector<Order> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(bar->next());
  return out;
}

std::string written(const Order& order) {
  const Receipt& r = order.receipt;
  std::string text = r.id + " " + format_local(r.time.value()) + " " + r.customer + " " +
                     r.facts.at(0).second + "\n";
  for (const auto& line : r.lines) {
    text += line.product + " " + std::to_string(line.quantity) + (line.voided ? " void\n" : "\n");
  }
  return text;
}

bool has(const Order& order, std::string_view category) {
  for (const auto& line : order.receipt.lines) {
    const Product* p = menu().find(line.product);
    if (!line.voided && p != nullptr && menu().in_category(*p, category)) return true;
  }
  return false;
}

// Of the orders with `trigger`, how many in a thousand also have `other`.
int per_mille(const std::vector<Order>& all, std::string_view trigger, std::string_view other) {
  int with = 0;
  int both = 0;
  for (const auto& order : all) {
    if (!has(order, trigger)) continue;
    ++with;
    both += has(order, other) ? 1 : 0;
  }
  return with == 0 ? 0 : both * 1000 / with;
}

}  // namespace

TEST_CASE("burgerbar: the same seed gives the same orders, for ever and on every compiler",
          "[sim]") {
  std::uint64_t hash = 0;
  for (const auto& order : orders(1000, {})) hash = hash64(written(order), hash);
  CHECK(hash == 0x6A8E1878FB7E7EDULL);
  BurgerBar::Options other;
  other.seed = 2;
  CHECK(written(orders(1, other)[0]) != written(orders(1, {})[0]));
}

TEST_CASE("burgerbar: a day is the same whatever days came before it", "[sim]") {
  const auto week = orders(2500, {});
  BurgerBar::Options options;
  options.first_day = local_seconds(2026, 11, 5, 17, 30, 0);
  auto bar = BurgerBar::open(menu(), options);
  REQUIRE(bar);
  const std::string first = written(bar->next());
  CHECK(std::any_of(week.begin(), week.end(), [&](const Order& o) { return written(o) == first; }));
}

TEST_CASE("burgerbar: orders come in time order, in opening hours, with numbers of their own",
          "[sim]") {
  LocalSeconds last = 0;
  std::set<std::string> ids;
  for (const auto& order : orders(5000, {})) {
    const Receipt& r = order.receipt;
    CHECK(*r.time >= last);
    last = *r.time;
    const int hour = local_time(*r.time).hour;
    CHECK((hour < 2 || hour >= 6));
    CHECK(ids.insert(r.id).second);
    REQUIRE_FALSE(r.lines.empty());
    CHECK(r.store == "mitte");
  }
}

TEST_CASE("burgerbar: breakfast ends at eleven and burgers begin then", "[sim]") {
  for (const auto& order : orders(5000, {})) {
    const int hour = local_time(*order.receipt.time).hour;
    for (const auto& line : order.receipt.lines) {
      const Product* p = menu().find(line.product);
      REQUIRE(p != nullptr);
      CHECK(p->stock != "out");
      CHECK(line.unit_price == p->price);
      if (menu().in_category(*p, "breakfast")) CHECK((hour >= 6 && hour < 11));
      if (menu().in_category(*p, "mains")) CHECK((hour < 3 || hour >= 11));
    }
  }
}

TEST_CASE("burgerbar: people order what people order", "[sim]") {
  const auto all = orders(8000, {});
  const int fries = per_mille(all, "beef-burgers", "fries");
  CHECK((fries > 480 && fries < 720));
  const int drinks = per_mille(all, "beef-burgers", "drinks");
  CHECK((drinks > 580 && drinks < 820));
  const int coffee = per_mille(all, "breakfast", "coffee");
  CHECK((coffee > 500 && coffee < 800));
  CHECK(per_mille(all, "kids", "desserts") > per_mille(all, "mains", "desserts"));
  CHECK(per_mille(all, "fries", "dips") > per_mille(all, "coffee", "dips") + 150);

  int lines = 0;
  int voided = 0;
  int several = 0;
  std::map<std::string, int> types;
  std::array<int, kOccasions> occasions{};
  for (const auto& order : all) {
    ++types[order.receipt.facts.at(0).second];
    ++occasions[static_cast<std::size_t>(order.occasion)];
    for (const auto& line : order.receipt.lines) {
      ++lines;
      voided += line.voided ? 1 : 0;
      several += line.quantity > kOne ? 1 : 0;
    }
  }
  for (const int n : occasions) CHECK(n > 100);
  CHECK((voided * 1000 / lines >= 12 && voided * 1000 / lines <= 28));
  CHECK((several * 1000 / lines > 40 && several * 1000 / lines < 250));
  CHECK((lines * 10 / 8000 > 24 && lines * 10 / 8000 < 60));
  CHECK(types["takeaway"] > 2000);
  CHECK(types["eat_in"] > 2000);
  CHECK(types["drive"] == 0);
}

TEST_CASE("burgerbar: a store with a drive-through has orders from cars", "[sim]") {
  BurgerBar::Options options;
  options.drive_through = true;
  int drive = 0;
  for (const auto& order : orders(1000, options)) {
    drive += order.receipt.facts.at(0).second == "drive" ? 1 : 0;
  }
  CHECK((drive > 80 && drive < 350));
}

TEST_CASE("burgerbar: Saturdays are busier than Wednesdays", "[sim]") {
  std::array<int, 7> days{};
  BurgerBar::Options options;
  for (const auto& order : orders(8000, options)) {
    const LocalTime t = local_time(*order.receipt.time);
    if (t.day < 30) ++days[static_cast<std::size_t>(t.weekday)];
  }
  CHECK(days[5] * 10 > days[2] * 12);
}

TEST_CASE("burgerbar: a menu without what the bar sells is refused by name", "[sim]") {
  const auto empty = Catalogue::make(menu().currency(), {}, {});
  REQUIRE(empty);
  const auto bar = BurgerBar::open(*empty, {});
  REQUIRE(!bar);
  CHECK(bar.error().code() == Errc::not_found);
  CHECK(std::string(bar.error().text()).find("sku:CLASSIC") != std::string::npos);
}

TEST_CASE("burgerbar: the menu is priced above cost, declares allergens and speaks four languages",
          "[sim]") {
  CHECK(menu().products().size() >= 60);
  CHECK(menu().products().size() <= 90);
  for (const auto& p : menu().products()) {
    INFO(p.key);
    REQUIRE(p.cost);
    CHECK(*p.cost < p.price);
    CHECK(p.allergens.has_value());
    for (const char* language : {"en", "de", "ar", "ja"}) CHECK(p.name.count(language) == 1);
  }
}

TEST_CASE("burgerbar: the rule pack keeps the document's promises", "[sim]") {
  test::check_pack(kFolder, 15, 30);
}
