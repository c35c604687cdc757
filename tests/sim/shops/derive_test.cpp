#include "sim/shops/derive.hpp"

#include "tests/sim/shops/folder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace sidedish;
using namespace sidedish::sim;
using test::Folder;
using test::kHeader;

namespace {

// 100 baskets: BREAD in 60, BUTTER in 30 of them and in none else (lift 1.67), MILK in 50 of which
// 20 with BREAD (lift 0.67), and RARE twice with BREAD.
void write_shop(const Folder& folder) {
  std::string text(kHeader);
  const auto line = [&](int basket, const char* sku) {
    text += std::to_string(basket) + ",,north,," + sku + "," + sku + ",,1,\n";
  };
  for (int b = 0; b < 100; ++b) {
    if (b < 60) line(b, "BREAD");
    if (b < 30) line(b, "BUTTER");
    if (b >= 40 && b < 90) line(b, "MILK");
    if (b < 2) line(b, "RARE");
    if (b >= 90) line(b, "TEA");
  }
  folder.write_gz("lines.csv.gz", text);
  folder.write("items.csv",
               "sku,name,category,parent_category,list_price\nBREAD,Bread,bakery,food,\n"
               "BUTTER,<b>Butter</b>,dairy,food,1.80\nMILK,Milk,dairy,food,\nRARE,,,,\n"
               "TEA,A tea with a name far too long for any headline,,,3.00\n");
}

}  // namespace

TEST_CASE("derive: pairs above chance become rules, pairs below it never do", "[sim]") {
  const Folder folder;
  write_shop(folder);
  const auto shop = derive_shop(folder.path(), DeriveOptions{});
  REQUIRE(shop);
  CHECK(shop->baskets == 100);
  REQUIRE(shop->pairs.size() == 1);
  CHECK(shop->pairs[0].trigger == "sku:BUTTER");
  CHECK(shop->pairs[0].offer == "sku:BREAD");
  CHECK(shop->pairs[0].both == 30);
  CHECK(shop->pairs[0].trigger_baskets == 30);
  CHECK(shop->pairs[0].offer_baskets == 60);
  const auto doc = nlohmann::json::parse(shop->rules_json);
  CHECK(doc["format"] == "sidedish-rules/1");
  CHECK(doc["stores"][0]["id"] == "north");
  CHECK(shop->store_ids.at("north") == "north");
  REQUIRE(doc["rules"].size() == 1);
  CHECK(doc["rules"][0]["id"] == "with-butter");
  CHECK(doc["rules"][0]["offers"][0]["product"] == "sku:BREAD");
  CHECK(doc["rules"][0]["offers"][0]["extra_adds_per_1000"] == 100);  // (1000 - 600) / 4
  CHECK(doc["rules"][0]["text"]["en"]["headline"] == "{offer} as well?");
  CHECK(doc["rules"][0]["text"]["en"]["reason"] == "Goes well with b Butter /b");
}

TEST_CASE("derive: thin pairs are rules only when the bar is lowered", "[sim]") {
  const Folder folder;
  write_shop(folder);
  DeriveOptions options;
  options.min_baskets = 2;
  const auto shop = derive_shop(folder.path(), options);
  REQUIRE(shop);
  std::string all;
  for (const auto& p : shop->pairs) all += p.trigger + ">" + p.offer + " ";
  CHECK(all == "sku:BUTTER>sku:BREAD sku:RARE>sku:BUTTER sku:RARE>sku:BREAD ");
  options.max_rules = 1;
  options.max_offers = 1;
  CHECK(derive_shop(folder.path(), options)->pairs.size() == 1);
}

TEST_CASE("derive: prices that are not in the data are seeded, said, and the same again", "[sim]") {
  const Folder folder;
  write_shop(folder);
  const auto shop = derive_shop(folder.path(), DeriveOptions{});
  REQUIRE(shop);
  const Product* butter = shop->catalogue.find("sku:BUTTER");
  REQUIRE(butter != nullptr);
  CHECK(butter->price == 180);
  CHECK((butter->cost.value() >= 63 && butter->cost.value() <= 117));
  const Product* milk = shop->catalogue.find("sku:MILK");
  CHECK((milk->price >= 95 && milk->price <= 595 && milk->price % 50 == 45));
  CHECK(shop->catalogue.find("sku:RARE")->name.at("en") == "RARE");
  CHECK(shop->catalogue.in_category(*milk, "food"));
  CHECK_FALSE(shop->catalogue.in_category(*milk, "bakery"));
  CHECK(shop->notes.at(0).find("3 of 5 products have no price") != std::string::npos);
  CHECK(shop->notes.at(1).find("all costs are invented") != std::string::npos);
  CHECK(shop->notes.at(2).find("2 product names") != std::string::npos);
  CHECK(derive_shop(folder.path(), DeriveOptions{})->catalogue.to_json() ==
        shop->catalogue.to_json());
  DeriveOptions other;
  other.seed = 2;
  CHECK(derive_shop(folder.path(), other)->catalogue.to_json() != shop->catalogue.to_json());
}

TEST_CASE("derive: a catalogue written out reads back the same", "[sim]") {
  const Folder folder;
  write_shop(folder);
  const auto shop = derive_shop(folder.path(), DeriveOptions{});
  REQUIRE(shop);
  const auto again = Catalogue::parse(shop->catalogue.to_json());
  REQUIRE(again);
  CHECK(again->to_json() == shop->catalogue.to_json());
}

TEST_CASE("catalogue: what is wrong is named by its pointer", "[sim]") {
  const auto failure = [](std::string_view json) {
    return std::string(Catalogue::parse(json).error().text());
  };
  const std::string head = R"({"format":"sidedish-catalogue/1","currency":"EUR","categories":[],)";
  const std::string p = R"({"key":"sku:A","name":{"en":"A"},"category":"c","price":"1.00"})";
  REQUIRE(Catalogue::parse(head + R"("products":[)" + p + "]}"));
  CHECK(failure("{") != "");
  CHECK(failure("[]").find("an object") != std::string::npos);
  CHECK(failure(R"({"format":"sidedish-catalogue/9"})").find("/format") != std::string::npos);
  CHECK(failure(head + R"("x":1})").find("/products: is missing") != std::string::npos);
  CHECK(failure(head + R"("products":[{"key":"sku:A"}]})").find("/products/0/name: is missing") !=
        std::string::npos);
  CHECK(failure(head + R"("products":[)" + p + "," + p + "]}").find("two products") !=
        std::string::npos);
  CHECK(failure(head + R"("products":[{"key":"k","name":{},"category":"c","price":1.5}]})")
            .find("/products/0/price: text expected") != std::string::npos);
  CHECK(failure(head + R"("products":[{"key":"k","name":{},"category":"c","price":"1.555"}]})")
            .find("/products/0/price: a price") != std::string::npos);
}

TEST_CASE("catalogue: money text has the currency's decimals", "[sim]") {
  CHECK(money_text(550, 2) == "5.50");
  CHECK(money_text(5, 2) == "0.05");
  CHECK(money_text(-5, 2) == "-0.05");
  CHECK(money_text(120, 0) == "120");
  CHECK(money_text(1, 3) == "0.001");
}
