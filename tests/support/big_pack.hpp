#pragma once
// A chain's rule pack of any size: invented products in 50 categories, rules of one to three
// conditions with texts of their own in two languages. The same arguments give the same pack.
#include "tests/rules/compile/packs.hpp"

#include <cstdio>
#include <random>
#include <string>

namespace sidedish::test {

inline std::string big_key(std::uint32_t product) {
  char key[16];
  std::snprintf(key, sizeof key, "sku:%05u", product);
  return key;
}

inline model::Pack big_pack(std::uint32_t rules, std::uint32_t products) {
  std::mt19937 engine(20261121);
  const auto dice = [&](std::uint32_t below) {
    return static_cast<std::uint32_t>(engine()) % below;
  };
  // A few products sell much more than most: the smallest of three draws.
  const auto some = [&] {
    return big_key(std::min({dice(products), dice(products), dice(products)}));
  };
  const auto category = [&] { return "category-" + std::to_string(dice(50)); };
  model::Pack pack;
  pack.id = "big";
  pack.version = 1;
  pack.currency = *currency("EUR");
  pack.languages = {"en", "de"};
  pack.stores.push_back({"mitte", "Berlin Mitte", "Europe/Berlin", "", {"city"}, {}});
  pack.settings.global_holdout_percent = 0;
  pack.settings.holdout_percent = 0;
  model::Catalogue catalogue;
  catalogue.currency = pack.currency;
  for (std::uint32_t c = 0; c < 50; ++c) {
    const std::string id = "category-" + std::to_string(c);
    catalogue.categories.push_back({id, {{"en", "Category " + id}, {"de", "Gruppe " + id}}, ""});
  }
  for (std::uint32_t p = 0; p < products; ++p) {
    model::Product product = packs::product(big_key(p), "category-" + std::to_string(p % 50),
                                            static_cast<Minor>(50 + dice(900)));
    product.name["de"] = "Artikel " + std::to_string(p);
    product.aliases = {"gtin:" + std::to_string(4'000'000'000'000 + p)};
    product.cost = product.price * 6 / 10;
    catalogue.products.push_back(std::move(product));
  }
  pack.catalogue = std::move(catalogue);
  for (std::uint32_t r = 0; r < rules; ++r) {
    std::vector<model::Condition> parts;
    parts.push_back(dice(2) == 0 ? packs::has_category(category())
                                 : packs::has_items({some(), some()}));
    if (dice(2) == 0) {
      parts.push_back(packs::has_category(category(), model::Condition::Type::lacks));
    }
    if (dice(2) == 0) parts.push_back(packs::total(static_cast<std::int64_t>(dice(6000))));
    model::Rule rule =
        packs::rule("rule-" + std::to_string(r), packs::all(std::move(parts)), {some(), some()});
    if (rule.offers[0].product == rule.offers[1].product) rule.offers.pop_back();
    rule.name = "Rule number " + std::to_string(r) + " of a large chain";
    rule.text["en"] = {"Shall it be no. " + std::to_string(r) + "?", "It goes well with the rest"};
    rule.text["de"] = {"Vielleicht Nr. " + std::to_string(r) + "?", "Passt gut zu dem da"};
    rule.extra_adds_per_1000 = static_cast<int>(1 + dice(200));
    pack.rules.push_back(std::move(rule));
  }
  return pack;
}

/// The image of big_pack(). Throws when the compiler finds something wrong with it.
inline std::vector<std::byte> big_image(std::uint32_t rules, std::uint32_t products) {
  compile::Compiled made = packs::compiled(big_pack(rules, products));
  if (!made.errors.empty()) {
    throw std::runtime_error(made.errors[0].id + made.errors[0].pointer + " " +
                             made.errors[0].message);
  }
  return std::move(made.image);
}

}  // namespace sidedish::test
