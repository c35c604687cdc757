#include "headoffice/book/made_up.hpp"

#include "rules/base/hash.hpp"
#include "rules/compile/bundles.hpp"

#include <algorithm>
#include <set>

namespace sidedish::headoffice {
namespace {

using compile::Members;
using model::Condition;
using Type = Condition::Type;

constexpr Milli kMost = 99 * kOne;

class Maker {
 public:
  Maker(const compile::Names& names, const model::Rule& rule) : names_(names) {
    for (const std::uint32_t product : compile::offered_products(names, rule)) {
      offered_.insert(product);
    }
  }

  Goods make(const model::Rule& rule) {
    refused(rule.when);
    wanted(rule.when);
    if (rule.kind == Kind::upsell) put(rule.from, kOne);
    if (rule.kind == Kind::bundle) parts(rule.bundle);
    if (rule.kind == Kind::also_bought && !rule.offers.empty()) {
      put(names_.product(std::string_view(rule.offers.front().given)), kOne);
    }
    fill();
    return std::move(goods_);
  }

 private:
  Members members(const model::Select& select, std::vector<std::uint32_t>& own) const {
    return names_.members(select, own);
  }
  bool sold(std::uint32_t product) const {
    const model::Product& p = names_.product(product);
    return !p.hidden && p.stock != Stock::out && !refused_.contains(product);
  }
  Milli& put(std::uint32_t product, Milli quantity) {
    Milli& there = goods_[product];
    there = std::min(std::max(there, quantity), kMost);
    return there;
  }

  /// The first of these that is sold; rather none that the rule offers, rather one that is there.
  std::uint32_t choose(const Members& all) const {
    std::uint32_t best = image::kNone;
    int rank = -1;
    compile::for_each(all, [&](std::uint32_t product) {
      const int here = (goods_.contains(product) ? 4 : 0) + (offered_.contains(product) ? 0 : 2) +
                       (sold(product) ? 1 : 0);
      if (here > rank) best = product;
      rank = std::max(rank, here);
    });
    return best;
  }
  std::uint32_t put(const model::Select& select, Milli quantity) {
    std::vector<std::uint32_t> own;
    const std::uint32_t product = choose(members(select, own));
    if (product == image::kNone) return product;
    const Minor price = names_.product(product).price;
    if (select.value.min && price > 0) {
      quantity = std::max<Milli>(quantity, (*select.value.min + price - 1) / price * kOne);
    }
    put(product, std::max(quantity, select.quantity.min.value_or(kOne)));
    return product;
  }

  void refused(const Condition& c) {
    if (c.type == Type::lacks) {
      std::vector<std::uint32_t> own;
      compile::for_each(members(c.select, own), [&](std::uint32_t p) { refused_.insert(p); });
    }
    if (c.type == Type::all) {
      for (const Condition& child : c.children) refused(child);
    }
  }

  void wanted(const Condition& c) {
    switch (c.type) {
      case Type::all:
        for (const Condition& child : c.children) wanted(child);
        break;
      case Type::any:
        if (!c.children.empty()) wanted(c.children.front());
        break;
      case Type::has:
        put(c.select, kOne);
        break;
      case Type::total:
        total_ = std::max(total_, c.range.min.value_or(0));
        break;
      case Type::lines:
      case Type::distinct:
        distinct_ = std::max(distinct_, c.range.min.value_or(0));
        break;
      case Type::items:
        items_ = std::max<Milli>(items_, c.range.min.value_or(0));
        break;
      default:
        break;
    }
  }

  /// All but one unit of what the bundle needs; all of it when nothing may be missing.
  void parts(const model::Bundle& bundle) {
    int units = compile::units_of(bundle) - (bundle.missing > 0 ? 1 : 0);
    for (const model::BundleSlot& slot : bundle.slots) {
      const int here = std::min(units, slot.min);
      units -= here;
      if (here > 0) put(slot.choose, here * kOne);
    }
  }

  void fill() {
    const auto products = static_cast<std::uint32_t>(names_.products().size());
    const auto others = [&](auto enough) {
      for (std::uint32_t p = 0; p < products && !enough(); ++p) {
        if (!goods_.contains(p) && !offered_.contains(p) && sold(p)) put(p, kOne);
      }
    };
    others([&] {
      return static_cast<std::int64_t>(goods_.size()) >= std::max<std::int64_t>(1, distinct_);
    });
    if (goods_.empty()) return;
    Milli units = 0;
    Minor sum = 0;
    for (const auto& [product, quantity] : goods_) {
      units += quantity;
      sum += extended_price(quantity, names_.product(product).price).value_or(0);
    }
    Milli& last = goods_.rbegin()->second;
    if (units < items_) last = std::min<Milli>(kMost, last + items_ - units);
    const Minor price = names_.product(goods_.rbegin()->first).price;
    if (sum < total_ && price > 0) {
      last = std::min<Milli>(kMost, last + (total_ - sum + price - 1) / price * kOne);
    }
  }

  const compile::Names& names_;
  std::set<std::uint32_t> offered_;
  std::set<std::uint32_t> refused_;
  Goods goods_;
  Minor total_ = 0;
  std::int64_t distinct_ = 0;
  Milli items_ = 0;
};

}  // namespace

Goods goods_for(const compile::Names& names, const model::Rule& rule) {
  if (names.products().empty()) return {};
  return Maker(names, rule).make(rule);
}

void assume(const image::Image& image, const compile::Names& names, const Condition& when,
            engine::Context& context) {
  switch (when.type) {
    case Type::all:
      for (const Condition& child : when.children) assume(image, names, child, context);
      break;
    case Type::any:
      if (!when.children.empty()) assume(image, names, when.children.front(), context);
      break;
    case Type::fact: {
      const std::uint32_t fact = image.find_fact(when.fact);
      if (fact == image::kNone || context.fact_count == engine::kMaxFacts) break;
      auto* const end = context.facts + context.fact_count;
      auto* const at = std::lower_bound(
          context.facts, end, fact,
          [](const engine::FactValue& have, std::uint32_t want) { return have.fact < want; });
      if (at != end && at->fact == fact) break;
      std::move_backward(at, end, end + 1);
      ++context.fact_count;
      *at = when.names.empty()
                ? engine::FactValue{fact, 1, when.range.min.value_or(when.range.max.value_or(0)), 0}
                : engine::FactValue{fact, 0, 0, hash64(when.names.front())};
      break;
    }
    case Type::segment: {
      if (when.names.empty() || context.segment_count == engine::kMaxSegments) break;
      context.segments_known = 1;
      context.segments[context.segment_count++] = hash64(when.names.front());
      std::sort(context.segments, context.segments + context.segment_count);
      break;
    }
    case Type::first_visit:
      context.visit = static_cast<Visit>(when.bits);
      break;
    case Type::not_bought:
      context.bought_days = UINT16_MAX;
      break;
    case Type::bought: {
      std::vector<std::uint32_t> own;
      const Members all = names.members(when.select, own);
      if (all.size() == 0 || context.bought_count > 0) break;
      std::uint32_t product = image::kNone;
      compile::for_each(all, [&](std::uint32_t p) { product = std::min(product, p); });
      context.bought[context.bought_count++] = {product, 1};
      break;
    }
    default:
      break;
  }
}

std::int64_t first_day(const Condition& when) {
  if (when.type == Type::dates) return when.range.min.value_or(INT64_MIN);
  std::int64_t first = INT64_MIN;
  if (when.type == Type::all) {
    for (const Condition& child : when.children) first = std::max(first, first_day(child));
  }
  return first;
}

}  // namespace sidedish::headoffice
