#include "rules/image/check_rules.hpp"

#include "rules/base/money.hpp"
#include "rules/image/check_texts.hpp"
#include "rules/model/words.hpp"

namespace sidedish::image {
namespace {

/// The largest score there can be: 1,000,000 ppm x the largest gain x priority 100 / 50.
constexpr std::int64_t kMaxScore = 2 * kMaxAmount * 1'000'000;

bool check_offers(const Image& image, Checker& check, std::size_t rule) noexcept {
  const Rule& r = image.rules()[rule];
  const bool paired = r.kind == static_cast<std::uint8_t>(Kind::also_bought);
  const std::uint64_t rows = 2 * image.languages().size();
  for (std::uint32_t i = r.offers; i < r.offers + r.offer_count; ++i) {
    const Offer& o = image.offers()[i];
    const auto is = [&](bool good, const char* why) { return check.ok(good, "offers", i, why); };
    if (!(is(o.score >= -kMaxScore && o.score <= image.gates()[rule].bound,
             "score is not below its rule's bound") &&
          is(o.prior_ppm <= 1'000'000, "prior_ppm above 1,000,000") &&
          is(o.product < image.products().size(), "no such product") &&
          is(o.texts + rows <= image.texts().size(), "texts") &&
          is(paired ? o.given < image.products().size() : o.given == kNone, "given") &&
          is(!paired || i == r.offers || image.offers()[i - 1].given <= o.given,
             "not in order of what is given"))) {
      return false;
    }
  }
  return true;
}

bool check_pointers(const Image& image, Checker& check, std::size_t i) noexcept {
  const std::uint32_t first = image.rules()[i].pointers;
  const std::uint32_t count = image.gates()[i].node_count;
  if (!check.spend(count, "rules", i)) return false;
  for (std::uint32_t k = 0; k < count; ++k) {
    if (!check.text(image.indices()[first + k], "rules", i, "pointer is not a text")) return false;
  }
  return true;
}

bool check_rule(const Image& image, Checker& check, std::size_t i) noexcept {
  const Rule& r = image.rules()[i];
  const Gate& gate = image.gates()[i];
  const auto is = [&](bool good, const char* why) { return check.ok(good, "rules", i, why); };
  const bool capped = gate.customer_prompts > 0;
  return check.text(r.id, "rules", i, "id is not a text") &&
         check.text(r.name, "rules", i, "name is not a text") &&
         is(r.stable != 0, "stable id is zero") &&
         is(gate.bound >= -kMaxScore && gate.bound <= kMaxScore, "bound") &&
         is(check.in_pool(r.pointers, gate.node_count), "pointers") &&
         is(std::uint64_t{r.offers} + r.offer_count <= image.offers().size(), "offers") &&
         is((r.flags & ~unsigned{kEnabled | kPinned | kUnitMask}) == 0, "flags") &&
         is(capped == (gate.customer_days > 0) && gate.customer_days <= kMostCustomerDays,
            "customer_days is not that of a cap") &&
         is(!capped || r.unit() == Unit::customer, "a cap per customer of another unit") &&
         is(r.holdout_permille <= 1000, "holdout_permille above 1000") &&
         is(r.kind <= static_cast<std::uint8_t>(Kind::receipt), "kind") &&
         is(r.quantity <= Quantity::ask, "quantity") && is(r.channels <= 7, "channels") &&
         is(r.moments <= 15, "moments") &&
         is(r.priority >= 1 && r.priority <= 100, "priority is not 1..100") &&
         is(r.kind == static_cast<std::uint8_t>(Kind::bundle) ||
                r.kind == static_cast<std::uint8_t>(Kind::upsell) || r.detail == kNone ||
                r.detail < image.sets().size(),
            "no such trigger set") &&
         check_pointers(image, check, i);
}

bool check_rank(const Image& image, Checker& check, std::size_t i) noexcept {
  const Rule& before = image.rules()[i - 1];
  const Rule& rule = image.rules()[i];
  const auto pinned = [](const Rule& r) { return (r.flags & kPinned) != 0; };
  const std::int64_t above = image.gates()[i - 1].bound;
  const std::int64_t bound = image.gates()[i].bound;
  const bool by_bound =
      above > bound || (above == bound && image.text(before.id) < image.text(rule.id));
  const bool ordered = pinned(before) == pinned(rule) ? by_bound : pinned(before);
  return check.ok(ordered, "rules", i, "not in order of pins, bound, then id");
}

bool check_rule_order(const Image& image, Checker& check) noexcept {
  const auto rules = image.rules();
  const auto order = image.rule_order();
  if (!check.ok(order.size() == rules.size(), "rule order", order.size(), "not one per rule")) {
    return false;
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (!check.ok(order[i] < rules.size(), "rule order", i, "no such rule") ||
        !check.ok(i == 0 || rules[order[i - 1]].stable < rules[order[i]].stable, "rule order", i,
                  "stable ids are equal or not ascending")) {
      return false;
    }
  }
  return true;
}

bool check_groups(const Image& image, Checker& check, std::size_t token) noexcept {
  const std::uint32_t groups = image.postings()[token].groups;
  if (groups == kNone) return true;
  return check.ok(token < image.products().size() && check.in_pool(groups, 1), "postings", token,
                  "groups") &&
         check.ascending(groups + 1, image.indices()[groups], image.settings().groups, "postings",
                         token, "groups");
}

}  // namespace

bool check_rules(const Image& image, Checker& check) noexcept {
  const auto rules = image.rules();
  if (!check.ok(image.gates().size() == rules.size(), "gates", image.gates().size(),
                "not one per rule")) {
    return false;
  }
  std::uint64_t code = 0;
  std::uint64_t offers = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!check_rule(image, check, i) || (i > 0 && !check_rank(image, check, i)) ||
        !check.ok(rules[i].offers == offers, "rules", i, "offers do not follow the rule before") ||
        !check_conditions(image, check, i, code) || !check_offers(image, check, i)) {
      return false;
    }
    offers += rules[i].offer_count;
  }
  if (!check.ok(code == image.code().size(), "code", code, "conditions of no rule") ||
      !check.ok(offers == image.offers().size(), "offers", offers, "offers of no rule") ||
      !check_rule_order(image, check)) {
    return false;
  }
  if (!check_texts(image, check)) return false;
  const auto postings = image.postings();
  for (std::size_t i = 0; i < postings.size(); ++i) {
    const Posting& p = postings[i];
    if (!check.ascending(p.rules, p.count, rules.size(), "postings", i, "rules") ||
        !check.ok(p.best == (p.count > 0 ? image.indices()[p.rules] : kNone), "postings", i,
                  "best is not the first of its rules") ||
        !check_groups(image, check, i)) {
      return false;
    }
  }
  return true;
}

}  // namespace sidedish::image
