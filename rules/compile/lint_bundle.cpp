#include "rules/compile/lint_bundle.hpp"

#include "rules/compile/bundles.hpp"
#include "rules/compile/score.hpp"

#include <algorithm>

namespace sidedish::compile {
namespace {

using Type = model::Condition::Type;

/// The selections of which nothing may be in the basket, as far as the condition's `all`s say.
void absent(const model::Condition& c, std::vector<const model::Select*>& out) {
  if (c.type == Type::lacks) out.push_back(&c.select);
  if (c.type != Type::all) return;
  for (const auto& child : c.children) absent(child, out);
}

class BundleLint {
 public:
  BundleLint(const LintScene& scene, const model::Rule& rule, const std::string& pointer,
             Findings& out)
      : scene_(scene), names_(scene.names), rule_(rule), pointer_(pointer), out_(out) {}

  void run() {
    const model::Bundle& bundle = rule_.bundle;
    const std::vector<SlotPlan> slots = plan_slots(names_, bundle);
    int offered = 0;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const SlotPlan& plan = slots[i];
      std::size_t sold = 0;
      std::size_t offerable = 0;
      for_each(plan.members, [&](std::uint32_t p) {
        const model::Product& product = names_.product(p);
        if (product.stock == Stock::out) return;
        ++sold;
        if (scene_.can_offer(p)) ++offerable;
      });
      if (sold == 0 && plan.slot->min > 0) {
        tell("out-of-stock", at("/bundle/slots", i), "every product of this slot is out of stock");
      }
      if (plan.slot->min > 0 && offerable > 0) ++offered;
    }
    if (!bundle.worth && offered == 0) {
      tell("never-speaks", "/bundle/slots",
           "none of its parts can be offered today, and complete ones are not converted: it never "
           "speaks");
    }
    const std::int64_t gain =
        std::max(bundle.missing > 0 ? most_gain(names_, bundle) : 0, bundle.worth.value_or(0));
    const auto score = score_of(static_cast<std::uint32_t>(rule_.extra_adds_per_1000) * 1000U, gain,
                                rule_.priority);
    if (score && *score < names_.pack.settings.score_floor * 1'000'000) {
      tell("below-score-floor", "",
           "its best offer is worth less than the score floor: it never speaks");
    }
    forbidden(slots);
  }

 private:
  void tell(std::string_view code, const std::string& pointer, std::string message) {
    out_.add(code, rule_.id, pointer_ + pointer, std::move(message));
  }

  /// Parts that the conditions want absent can only be those that are missing.
  void forbidden(const std::vector<SlotPlan>& slots) {
    std::vector<const model::Select*> selects;
    absent(rule_.when, selects);
    std::vector<std::uint32_t> gone;
    for (const model::Select* select : selects) {
      std::vector<std::uint32_t> own;
      for_each(names_.members(*select, own), [&](std::uint32_t p) { gone.push_back(p); });
    }
    std::sort(gone.begin(), gone.end());
    int units = 0;
    for (const SlotPlan& plan : slots) {
      bool all = true;
      for_each(plan.members, [&](std::uint32_t p) {
        all = all && std::binary_search(gone.begin(), gone.end(), p);
      });
      if (all) units += plan.slot->min;
    }
    if (units > rule_.bundle.missing) {
      tell("never-speaks", "/when",
           "its conditions want " + std::to_string(units) + " of its parts absent, and only " +
               std::to_string(rule_.bundle.missing) + " may be missing: it never speaks");
    } else if (units > 0 && rule_.bundle.worth) {
      tell("never-converts", "/when",
           "its conditions want a part of it absent: it never converts complete ones");
    }
  }

  const LintScene& scene_;
  const Names& names_;
  const model::Rule& rule_;
  const std::string& pointer_;
  Findings& out_;
};

}  // namespace

void lint_bundle(const LintScene& scene, const model::Rule& rule, const std::string& pointer,
                 Findings& out) {
  BundleLint(scene, rule, pointer, out).run();
}

}  // namespace sidedish::compile
