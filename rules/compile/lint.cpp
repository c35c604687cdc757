#include "rules/compile/compile.hpp"
#include "rules/compile/findings.hpp"
#include "rules/compile/lint_rule.hpp"
#include "rules/compile/names.hpp"
#include "rules/compile/nodes.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>

namespace sidedish::compile {
namespace {

using Type = model::Condition::Type;
/// Pairs of rules looked at before lint stops looking for more: a bound on its time, not on packs.
constexpr std::size_t kMostPairs = 5'000'000;

void write(const model::Range& r, std::string& out) {
  out += '[' + (r.min ? std::to_string(*r.min) : "") + ',' + (r.max ? std::to_string(*r.max) : "") +
         ']';
}

/// The same text for conditions that say the same thing; operands in any order.
std::string canonical(const model::Condition& c) {
  std::string out = std::to_string(static_cast<int>(c.type)) + '(';
  std::vector<std::string> parts = c.names;
  for (const auto& child : c.children) parts.push_back(canonical(child));
  parts.insert(parts.end(), c.select.items.begin(), c.select.items.end());
  std::sort(parts.begin(), parts.end());
  for (const auto& part : parts) out += part + '\n';
  out += c.select.category + '\n' + c.select.tag + '\n' + c.select.set + '\n' + c.fact + '\n';
  write(c.select.quantity, out);
  write(c.select.value, out);
  write(c.range, out);
  return out + std::to_string(c.bits) + ' ' + std::to_string(c.daypart.from) + ' ' +
         std::to_string(c.daypart.to) + ')';
}

/// The conditions that must all hold.
void conjuncts(const model::Condition& c, std::vector<std::string>& out) {
  if (c.type == Type::all) {
    for (const auto& child : c.children) conjuncts(child, out);
  } else {
    out.push_back(canonical(c));
  }
}

/// The days on which the condition can hold, as far as its `all`s say.
model::Range days(const model::Condition& c) {
  if (c.type == Type::dates) return c.range;
  model::Range out;
  if (c.type != Type::all) return out;
  for (const auto& child : c.children) {
    const model::Range here = days(child);
    if (here.min && (!out.min || *here.min > *out.min)) out.min = here.min;
    if (here.max && (!out.max || *here.max < *out.max)) out.max = here.max;
  }
  return out;
}

/// Conjuncts without those about dates.
void undated(const model::Condition& c, std::vector<std::string>& out) {
  if (c.type == Type::all) {
    for (const auto& child : c.children) undated(child, out);
  } else if (c.type != Type::dates) {
    out.push_back(canonical(c));
  }
}

std::string date(std::int64_t day) {
  const std::chrono::year_month_day d{std::chrono::sys_days{std::chrono::days{day}}};
  char text[24];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(d.year()),
                unsigned{d.month()}, unsigned{d.day()});
  return text;
}

struct Entry {
  const model::Rule* rule = nullptr;
  std::string pointer;
  std::vector<std::string> needs;  ///< canonical conjuncts, ascending
  std::set<std::uint32_t> offers;
  std::int64_t bound = INT64_MIN;
  Anchor trigger;
};

bool contains(const Members& members, std::uint32_t product) {
  if (members.range) return product >= members.first && product < members.end;
  return std::binary_search(members.list.begin(), members.list.end(), product);
}

class Linter {
 public:
  Linter(const Names& names, UtcMs now, std::uint32_t capabilities)
      : names_(names), scene_{names, now, capabilities, {}, {}} {
    std::vector<std::uint32_t> own;
    for (const model::Select& select : names.pack.settings.never_offer) {
      for_each(names.members(select, own), [&](std::uint32_t p) { scene_.never_offer.insert(p); });
    }
    for (const model::RestrictedList& list : names.pack.settings.restricted) {
      if (!std::ranges::all_of(names.pack.stores,
                               [&](const auto& store) { return holds_in(list, store.country); })) {
        continue;
      }
      model::Select select;
      select.category = list.category;
      for_each(names.members(select, own), [&](std::uint32_t p) { scene_.restricted.insert(p); });
    }
  }

  std::vector<model::Finding> run() {
    const auto& rules = names_.pack.rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].enabled) enter(rules[i], at("/rules", i));
    }
    for (const Entry& e : entries_) lint_rule(scene_, *e.rule, e.pointer, out_);
    pairs();
    schedules();
    cycles();
    return out_.take();
  }

 private:
  void enter(const model::Rule& rule, std::string pointer) {
    Entry e;
    e.rule = &rule;
    e.pointer = std::move(pointer);
    conjuncts(rule.when, e.needs);
    std::sort(e.needs.begin(), e.needs.end());
    for (const auto& offer : rule.offers) {
      const std::uint32_t p = names_.product(std::string_view(offer.product));
      if (p != image::kNone) e.offers.insert(p);
    }
    e.bound = best_score(names_, rule);
    e.trigger = trigger_of(rule.when, names_);
    entries_.push_back(std::move(e));
  }

  void tell(std::string_view code, const Entry& e, const std::string& pointer,
            std::string message) {
    out_.add(code, e.rule->id, e.pointer + pointer, std::move(message));
  }

  /// A rule that asks no more than another, offers as much and scores at least as high leaves the
  /// other nothing to say.
  void pairs() {
    std::unordered_map<std::string_view, std::vector<const Entry*>> with;
    for (const Entry& e : entries_) {
      for (const auto& need : e.needs) with[need].push_back(&e);
    }
    std::size_t looked = 0;
    for (const Entry& wide : entries_) {
      const std::vector<const Entry*>* fewest = nullptr;
      for (const auto& need : wide.needs) {
        const auto& sharing = with[need];
        if (fewest == nullptr || sharing.size() < fewest->size()) fewest = &sharing;
      }
      if (fewest == nullptr) continue;
      for (const Entry* narrow : *fewest) {
        if (++looked > kMostPairs) return;
        if (narrow != &wide) pair(wide, *narrow);
      }
    }
  }

  void pair(const Entry& wide, const Entry& narrow) {
    // What swaps and bundles need is more than their conditions, and worth more than their offers.
    const auto plain = [](const Entry& e) {
      return e.rule->kind != Kind::bundle && e.rule->kind != Kind::upsell;
    };
    if (!plain(wide) || !plain(narrow)) return;
    if (!std::includes(narrow.needs.begin(), narrow.needs.end(), wide.needs.begin(),
                       wide.needs.end())) {
      return;
    }
    // Where the one never speaks, the other has everything to say.
    const Reach all = reach_of(*wide.rule);
    const Reach some = reach_of(*narrow.rule);
    if ((some.channels & ~all.channels) != 0 || (some.moments & ~all.moments) != 0) return;
    const bool same = wide.needs == narrow.needs;
    const bool ranked = wide.rule->pinned == narrow.rule->pinned;
    const bool wins = !ranked                      ? wide.rule->pinned
                      : wide.bound != narrow.bound ? wide.bound > narrow.bound
                                                   : wide.rule->id < narrow.rule->id;
    if (wins && std::includes(wide.offers.begin(), wide.offers.end(), narrow.offers.begin(),
                              narrow.offers.end())) {
      tell("shadowed", narrow, "",
           "shadowed: " + wide.rule->id + " speaks whenever this rule could, and scores higher");
    } else if (same && ranked && wide.bound == narrow.bound && wide.rule->id < narrow.rule->id) {
      tell("equal-priority", narrow, "/priority",
           "equal score and conditions as " + wide.rule->id + ": the id alone decides");
    }
  }

  /// Rules that differ in their dates alone are seasons of one idea: they should not overlap.
  void schedules() {
    std::map<std::vector<std::string>, std::vector<const Entry*>> seasons;
    for (const Entry& e : entries_) {
      const model::Range span = days(e.rule->when);
      if (!span.min && !span.max) continue;
      std::vector<std::string> needs;
      undated(e.rule->when, needs);
      std::sort(needs.begin(), needs.end());
      seasons[std::move(needs)].push_back(&e);
    }
    std::size_t looked = 0;
    for (const auto& [needs, rules] : seasons) {
      for (std::size_t i = 0; i < rules.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
          if (++looked > kMostPairs) return;
          overlap(*rules[k], *rules[i]);
        }
      }
    }
  }

  void overlap(const Entry& a, const Entry& b) {
    const model::Range x = days(a.rule->when);
    const model::Range y = days(b.rule->when);
    if (x.min == y.min && x.max == y.max) return;  // the same season: pair()'s
    const auto first = std::max(x.min.value_or(INT64_MIN), y.min.value_or(INT64_MIN));
    const auto last = std::min(x.max.value_or(INT64_MAX), y.max.value_or(INT64_MAX));
    const bool shared = std::any_of(a.offers.begin(), a.offers.end(),
                                    [&](std::uint32_t p) { return b.offers.contains(p); });
    if (first > last || !shared) return;
    tell("overlap", b, "/when",
         "its schedule overlaps that of " + a.rule->id +
             (first == INT64_MIN ? "" : ", from " + date(first)) +
             (last == INT64_MAX ? "" : " until " + date(last)));
  }

  /// A offers B, and B offers A.
  void cycles() {
    std::unordered_map<std::uint32_t, std::vector<const Entry*>> offering;
    for (const Entry& e : entries_) {
      for (const std::uint32_t p : e.offers) offering[p].push_back(&e);
    }
    std::set<std::pair<const Entry*, const Entry*>> told;
    std::size_t looked = 0;
    for (const Entry& first : entries_) {
      if (!first.trigger.found) continue;
      bool enough = false;
      for_each(first.trigger.members, [&](std::uint32_t a) {
        const auto it = offering.find(a);
        if (it == offering.end() || enough) return;
        for (const Entry* second : it->second) {
          if ((enough = ++looked > kMostPairs)) return;
          if (second <= &first || !second->trigger.found) continue;
          // What a receipt says for next time adds nothing that others could answer to.
          if (first.rule->kind == Kind::receipt || second->rule->kind == Kind::receipt) continue;
          for (const std::uint32_t b : first.offers) {
            if (contains(second->trigger.members, b) && told.insert({&first, second}).second) {
              tell("circle", first, "/offers",
                   "goes in a circle with " + second->rule->id + ": this rule offers " +
                       names_.product(b).key + " for " + names_.product(a).key +
                       ", that one the other way round");
            }
          }
        }
      });
      if (enough) return;
    }
  }

  const Names& names_;
  LintScene scene_;
  std::vector<Entry> entries_;
  Findings out_;
};

}  // namespace

std::vector<model::Finding> lint(const model::Pack& pack, const model::Catalogue& catalogue,
                                 UtcMs now, std::uint32_t capabilities) {
  const Names names(pack, catalogue);
  return Linter(names, now, capabilities).run();
}

}  // namespace sidedish::compile
