// Random packs: what is posted where, held against a definition written down a second time.
#include "packs.hpp"
#include "rules/base/hash.hpp"
#include "rules/image/image.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

using namespace packs;

namespace {

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }

 private:
  std::mt19937 random_;
};

Condition leaf(Dice& dice, std::size_t products, std::size_t categories) {
  switch (dice.below(6)) {
    case 0:
      return has_category("c" + std::to_string(dice.below(categories)));
    case 1:
      return has_tag("t" + std::to_string(dice.below(3)));
    case 2:
      return total(static_cast<std::int64_t>(dice.below(1000)));
    case 3:
      return has_category("c" + std::to_string(dice.below(categories)), Type::lacks);
    default: {
      std::vector<std::string> items;
      for (std::size_t i = 0, n = 1 + dice.below(80); i < n; ++i) {
        items.push_back("sku:" + std::to_string(dice.below(products)));
      }
      return has_items(std::move(items));
    }
  }
}

Condition tree(Dice& dice, std::size_t products, std::size_t categories, int depth) {
  if (depth == 0 || dice.below(3) == 0) return leaf(dice, products, categories);
  std::vector<Condition> children;
  for (std::size_t i = 0, n = 1 + dice.below(4); i < n; ++i) {
    children.push_back(tree(dice, products, categories, depth - 1));
  }
  const Type types[] = {Type::all, Type::all, Type::any, Type::none};
  return all(std::move(children), types[dice.below(4)]);
}

model::Pack random_pack(Dice& dice) {
  model::Pack pack = burgers();
  model::Catalogue& c = *pack.catalogue;
  c.categories.clear();
  c.products.clear();
  pack.rules.clear();
  const std::size_t categories = 1 + dice.below(12);
  const std::size_t products = 3 + dice.below(300);
  for (std::size_t i = 0; i < categories; ++i) {
    c.categories.push_back({"c" + std::to_string(i),
                            {{"en", "C"}},
                            i > 0 && dice.below(3) > 0 ? "c" + std::to_string(dice.below(i)) : ""});
  }
  for (std::size_t i = 0; i < products; ++i) {
    auto p = product("sku:" + std::to_string(i), "c" + std::to_string(dice.below(categories)),
                     static_cast<Minor>(1 + dice.below(900)));
    for (std::size_t t = 0; t < 3; ++t) {
      if (i < 3 || dice.below(3) == 0) p.tags.push_back("t" + std::to_string(t));
    }
    c.products.push_back(std::move(p));
  }
  std::shuffle(c.products.begin(), c.products.end(), std::mt19937(7));
  for (std::size_t i = 0, n = dice.below(40); i < n; ++i) {
    auto r = rule("r" + std::to_string(i), tree(dice, products, categories, 3),
                  {"sku:" + std::to_string(dice.below(products))});
    r.enabled = dice.below(10) != 0;
    pack.rules.push_back(std::move(r));
  }
  return pack;
}

/// The anchor of the image's README, on keys; nothing = none.
using Keys = std::set<std::string>;
std::optional<Keys> anchor(const Condition& c, const model::Catalogue& catalogue, bool& category) {
  category = false;
  if (c.type == Type::has) {
    Keys out(c.select.items.begin(), c.select.items.end());
    std::map<std::string, std::string> parents;
    for (const auto& k : catalogue.categories) parents[k.id] = k.parent;
    for (const auto& p : catalogue.products) {
      for (std::string k = p.category; !k.empty(); k = parents[k]) {
        if (k == c.select.category) out.insert(p.key);
      }
      if (std::ranges::count(p.tags, c.select.tag) > 0) out.insert(p.key);
    }
    category = !c.select.category.empty();
    return out;
  }
  if (c.type == Type::all) {
    std::optional<Keys> best;
    for (const auto& child : c.children) {
      bool child_category = false;
      auto next = anchor(child, catalogue, child_category);
      if (next && (!best || next->size() < best->size())) {
        best = std::move(next);
        category = child_category;
      }
    }
    return best;
  }
  if (c.type == Type::any) {
    Keys out;
    for (const auto& child : c.children) {
      bool child_category = false;
      const auto next = anchor(child, catalogue, child_category);
      if (!next) return std::nullopt;
      out.insert(next->begin(), next->end());
      category = c.children.size() == 1 && child_category;
    }
    return out;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("compile: random packs open, and every rule is posted exactly where the README says") {
  const std::uint32_t seed = std::random_device{}();
  INFO("seed " << seed);
  Dice dice(seed);
  std::size_t groups_seen = 0;
  for (int round = 0; round < 60; ++round) {
    const model::Pack pack = random_pack(dice);
    auto out = compiled(pack);
    for (const auto& e : out.errors) UNSCOPED_INFO(e.id << ' ' << e.pointer << ' ' << e.message);
    if (!out.errors.empty()) {
      // A rule whose only trigger is its own offer: the one mistake this generator can make.
      for (const auto& e : out.errors) REQUIRE(e.message.find("only product") != e.message.npos);
      continue;
    }
    const auto opened = image::Image::open(out.image);
    if (!opened) INFO(opened.error().text());
    REQUIRE(opened);
    const image::Image& image = *opened;
    const auto products = image.products();
    const auto indices = image.indices();
    const auto& settings = image.settings();
    REQUIRE(image.postings().size() == products.size() + settings.groups + 1);
    REQUIRE(settings.context_rules == products.size() + settings.groups);
    groups_seen += settings.groups;

    // token -> rules, as stored; and the products of each group.
    std::map<std::string, std::set<std::string>> by_product;  // rule -> keys it is posted under
    std::map<std::string, std::set<std::size_t>> by_group;
    std::set<std::string> context;
    for (std::size_t t = 0; t < image.postings().size(); ++t) {
      const auto& posting = image.postings()[t];
      for (std::uint32_t i = 0; i < posting.count; ++i) {
        const std::uint32_t r = indices[posting.rules + i];
        if (i > 0) CHECK(indices[posting.rules + i - 1] < r);
        const std::string id(image.text(image.rules()[r].id));
        if (t < products.size()) {
          by_product[id].emplace(image.text(products[t].key));
        } else if (t < settings.context_rules) {
          by_group[id].insert(t - products.size());
        } else {
          context.insert(id);
        }
      }
    }
    std::map<std::size_t, Keys> group_products;
    for (std::size_t p = 0; p < products.size(); ++p) {
      const std::uint32_t at = image.postings()[p].groups;
      for (std::uint32_t g = 0; at != image::kNone && g < indices[at]; ++g) {
        group_products[indices[at + 1 + g]].emplace(image.text(products[p].key));
      }
    }

    for (const auto& rule : pack.rules) {
      bool category = false;
      const auto expected = anchor(rule.when, *pack.catalogue, category);
      INFO(rule.id);
      if (!rule.enabled || (expected && expected->empty())) {
        CHECK(!by_product.contains(rule.id));
        CHECK(!by_group.contains(rule.id));
        CHECK(!context.contains(rule.id));
      } else if (!expected) {
        CHECK(context.contains(rule.id));
        CHECK(!by_product.contains(rule.id));
        CHECK(!by_group.contains(rule.id));
      } else {
        CHECK(!context.contains(rule.id));
        const bool small = !category && expected->size() <= 64;
        CHECK(by_product.contains(rule.id) == small);
        REQUIRE(by_group.contains(rule.id) == !small);
        if (small) CHECK(by_product[rule.id] == *expected);
        if (!small) {
          REQUIRE(by_group[rule.id].size() == 1);
          CHECK(group_products[*by_group[rule.id].begin()] == *expected);
        }
      }
    }
    for (std::size_t i = 1; i < image.rules().size(); ++i) {
      const auto& a = image.rules()[i - 1];
      const auto& b = image.rules()[i];
      const auto above = image.gates()[i - 1].bound;
      const auto bound = image.gates()[i].bound;
      CHECK((above > bound || (above == bound && image.text(a.id) < image.text(b.id))));
    }
    for (const auto& rule : pack.rules) {
      const auto found = image.find_rule(stable_id(rule.id));
      REQUIRE(found != image::kNone);
      CHECK(image.text(image.rules()[found].id) == rule.id);
    }

    auto shuffled = pack;
    std::mt19937 order(seed);
    std::ranges::shuffle(shuffled.catalogue->products, order);
    std::ranges::shuffle(shuffled.catalogue->categories, order);
    std::ranges::shuffle(shuffled.rules, order);
    CHECK(compiled(shuffled).image == out.image);
  }
  CHECK(groups_seen > 0);
}
