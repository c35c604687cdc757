// From the document to the shares of a bundle's price: currencies of 0, 2 and 3 decimals, prices with
// tax and without.
#include "packs.hpp"
#include "rules/engine/decide.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <map>

using namespace packs;

namespace {

/// A burger, fries and a cola at 711 minor units together; the fries are taxed otherwise.
model::Pack meal(const char* code, bool included) {
  model::Pack pack = burgers();
  pack.currency = *currency(code);
  pack.catalogue->currency = pack.currency;
  pack.prices_include_tax = included;
  pack.settings.assumed_margin_percent = 100;
  pack.settings.global_holdout_percent = 0;
  pack.settings.holdout_percent = 0;
  const std::map<std::string, std::string> classes{
      {"sku:BURGER", "full"}, {"sku:COLA", "full"}, {"sku:FRIES-M", "reduced"}};
  for (model::Product& p : pack.catalogue->products) {
    if (classes.contains(p.key)) p.tax_class = classes.at(p.key);
  }
  model::Rule& rule = pack.rules[0];
  rule.kind = Kind::bundle;
  rule.when = all({});
  rule.offers.clear();
  for (const char* item : {"sku:BURGER", "sku:FRIES-M", "sku:COLA"}) {
    rule.bundle.slots.push_back({item + 4, has_items({item}).select, 1, 1, {}});
  }
  rule.bundle.amount = 711;
  rule.bundle.missing = 0;
  rule.bundle.worth = 100;
  rule.complete_text["en"] = {"A meal", ""};
  return pack;
}

}  // namespace

// 711 over 590 and 250 of one class and 290 of another: 529 and 182, and within the first 372 and 157.
// Seen to fail: with one split over all lines, which gives 371, 183 and 157.
TEST_CASE("tax: a bundle's price is split over tax classes first, and then within each") {
  for (const char* code : {"JPY", "EUR", "KWD"}) {
    for (const bool included : {true, false}) {
      CAPTURE(code, included);
      const auto made = compiled(meal(code, included));
      for (const auto& e : made.errors) UNSCOPED_INFO(e.pointer << ": " << e.message);
      REQUIRE(made.errors.empty());
      std::vector<std::uint64_t> words(made.image.size() / 8);
      std::memcpy(words.data(), made.image.data(), made.image.size());
      const auto image = image::Image::open(std::as_bytes(std::span(words)));
      REQUIRE(image);
      CHECK(image->settings().exponent == currency(code)->exponent);
      engine::Context context{};
      context.now = image->settings().time_begin + 43'200'000;
      context.capabilities = kCanConvert;
      context.looking_at = image::kNone;
      context.taxed = included ? Taxed::included : Taxed::excluded;
      std::memcpy(context.currency, image->settings().currency, 4);
      std::vector<engine::Item> items;
      Minor total = 0;
      for (std::uint32_t p = 0; p < image->products().size(); ++p) {
        const std::string_view key = image->text(image->products()[p].key);
        if (key != "sku:BURGER" && key != "sku:FRIES-M" && key != "sku:COLA") continue;
        const Minor price = image->products()[p].price;
        items.push_back({p, image->products()[p].stable, kOne, price});
        total += price;
      }
      const engine::Basket basket{items, total, 3, 0};
      engine::Memory memory{engine::open_basket(1, context.now), engine::open_lane()};
      std::vector<std::uint64_t> scratch(engine::scratch_bytes(*image) / 8 + 1);
      engine::Decision d;
      engine::decide(*image, {}, context, basket, true, memory,
                     std::as_writable_bytes(std::span(scratch)), d);
      REQUIRE(d.prompt_count == 1);
      CHECK(d.prompts[0].price_effect == 711 - total);
      engine::Part parts[engine::kMaxParts];
      REQUIRE(engine::parts_of(*image, {}, context, basket, memory.basket.slots[0], parts) == 3);
      std::map<std::string_view, Minor> shares;
      for (int i = 0; i < 3; ++i) {
        shares[image->text(image->products()[parts[i].product].key)] = parts[i].price;
      }
      CHECK(shares == std::map<std::string_view, Minor>{
                          {"sku:BURGER", 372}, {"sku:COLA", 157}, {"sku:FRIES-M", 182}});
      // In the other convention nothing is compared, and nothing said.
      context.taxed = included ? Taxed::excluded : Taxed::included;
      engine::Memory other{engine::open_basket(1, context.now), engine::open_lane()};
      engine::decide(*image, {}, context, basket, true, other,
                     std::as_writable_bytes(std::span(scratch)), d);
      CHECK(d.silence == Silence::currency);
    }
  }
}
