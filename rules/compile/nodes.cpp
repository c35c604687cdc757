#include "rules/compile/nodes.hpp"

#include "rules/base/hash.hpp"
#include "rules/compile/bundles.hpp"
#include "rules/compile/pairs.hpp"

#include <algorithm>
#include <optional>

namespace sidedish::compile {
namespace {

using Type = model::Condition::Type;

bool bounded(const model::Range& range) { return range.min || range.max; }

bool combines(Type type) { return type == Type::all || type == Type::any || type == Type::none; }

image::Op op_of(Type type) {
  switch (type) {
    case Type::all:
      return image::Op::all;
    case Type::any:
      return image::Op::any;
    case Type::none:
      return image::Op::none;
    case Type::has:
      return image::Op::quantity;
    case Type::lacks:
      return image::Op::absent;
    case Type::total:
      return image::Op::total;
    case Type::lines:
      return image::Op::lines;
    case Type::distinct:
      return image::Op::distinct;
    case Type::items:
      return image::Op::units;
    case Type::daypart:
      return image::Op::daypart;
    case Type::weekday:
      return image::Op::weekday;
    case Type::dates:
      return image::Op::dates;
    case Type::store:
    case Type::store_group:
      return image::Op::store;
    case Type::terminal_group:
      return image::Op::terminal_group;
    case Type::channel:
      return image::Op::channel;
    case Type::moment:
      return image::Op::moment;
    case Type::segment:
      return image::Op::segment;
    case Type::first_visit:
      return image::Op::visit;
    case Type::bought:
      return image::Op::bought;
    case Type::not_bought:
      return image::Op::not_bought;
    case Type::stock:
      return image::Op::stock;
    case Type::fact:
      break;
  }
  return image::Op::fact_is;
}

void plan(const model::Condition& c, bool in_pairs, std::vector<NodePlan>& out) {
  if (!combines(c.type)) {
    if (c.type == Type::fact && c.names.empty()) {
      out.push_back({image::Op::fact_range, 0, &c});
      return;
    }
    out.push_back({op_of(c.type), 0, &c});
    if (c.type == Type::has && bounded(c.select.value)) {
      out.push_back({image::Op::value, 0, &c});
      out.push_back({image::Op::all, 2, &c});
    }
    return;
  }
  const image::Op inner = c.type == Type::all ? image::Op::all : image::Op::any;
  for (std::size_t i = 0; i < c.children.size(); ++i) {
    plan(c.children[i], in_pairs, out);
    if (in_pairs && i > 0) out.push_back({inner, 2, &c});
  }
  if (!in_pairs) {
    out.push_back({op_of(c.type), static_cast<std::uint16_t>(c.children.size()), &c});
  } else if (c.type == Type::none || c.children.size() == 1) {
    out.push_back({op_of(c.type), 1, &c});
  }
}

/// Kleene: false, unknown, true as 0, 1, 2.
int possible(const model::Condition& c, unsigned channel, unsigned moment, bool& asks_moment) {
  switch (c.type) {
    case Type::channel:
      return (c.bits >> channel & 1U) != 0 ? 2 : 0;
    case Type::moment:
      asks_moment = true;
      return (c.bits >> moment & 1U) != 0 ? 2 : 0;
    case Type::all:
    case Type::any:
    case Type::none: {
      int value = c.type == Type::all ? 2 : 0;
      for (const auto& child : c.children) {
        const int v = possible(child, channel, moment, asks_moment);
        value = c.type == Type::all ? std::min(value, v) : std::max(value, v);
      }
      return c.type == Type::none ? 2 - value : value;
    }
    default:
      return 1;
  }
}

}  // namespace

std::uint32_t SetPool::intern(const Members& members) {
  const auto next = static_cast<std::uint32_t>(sets_.size());
  if (members.range) {
    // An empty category has no place of its own.
    const std::pair key =
        members.size() == 0 ? std::pair(0U, 0U) : std::pair(members.first, members.end);
    const auto [it, fresh] = ranges_.emplace(key, next);
    if (fresh) sets_.push_back({true, key.first, key.second, {}});
    return it->second;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(members.list.data()),
                               members.list.size_bytes());
  auto& same_hash = by_hash_[hash64(bytes)];
  for (const std::uint32_t i : same_hash) {
    if (std::ranges::equal(sets_[i].list, members.list)) return i;
  }
  lists_.emplace_back(members.list.begin(), members.list.end());
  sets_.push_back({false, 0, 0, lists_.back()});
  same_hash.push_back(next);
  return next;
}

std::size_t stack_needed(const std::vector<NodePlan>& plan) {
  std::size_t depth = 0;
  std::size_t most = 0;
  for (const NodePlan& node : plan) {
    depth = depth - node.operands + 1;
    most = std::max(most, depth);
  }
  return most;
}

std::vector<NodePlan> plan_nodes(const model::Condition& when) {
  std::vector<NodePlan> out;
  plan(when, false, out);
  if (stack_needed(out) > image::kMaxStack) {
    out.clear();
    plan(when, true, out);
  }
  return out;
}

Reach reach_of(const model::Condition& when) {
  constexpr unsigned kChannels[] = {0, 1};    // cashier, kiosk: an add-on is never on a receipt
  constexpr unsigned kMoments[] = {0, 1, 2};  // basket, checkout, browse
  Reach reach;
  bool asks_moment = false;
  for (const unsigned channel : kChannels) {
    for (const unsigned moment : kMoments) {
      const int value = possible(when, channel, moment, asks_moment);
      // Without a moment condition a rule speaks at basket and checkout only.
      if (value == 0 || (!asks_moment && moment == 2)) continue;
      reach.channels = static_cast<std::uint8_t>(reach.channels | 1U << channel);
      reach.moments = static_cast<std::uint8_t>(reach.moments | 1U << moment);
    }
  }
  return reach;
}

Reach reach_of(const model::Rule& rule) {
  if (rule.kind == Kind::receipt) return {1U << 2, 1U << 3};
  Reach reach = reach_of(rule.when);
  bool asks_moment = false;
  possible(rule.when, 0, 0, asks_moment);
  if (rule.kind == Kind::upsell && !asks_moment) {
    reach.moments = static_cast<std::uint8_t>(reach.moments & 1U << 0);
  }
  // What is looked at is in no basket: there is nothing to swap, and no part to complete.
  if (rule.kind == Kind::upsell || rule.kind == Kind::bundle) {
    reach.moments = static_cast<std::uint8_t>(reach.moments & ~(1U << 2));
    if (reach.moments == 0) reach.channels = 0;
  }
  return reach;
}

Anchor anchor_of(const model::Condition& c, const Names& names) {
  Anchor best;
  if (c.type == Type::has) {
    best.found = true;
    best.members = names.members(c.select, best.own);
  } else if (c.type == Type::all) {
    for (const auto& child : c.children) {
      Anchor next = anchor_of(child, names);
      if (next.found && (!best.found || next.members.size() < best.members.size())) {
        best = std::move(next);
      }
    }
  } else if (c.type == Type::any && c.children.size() == 1) {
    return anchor_of(c.children[0], names);
  } else if (c.type == Type::any) {
    std::vector<std::uint32_t> all;
    for (const auto& child : c.children) {
      const Anchor next = anchor_of(child, names);
      if (!next.found) return {};
      for_each(next.members, [&](std::uint32_t p) { all.push_back(p); });
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    best.found = !c.children.empty();
    best.own = std::move(all);
    best.members = {false, 0, 0, best.own};
  }
  return best;
}

Anchor anchor_of(const model::Rule& rule, const Names& names) {
  Anchor best = anchor_of(condition_of(rule), names);
  Anchor own;
  if (rule.kind == Kind::upsell) {
    own.found = true;
    own.members = names.members(rule.from, own.own);
  } else if (rule.kind == Kind::bundle) {
    own.found = true;
    own.own = parts_needed(names, rule.bundle);
    own.members = {false, 0, 0, own.own};
  }
  if (own.found && (!best.found || own.members.size() < best.members.size())) {
    best = std::move(own);
  }
  return best;
}

Anchor trigger_of(const model::Rule& rule, const Names& names) {
  if (rule.kind != Kind::upsell) return trigger_of(condition_of(rule), names);
  Anchor from;
  from.found = true;
  from.members = names.members(rule.from, from.own);
  return from;
}

Anchor trigger_of(const model::Condition& c, const Names& names) {
  if (c.type != Type::all) return anchor_of(c, names);
  for (const auto& child : c.children) {
    Anchor next = trigger_of(child, names);
    if (next.found) return next;
  }
  return {};
}

}  // namespace sidedish::compile
