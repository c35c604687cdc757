#pragma once
// A grocer's chain in words, for measuring what is done to a whole pack: 500 categories in 20 groups,
// names in two languages, aliases, costs, allergens, and rules of all kinds. The same arguments give
// the same pack.
#include "rules/model/pack.hpp"

#include <array>
#include <fstream>
#include <iterator>
#include <random>
#include <set>

namespace sidedish::bench {

class Grocer {
 public:
  static model::Pack pack(std::uint32_t rules, std::uint32_t products) {
    return Grocer(products).make(rules);
  }

  static std::vector<std::byte> zone_file(std::string_view zone) {
    std::ifstream in("/usr/share/zoneinfo/" + std::string(zone), std::ios::binary);
    std::vector<std::byte> out;
    for (std::istreambuf_iterator<char> at(in), end; at != end; ++at) {
      out.push_back(static_cast<std::byte>(*at));
    }
    return out;
  }

 private:
  static constexpr std::uint32_t kGroups = 20;
  static constexpr std::uint32_t kCategories = 500;
  using Condition = model::Condition;
  using Type = Condition::Type;

  explicit Grocer(std::uint32_t products) : products_(products) {}

  std::uint32_t dice(std::size_t below) {
    return static_cast<std::uint32_t>(random_() % static_cast<std::uint64_t>(below));
  }
  template <std::size_t n>
  std::string one(const std::array<const char*, n>& words) {
    return words[dice(n)];
  }
  static std::string key(std::uint32_t product) {
    return "sku:" + std::to_string(100'000 + product);
  }
  std::string some_key() { return key(dice(products_)); }
  static std::string category(std::uint32_t c) { return "cat-" + std::to_string(c); }

  model::Product product(std::uint32_t p) {
    static constexpr std::array kMakers{"Alma", "Brook", "Cosima", "Dorn", "Elm", "Fjord"};
    static constexpr std::array kKinds{"crackers", "yoghurt",  "lentils",   "ketchup", "granola",
                                       "espresso", "pretzels", "oat drink", "salsa",   "napkins"};
    static constexpr std::array kArten{"Kräcker", "Joghurt",   "Linsen",  "Ketchup",
                                       "Knusper", "Espresso",  "Brezeln", "Haferdrink",
                                       "Salsa",   "Servietten"};
    const std::string maker = one(kMakers);
    const std::uint32_t kind = dice(kKinds.size());
    const std::string size = " " + std::to_string(50 + dice(20) * 50) + " g";
    model::Product out;
    out.key = key(p);
    out.name = {{"en", maker + " " + kKinds[kind] + size},
                {"de", maker + " " + kArten[kind] + size}};
    out.category = category(p % kCategories);
    out.price = 49 + static_cast<Minor>(dice(1500));
    out.cost = out.price / 2;
    out.aliases = {"gtin:" + std::to_string(4'000'000'000'000 + p * 17LL)};
    if (dice(10) == 0) out.substitutes = {some_key()};
    if (dice(4) != 0) out.allergens.emplace();
    if (dice(8) == 0) out.allergens = {"milk"};
    out.tax_class = dice(3) == 0 ? "standard" : "reduced";
    return out;
  }

  static Condition leaf(Type type) {
    Condition out;
    out.type = type;
    return out;
  }
  Condition has() {
    Condition out = leaf(Type::has);
    if (dice(3) == 0) {
      out.select.category = category(dice(kCategories));
    } else {
      std::set<std::string> items;
      for (std::uint32_t n = 1 + dice(4); items.size() < n;) items.insert(some_key());
      out.select.items.assign(items.begin(), items.end());
    }
    return out;
  }
  Condition more() {
    switch (dice(4)) {
      case 0: {
        Condition out = leaf(Type::total);
        out.range.min = 500 + static_cast<Minor>(dice(80)) * 100;
        return out;
      }
      case 1: {
        Condition out = leaf(Type::daypart);
        out.daypart = {static_cast<int>(dice(12)) * 60, 720 + static_cast<int>(dice(12)) * 60};
        return out;
      }
      case 2: {
        Condition out = leaf(Type::lines);
        out.range.min = 2 + dice(6);
        return out;
      }
      default:
        return has();
    }
  }

  model::Rule rule(std::uint32_t r) {
    static constexpr std::array kEnglish{"Something to go with it?", "And {offer}?", "{offer}?",
                                         "Goes well together"};
    static constexpr std::array kGerman{"Etwas dazu?", "Dazu {offer}?", "{offer}?",
                                        "Passt gut zusammen"};
    model::Rule out;
    out.id = "rule-" + std::to_string(r);
    out.name = "Rule number " + std::to_string(r);
    const std::uint32_t words = dice(kEnglish.size());
    out.text["en"] = {kEnglish[words], dice(2) == 0 ? "Often taken with it, {price} more" : ""};
    out.text["de"] = {kGerman[words], ""};
    out.extra_adds_per_1000 = 10 + static_cast<int>(dice(200));
    out.priority = 20 + static_cast<int>(dice(60));
    out.when = leaf(Type::all);
    out.when.children.push_back(has());
    for (std::uint32_t n = dice(3); n > 0; --n) out.when.children.push_back(more());
    std::set<std::string> offers;
    std::set<std::string> asked;
    for (const Condition& c : out.when.children) {
      asked.insert(c.select.items.begin(), c.select.items.end());
    }
    for (std::uint32_t n = 1 + dice(3); offers.size() < n;) {
      std::string offer = some_key();
      if (!asked.contains(offer)) offers.insert(std::move(offer));
    }
    for (const std::string& offer : offers) out.offers.push_back({offer, std::nullopt});
    return out;
  }

  model::Pack make(std::uint32_t rules) {
    model::Pack pack;
    pack.id = "grocer";
    pack.version = 1;
    pack.currency = *currency("EUR");
    pack.languages = {"en", "de"};
    pack.stores.push_back({"mitte", "Berlin Mitte", "Europe/Berlin", "de", {}, {}});
    pack.settings.spend_jump_percent = 1000;
    model::Catalogue& goods = pack.catalogue.emplace();
    goods.currency = pack.currency;
    for (std::uint32_t g = 0; g < kGroups; ++g) {
      const std::string id = "group-" + std::to_string(g);
      goods.categories.push_back({id, {{"en", "Group " + std::to_string(g)}}, ""});
    }
    for (std::uint32_t c = 0; c < kCategories; ++c) {
      goods.categories.push_back({category(c),
                                  {{"en", "Category " + std::to_string(c)}},
                                  "group-" + std::to_string(c % kGroups)});
    }
    for (std::uint32_t p = 0; p < products_; ++p) goods.products.push_back(product(p));
    for (std::uint32_t r = 0; r < rules; ++r) pack.rules.push_back(rule(r));
    return pack;
  }

  std::uint32_t products_;
  std::mt19937_64 random_{20261121};
};

}  // namespace sidedish::bench
