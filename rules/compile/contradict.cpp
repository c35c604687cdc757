#include "rules/compile/contradict.hpp"

#include <algorithm>
#include <bitset>
#include <functional>
#include <set>
#include <utility>

namespace sidedish::compile {
namespace {

using model::Condition;
using Type = Condition::Type;
using Tell = std::function<void(const std::string&, std::string)>;
/// Conditions of one `all` that are held against each other; beyond that a rule has other worries.
constexpr std::size_t kMost = 64;

bool apart(const model::Range& a, const model::Range& b) {
  return (a.max && b.min && *a.max < *b.min) || (b.max && a.min && *b.max < *a.min);
}

using Minutes = std::bitset<1440>;
Minutes minutes(const model::Daypart& part) {
  Minutes out;
  const auto from = static_cast<std::size_t>(part.from);
  const auto to = static_cast<std::size_t>(part.to);
  for (std::size_t m = 0; m < 1440; ++m) {
    out[m] = from < to ? from <= m && m < to : from <= m || m < to;
  }
  return out;
}

/// Days of the week, Monday = bit 0, between two dates.
std::uint32_t weekdays(const model::Range& dates) {
  if (!dates.min || !dates.max || *dates.max - *dates.min >= 6) return 0x7F;
  std::uint32_t out = 0;
  for (std::int64_t day = *dates.min; day <= *dates.max; ++day) {
    out |= 1U << (((day + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
  }
  return out;
}

template <class T>
bool disjoint(const std::vector<T>& a, const std::vector<T>& b) {
  return std::none_of(a.begin(), a.end(),
                      [&](const T& x) { return std::find(b.begin(), b.end(), x) != b.end(); });
}

class Finder {
 public:
  Finder(const Names& names, const Tell& tell) : names_(names), tell_(tell) {}

  /// `when` must hold together with what is in `must_` already.
  void need(const Condition& when) {
    const std::size_t outer = must_.size();
    std::vector<const Condition*> choices;
    gather(when, choices);
    bool never = false;
    for (std::size_t i = outer; i < must_.size(); ++i) {
      for (std::size_t k = 0; k < i && i < kMost; ++k) never |= pair(*must_[k], *must_[i]);
    }
    for (const Condition* choice : choices) {
      if (never) break;  // told already
      for (const auto& child : choice->children) need(child);
    }
    must_.resize(outer);
  }

 private:
  void gather(const Condition& c, std::vector<const Condition*>& choices) {
    if (c.type == Type::all) {
      for (const auto& child : c.children) gather(child, choices);
    } else if (c.type == Type::any) {
      if (c.children.size() == 1) {
        gather(c.children[0], choices);
      } else {
        choices.push_back(&c);
      }
    } else if (c.type != Type::none) {
      must_.push_back(&c);
    }
  }

  bool say(const Condition& at, const std::string& what, const Condition& other) {
    std::pair<const Condition*, const Condition*> both{&at, &other};
    if (std::less<>()(both.second, both.first)) std::swap(both.first, both.second);
    if (told_.insert(both).second) {
      tell_(at.pointer, "never holds: " + what + " (the other one is " + other.pointer + ")");
    }
    return true;
  }

  std::vector<std::uint32_t> products(const Condition& c) const {
    std::vector<std::uint32_t> own, out;
    for_each(names_.members(c.select, own), [&](std::uint32_t p) { out.push_back(p); });
    return out;
  }

  std::set<std::uint32_t> stores(const Condition& c) const {
    std::set<std::uint32_t> out;
    for (const auto& name : c.names) {
      if (c.type == Type::store) {
        out.insert(names_.store(name));
      } else {
        for (const std::uint32_t s : names_.stores_of(name)) out.insert(s);
      }
    }
    return out;
  }

  bool groups_apart(const Condition& store, const Condition& group) const {
    for (const std::uint32_t s : stores(store)) {
      if (s >= names_.stores().size()) return false;  // check()'s
      const auto& terminals = names_.pack.stores[names_.stores()[s]].terminals;
      for (const auto& name : group.names) {
        if (terminals.contains(name)) return false;
      }
    }
    return true;
  }

  bool pair(const Condition& a, const Condition& b) {
    if (a.type == b.type) return same_type(a, b);
    return mixed(a, b) || mixed(b, a);
  }

  bool same_type(const Condition& a, const Condition& b) {
    switch (a.type) {
      case Type::total:
        return apart(a.range, b.range) && say(b, "no basket has both totals", a);
      case Type::lines:
      case Type::distinct:
      case Type::items:
        return apart(a.range, b.range) && say(b, "no basket has both counts", a);
      case Type::dates:
        return apart(a.range, b.range) && say(b, "no day is in both spans", a);
      case Type::weekday:
        return (a.bits & b.bits) == 0 && say(b, "no day of the week is in both lists", a);
      case Type::daypart: {
        const model::Daypart* x = names_.daypart(a);
        const model::Daypart* y = names_.daypart(b);
        return x != nullptr && y != nullptr && (minutes(*x) & minutes(*y)).none() &&
               say(b, "no time of the day is in both dayparts", a);
      }
      case Type::terminal_group:
        return false;  // a terminal may be in both
      case Type::store:
      case Type::store_group:
        return stores_apart(a, b);
      case Type::fact:
        if (a.fact != b.fact) return false;
        if (a.names.empty() != b.names.empty()) {
          return say(b, "a fact is a number or a text, never both", a);
        }
        if (a.names.empty()) return apart(a.range, b.range) && say(b, "no number is in both", a);
        return disjoint(a.names, b.names) && say(b, "no text is in both lists", a);
      case Type::stock:
        return (a.bits & b.bits) == 0 && say(b, "no product has both stock classes", a);
      case Type::first_visit:
        return a.bits != b.bits && say(b, "a visit is the first one or it is not", a);
      case Type::has:
        return (apart(a.select.quantity, b.select.quantity) ||
                apart(a.select.value, b.select.value)) &&
               products(a) == products(b) && say(b, "no basket has both amounts of them", a);
      default:
        return false;
    }
  }

  bool stores_apart(const Condition& a, const Condition& b) {
    const auto x = stores(a);
    const auto y = stores(b);
    return std::none_of(x.begin(), x.end(), [&](std::uint32_t s) { return y.contains(s); }) &&
           say(b, "no store is in both", a);
  }

  bool mixed(const Condition& a, const Condition& b) {
    if (a.type == Type::has && b.type == Type::lacks) {
      const auto wanted = products(a);
      const auto unwanted = products(b);
      return !wanted.empty() &&
             std::includes(unwanted.begin(), unwanted.end(), wanted.begin(), wanted.end()) &&
             say(b, "it asks for products and for their absence", a);
    }
    if (a.type == Type::bought && b.type == Type::not_bought) {
      const auto wanted = products(a);
      const auto unwanted = products(b);
      return !wanted.empty() && a.range.max <= b.range.max &&
             std::includes(unwanted.begin(), unwanted.end(), wanted.begin(), wanted.end()) &&
             say(b, "it asks for what was bought and for its not having been", a);
    }
    if (a.type == Type::dates && b.type == Type::weekday) {
      return (weekdays(a.range) & b.bits) == 0 && say(b, "these dates have no such day", a);
    }
    if (a.type == Type::store && b.type == Type::store_group) return stores_apart(a, b);
    if ((a.type == Type::store || a.type == Type::store_group) && b.type == Type::terminal_group) {
      return groups_apart(a, b) && say(b, "these stores have no such terminals", a);
    }
    return false;
  }

  const Names& names_;
  const Tell& tell_;
  std::vector<const Condition*> must_;
  std::set<std::pair<const Condition*, const Condition*>> told_;
};

}  // namespace

void contradictions(const model::Condition& when, const Names& names, const Tell& tell) {
  Finder(names, tell).need(when);
}

std::optional<Minor> most_total(const model::Condition& c) {
  if (c.type == Type::total) return c.range.max;
  std::optional<Minor> most;
  if (c.type == Type::all) {
    for (const auto& child : c.children) {
      const auto here = most_total(child);
      if (here && (!most || *here < *most)) most = here;
    }
  }
  return most;
}

std::optional<std::int64_t> last_day(const model::Condition& c) {
  if (c.type == Type::dates) return c.range.max;
  std::optional<std::int64_t> last;
  if (c.type == Type::all) {
    for (const auto& child : c.children) {
      const auto day = last_day(child);
      if (day && (!last || *day < *last)) last = day;
    }
  } else if (c.type == Type::any) {
    for (const auto& child : c.children) {
      const auto day = last_day(child);
      if (!day) return std::nullopt;
      if (!last || *day > *last) last = day;
    }
  }
  return last;
}

}  // namespace sidedish::compile
