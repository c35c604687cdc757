#include "tests/bench/peer/pack.hpp"

#include "rules/compile/compile.hpp"

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

namespace sidedish::bench {
namespace {

using model::Condition;

std::string padded(const char* prefix, std::uint32_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "%s%06u", prefix, number);
  return text;
}

Condition leaf(Condition::Type type) {
  Condition c;
  c.type = type;
  c.pointer = "/when";
  return c;
}

Condition condition(const Test& test) {
  switch (test.type) {
    case Test::Type::sku: {
      Condition c = leaf(Condition::Type::has);
      for (const std::uint32_t sku : test.any) c.select.items.push_back(sku_key(sku));
      return c;
    }
    case Test::Type::category: {
      Condition c = leaf(Condition::Type::has);
      c.select.category = padded("c", test.any.front());
      return c;
    }
    case Test::Type::total: {
      Condition c = leaf(Condition::Type::total);
      c.range.min = test.from;
      return c;
    }
    case Test::Type::minute: {
      Condition c = leaf(Condition::Type::daypart);
      c.daypart = {test.from, test.to};
      return c;
    }
    case Test::Type::segment:
      break;
  }
  Condition c = leaf(Condition::Type::fact);
  c.fact = "segment";
  c.range = {test.from, test.from};
  return c;
}

// Score s becomes the s-th number that is (price up to 4.90) x (adds in 1,000): larger stays
// larger, equal stays equal.
struct Worth {
  Minor price;
  int adds;
};
std::vector<Worth> worths(std::size_t count) {
  std::vector<Worth> out{{0, 0}};
  for (std::int64_t value = 1; out.size() <= count; ++value) {
    for (Minor price = 1; price <= 490; ++price) {
      if (value % price != 0 || value / price > 1000) continue;
      out.push_back({price, static_cast<int>(value / price)});
      break;
    }
  }
  return out;
}

std::vector<std::byte> zone_file(std::string_view zone) {
  std::ifstream in("/usr/share/zoneinfo/" + std::string(zone), std::ios::binary);
  std::vector<std::byte> out;
  for (std::istreambuf_iterator<char> at(in), end; at != end; ++at) {
    out.push_back(static_cast<std::byte>(*at));
  }
  return out;
}

}  // namespace

std::string sku_key(std::uint32_t sku) { return "sku:" + std::to_string(sku); }

model::Pack make_pack(const Workload& work, bool explicit_lacks) {
  model::Pack pack;
  pack.id = "rule-peers";
  pack.version = 1;
  pack.currency = *currency("EUR");
  pack.languages = {"en"};
  pack.stores.push_back({"store", "Store", "UTC", "", {}, {}});
  pack.settings.objective = model::Objective::revenue;
  pack.settings.global_holdout_percent = 0;
  pack.settings.holdout_percent = 0;
  pack.settings.kiosk_prompts = 3;
  pack.settings.spend_jump_percent = 1000;
  pack.settings.exploration_percent = 0;
  model::Catalogue catalogue;
  catalogue.currency = pack.currency;
  const auto add_product = [&](std::string key, std::string category, Minor price) {
    model::Product product;
    product.name["en"] = "Product " + key;
    product.key = std::move(key);
    product.category = std::move(category);
    product.price = price;
    catalogue.products.push_back(std::move(product));
  };
  const auto add_category = [&](const std::string& id) {
    catalogue.categories.push_back({id, {{"en", id}}, ""});
  };
  std::set<std::uint32_t> categories;
  for (const Sku& sku : work.skus) {
    categories.insert(sku.category);
    add_product(sku_key(sku.number), padded("c", sku.category), sku.cents);
  }
  for (const std::uint32_t category : categories) add_category(padded("c", category));
  const std::vector<Worth> worth = worths(10'000);
  for (const RuleLine& line : work.rules) {
    const Worth& w = worth.at(static_cast<std::size_t>(line.score));
    const std::string offer = padded("offer:", line.number);
    add_category(padded("o", line.number));
    add_product(offer, padded("o", line.number), w.price);
    catalogue.products.back().substitutes = {sku_key(line.suggest)};
    model::Rule rule;
    rule.id = padded("r", line.number);
    rule.name = rule.id;
    for (const Test& test : line.tests) rule.when.children.push_back(condition(test));
    if (explicit_lacks) {
      rule.when.children.push_back(leaf(Condition::Type::lacks));
      rule.when.children.back().select.items = {sku_key(line.suggest)};
    }
    rule.when.pointer = "/when";
    rule.offers.push_back({offer, std::nullopt});
    rule.extra_adds_per_1000 = w.adds;
    rule.text["en"] = {"Something else?", ""};
    pack.rules.push_back(std::move(rule));
  }
  pack.catalogue = std::move(catalogue);
  return pack;
}

std::vector<std::byte> make_image(const model::Pack& pack) {
  compile::Options options;
  options.time_begin = 1'767'225'600'000;  // 2026-01-01
  compile::Compiled made = compile::compile(pack, *pack.catalogue, zone_file, options);
  if (!made.errors.empty()) {
    const model::Finding& first = made.errors.front();
    throw std::runtime_error(first.id + " " + first.pointer + ": " + first.message);
  }
  return std::move(made.image);
}

std::uint32_t number_of(std::string_view rule_id) {
  std::uint32_t number = 0;
  std::from_chars(rule_id.data() + 1, rule_id.data() + rule_id.size(), number);
  return number;
}

}  // namespace sidedish::bench
