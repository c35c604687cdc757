#pragma once
// An invented shop for measuring: packs, sales and one till's calls. The same arguments give the same.
#include "rules/engine/decide.hpp"
#include "tests/support/image_builder.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <set>

namespace sidedish::bench {

using namespace sidedish::testing;

inline constexpr std::uint32_t kProducts = 20'000;
inline constexpr std::uint32_t kCategories = 200;
inline constexpr std::uint32_t kPerCategory = kProducts / kCategories;
inline constexpr std::size_t kCalls = 2'000;

class Dice {
 public:
  std::uint64_t operator()(std::uint64_t below) { return random_() % below; }
  /// Some products sell much more than others: the smallest of three draws.
  std::uint32_t product() {
    return static_cast<std::uint32_t>(
        std::min({(*this)(kProducts), (*this)(kProducts), (*this)(kProducts)}) * 7919 % kProducts);
  }

 private:
  std::mt19937_64 random_{20261121};
};

inline Cond condition(Dice& dice, ImageBuilder& b) {
  switch (dice(4)) {
    case 0:
      return has(b.set({dice.product()}));
    case 1:
      return has(static_cast<std::uint32_t>(dice(kCategories)));  // the first sets
    case 2:
      return leaf(image::Op::total, static_cast<std::int64_t>(dice(6000)), image::kNoMax);
    default:
      return leaf(image::Op::daypart, static_cast<std::int64_t>(dice(720)),
                  static_cast<std::int64_t>(720 + dice(720)));
  }
}

inline ImageBuilder::Bytes pack(std::int64_t rules) {
  Dice dice;
  ImageBuilder b;
  for (std::uint32_t c = 0; c < kCategories; ++c) {
    b.categories.emplace_back(c * kPerCategory, (c + 1) * kPerCategory);
    std::vector<std::uint32_t> members;
    for (std::uint32_t p = c * kPerCategory; p < (c + 1) * kPerCategory; ++p) members.push_back(p);
    b.set(members);
  }
  for (std::uint32_t p = 0; p < kProducts; ++p) {
    b.products.push_back({"sku:" + std::to_string(p),
                          static_cast<std::int64_t>(50 + dice(900)),
                          p / kPerCategory,
                          {},
                          0});
  }
  b.settings.score_floor = 1;
  std::set<std::uint32_t> stables;
  for (std::int64_t i = 0; std::ssize(b.rules) < rules; ++i) {
    const std::string id = "rule-" + std::to_string(i);
    if (!stables.insert(stable_id(id)).second) continue;
    std::vector<Cond> parts;
    if (dice(5) != 0)
      parts.push_back(has(dice(2) == 0 ? static_cast<std::uint32_t>(dice(kCategories))
                                       : b.set({dice.product()})));
    for (std::uint64_t n = 1 + dice(2); n > 0; --n) parts.push_back(condition(dice, b));
    b.rules.push_back({id,
                       all(std::move(parts)),
                       {{dice.product(), static_cast<std::int64_t>(1 + dice(100'000'000))}},
                       rule_defaults()});
  }
  return b.build();
}

struct Sale {
  std::vector<engine::Item> items;
  Minor total;
};

inline std::vector<Sale> sales(std::int64_t lines) {
  Dice dice;
  std::vector<Sale> out(kCalls);
  for (Sale& sale : out) {
    std::set<std::uint32_t> products;
    while (std::ssize(products) < lines) products.insert(dice.product());
    sale.total = 0;
    for (const auto p : products) {
      const auto value = static_cast<Minor>(50 + dice(900));
      sale.items.push_back({p, p + 1, kOne, value});
      sale.total += value;
    }
  }
  return out;
}

struct Run {
  explicit Run(ImageBuilder::Bytes made) : bytes(std::move(made)) {
    auto opened = image::Image::open(bytes.span());
    if (!opened) {
      std::fprintf(stderr, "%s\n", std::string(opened.error().text()).c_str());
      std::abort();
    }
    image = *opened;
    scratch.resize(engine::scratch_bytes(image) / 8 + 1);
    context.now = 1'795'435'200'000;
    context.capabilities = kCanAdd;
    context.looking_at = image::kNone;
    std::memcpy(context.currency, "EUR", 4);
    fresh = {engine::open_basket(1, context.now), engine::open_lane()};
  }
  const engine::Decision& call(const Sale& sale) {
    memory = fresh;
    engine::decide(image, {}, context,
                   {sale.items, sale.total, static_cast<std::uint32_t>(sale.items.size()), 0}, true,
                   memory, std::as_writable_bytes(std::span(scratch)), decision);
    return decision;
  }
  ImageBuilder::Bytes bytes;
  image::Image image;
  engine::Context context{};
  engine::Memory fresh{};
  engine::Memory memory{};
  engine::Decision decision{};
  std::vector<std::uint64_t> scratch;
};

}  // namespace sidedish::bench
