// What rules and products may cost in an image. The packs have the shape of the neutral workload that
// rule matchers are compared with (tests/bench/peer): 20,000 products in 200 categories; half of the
// item conditions name one product, a third two to five, the rest six to twenty; 40 % of the rules
// have one condition, 40 % two, 20 % three. Sparse: few categories, and some 850 products that rules
// are about, all alike (so many the workload's own generator draws; with all 20,000 it is 152 bytes,
// 8 of them for each product that only one rule names).
#include "rules/compile/sizes.hpp"

#include "rules/image/image.hpp"
#include "tests/rules/compile/packs.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <random>

using namespace sidedish;

namespace {

constexpr std::uint32_t kProducts = 20'000;
constexpr std::uint32_t kCategories = 200;

class Dice {
 public:
  std::uint32_t operator()(std::uint32_t below) {
    return static_cast<std::uint32_t>(random_() % below);
  }

 private:
  std::mt19937_64 random_{20'240'607};
};

std::string key(std::uint32_t product) {
  char text[16];
  std::snprintf(text, sizeof text, "sku:%05u", product);
  return text;
}

class Shape {
 public:
  Shape(std::uint32_t rules, bool sparse) : sparse_(sparse) {
    pack_.id = "shape";
    pack_.version = 1;
    pack_.currency = *currency("EUR");
    pack_.languages = {"en"};
    pack_.stores.push_back({"mitte", "Mitte", "Europe/Berlin", "", {}, {}});
    model::Catalogue catalogue;
    catalogue.currency = pack_.currency;
    for (std::uint32_t c = 0; c < kCategories; ++c) {
      catalogue.categories.push_back({category(c), {{"en", category(c)}}, ""});
    }
    for (std::uint32_t p = 0; p < kProducts; ++p) {
      catalogue.products.push_back(packs::product(key(p), category(dice_(kCategories)),
                                                  static_cast<Minor>(49 + dice_(900))));
    }
    pack_.catalogue = std::move(catalogue);
    for (std::uint32_t r = 0; r < rules; ++r) rule(r);
  }
  const model::Pack& pack() const { return pack_; }

 private:
  static std::string category(std::uint32_t c) { return "category-" + std::to_string(c); }
  // Popular ones are written about more, unless the pack is sparse: density falls as 1 / sqrt(rank).
  std::uint32_t some() {
    if (sparse_) return dice_(850) * 23;
    const double share = dice_(1'000'000) / 1e6;
    return static_cast<std::uint32_t>(share * share * kProducts);
  }
  model::Condition items() {
    const std::uint32_t p = dice_(100);
    const std::uint32_t wanted = p < 50 ? 1 : p < 85 ? 2 + dice_(4) : 6 + dice_(15);
    std::vector<std::string> keys;
    while (keys.size() < wanted) {
      const std::string one = key(some());
      if (std::find(keys.begin(), keys.end(), one) == keys.end()) keys.push_back(one);
    }
    return packs::has_items(std::move(keys));
  }
  model::Condition place() { return packs::has_category(category(dice_(kCategories))); }
  model::Condition context(std::uint32_t kind) {
    if (kind == 0) return packs::total(500 * (1 + static_cast<std::int64_t>(dice_(30))));
    model::Condition c;
    c.pointer = "/when";
    if (kind == 1) {
      c.type = model::Condition::Type::daypart;
      c.daypart = {static_cast<int>(360 + 60 * dice_(8)), static_cast<int>(900 + 60 * dice_(8))};
    } else {
      c.type = model::Condition::Type::fact;
      c.fact = "segment";
      const std::int64_t segment = 1 + static_cast<std::int64_t>(dice_(7));
      c.range = {segment, segment};
    }
    return c;
  }
  void rule(std::uint32_t number) {
    const std::uint32_t p = dice_(100);
    const std::size_t wanted = p < 40 ? 1 : p < 80 ? 2 : 3;
    std::vector<model::Condition> parts;
    bool used[3] = {};
    if (dice_(100) == 0) {
      parts.push_back(context(0));
      used[0] = true;
    } else {
      parts.push_back(dice_(100) < (sparse_ ? 97U : 70U) ? items() : place());
    }
    while (parts.size() < wanted) {
      const std::uint32_t q = dice_(100);
      if (q < 50) {
        parts.push_back(q < (sparse_ ? 45U : 25U) ? items() : place());
        continue;
      }
      const std::uint32_t kind = q < 70 ? 0 : q < 85 ? 1 : 2;
      if (!used[kind]) parts.push_back(context(kind));
      used[kind] = true;
    }
    // What a rule looks for it does not offer.
    std::string offer = key(some());
    const auto looks_for = [&](const model::Condition& c) {
      return std::count(c.select.items.begin(), c.select.items.end(), offer) != 0;
    };
    while (std::any_of(parts.begin(), parts.end(), looks_for)) offer = key(some());
    model::Rule rule =
        packs::rule("r" + std::to_string(number), packs::all(std::move(parts)), {offer});
    rule.extra_adds_per_1000 = static_cast<int>(1 + dice_(200));
    pack_.rules.push_back(std::move(rule));
  }

  bool sparse_;
  Dice dice_;
  model::Pack pack_;
};

}  // namespace

// Seen to fail: sparse packs, while conditions gave the number of a set a word of its own.
TEST_CASE("sizes: a rule takes at most 150 bytes of index, a product's record at most 64") {
  CHECK(sizeof(image::Product) <= 64);
  for (const bool sparse : {false, true}) {
    for (const std::uint32_t rules : {4'000U, 12'000U}) {
      const compile::Compiled made = packs::compiled(Shape(rules, sparse).pack());
      INFO((made.errors.empty() ? "" : made.errors[0].id + ": " + made.errors[0].message));
      REQUIRE(made.errors.empty());
      const auto image = image::Image::open(made.image);
      REQUIRE(image);
      const compile::Sizes sizes = compile::sizes_of(*image);
      CAPTURE(sparse, rules);
      CHECK(sizes.a_rule(*image) <= 150);
      std::cout << rules << (sparse ? " sparse" : "") << " rules: " << sizes.a_rule(*image)
                << " bytes of index each\n";
      // Nothing is forgotten: the parts are the file, but for its head, its directory and padding.
      const std::size_t sum =
          sizes.index + sizes.offers + sizes.texts + sizes.products + sizes.rest;
      const std::size_t head =
          sizeof(image::Header) + image::kTableCount * sizeof(image::Directory);
      CHECK(sum + head <= made.image.size());
      CHECK(sum + head + image::kTableCount * 7 >= made.image.size());
    }
  }
}
