#include "rules/format/documents.hpp"

#include "example.hpp"
#include "tests/support/places.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

using namespace sidedish;
using namespace sidedish::format;
using example::spoilt;

namespace {

std::string file(const std::string& path) {
  std::ifstream in(sidedish::tests::source_dir() + "/" + path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void require_clean(const std::vector<model::Finding>& errors) {
  for (const auto& e : errors) UNSCOPED_INFO(e.id << ' ' << e.pointer << ' ' << e.message);
  REQUIRE(errors.empty());
}

}  // namespace

TEST_CASE("format: a rule document with every member is read into words") {
  const auto read = parse_rules(example::kRules);
  require_clean(read.errors);
  const model::Pack& pack = *read.value;
  CHECK(pack.version == 7);
  CHECK(pack.settings.score_floor == 2);
  CHECK(pack.settings.dayparts.at("lunch").to == 14 * 60);
  CHECK(pack.stores[0].terminals.at("drive") == std::vector<std::string>{"t7"});
  const model::Rule& rule = pack.rules.at(0);
  CHECK(rule.when.children.at(0).pointer == "/when/all/0/has");
  CHECK(rule.when.children[0].select.quantity.max == 2500);
  CHECK(rule.when.children[0].select.value.min == 100);
  CHECK(rule.when.children[2].children[1].daypart.to == 1440);
  CHECK(rule.when.children[3].children[0].bits == 64);
  CHECK(rule.when.children[3].children[1].range.min == 20'788);  // 2026-12-01
  CHECK(rule.offers[1].extra_adds_per_1000 == 25);
  CHECK(rule.cap_shift == 120);
  CHECK(rule.unit == Unit::customer);
  CHECK(rule.cap_customer->prompts == 2);
  CHECK(rule.cap_customer->days == 28);
  CHECK(pack.rules.at(1).unit == Unit::basket);
  CHECK(!pack.rules.at(1).cap_customer);
  CHECK(pack.catalogue->products[1].allergens->empty());
  CHECK(!pack.catalogue->products[0].allergens);
  CHECK(pack.catalogue->products[1].pictures.small.starts_with("0123456789abcdef01"));
  CHECK(pack.catalogue->products[1].pictures.large.starts_with("fedcba9876543210fe"));
  CHECK(pack.catalogue->products[0].pictures.small.empty());
}

TEST_CASE("format: what is written reads back as the same words") {
  const auto once = parse_rules(example::kRules);
  require_clean(once.errors);
  const std::string text = write_rules(*once.value);
  const auto twice = parse_rules(text);
  require_clean(twice.errors);
  CHECK(write_rules(*twice.value) == text);
  CHECK(twice.value->rules[0].when.children.size() == 22);
  const std::string catalogue = write_catalogue(*once.value->catalogue);
  const auto again = parse_catalogue(catalogue);
  require_clean(again.errors);
  CHECK(write_catalogue(*again.value) == catalogue);
}

TEST_CASE("format: the shops of the project are read") {
  require_clean(parse_rules(file("sim/shops/giftware/rules.json")).errors);
  require_clean(parse_catalogue(file("sim/shops/giftware/catalogue.json")).errors);
  require_clean(parse_rules(file("sim/shops/burgerbar/rules.json")).errors);
}

TEST_CASE("format: every mistake is told with its rule and its place") {
  struct Row {
    const char* what;
    const char* with;
    const char* id;
    const char* pointer;
  };
  const Row rows[] = {
      {"sidedish-rules/1", "sidedish-rules/2", "", "/format"},
      {"\"burger-bar\"", "\"Burger Bar\"", "", "/pack/id"},
      {"\"version\": 7", "\"version\": 0", "", "/pack/version"},
      {"\"version\": 7", "\"version\": 7.5", "", "/pack/version"},
      {"\"EUR\"", "\"EUX\"", "", "/currency"},
      {"\"prices_include_tax\": true,", "", "", ""},
      {"[\"en\", \"de\"]", "[\"en\", \"en\"]", "", "/languages/1"},
      {"[\"en\", \"de\"]", "[]", "", "/languages"},
      {"Europe/Berlin", "../etc/passwd", "mitte", "/stores/0/time_zone"},
      {"\"score_floor\": \"0.02\"", "\"score_floor\": \"0.021\"", "", "/settings/score_floor"},
      {"\"score_floor\": \"0.02\"", "\"score_floor\": 2", "", "/settings/score_floor"},
      {"\"11:00\"", "\"11:60\"", "", "/settings/dayparts/lunch/from"},
      {"\"cashier\": 1", "\"cashier\": 5", "", "/settings/prompts_per_sale/cashier"},
      {"sku:BURGER", "burger", "burger", "/catalogue/products/0/key"},
      {"\"price\": \"5.90\"", "\"price\": \"-5.90\"", "sku:BURGER", "/catalogue/products/0/price"},
      {"\"stock\": \"low\"", "\"stock\": \"few\"", "sku:FRIES-M", "/catalogue/products/1/stock"},
      {"{\"small\": \"0", "{\"small\": \"", "sku:FRIES-M", "/catalogue/products/1/pictures/small"},
      {"{\"small\": \"0", "{\"small\": \"A", "sku:FRIES-M", "/catalogue/products/1/pictures/small"},
      {"\"large\": \"f", "\"large\": \"/", "sku:FRIES-M", "/catalogue/products/1/pictures/large"},
      {"\"large\"", "\"huge\"", "sku:FRIES-M", "/catalogue/products/1/pictures/huge"},
      {"\"category\": \"burgers\", \"price\"", "\"price\"", "sku:BURGER", "/catalogue/products/0"},
      {"\"burger-fries\"", "\"-fries\"", "-fries", "/rules/0/id"},
      {"\"unit\": \"customer\"", "\"unit\": \"person\"", "burger-fries", "/rules/0/unit"},
      {"{\"prompts\": 2", "{\"prompts\": 256", "burger-fries", "/rules/0/caps/customer/prompts"},
      {"{\"prompts\": 2", "{\"prompts\": 0", "burger-fries", "/rules/0/caps/customer/prompts"},
      {"\"days\": 28", "\"days\": 366", "burger-fries", "/rules/0/caps/customer/days"},
      {"\"days\": 28", "\"weeks\": 4, \"days\": 28", "burger-fries",
       "/rules/0/caps/customer/weeks"},
      {", \"days\": 28", "", "burger-fries", "/rules/0/caps/customer"},
      {"add_on", "combo", "burger-fries", "/rules/0/kind"},
      {"\"enabled\": true", "\"enabled\": 1", "burger-fries", "/rules/0/enabled"},
      {"{\"category\": \"burgers\", ", "{\"category\": \"burgers\", \"tag\": \"hot\", ",
       "burger-fries", "/rules/0/when/all/0/has"},
      {"\"quantity\": {\"min\": 1,", "\"quantity\": {\"min\": 0,", "burger-fries",
       "/rules/0/when/all/0/has/quantity/min"},
      {"\"2.500\"", "\"2.5001\"", "burger-fries", "/rules/0/when/all/0/has/quantity/max"},
      {"{\"lacks\": {\"tag\": \"hot\"}}", "{}", "burger-fries", "/rules/0/when/all/1"},
      {"{\"lacks\": {\"tag\": \"hot\"}}", "{\"without\": 1}", "burger-fries",
       "/rules/0/when/all/1/without"},
      {"2026-12-24", "2026-02-30", "burger-fries", "/rules/0/when/all/3/none/1/dates/to"},
      {"{\"lines\": {\"min\": 1}}", "{\"lines\": {}}", "burger-fries", "/rules/0/when/all/5/lines"},
      {"[\"sun\"]", "[\"sun\", \"sun\"]", "burger-fries", "/rules/0/when/all/3/none/0/weekday/1"},
      {"\"queue\", \"max\": 9", "\"queue\"", "burger-fries", "/rules/0/when/all/14/fact"},
      {"\"is\": [\"takeaway\"]", "\"is\": [\"takeaway\"], \"min\": 1", "burger-fries",
       "/rules/0/when/all/13/fact"},
      {"\"gold\", \"staff\"", "\"gold\", \"gold\"", "burger-fries",
       "/rules/0/when/all/17/segment/1"},
      {"\"first_visit\": false", "\"first_visit\": 1", "burger-fries",
       "/rules/0/when/all/18/first_visit"},
      {"\"stock\": [\"in\", \"low\"]", "\"stock\": [\"out\"]", "burger-fries",
       "/rules/0/when/all/19/stock/0"},
      {"\"within_days\": 30", "\"within_days\": 0", "burger-fries",
       "/rules/0/when/all/20/bought/within_days"},
      {", \"for_days\": 90", "", "burger-fries", "/rules/0/when/all/21/not_bought"},
      {"\"for_days\": 90", "\"for_days\": 90, \"within_days\": 9", "burger-fries",
       "/rules/0/when/all/21/not_bought/within_days"},
      {"\"country\": \"DE\"", "\"country\": \"de\"", "mitte", "/stores/0/country"},
      {"\"AT\", \"CH\"", "", "", "/settings/restricted/0/countries"},
      {"\"diets\": [\"vegan\"]", "\"diets\": [\"diet:vegan\"]", "sku:FRIES-M",
       "/catalogue/products/1/diets/0"},
      {"{offer} with that?", "", "burger-fries", "/rules/0/text/en/headline"},
      {"\"Fries, please\"", "\"a\", \"b\", \"c\", \"d\"", "burger-fries",
       "/rules/0/text/de/headline"},
      {"\"with_it\": 480", "\"with_it\": -1", "burger-fries", "/rules/0/offers/0/evidence/with_it"},
      {"Hot and salted", "<b>Hot</b>", "burger-fries", "/rules/0/text/en/reason"},
      {"Hot and salted", "Hot\\u0007", "burger-fries", "/rules/0/text/en/reason"},
      {"Hot and salted", "Hot\\u0000", "", "/rules/0/text/en/reason"},
      {"\"priority\": 60", "\"priority\": 0", "burger-fries", "/rules/0/priority"},
      {"\"priority\": 60", "\"priority\": 99999999999999999999", "", "/rules/0/priority"},
      {"\"priority\": 60", "\"colour\": 60", "burger-fries", "/rules/0/colour"},
      {"\"priority\": 60", "\"id\": \"burger-fries\"", "", "/rules/0/id"},
      {"\"shift\": 120", "\"shift\": 65536", "burger-fries", "/rules/0/caps/shift"},
  };
  for (const Row& row : rows) {
    const std::string text = spoilt(row.what, row.with);
    INFO(row.what << " -> " << row.with);
    REQUIRE(!text.empty());
    const auto read = parse_rules(text);
    CHECK(!read.value);
    for (const auto& e : read.errors) UNSCOPED_INFO(e.id << '|' << e.pointer << '|' << e.message);
    REQUIRE(read.errors.size() == 1);
    CHECK(read.errors[0].id == row.id);
    CHECK(read.errors[0].pointer == row.pointer);
    CHECK(read.errors[0].message.starts_with("expected "));
  }
}

TEST_CASE("format: all mistakes of a document are told at once") {
  std::string text = spoilt("\"priority\": 60", "\"priority\": 0");
  text.replace(text.find("\"EUR\""), 5, "\"EUX\"");
  text.replace(text.find("2026-12-24"), 10, "2026-13-24");
  text.replace(text.find("\"version\": 7"), 12, "\"version\": 7.0");
  CHECK(parse_rules(text).errors.size() == 4);
}
