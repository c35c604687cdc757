#include "rules/compile/bundles.hpp"

#include "rules/compile/score.hpp"

#include <algorithm>
#include <functional>

namespace sidedish::compile {
namespace {

__extension__ using Wide = __int128;

Minor cost_of(const model::Product& product, const model::Pack& pack) {
  if (product.cost) return *product.cost;
  return product.price -
         mul_div(product.price, pack.settings.assumed_margin_percent, 100).value_or(0);
}

// The smallest of value(p) over the slot's products.
template <class Value>
Minor least(const SlotPlan& slot, Value value) {
  Minor out = INT64_MAX;
  for_each(slot.members, [&](std::uint32_t p) { out = std::min(out, value(p)); });
  return out == INT64_MAX ? 0 : out;
}

void sort_unique(std::vector<std::uint32_t>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Minor SlotPlan::delta(const Names& names, std::uint32_t product) const {
  for (const auto& [key, amount] : slot->price_delta) {  // keys may be aliases
    if (names.product(std::string_view(key)) == product) return amount;
  }
  return 0;
}

std::vector<SlotPlan> plan_slots(const Names& names, const model::Bundle& bundle) {
  std::vector<SlotPlan> out;
  out.reserve(bundle.slots.size());
  for (const auto& slot : bundle.slots) {
    SlotPlan plan;
    plan.slot = &slot;
    plan.members = names.members(slot.choose, plan.own);
    out.push_back(std::move(plan));
  }
  return out;
}

int units_of(const model::Bundle& bundle) {
  int units = 0;
  for (const auto& slot : bundle.slots) units += slot.min;
  return units;
}

bool is_always(const model::Condition& when) {
  return when.type == model::Condition::Type::all && when.children.empty();
}

std::vector<std::uint32_t> offered_products(const Names& names, const model::Rule& rule) {
  std::vector<std::uint32_t> out;
  if (rule.kind != Kind::bundle) {
    for (const auto& offer : rule.offers) {
      const std::uint32_t product = names.product(std::string_view(offer.product));
      if (product != image::kNone) out.push_back(product);
    }
  } else if (rule.bundle.missing > 0) {
    for (const SlotPlan& slot : plan_slots(names, rule.bundle)) {
      if (slot.slot->min == 0) continue;
      for_each(slot.members, [&](std::uint32_t p) { out.push_back(p); });
    }
  }
  sort_unique(out);
  return out;
}

std::uint32_t label_product(const Names& names, const model::Bundle& bundle) {
  for (const SlotPlan& slot : plan_slots(names, bundle)) {
    std::uint32_t first = image::kNone;
    for_each(slot.members, [&](std::uint32_t p) { first = std::min(first, p); });
    if (first != image::kNone) return first;
  }
  return image::kNone;
}

namespace {

// Of the worst choice of parts: what it brings in times `keep` percent, less its whole cost; in
// ten-thousandths of a minor unit. 0 or more with keep = 100 - floor: it keeps the margin floor,
// because each part's share is linear in its price and cost.
Wide worst_of(const Names& names, const model::Bundle& bundle, int keep) {
  Wide worst = 0;
  for (const SlotPlan& slot : plan_slots(names, bundle)) {
    Wide one = 0;
    bool first = true;
    for_each(slot.members, [&](std::uint32_t p) {
      const model::Product& product = names.product(p);
      const Wide cost = static_cast<Wide>(cost_of(product, names.pack)) * 10'000;
      const Wide in = bundle.how == model::BundlePrice::price ? slot.delta(names, p) * 100
                      : bundle.how == model::BundlePrice::discount
                          ? product.price * 100
                          : product.price * (100 - bundle.amount);
      const Wide earned = in * keep - cost;
      if (first || earned < one) one = earned;
      first = false;
    });
    worst += slot.slot->min * one;
    if (one < 0) worst += (slot.slot->max - slot.slot->min) * one;
  }
  const Wide whole = static_cast<Wide>(bundle.amount) * 100 * keep;
  if (bundle.how == model::BundlePrice::price) worst += whole;
  if (bundle.how == model::BundlePrice::discount) worst -= whole;
  return worst;
}

}  // namespace

BundleMoney money_of(const Names& names, const model::Bundle& bundle) {
  BundleMoney out;
  out.keeps_floor = worst_of(names, bundle, 100 - names.pack.settings.margin_floor_percent) >= 0;
  Minor worst = 0;  // of the parts, before what the bundle as a whole costs; percent: hundredths
  for (const SlotPlan& slot : plan_slots(names, bundle)) {
    const auto single = [&](std::uint32_t p) {
      return names.product(p).price - slot.delta(names, p);
    };
    const auto earned = [&](std::uint32_t p) {
      const Minor price = names.product(p).price;
      const Minor cost = cost_of(names.product(p), names.pack);
      switch (bundle.how) {
        case model::BundlePrice::price:
          return slot.delta(names, p) - cost;
        case model::BundlePrice::discount:
          return price - cost;
        case model::BundlePrice::percent:
          break;
      }
      return price * (100 - bundle.amount) - cost * 100;
    };
    out.least_sum += slot.slot->min * least(slot, single);
    const Minor one = least(slot, earned);
    worst += slot.slot->min * one;
    if (one < 0) worst += (slot.slot->max - slot.slot->min) * one;
  }
  switch (bundle.how) {
    case model::BundlePrice::price:
      out.worst_margin = worst + bundle.amount;
      break;
    case model::BundlePrice::discount:
      out.worst_margin = worst - bundle.amount;
      break;
    case model::BundlePrice::percent:
      out.worst_margin = worst / 100 - (worst % 100 < 0 ? 1 : 0);
      break;
  }
  return out;
}

std::int64_t most_gain(const Names& names, const model::Bundle& bundle) {
  std::vector<std::int64_t> gains;
  for (const SlotPlan& slot : plan_slots(names, bundle)) {
    std::int64_t best = INT64_MIN;
    for_each(slot.members, [&](std::uint32_t p) {
      best = std::max(best, gain_of(names.product(p), names.pack));
    });
    if (best == INT64_MIN) continue;
    gains.insert(gains.end(), static_cast<std::size_t>(slot.slot->min), best);
  }
  std::sort(gains.begin(), gains.end(), std::greater<>());
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < gains.size() && i < static_cast<std::size_t>(bundle.missing); ++i) {
    if (i == 0 || gains[i] > 0) sum += gains[i];
  }
  return names.pack.settings.objective == model::Objective::units ? sum : sum - 1;
}

std::vector<std::uint32_t> parts_needed(const Names& names, const model::Bundle& bundle) {
  const std::vector<SlotPlan> slots = plan_slots(names, bundle);
  std::vector<std::uint32_t> best;
  bool found = false;
  for (unsigned chosen = 1; chosen < 1U << slots.size(); ++chosen) {
    int units = 0;
    std::size_t most = 0;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if ((chosen >> i & 1U) == 0) continue;
      units += slots[i].slot->min;
      most = std::max(most, slots[i].members.size());
    }
    if (units <= bundle.missing || (found && most >= best.size())) continue;
    std::vector<std::uint32_t> all;
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if ((chosen >> i & 1U) == 0) continue;
      for_each(slots[i].members, [&](std::uint32_t p) { all.push_back(p); });
    }
    sort_unique(all);
    if (!found || all.size() < best.size()) best = std::move(all);
    found = true;
  }
  return best;
}

}  // namespace sidedish::compile
