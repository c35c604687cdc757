#include "rules/image/check_rules.hpp"

#include "rules/base/money.hpp"
#include "rules/model/words.hpp"

namespace sidedish::image {
namespace {

/// The largest score there can be: 1,000,000 ppm x the largest gain x priority 100 / 50.
constexpr std::int64_t kMaxScore = 2 * kMaxAmount * 1'000'000;

bool check_node(const Image& image, Checker& check, std::size_t i, unsigned stack) noexcept {
  const Node& n = image.nodes()[i];
  const auto is = [&](bool good, const char* why) { return check.ok(good, "nodes", i, why); };
  if (!is(static_cast<unsigned>(n.op) < kOps, "unknown operation") ||
      !is(n.reserved0 == 0, "reserved is not zero") ||
      !check.text(n.pointer, "nodes", i, "pointer is not a text")) {
    return false;
  }
  switch (n.op) {
    case Op::all:
    case Op::any:
    case Op::none:
      return is(n.n <= stack, "more operands than there are");
    case Op::quantity:
    case Op::absent:
    case Op::value:
      return is(n.a < image.sets().size(), "no such set");
    case Op::store:
      return check.ascending(n.a, n.n, image.stores().size(), "nodes", i, "stores");
    case Op::fact_is:
      return is(n.a < image.facts().size(), "no such fact") &&
             is(std::uint64_t{n.b} + n.n <= image.hashes().size(), "values of the fact");
    case Op::fact_range:
      return is(n.a < image.facts().size(), "no such fact");
    case Op::total:
    case Op::lines:
    case Op::distinct:
    case Op::units:
    case Op::daypart:
    case Op::weekday:
    case Op::dates:
    case Op::terminal_group:
    case Op::channel:
    case Op::moment:
      return true;
  }
  return false;
}

// Postfix: leaves push, all/any/none take n and push one; one is left at the end.
bool check_conditions(const Image& image, Checker& check, std::size_t rule) noexcept {
  const Rule& r = image.rules()[rule];
  if (!check.ok(r.node_count > 0 && r.node_count <= kMaxNodes, "rules", rule,
                "number of conditions")) {
    return false;
  }
  unsigned stack = 0;
  for (std::uint32_t i = r.nodes; i < r.nodes + r.node_count; ++i) {
    if (!check_node(image, check, i, stack)) return false;
    const Node& n = image.nodes()[i];
    if (n.op == Op::all || n.op == Op::any || n.op == Op::none) stack -= n.n;
    if (!check.ok(++stack <= kMaxStack, "nodes", i, "too many operands waiting")) return false;
  }
  return check.ok(stack == 1, "rules", rule, "conditions do not end in one result");
}

bool check_offers(const Image& image, Checker& check, std::size_t rule) noexcept {
  const Rule& r = image.rules()[rule];
  const std::uint64_t rows = 2 * image.languages().size();
  for (std::uint32_t i = r.offers; i < r.offers + r.offer_count; ++i) {
    const Offer& o = image.offers()[i];
    const auto is = [&](bool good, const char* why) { return check.ok(good, "offers", i, why); };
    if (!(is(o.score >= -kMaxScore && o.score <= r.bound, "score is not below its rule's bound") &&
          is(o.gain >= -kMaxAmount && o.gain <= kMaxAmount, "gain") &&
          is(o.prior_ppm <= 1'000'000, "prior_ppm above 1,000,000") &&
          is(o.product < image.products().size(), "no such product") &&
          is(o.texts + rows <= image.texts().size(), "texts") && is(o.reserved == 0, "reserved"))) {
      return false;
    }
  }
  return true;
}

bool check_rule(const Image& image, Checker& check, std::size_t i) noexcept {
  const Rule& r = image.rules()[i];
  const auto is = [&](bool good, const char* why) { return check.ok(good, "rules", i, why); };
  return check.text(r.id, "rules", i, "id is not a text") &&
         check.text(r.name, "rules", i, "name is not a text") &&
         is(r.stable != 0, "stable id is zero") &&
         is(r.bound >= -kMaxScore && r.bound <= kMaxScore, "bound") &&
         is(std::uint64_t{r.nodes} + r.node_count <= image.nodes().size(), "conditions") &&
         is(std::uint64_t{r.offers} + r.offer_count <= image.offers().size(), "offers") &&
         is(r.trigger == kNone || r.trigger < image.sets().size(), "no such trigger set") &&
         is((r.flags & ~unsigned{kEnabled | kRepeatAfterDecline | kPinned}) == 0, "flags") &&
         is(r.holdout_permille <= 1000, "holdout_permille above 1000") &&
         is(r.kind <= static_cast<std::uint8_t>(Kind::receipt) &&
                r.kind != static_cast<std::uint8_t>(Kind::also_bought),
            "kind") &&
         is(r.quantity <= Quantity::ask, "quantity") && is(r.channels <= 7, "channels") &&
         is(r.moments <= 15, "moments") &&
         is(r.priority >= 1 && r.priority <= 100, "priority is not 1..100") &&
         is(r.kind != static_cast<std::uint8_t>(Kind::add_on) || r.detail == 0,
            "an add_on has no detail");
}

bool check_rank(const Image& image, Checker& check, std::size_t i) noexcept {
  const Rule& before = image.rules()[i - 1];
  const Rule& rule = image.rules()[i];
  const auto pinned = [](const Rule& r) { return (r.flags & kPinned) != 0; };
  const bool by_bound = before.bound > rule.bound ||
                        (before.bound == rule.bound && image.text(before.id) < image.text(rule.id));
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

}  // namespace

bool check_rules(const Image& image, Checker& check) noexcept {
  const auto rules = image.rules();
  std::uint64_t nodes = 0;
  std::uint64_t offers = 0;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (!check_rule(image, check, i) || (i > 0 && !check_rank(image, check, i)) ||
        !check.ok(rules[i].nodes == nodes, "rules", i,
                  "conditions do not follow the rule before") ||
        !check.ok(rules[i].offers == offers, "rules", i, "offers do not follow the rule before") ||
        !check_conditions(image, check, i) || !check_offers(image, check, i)) {
      return false;
    }
    nodes += rules[i].node_count;
    offers += rules[i].offer_count;
  }
  if (!check.ok(nodes == image.nodes().size(), "nodes", nodes, "conditions of no rule") ||
      !check.ok(offers == image.offers().size(), "offers", offers, "offers of no rule") ||
      !check_rule_order(image, check)) {
    return false;
  }
  const auto texts = image.texts();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Texts& t = texts[i];
    if (!(check.text(t.headline, "texts", i, "headline is not a text") &&
          check.text(t.reason, "texts", i, "reason is not a text") &&
          check.text(t.line1, "texts", i, "line1 is not a text") &&
          check.text(t.line2, "texts", i, "line2 is not a text"))) {
      return false;
    }
  }
  const auto postings = image.postings();
  for (std::size_t i = 0; i < postings.size(); ++i) {
    if (!check.ascending(postings[i].rules, postings[i].count, rules.size(), "postings", i,
                         "rules")) {
      return false;
    }
  }
  return true;
}

}  // namespace sidedish::image
