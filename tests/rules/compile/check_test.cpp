#include "packs.hpp"
#include "rules/base/hash.hpp"

#include <catch2/catch.hpp>
#include <functional>

using namespace packs;

namespace {

std::vector<model::Finding> findings(const model::Pack& pack) {
  return compile::check(pack, *pack.catalogue, zone_file);
}

Condition select(const std::function<void(model::Select&)>& set) {
  Condition c = has_items({});
  c.pointer = "/when/has";
  set(c.select);
  return c;
}

/// Who has `given` also takes medium fries: in `together` of `of` baskets.
model::Rule pairs(const std::string& given, std::int64_t together, std::int64_t of) {
  model::Rule r = packs::burgers().rules[0];
  r.id = "pairs";
  r.kind = Kind::also_bought;
  r.when = {};
  r.offers = {{"sku:FRIES-M", std::nullopt, given, together, of, false}};
  r.bar = model::PairBar{5, 10};
  return r;
}

}  // namespace

TEST_CASE("check: every mistake of a pack is told with its id and place") {
  struct Row {
    const char* id;
    const char* pointer;
    std::function<void(model::Pack&)> spoil;
  };
  const Row rows[] = {
      {"", "/languages", [](auto& p) { p.languages.clear(); }},
      {"", "/stores", [](auto& p) { p.stores.clear(); }},
      {"mitte", "/stores/1/id", [](auto& p) { p.stores.push_back(p.stores[0]); }},
      {"mitte", "/stores/0/language", [](auto& p) { p.stores[0].language = "fr"; }},
      {"mitte", "/stores/0/time_zone", [](auto& p) { p.stores[0].time_zone = "Europe/Atlantis"; }},
      {"", "/settings/global_holdout_percent",
       [](auto& p) { p.settings.global_holdout_percent = 51; }},
      {"", "/settings/exploration_percent", [](auto& p) { p.settings.exploration_percent = 21; }},
      {"", "/settings/never_offer/0/tag",
       [](auto& p) {
         p.settings.never_offer = {{{}, "", "no-such-tag", "", {}, {}}};
       }},
      {"", "/settings/restricted/1/category",
       [](auto& p) {
         p.settings.restricted = {{"food", {}}, {"no-such-category", {"DE"}}};
       }},
      {"", "/settings/restricted",
       [](auto& p) {
         p.settings.restricted.assign(65, {"food", {"DE"}});
       }},
      {"", "/catalogue/products",
       [](auto& p) {
         auto& some = p.catalogue->products[0];
         some.allergens.emplace();
         for (int i = 0; i < 40; ++i) some.allergens->push_back("a" + std::to_string(i));
         for (int i = 0; i < 25; ++i) some.diets.push_back("d" + std::to_string(i));
       }},
      {"burger-fries", "/rules/0/caps/customer",
       [](auto& p) {
         p.rules[0].cap_customer = {2, 28};
         p.rules[0].unit = Unit::store_day;
       }},
      {"burger-fries", "/rules/0/caps/customer/prompts",
       [](auto& p) {
         p.rules[0].cap_customer = {256, 28};
         p.rules[0].unit = Unit::customer;
       }},
      {"burger-fries", "/rules/0/caps/customer/days",
       [](auto& p) {
         p.rules[0].cap_customer = {2, 0};
         p.rules[0].unit = Unit::customer;
       }},
      {"burger-fries", "/rules/0/unit", [](auto& p) { p.rules[0].unit = static_cast<Unit>(4); }},
      {"burger-fries", "/rules/0/when/bought/within_days",
       [](auto& p) {
         auto bought = has_category("fries", Type::bought);
         bought.pointer = "/when/bought";
         bought.range.max = 3651;
         p.rules[0].when = bought;
       }},
      {"burger-fries", "/rules/0/when/bought/category",
       [](auto& p) {
         auto bought = has_category("no-such-category", Type::bought);
         bought.pointer = "/when/bought";
         bought.range.max = 30;
         p.rules[0].when = bought;
       }},
      {"", "/settings/dayparts/x",
       [](auto& p) {
         p.settings.dayparts["x"] = {60, 60};
       }},
      {"sku:FRIES-M", "/catalogue/products/0/name/en",  // it would turn what stands around it
       [](auto& p) { p.catalogue->products[0].name["en"] = "Fries\u202e"; }},
      {"kids", "/sets/0/items/0",
       [](auto& p) {
         p.sets.push_back({"kids", {"sku:NO"}, {"fries"}, {}});
       }},
      {"", "/catalogue/currency", [](auto& p) { p.catalogue->currency = *currency("GBP"); }},
      {"sides", "/catalogue/categories/0/parent",
       [](auto& p) { p.catalogue->categories[0].parent = "none"; }},
      {"sku:COLA", "/catalogue/products/5/category",
       [](auto& p) { p.catalogue->products[5].category = "none"; }},
      {"sku:COLA", "/catalogue/products/5/aliases/0",
       [](auto& p) { p.catalogue->products[5].aliases = {"plu:112"}; }},
      {"sku:COLA", "/catalogue/products/5/substitutes/0",
       [](auto& p) { p.catalogue->products[5].substitutes = {"sku:COLA"}; }},
      {"sku:COLA", "/catalogue/products/5/price",
       [](auto& p) { p.catalogue->products[5].price = kMaxAmount + 1; }},
      {"burger-fries", "/rules/1/id", [](auto& p) { p.rules.push_back(p.rules[0]); }},
      {"burger-fries", "/rules/0/when/moment",
       [](auto& p) {
         p.rules[0].kind = Kind::receipt;
         p.rules[0].when = packs::all({p.rules[0].when});
         p.rules[0].when.children.emplace_back();
         p.rules[0].when.children.back().type = model::Condition::Type::moment;
         p.rules[0].when.children.back().pointer = "/when/moment";
         p.rules[0].when.children.back().bits = 1;
       }},
      {"pairs", "/rules/1/pairs/0/given",
       [](auto& p) { p.rules.push_back(pairs("sku:NO", 5, 9)); }},
      {"pairs", "/rules/1/pairs/0/together",
       [](auto& p) { p.rules.push_back(pairs("sku:COLA", 10, 9)); }},
      {"pairs", "/rules/1/pairs/0/product",
       [](auto& p) { p.rules.push_back(pairs("sku:FRIES-M", 5, 9)); }},
      {"pairs", "/rules/1/pairs/1",
       [](auto& p) {
         p.rules.push_back(pairs("sku:COLA", 5, 9));
         p.rules[1].offers.push_back(p.rules[1].offers[0]);
       }},
      {"burger-fries", "/rules/0/priority", [](auto& p) { p.rules[0].priority = 0; }},
      {"burger-fries", "/rules/0/offers", [](auto& p) { p.rules[0].offers.clear(); }},
      {"burger-fries", "/rules/0/offers/0/product",
       [](auto& p) { p.rules[0].offers[0].product = "sku:NO"; }},
      {"burger-fries", "/rules/0/offers/1/product",
       [](auto& p) { p.rules[0].offers[1].product = "plu:112"; }},
      {"burger-fries", "/rules/0/offers/0/product",
       [](auto& p) { p.rules[0].when = has_items({"plu:112"}); }},
      {"burger-fries", "/rules/0/quantity",
       [](auto& p) {
         p.rules[0].when = total(100);
         p.rules[0].quantity = model::QuantityPolicy::per_trigger;
       }},
      {"burger-fries", "/rules/0/when", [](auto& p) { p.rules[0].when = all({}); }},
      {"burger-fries", "/rules/0/when/has/items/0",
       [](auto& p) { p.rules[0].when = select([](auto& s) { s.items = {"sku:NO"}; }); }},
      {"burger-fries", "/rules/0/when/has/category",
       [](auto& p) { p.rules[0].when = select([](auto& s) { s.category = "no"; }); }},
      {"burger-fries", "/rules/0/when/has/tag",
       [](auto& p) { p.rules[0].when = select([](auto& s) { s.tag = "no"; }); }},
      {"burger-fries", "/rules/0/when/has/set",
       [](auto& p) { p.rules[0].when = select([](auto& s) { s.set = "no"; }); }},
      {"burger-fries", "/rules/0/when/has",
       [](auto& p) {
         p.rules[0].when = select([](auto& s) {
           s.tag = "hot";
           s.category = "fries";
         });
       }},
      {"burger-fries", "/rules/0/when/has/quantity",
       [](auto& p) {
         p.rules[0].when = select([](auto& s) {
           s.tag = "hot";
           s.quantity = {2000, 1000};
         });
       }},
      {"burger-fries", "/rules/0/when",
       [](auto& p) {  // a kiosk that is a till
         p.rules[0].when = all({bits(Type::channel, 1), bits(Type::channel, 2)});
       }},
      {"burger-fries", "/rules/0/when",
       [](auto& p) { p.rules[0].when = all(std::vector<Condition>(256, total(1))); }},
      {"burger-fries", "/rules/0/text/en/headline",
       [](auto& p) { p.rules[0].text["en"].headline = std::string(31, 'x'); }},
      {"burger-fries", "/rules/0/text/en/reason",
       [](auto& p) {  // 50 and a name of 19 characters
         p.rules[0].text["en"].reason = std::string(50, 'x') + "{offer}";
       }},
      {"burger-fries", "/rules/0/kiosk_text/en/headline",
       [](auto& p) { p.rules[0].kiosk_text["en"].headline = std::string(41, 'x'); }},
      {"burger-fries", "/rules/0/text/en/reason",
       [](auto& p) { p.rules[0].text["en"].reason = "{prise}"; }},
      {"burger-fries", "/rules/0/text/fr",
       [](auto& p) {
         p.rules[0].text["fr"] = {"Oui", ""};
       }},
      {"burger-fries", "/rules/0/text", [](auto& p) { p.rules[0].text.clear(); }},
  };
  REQUIRE(findings(burgers()).empty());
  for (const Row& row : rows) {
    auto pack = burgers();
    row.spoil(pack);
    const auto found = findings(pack);
    INFO(row.id << " " << row.pointer);
    for (const auto& f : found) UNSCOPED_INFO(f.id << '|' << f.pointer << '|' << f.message);
    REQUIRE(found.size() == 1);
    CHECK(found[0].id == row.id);
    CHECK(found[0].pointer == row.pointer);
    CHECK(compiled(pack).image.empty());
  }
}

TEST_CASE("check: categories in a circle are each told, and nothing hangs") {
  auto pack = burgers();
  pack.catalogue->categories[1].parent = "fries";  // food > sides > fries > food
  std::size_t circles = 0;
  for (const auto& f : findings(pack))
    circles += f.message.find("cycle") != f.message.npos ? 1U : 0U;
  CHECK(circles == 4);  // the three and what hangs below them
}

TEST_CASE("check: all mistakes are told at once") {
  auto pack = burgers();
  pack.languages.push_back("en");
  pack.rules[0].priority = 101;
  pack.rules[0].offers[0].product = "sku:NO";
  pack.catalogue->products[5].category = "none";
  CHECK(findings(pack).size() == 4);
}
