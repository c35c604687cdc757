#include "rules/engine/conditions.hpp"

#include "rules/image/code.hpp"

#include <algorithm>

namespace sidedish::engine {
namespace {

constexpr std::uint32_t kShortList = 64;
constexpr std::uint32_t kPerStep = 8;  // looks at neighbouring memory

using image::Node;
using image::Op;
using image::SetView;

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
// Members are looked up in the basket, or the basket's items in a list that is much longer.
template <class Visit>
void each_member(const Situation& now, const SetView& set, Visit visit) noexcept {
  const Item* end = now.basket.items.data() + now.basket.items.size();
  if (set.is_range()) {
    if (set.size() == 1 && !now.may_have(set.first())) return;
    const Item* item = now.from(set.first());
    const Item* const first = item;
    for (; item != end && item->product < set.end(); ++item) {
      if (!visit(*item)) break;
    }
    now.steps += static_cast<std::uint32_t>(item - first) / kPerStep;
    return;
  }
  const std::uint32_t* member = set.list().data();
  const std::uint32_t* last = member + set.size();
  if (set.size() <= kShortList) {
    now.steps += set.size() / kPerStep;
    for (; member != last; ++member) {
      if (!now.may_have(*member)) continue;
      const Item* item = now.from(*member);
      if (item != end && item->product == *member && !visit(*item)) return;
    }
    return;
  }
  const Item* item = now.from(set.first());
  for (; item != end && item->product < set.end(); ++item) {
    ++now.steps;
    member = std::lower_bound(member, last, item->product);
    if (member == last) return;
    if (*member == item->product && !visit(*item)) return;
  }
}

bool absent(const Situation& now, const SetView& set) noexcept {
  bool none = true;
  each_member(now, set, [&](const Item& item) {
    none = item.quantity <= 0;
    return none;
  });
  return none;
}

Minor value_in(const Situation& now, const SetView& set) noexcept {
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

Truth in_segment(const Situation& now, const Node& node) noexcept {
  const Context& c = now.context;
  for (std::uint32_t i = node.b; i < node.b + node.n; ++i) {
    for (unsigned k = 0; k < c.segment_count; ++k) {
      if (c.segments[k] == now.hashes[i]) return Truth::yes;
    }
  }
  return c.segments_known != 0 ? Truth::no : Truth::unknown;
}

Truth visit(const Context& context, const Node& node) noexcept {
  if (context.visit == Visit::unknown) return Truth::unknown;
  return truth(static_cast<std::int64_t>(context.visit) == node.min);
}

// No is only known as far back as the host's list is whole.
Truth bought(const Situation& now, const Node& node) noexcept {
  const Context& c = now.context;
  const image::SetView set = now.set(node.a);
  now.steps += c.bought_count / kPerStep;
  for (unsigned i = 0; i < c.bought_count; ++i) {
    if (c.bought[i].days <= node.max && set.has(c.bought[i].product)) {
      return Truth::yes;
    }
  }
  return c.bought_days >= node.max ? Truth::no : Truth::unknown;
}

Truth stocked(const Node& node, OfferStock stock) noexcept {
  switch (stock) {
    case OfferStock::any:
      return Truth::yes;
    case OfferStock::nothing:
      return Truth::unknown;
    default:
      return truth(bit(node.min, static_cast<unsigned>(stock)));
  }
}

bool daypart(const Node& node, std::int64_t minute) noexcept {
  if (node.min < node.max) return node.min <= minute && minute < node.max;
  return node.min <= minute || minute < node.max;
}

bool in_store(const Situation& now, const Node& node) noexcept {
  const std::uint32_t* first = now.indices.data() + node.a;
  return std::binary_search(first, first + node.n, now.context.store);
}

Truth leaf(const Situation& now, const Node& node, OfferStock stock) noexcept {
  const Context& c = now.context;
  switch (node.op) {
    case Op::quantity:
      return truth(within(node, quantity_in(now, now.set(node.a))));
    case Op::absent:
      return truth(absent(now, now.set(node.a)));
    case Op::value:
      return truth(within(node, value_in(now, now.set(node.a))));
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
    case Op::segment:
      return in_segment(now, node);
    case Op::visit:
      return visit(c, node);
    case Op::bought:
      return bought(now, node);
    case Op::not_bought:
      return negate(bought(now, node));
    case Op::stock:
      return stocked(node, stock);
    case Op::all:
    case Op::any:
    case Op::none:
      break;
  }
  return Truth::no;
}

// More than nothing of a set: what most conditions ask.
bool has_some(const Situation& now, const SetView& set) noexcept {
  bool some = false;
  each_member(now, set, [&](const Item& item) {
    some = item.quantity > 0;
    return !some;
  });
  return some;
}

constexpr std::uint32_t kAskMask = 0xFFFFU & ~(image::kKnown | image::kHasA);
constexpr std::uint32_t kHasSome =
    static_cast<std::uint32_t>(Op::quantity) |
    static_cast<std::uint32_t>(image::Bound::one) << image::kMinShift |
    static_cast<std::uint32_t>(image::Bound::open) << image::kMaxShift;

bool is_true(const Situation& now, const std::uint32_t* at) noexcept {
  if ((*at & kAskMask) == kHasSome && !now.negative) {
    return has_some(now, now.set((*at & image::kHasA) != 0 ? at[1] : *at >> 16));
  }
  return leaf(now, image::read_node(at), OfferStock::any) == Truth::yes;
}

// A plain rule: what neither the gate nor the index has decided, until something is not true.
bool rest_holds(const Situation& now, const image::Gate& gate) noexcept {
  const std::uint32_t* at = now.code.data() + gate.code;
  for (unsigned i = gate.node_count; i > 0; --i) {
    const std::uint32_t first = *at;
    if ((first & 0xFF) <= static_cast<std::uint32_t>(Op::none))
      return true;  // the `all` at the end
    if ((first & image::kKnown) == 0 && !is_true(now, at)) return false;
    at += image::node_words(first);
  }
  return true;
}

// Postfix; the image's check has seen to it that the stack neither under- nor overflows.
template <bool kTrace>
Truth evaluate(const Situation& now, const image::Gate& gate, OfferStock stock, Node* nodes,
               Truth* values) noexcept {
  image::Code code(now.code.data() + gate.code);
  Truth stack[image::kMaxStack];
  stack[0] = Truth::yes;
  unsigned top = 0;
  for (unsigned i = 0; i < gate.node_count; ++i) {
    const Node node = code.next();
    Truth value = Truth::no;
    if (node.op > Op::none) {
      value = leaf(now, node, stock);
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
    if (kTrace) {
      nodes[i] = node;
      values[i] = value;
    }
    stack[top++] = value;
  }
  return stack[0];
}

}  // namespace

Milli quantity_in(const Situation& now, const SetView& set) noexcept {
  Milli sum = 0;
  each_member(now, set, [&](const Item& item) {
    sum += item.quantity;
    return true;
  });
  return sum;
}

Truth holds_for(const Situation& now, std::uint32_t rule, OfferStock stock) noexcept {
  return evaluate<false>(now, now.gates[rule], stock, nullptr, nullptr);
}

Truth holds(const Situation& now, std::uint32_t rule) noexcept {
  const Truth in = holds_for(now, rule, OfferStock::in);
  if (in == Truth::yes || !asks_stock(now, rule)) return in;
  return std::max(in, holds_for(now, rule, OfferStock::low));
}

Truth holds_all(const Situation& now, std::uint32_t rule, Node* nodes, Truth* values) noexcept {
  // What the offer's class may be is no reason, unless it is the only one.
  const Truth any = evaluate<true>(now, now.gates[rule], OfferStock::any, nodes, values);
  if (any != Truth::yes || !asks_stock(now, rule) || holds(now, rule) == Truth::yes) return any;
  return evaluate<true>(now, now.gates[rule], OfferStock::in, nodes, values);
}

bool reached(const Situation& now, std::uint32_t rule) noexcept {
  const image::Gate& gate = now.gates[rule];
  const bool open = (gate.speaks & now.asked) == now.asked && gate.least_total <= now.total &&
                    gate.from <= now.local.minute && now.local.minute < gate.to &&
                    (gate.weekdays >> now.local.weekday & 1) != 0;
  if (!open) return false;
  if ((gate.flags & image::kComplete) != 0) return true;
  if ((gate.flags & (image::kPlain | image::kAsksStock)) == image::kPlain) {
    return rest_holds(now, gate);
  }
  return holds(now, rule) == Truth::yes;
}

}  // namespace sidedish::engine
