#include "rules/compile/compile.hpp"
#include "rules/compile/findings.hpp"
#include "rules/compile/names.hpp"
#include "rules/compile/nodes.hpp"
#include "rules/compile/score.hpp"

#include <algorithm>
#include <set>

namespace sidedish::compile {
namespace {

using Type = model::Condition::Type;
constexpr std::int64_t kDayMs = 86'400'000;
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

/// Last local day on which the condition can hold; nothing = no end.
std::optional<std::int64_t> last_day(const model::Condition& c) {
  std::optional<std::int64_t> last;
  if (c.type == Type::dates) return c.range.max;
  if (c.type == Type::all) {
    for (const auto& child : c.children) {
      const auto day = last_day(child);
      if (day && (!last || *day < *last)) last = day;
    }
  }
  return last;
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
  Linter(const Names& names, UtcMs now) : names_(names), now_(now) {}

  std::vector<model::Finding> run() {
    const auto& rules = names_.pack.rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (rules[i].enabled) enter(rules[i], at("/rules", i));
    }
    for (const Entry& e : entries_) one(e);
    pairs();
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
      if (p == image::kNone) continue;
      e.offers.insert(p);
      const auto score = score_of(prior_ppm_of(rule, offer),
                                  gain_of(names_.product(p), names_.pack), rule.priority);
      e.bound = std::max(e.bound, score.value_or(INT64_MIN));
    }
    e.trigger = trigger_of(rule.when, names_);
    entries_.push_back(std::move(e));
  }

  void tell(const Entry& e, const std::string& pointer, std::string message) {
    out_.add(e.rule->id, e.pointer + pointer, std::move(message));
  }

  void one(const Entry& e) {
    const model::Rule& rule = *e.rule;
    const auto day = last_day(rule.when);
    // A day's grace: local days begin up to 14 hours before UTC's.
    if (day && (*day + 1) * kDayMs + kDayMs / 2 < now_) tell(e, "/when", "its last day is over");
    if (rule.holdout_percent.value_or(names_.pack.settings.holdout_percent) == 0) {
      tell(e, "/holdout_percent", "without a holdout no lift will ever be shown for this rule");
    }
    for (const auto& language : names_.pack.languages) {
      if (!rule.text.contains(language)) {
        tell(e, "/text", "no text in " + language + ": the first language is used there");
      }
    }
    if (e.trigger.found && e.trigger.members.size() == 0) {
      tell(e, "/when", "the products that it waits for are none: it never speaks");
    }
    std::size_t offerable = 0;
    for (std::size_t k = 0; k < rule.offers.size(); ++k) {
      const std::uint32_t p = names_.product(std::string_view(rule.offers[k].product));
      if (p != image::kNone && offer(e, names_.product(p), at("/offers", k))) ++offerable;
    }
    if (offerable == 0) tell(e, "/offers", "none of its offers can be made today");
    if (!e.offers.empty() && e.bound < names_.pack.settings.score_floor * 1'000'000) {
      tell(e, "", "its best offer is worth less than the score floor: it never speaks");
    }
  }

  bool offer(const Entry& e, const model::Product& p, const std::string& pointer) {
    if (p.stock == Stock::out) tell(e, pointer, p.key + " is out of stock");
    if (p.hidden) tell(e, pointer, p.key + " is hidden and never offered");
    if (p.restricted) tell(e, pointer, p.key + " is restricted and never offered");
    if (gain_of(p, names_.pack) <= 0) tell(e, pointer, p.key + " earns nothing when it is sold");
    return p.stock != Stock::out && !p.hidden && !p.restricted;
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
    if (!std::includes(narrow.needs.begin(), narrow.needs.end(), wide.needs.begin(),
                       wide.needs.end())) {
      return;
    }
    const bool same = wide.needs == narrow.needs;
    const bool wins =
        wide.bound != narrow.bound ? wide.bound > narrow.bound : wide.rule->id < narrow.rule->id;
    if (wins && std::includes(wide.offers.begin(), wide.offers.end(), narrow.offers.begin(),
                              narrow.offers.end())) {
      tell(narrow, "",
           "shadowed: " + wide.rule->id + " speaks whenever this rule could, and scores higher");
    } else if (same && wide.bound == narrow.bound && wide.rule->id < narrow.rule->id) {
      tell(narrow, "/priority",
           "equal score and conditions as " + wide.rule->id + ": the id alone decides");
    }
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
          for (const std::uint32_t b : first.offers) {
            if (contains(second->trigger.members, b) && told.insert({&first, second}).second) {
              tell(first, "/offers",
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
  UtcMs now_;
  std::vector<Entry> entries_;
  Findings out_;
};

}  // namespace

std::vector<model::Finding> lint(const model::Pack& pack, const model::Catalogue& catalogue,
                                 UtcMs now) {
  const Names names(pack, catalogue);
  return Linter(names, now).run();
}

}  // namespace sidedish::compile
