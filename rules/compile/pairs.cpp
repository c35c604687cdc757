#include "rules/compile/pairs.hpp"

#include "rules/compile/bundles.hpp"

#include <map>
#include <set>

namespace sidedish::compile {

bool is_asked(const model::Rule& rule, const model::OfferSpec& pair) {
  if (rule.kind != Kind::also_bought || pair.approved) return true;
  return rule.bar && pair.together >= rule.bar->together &&
         pair.together * 100 >= pair.of * rule.bar->percent;
}

model::Condition condition_of(const model::Rule& rule) {
  if (rule.kind != Kind::also_bought) return rule.when;
  std::set<std::string> givens;
  for (const auto& pair : rule.offers) {
    if (is_asked(rule, pair)) givens.insert(pair.given);
  }
  model::Condition given;
  given.type = model::Condition::Type::has;
  given.pointer = "/pairs";
  given.select.items.assign(givens.begin(), givens.end());
  if (is_always(rule.when)) return given;
  model::Condition both;
  both.pointer = rule.when.pointer;
  both.children = {rule.when, std::move(given)};
  return both;
}

void check_pairs(const Names& names, const model::Rule& rule, const std::string& pointer,
                 Findings& out) {
  std::map<std::string_view, std::set<std::string_view>> seen;
  for (std::size_t k = 0; k < rule.offers.size(); ++k) {
    const model::OfferSpec& pair = rule.offers[k];
    const std::string place = at(pointer + "/pairs", k);
    if (names.product(std::string_view(pair.given)) == image::kNone) {
      out.add("not-in-catalogue", rule.id, place + "/given",
              "expected a product of the catalogue, found " + pair.given);
    }
    if (pair.given == pair.product) {
      out.add("offer-is-trigger", rule.id, place + "/product",
              "expected another product than given, found it again");
    }
    if (pair.of < 1 || pair.together < 0 || pair.together > pair.of) {
      out.add("out-of-range", rule.id, place + "/together",
              "expected 0 to " + std::to_string(pair.of) + " (of), found " +
                  std::to_string(pair.together));
    }
    auto& products = seen[pair.given];
    if (!products.insert(pair.product).second) {
      out.add("twice", rule.id, place,
              "expected each pair once, found " + pair.given + " with " + pair.product + " again");
    }
    if (products.size() == kMostPairsOfOne + 1) {
      out.add("too-many", rule.id, place,
              "expected at most " + std::to_string(kMostPairsOfOne) + " pairs with " + pair.given);
    }
  }
}

}  // namespace sidedish::compile
