// What makes a bundle or a swap unusable.
#include "rules/compile/bundles.hpp"
#include "rules/compile/check_parts.hpp"
#include "rules/compile/score.hpp"

#include <algorithm>
#include <set>

namespace sidedish::compile {
namespace {

class BundleCheck {
 public:
  BundleCheck(const Names& names, const model::Rule& rule, std::string pointer, Findings& out)
      : names_(names), rule_(rule), b_(rule.bundle), pointer_(std::move(pointer)), out_(out) {}

  void run() {
    numbers();
    bool filled = !b_.slots.empty();
    std::set<std::string_view> ids;
    const std::vector<SlotPlan> slots = plan_slots(names_, b_);
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const std::string pointer = at("/slots", i);
      if (!ids.insert(slots[i].slot->id).second) {
        add("twice", pointer + "/id",
            "expected each slot id once, found " + slots[i].slot->id + " again");
      }
      filled &= slot(slots[i], pointer);
    }
    if (filled) money();
  }

 private:
  void add(std::string_view code, const std::string& pointer, std::string message) {
    out_.add(code, rule_.id, pointer_ + "/bundle" + pointer, std::move(message));
  }

  void numbers() {
    const auto between = [&](std::int64_t value, std::int64_t least, std::int64_t most,
                             const char* name) {
      check_between(value, least, most, rule_.id, pointer_ + "/bundle" + name, out_);
    };
    between(static_cast<std::int64_t>(b_.slots.size()), 1, image::kMaxSlots, "/slots");
    between(b_.times, 1, image::kMaxTimes, "/times");
    between(b_.missing, 0, image::kMaxMissing, "/missing");
    if (b_.how == model::BundlePrice::percent) {
      between(b_.amount, 1, 100, "/discount_percent");
    } else {
      between(b_.amount, 0, kMaxAmount,
              b_.how == model::BundlePrice::price ? "/price" : "/discount");
    }
    if (b_.worth) between(*b_.worth, 0, kMaxAmount, "/complete/worth");
    int most = 0;
    for (const auto& slot : b_.slots) most += slot.max;
    if (most > static_cast<int>(image::kMaxBundleUnits)) {
      add("too-many", "/slots",
          "expected at most 8 units in all slots, found " + std::to_string(most));
    }
    if (units_of(b_) <= b_.missing) {
      add("too-many-missing", "/missing",
          "expected fewer than the " + std::to_string(units_of(b_)) +
              " units that the slots need: something must be there already");
    }
    if (b_.missing == 0 && !b_.worth) {
      add("never-speaks", "",
          "expected missing above 0 or complete, found neither: it would never speak");
    }
    if (b_.worth.has_value() == rule_.complete_text.empty()) {
      out_.add("complete-text", rule_.id, pointer_ + "/complete_text",
               b_.worth ? "expected a text for complete bundles, found none"
                        : "expected a bundle with complete beside it: nobody would see this text");
    }
  }

  /// False when it cannot be filled.
  bool slot(const SlotPlan& plan, const std::string& pointer) {
    const model::BundleSlot& s = *plan.slot;
    if (s.min < 0 || s.max < 1 || s.min > s.max) {
      add("ends-before-start", pointer + "/count",
          "expected 0 <= min <= max and max above 0, found " + std::to_string(s.min) + " and " +
              std::to_string(s.max));
    }
    if (plan.members.size() == 0) {
      add("empty", pointer + "/choose", "expected products that may stand here, found none");
      return false;
    }
    if (plan.members.size() > image::kMaxChoices) {
      add("too-many", pointer + "/choose",
          "expected at most 512 products, found " + std::to_string(plan.members.size()));
    }
    if (!s.price_delta.empty() && b_.how != model::BundlePrice::price) {
      add("not-in-this-kind", pointer + "/price_delta",
          "expected none without a price: a discount knows no deltas");
    }
    std::set<std::uint32_t> seen;
    for (const auto& [key, delta] : s.price_delta) {
      const std::uint32_t product = names_.product(std::string_view(key));
      if (product != image::kNone && !seen.insert(product).second) {
        add("twice", pointer + "/price_delta/" + escape(key),
            "expected each product once, found " + key);
        continue;
      }
      bool inside = false;
      for_each(plan.members, [&](std::uint32_t p) { inside |= p == product; });
      if (!inside) {
        add("not-in-slot", pointer + "/price_delta/" + escape(key),
            "expected a product of this slot, found " + key);
      }
      check_between<Minor>(delta, 0, kMaxAmount, rule_.id,
                           pointer_ + "/bundle" + pointer + "/price_delta/" + escape(key), out_);
    }
    return true;
  }

  void money() {
    const BundleMoney sums = money_of(names_, b_);
    const std::string least = std::to_string(sums.least_sum);
    if (b_.how == model::BundlePrice::price && b_.amount >= sums.least_sum) {
      add("saves-nothing", "/price",
          "expected less than the parts cost singly, found " + std::to_string(b_.amount) +
              " where the cheapest choice costs " + least + " (minor units)");
    }
    if (b_.how == model::BundlePrice::discount && b_.amount >= sums.least_sum) {
      add("too-large", "/discount",
          "expected less than the cheapest choice costs, found " + std::to_string(b_.amount) +
              " off " + least + " (minor units)");
    }
    if (sums.worst_margin < 0) {
      add("below-cost", "",
          "expected a price above cost for every choice of parts, found one that loses " +
              std::to_string(-sums.worst_margin) + " (minor units)");
    }
    if (sums.worst_margin >= 0 && !sums.keeps_floor) {
      add("below-floor", "",
          "expected every choice of parts to keep the margin floor of " +
              std::to_string(names_.pack.settings.margin_floor_percent) +
              " percent, found one that does not");
    }
    const std::int64_t gain =
        std::max(b_.missing > 0 ? most_gain(names_, b_) : 0, b_.worth.value_or(0));
    const auto score =
        score_of(static_cast<std::uint32_t>(std::clamp(rule_.extra_adds_per_1000, 0, 1000)) * 1000U,
                 gain, rule_.priority);
    if (gain > kMaxAmount || !score)
      add("too-large", "", "expected prices whose score fits 64 bits");
  }

  const Names& names_;
  const model::Rule& rule_;
  const model::Bundle& b_;
  std::string pointer_;
  Findings& out_;
};

}  // namespace

void check_bundle(const Names& names, const model::Rule& rule, const std::string& pointer,
                  Findings& out) {
  BundleCheck(names, rule, pointer, out).run();
}

// With every offer dearer than all that it replaces, no chain of swaps comes back to where it began.
void check_swap(const Names& names, const model::Rule& rule, const std::string& pointer,
                Findings& out) {
  std::vector<std::uint32_t> own;
  const Members from = names.members(rule.from, own);
  if (from.size() == 0) {
    out.add("empty", rule.id, pointer + "/swap/from", "expected products to swap, found none");
    return;
  }
  for (std::size_t k = 0; k < rule.offers.size(); ++k) {
    const std::uint32_t offered = names.product(std::string_view(rule.offers[k].product));
    if (offered == image::kNone) continue;
    const std::string place = at(pointer + "/offers", k) + "/product";
    std::uint32_t dearer = image::kNone;
    bool same = false;
    for_each(from, [&](std::uint32_t p) {
      same |= p == offered;
      if (p != offered && names.product(p).price >= names.product(offered).price) dearer = p;
    });
    if (same) {
      out.add("offer-is-trigger", rule.id, place,
              "expected something else than what is swapped, found " + rule.offers[k].product);
    } else if (dearer != image::kNone) {
      out.add("not-dearer", rule.id, place,
              "expected more than what is swapped costs, found " + rule.offers[k].product +
                  " for " + names.product(dearer).key);
    }
  }
}

}  // namespace sidedish::compile
