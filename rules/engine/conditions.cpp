#include "rules/engine/conditions.hpp"

#include <algorithm>

namespace sidedish::engine {
namespace {

using image::Node;
using image::Op;
using image::Set;

constexpr Truth truth(bool yes) noexcept { return yes ? Truth::yes : Truth::no; }
constexpr Truth negate(Truth t) noexcept {
  return static_cast<Truth>(2 - static_cast<unsigned>(t));
}
constexpr bool within(const Node& node, std::int64_t value) noexcept {
  return node.min <= value && value <= node.max;
}
constexpr bool bit(std::int64_t bits, unsigned at) noexcept {
  return at < 63 && (bits >> at & 1) != 0;
}

// Calls visit(item) for the basket's items that are members of the set, until it returns false.
// The shorter of the two ascending lists is walked, the other is searched.
template <class Visit>
void each_member(const Situation& now, const Set& set, Visit visit) noexcept {
  const Item* end = now.basket.items.data() + now.basket.items.size();
  const auto before = [](const Item& item, std::uint32_t p) { return item.product < p; };
  const Item* item = std::lower_bound(now.basket.items.data(), end, set.first, before);
  if (item == end || item->product >= set.end) return;
  if (set.members == image::kNone) {
    for (; item != end && item->product < set.end; ++item) {
      if (!visit(*item)) return;
    }
    return;
  }
  const std::uint32_t* member = now.indices.data() + set.members;
  const std::uint32_t* last = member + set.count;
  if (set.count <= 8) {
    for (; member != last; ++member) {
      item = std::lower_bound(item, end, *member, before);
      if (item == end) return;
      if (item->product == *member && !visit(*item)) return;
    }
    return;
  }
  for (; item != end && item->product < set.end; ++item) {
    member = std::lower_bound(member, last, item->product);
    if (member == last) return;
    if (*member == item->product && !visit(*item)) return;
  }
}

bool absent(const Situation& now, const Set& set) noexcept {
  bool none = true;
  each_member(now, set, [&](const Item& item) {
    none = item.quantity <= 0;
    return none;
  });
  return none;
}

Minor value_in(const Situation& now, const Set& set) noexcept {
  Minor sum = 0;
  each_member(now, set, [&](const Item& item) {
    sum += item.value;
    return true;
  });
  return sum;
}

const FactValue* fact(const Context& context, std::uint32_t index) noexcept {
  for (std::uint32_t i = 0; i < context.fact_count; ++i) {
    if (context.facts[i].fact == index) return &context.facts[i];
  }
  return nullptr;
}

Truth fact_is(const Situation& now, const Node& node) noexcept {
  const FactValue* value = fact(now.context, node.a);
  if (value == nullptr || value->is_number != 0) return Truth::unknown;
  for (std::uint32_t i = node.b; i < node.b + node.n; ++i) {
    if (now.hashes[i] == value->text_hash) return Truth::yes;
  }
  return Truth::no;
}

Truth fact_range(const Situation& now, const Node& node) noexcept {
  const FactValue* value = fact(now.context, node.a);
  if (value == nullptr || value->is_number == 0) return Truth::unknown;
  return truth(within(node, value->number));
}

bool daypart(const Node& node, std::int64_t minute) noexcept {
  if (node.min < node.max) return node.min <= minute && minute < node.max;
  return node.min <= minute || minute < node.max;
}

bool in_store(const Situation& now, const Node& node) noexcept {
  const std::uint32_t* first = now.indices.data() + node.a;
  return std::binary_search(first, first + node.n, now.context.store);
}

Truth leaf(const Situation& now, const Node& node) noexcept {
  const Context& c = now.context;
  switch (node.op) {
    case Op::quantity:
      return truth(within(node, quantity_in(now, now.sets[node.a])));
    case Op::absent:
      return truth(absent(now, now.sets[node.a]));
    case Op::value:
      return truth(within(node, value_in(now, now.sets[node.a])));
    case Op::total:
      return truth(within(node, now.basket.total));
    case Op::lines:
      return truth(within(node, now.basket.lines));
    case Op::distinct:
      return truth(within(node, now.distinct));
    case Op::units:
      return truth(within(node, now.units));
    case Op::daypart:
      return truth(daypart(node, now.local.minute));
    case Op::weekday:
      return truth(bit(node.min, static_cast<unsigned>(now.local.weekday)));
    case Op::dates:
      return truth(within(node, now.local.day));
    case Op::store:
      return truth(in_store(now, node));
    case Op::terminal_group:
      return truth((static_cast<std::uint64_t>(node.min) & c.terminal_groups) != 0);
    case Op::channel:
      return truth(bit(node.min, static_cast<unsigned>(c.channel)));
    case Op::moment:
      return truth(bit(node.min, static_cast<unsigned>(c.moment)));
    case Op::fact_is:
      return fact_is(now, node);
    case Op::fact_range:
      return fact_range(now, node);
    case Op::all:
    case Op::any:
    case Op::none:
      break;
  }
  return Truth::no;
}

// Postfix; the image's check has seen to it that the stack neither under- nor overflows.
template <bool kTrace>
Truth evaluate(const Situation& now, const image::Rule& rule, Truth* values) noexcept {
  const Node* nodes = now.nodes.data() + rule.nodes;
  const unsigned count = rule.node_count;
  const bool flat = nodes[count - 1].op == Op::all && nodes[count - 1].n == count - 1;
  Truth stack[image::kMaxStack];
  unsigned top = 0;
  for (unsigned i = 0; i < count; ++i) {
    const Node& node = nodes[i];
    Truth value = Truth::no;
    if (node.op > Op::none) {
      value = leaf(now, node);
      if (!kTrace && flat && value == Truth::no) return Truth::no;
    } else {
      Truth least = Truth::yes;
      Truth most = Truth::no;
      top -= node.n;
      for (unsigned k = top; k < top + node.n; ++k) {
        least = std::min(least, stack[k]);
        most = std::max(most, stack[k]);
      }
      value = node.op == Op::all ? least : node.op == Op::any ? most : negate(most);
    }
    if (kTrace) values[i] = value;
    stack[top++] = value;
  }
  return stack[0];
}

}  // namespace

Milli quantity_in(const Situation& now, const Set& set) noexcept {
  Milli sum = 0;
  each_member(now, set, [&](const Item& item) {
    sum += item.quantity;
    return true;
  });
  return sum;
}

Truth holds(const Situation& now, const image::Rule& rule) noexcept {
  return evaluate<false>(now, rule, nullptr);
}

Truth holds_all(const Situation& now, const image::Rule& rule, Truth* values) noexcept {
  return evaluate<true>(now, rule, values);
}

}  // namespace sidedish::engine
