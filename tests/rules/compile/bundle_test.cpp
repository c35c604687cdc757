// Rules of kind bundle and upsell: what is refused, and what the image says of them.
#include "packs.hpp"
#include "rules/image/image.hpp"

#include <catch2/catch.hpp>
#include <functional>

using namespace packs;

namespace {

model::Select items(std::vector<std::string> keys) {
  model::Select s;
  s.items = std::move(keys);
  return s;
}

model::BundleSlot slot(std::string id, model::Select choose) {
  return {std::move(id), std::move(choose), 1, 1, {}};
}

// Burger 590 (cheese 690), fries 230 to 350, cola 250; costs are 70 % of that.
model::Pack meals() {
  model::Pack pack = burgers();
  model::Rule& r = pack.rules[0];
  r.kind = Kind::bundle;
  r.when = all({});
  r.offers.clear();
  model::Select burger;
  burger.category = "burgers";
  model::Select fries;
  fries.category = "fries";
  r.bundle.slots = {slot("main", burger), slot("side", fries), slot("drink", items({"sku:COLA"}))};
  r.bundle.slots[0].price_delta = {{"sku:CHEESE", 100}};
  r.bundle.slots[1].price_delta = {{"sku:FRIES-L", 110}, {"plu:112", 60}};
  r.bundle.amount = 990;
  r.bundle.worth = 30;
  r.complete_text = {{"en", {"A meal", ""}}};
  return pack;
}

model::Pack upsell() {
  model::Pack pack = burgers();
  model::Rule& r = pack.rules[0];
  r.kind = Kind::upsell;
  r.when = all({});
  r.from = items({"sku:FRIES-S"});
  return pack;
}

struct Row {
  const char* pointer;
  std::function<void(model::Rule&)> spoil;
};

void each_is_told(const model::Pack& good, const std::vector<Row>& rows) {
  for (const auto& f : compile::check(good, *good.catalogue, zone_file)) {
    UNSCOPED_INFO(f.id << '|' << f.pointer << '|' << f.message);
  }
  REQUIRE(compile::check(good, *good.catalogue, zone_file).empty());
  for (const Row& row : rows) {
    auto pack = good;
    row.spoil(pack.rules[0]);
    const auto found = compile::check(pack, *pack.catalogue, zone_file);
    INFO(row.pointer);
    for (const auto& f : found) UNSCOPED_INFO(f.id << '|' << f.pointer << '|' << f.message);
    REQUIRE(found.size() == 1);
    CHECK(found[0].id == "burger-fries");
    CHECK(found[0].pointer == std::string("/rules/0") + row.pointer);
    CHECK(compiled(pack).image.empty());
  }
}

}  // namespace

TEST_CASE("check: a bundle that nobody can fill, or that earns or saves nothing, is refused") {
  each_is_told(
      meals(),
      {{"/bundle/slots/0/count", [](auto& r) { r.bundle.slots[0].min = 2; }},
       {"/bundle/slots/1/id", [](auto& r) { r.bundle.slots[1].id = "main"; }},
       {"/bundle/price",
        [](auto& r) { r.bundle.amount = 1070; }},            // what the cheapest choice costs
       {"/bundle", [](auto& r) { r.bundle.amount = 600; }},  // below what the worst one costs us
       {"/bundle/missing",
        [](auto& r) {  // fries and a cola, and both may be missing
          r.bundle.slots.erase(r.bundle.slots.begin());
          r.bundle.amount = 470;
          r.bundle.missing = 2;
        }},
       {"/bundle/times", [](auto& r) { r.bundle.times = 10; }},
       {"/complete_text", [](auto& r) { r.complete_text.clear(); }},
       {"/complete_text", [](auto& r) { r.bundle.worth.reset(); }},
       {"/when", [](auto& r) { r.when = all({bits(Type::moment, 4)}); }},  // no part is in then
       {"/offers",
        [](auto& r) {
          r.offers.push_back({"sku:COLA", {}});
        }},
       {"/bundle/slots/2/price_delta/sku:CHEESE",
        [](auto& r) { r.bundle.slots[2].price_delta["sku:CHEESE"] = 1; }},
       {"/bundle/slots/1/price_delta/sku:FRIES-M",
        [](auto& r) { r.bundle.slots[1].price_delta["sku:FRIES-M"] = 60; }}});
}

TEST_CASE("check: a swap for something that is not dearer is refused, so no swaps go in a circle") {
  each_is_told(upsell(), {{"/swap/from/items/1", [](auto& r) { r.from.items.push_back("sku:NO"); }},
                          {"/offers/0/product", [](auto& r) { r.from.items = {"sku:FRIES-M"}; }},
                          {"/when", [](auto& r) { r.when = all({bits(Type::moment, 4)}); }},
                          {"/offers/0/product", [](auto& r) {
                             r.from.items.push_back("sku:FRIES-L");
                             r.offers.pop_back();
                           }}});
}

TEST_CASE(
    "image: a bundle has its slots and deltas, offers of what may be missing, one to convert") {
  const auto pack = meals();
  const auto made = compiled(pack);
  REQUIRE(made.errors.empty());
  const Reader file(made.image);
  const auto rules = file.table<image::Rule>(image::kRules);
  const auto bundles = file.table<image::Bundle>(image::kBundles);
  const auto slots = file.table<image::Slot>(image::kSlots);
  const auto deltas = file.table<image::Delta>(image::kDeltas);
  REQUIRE(bundles.size() == 1);
  CHECK(bundles[0].amount == 990);
  CHECK(bundles[0].converts == 1);
  REQUIRE(slots.size() == 3);
  REQUIRE(deltas.size() == 3);
  CHECK(deltas[1].product < deltas[2].product);
  CHECK(rules[0].offer_count == 2 + 3 + 1 + 1);
  CHECK(rules[0].spend_jump_permille == 500);
  // The dearest addition, cheese at 30 %, less the least saving of one cent.
  const auto offers = file.table<image::Offer>(image::kOffers);
  for (const auto& o : offers) CHECK(o.score <= offers[0].score);
  CHECK(offers.back().score == offers.back().prior_ppm * std::int64_t{30});
}

TEST_CASE("image: a bundle is posted where something of it must be, a swap under what it swaps") {
  // One unit may be missing: of two slots together one has something. Burgers and cola are fewest.
  const auto pack = meals();
  const auto made = compiled(pack);
  const Reader file(made.image);
  const auto products = file.table<image::Product>(image::kProducts);
  const auto postings = file.table<image::Posting>(image::kPostings);
  for (std::size_t p = 0; p < products.size(); ++p) {
    const std::string key = file.text(products[p].key);
    INFO(key);
    const bool needed = key == "sku:BURGER" || key == "sku:CHEESE" || key == "sku:COLA";
    CHECK((postings[p].count == 1) == needed);
  }
  const auto swaps = compiled(upsell());
  const Reader other(swaps.image);
  const auto rules = other.table<image::Rule>(image::kRules);
  CHECK(rules[0].moments == 1);
  const auto from = other.table<image::Set>(image::kSets).at(rules[0].detail);
  CHECK(from.end - from.first == 1);
  auto anywhere = upsell();
  anywhere.rules[0].when = all({bits(Type::moment, 7)});
  CHECK(Reader(compiled(anywhere).image).table<image::Rule>(image::kRules)[0].moments == 3);
  std::size_t posted = 0;
  for (const auto& posting : other.table<image::Posting>(image::kPostings)) posted += posting.count;
  CHECK(posted == 1);
}
