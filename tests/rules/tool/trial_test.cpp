#include "tests/rules/tool/run.hpp"

#include <nlohmann/json.hpp>

using namespace sidedish;
using testing::run_tool;
using testing::ToolFolder;

namespace {

constexpr const char* kRules = R"({
  "format": "sidedish-rules/1", "pack": {"id": "p", "version": 1}, "currency": "EUR",
  "prices_include_tax": true, "languages": ["en"],
  "stores": [{"id": "one", "name": "One", "time_zone": "Europe/Berlin"}],
  "settings": {"global_holdout_percent": 0, "spend_jump_percent": 100},
  "catalogue": {"format": "sidedish-catalogue/1", "currency": "EUR",
    "categories": [{"id": "food", "name": {"en": "Food"}}],
    "products": [
      {"key": "sku:BURGER", "name": {"en": "Burger"}, "category": "food", "price": "6.00", "cost": "2.00"},
      {"key": "sku:FRIES", "name": {"en": "Fries"}, "category": "food", "price": "3.00", "cost": "0.50"},
      {"key": "sku:COLA", "name": {"en": "Cola"}, "category": "food", "price": "2.00", "cost": "0.50"},
      {"key": "sku:CAKE", "name": {"en": "Cake"}, "category": "food", "price": "9.00", "cost": "1.00"}]},
  "rules": [
    {"id": "fries", "name": "Fries", "kind": "add_on",
     "when": {"all": [{"has": {"items": ["sku:BURGER"]}}, {"lacks": {"items": ["sku:FRIES"]}}]},
     "offers": [{"product": "sku:FRIES"}], "text": {"en": {"headline": "Fries?"}},
     "extra_adds_per_1000": 100, "holdout_percent": 0},
    {"id": "cola", "name": "Cola", "kind": "add_on",
     "when": {"has": {"items": ["sku:BURGER", "sku:FRIES"]}},
     "offers": [{"product": "sku:COLA"}], "text": {"en": {"headline": "Cola?"}},
     "extra_adds_per_1000": 50, "holdout_percent": 0},
    {"id": "cake", "name": "Cake", "kind": "add_on", "when": {"has": {"items": ["sku:COLA"]}},
     "offers": [{"product": "sku:CAKE"}], "text": {"en": {"headline": "Cake?"}},
     "extra_adds_per_1000": 10, "holdout_percent": 0}]})";

// 1: burger, then fries all the same. 2: fries first, then a burger. 3: a cola alone. 4: a return.
// 5: postage only. 6: a burger and something nobody knows.
constexpr const char* kReceipts =
    "basket_id,timestamp,store,customer,sku,name,category,quantity,unit_price\n"
    "1,2011-03-04T12:00:00,,,BURGER,Burger,,1,6.00\n1,2011-03-04T12:00:00,,,FRIES,Fries,,1,3.00\n"
    "2,2011-03-04T12:10:00,,,FRIES,Fries,,1,3.00\n2,2011-03-04T12:10:00,,,BURGER,Burger,,1,\n"
    "3,2011-03-05T12:20:00,,,COLA,Cola,,1,2.00\n"
    "4,2011-03-05T12:30:00,,,COLA,Cola,,-1,2.00\n"
    "5,2011-03-05T12:40:00,,,POST,POSTAGE,,1,2.00\n"
    "6,2011-03-06T12:50:00,,,BURGER,Burger,,1,6.00\n6,2011-03-06T12:50:00,,,THING,Thing,,1,1.00\n";

struct Shop {
  Shop() {
    folder.write("rules.json", kRules);
    folder.write("receipts.csv", kReceipts);
    folder.write("items.csv",
                 "sku,name,category,parent_category,list_price\nBURGER,Burger,food,,6.00\n");
  }
  std::vector<std::string> words() const {
    return {"replay", "--receipts", folder.path().string(), "--rules", folder / "rules.json"};
  }
  ToolFolder folder;
};

}  // namespace

// By hand: 1 is offered fries (they come anyway), 2 a cola, 3 nothing (cake costs too much), 6
// fries. Cola is lost to fries in 1 and 6.
TEST_CASE("trial: every basket is counted once for every rule, with its reason") {
  const Shop shop;
  auto words = shop.words();
  words.emplace_back("--json");
  const auto ran = run_tool(words);
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  const auto json = nlohmann::json::parse(ran.out);
  CHECK(json["receipts"] == 6);
  CHECK(json["sales"] == 4);
  CHECK(json["returns"] == 1);
  CHECK(json["without_goods"] == 1);
  CHECK(json["unknown_lines"] == 1);
  CHECK(json["prompted"] == 3);
  CHECK(json["silences"][0]["baskets"] == 1);
  std::map<std::string, nlohmann::json> rule;
  for (const auto& row : json["rules"]) {
    rule[row["id"]] = row;
    std::uint64_t sum = 0;
    for (const char* fate :
         {"prompted", "already_bought", "not_qualified", "blocked", "lost", "silent"}) {
      sum += row[fate].get<std::uint64_t>();
    }
    CHECK(sum == 4);
  }
  CHECK(rule["fries"]["prompted"] == 2);
  CHECK(rule["fries"]["arrived"] == 1);
  CHECK(rule["fries"]["already_bought"] == 1);
  CHECK(rule["fries"]["not_qualified"] == 1);
  CHECK(rule["fries"]["conditions"][0]["pointer"] == "/when/all/0/has");
  CHECK(rule["cola"]["prompted"] == 1);
  CHECK(rule["cola"]["not_qualified"] == 1);
  CHECK(rule["cola"]["lost"] == 2);
  CHECK(rule["cola"]["lost_to"][0]["why"] == "fries");
  CHECK(rule["cake"]["blocked"] == 1);
  CHECK(rule["cake"]["guards"][0]["why"] == "it costs too much beside this basket");
  CHECK(rule["cake"]["not_qualified"] == 3);
}

TEST_CASE("trial: receipts are moved by whole weeks to end now, unless they shall stay") {
  const Shop shop;
  auto words = shop.words();
  words.emplace_back("--json");
  // 2011-03-06 was a Sunday; 2026-09-21 is a Monday: the last one before it is the day before.
  CHECK(nlohmann::json::parse(run_tool(words).out)["moved_by_weeks"] == 811);
  words.emplace_back("--as-recorded");
  const auto json = nlohmann::json::parse(run_tool(words).out);
  CHECK(json["moved_by_weeks"] == 0);
  CHECK(json["prompted"] == 3);
}

TEST_CASE("trial: an image tries as its document does; a broken pack tries nothing") {
  const Shop shop;
  const auto from_rules = run_tool(shop.words());
  CHECK(from_rules.out.find("prompted 3 of 4 sales (75.0 %)") != std::string::npos);
  REQUIRE(run_tool({"compile", shop.folder / "rules.json", "-o", shop.folder / "image", "--begin",
                    "2020-01-01"})
              .status == 0);
  const auto from_image =
      run_tool({"replay", shop.folder / "image", "--receipts", shop.folder.path().string()});
  CHECK(from_image.out == from_rules.out);
  auto words = shop.words();
  words.insert(words.end(), {"--store", "nowhere"});
  CHECK(run_tool(words).status == 2);
  shop.folder.write("rules.json", "{}");
  CHECK(run_tool(shop.words()).status == 1);
  CHECK(run_tool({"replay", "--receipts", shop.folder.path().string()}).status > 99);
  CHECK(run_tool({"replay", "--receipts", "/nowhere", "--rules", shop.folder / "rules.json"})
            .status == 2);
}
