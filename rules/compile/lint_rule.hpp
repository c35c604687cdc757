#pragma once
// What lint() sees in a single rule.
#include "rules/base/clock.hpp"
#include "rules/compile/findings.hpp"
#include "rules/compile/names.hpp"

#include <unordered_set>

namespace sidedish::compile {

struct LintScene {
  const Names& names;
  UtcMs now = 0;
  std::uint32_t capabilities = 0;                 ///< of all hosts together
  std::unordered_set<std::uint32_t> never_offer;  ///< products of settings.never_offer
  std::unordered_set<std::uint32_t> restricted;   ///< on lists that hold in every store

  /// Whether no guard of the catalogue or the settings keeps the product from ever being offered.
  bool can_offer(std::uint32_t product) const {
    const model::Product& p = names.product(product);
    return p.stock != Stock::out && !p.hidden && !p.restricted && !never_offer.contains(product) &&
           !restricted.contains(product);
  }
};

/// `rule` is enabled and stands at `pointer`.
void lint_rule(const LintScene& scene, const model::Rule& rule, const std::string& pointer,
               Findings& out);

/// The best score of the rule's offers in micro-minor units; INT64_MIN without one.
std::int64_t best_score(const Names& names, const model::Rule& rule);

}  // namespace sidedish::compile
