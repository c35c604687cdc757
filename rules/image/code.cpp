#include "rules/image/code.hpp"

#include "rules/model/words.hpp"

#include <algorithm>

namespace sidedish::image {
namespace {

constexpr std::int64_t kMinutes = 1440;
constexpr std::uint8_t kAllDays = 127;

Bound bound_of(std::int64_t value, std::int64_t open, bool is_min) noexcept {
  if (value == 0) return Bound::zero;
  if (value == open) return Bound::open;
  if (is_min && value == 1) return Bound::one;
  return value >= INT32_MIN && value <= INT32_MAX ? Bound::short_ : Bound::wide;
}

void put(std::uint32_t (&out)[kMaxNodeWords], unsigned& count, Bound bound,
         std::int64_t value) noexcept {
  if (bound != Bound::short_ && bound != Bound::wide) return;
  out[count++] = static_cast<std::uint32_t>(value);
  if (bound == Bound::wide) {
    out[count++] = static_cast<std::uint32_t>(static_cast<std::uint64_t>(value) >> 32);
  }
}

std::int64_t take(const std::uint32_t*& at, Bound bound, std::int64_t open) noexcept {
  switch (bound) {
    case Bound::zero:
      return 0;
    case Bound::open:
      return open;
    case Bound::one:
      return 1;
    case Bound::short_:
      return static_cast<std::int32_t>(*at++);
    case Bound::wide:
      break;
  }
  const std::uint64_t low = *at++;
  return static_cast<std::int64_t>(std::uint64_t{*at++} << 32 | low);
}

// Whether the gate says exactly what the condition says.
bool fold(const Node& node, Gate& gate) noexcept {
  switch (node.op) {
    case Op::total:
      if (node.max != kNoMax || node.min <= 0 || node.min > UINT32_MAX) return false;
      gate.least_total = std::max(gate.least_total, static_cast<std::uint32_t>(node.min));
      return true;
    case Op::daypart:
      if (node.min < 0 || node.min >= node.max || node.max > kMinutes) return false;
      gate.from = std::max(gate.from, static_cast<std::uint16_t>(node.min));
      gate.to = std::min(gate.to, static_cast<std::uint16_t>(node.max));
      return true;
    case Op::weekday:
      gate.weekdays = static_cast<std::uint8_t>(gate.weekdays & node.min);
      return true;
    default:
      return false;
  }
}

}  // namespace

unsigned write_node(const Node& node, std::uint32_t (&out)[kMaxNodeWords]) noexcept {
  const Bound min = bound_of(node.min, kNoMin, true);
  const Bound max = bound_of(node.max, kNoMax, false);
  const bool short_a = !takes_n(node.op) && node.a <= UINT16_MAX;
  const std::uint32_t upper = short_a ? node.a : takes_n(node.op) ? node.n : 0U;
  std::uint32_t first = static_cast<std::uint32_t>(node.op) | upper << 16 |
                        static_cast<std::uint32_t>(min) << kMinShift |
                        static_cast<std::uint32_t>(max) << kMaxShift;
  if (node.known != 0) first |= kKnown;
  unsigned count = 1;
  if (node.a != 0 && !short_a) {
    first |= kHasA;
    out[count++] = node.a;
  }
  if (node.b != 0) {
    first |= kHasB;
    out[count++] = node.b;
  }
  put(out, count, min, node.min);
  put(out, count, max, node.max);
  out[0] = first;
  return count;
}

Node read_node(const std::uint32_t* at) noexcept {
  const std::uint32_t first = *at++;
  Node node;
  node.op = static_cast<Op>(first & 0xFF);
  const auto upper = static_cast<std::uint16_t>(first >> 16);
  node.n = takes_n(node.op) ? upper : std::uint16_t{0};
  node.known = (first & kKnown) != 0 ? 1 : 0;
  node.a = (first & kHasA) != 0 ? *at++ : takes_n(node.op) ? 0U : upper;
  node.b = (first & kHasB) != 0 ? *at++ : 0;
  node.min = take(at, static_cast<Bound>(first >> kMinShift & 7), kNoMin);
  node.max = take(at, static_cast<Bound>(first >> kMaxShift & 3), kNoMax);
  return node;
}

std::uint32_t only_product(const Rule& rule, std::span<const Offer> offers) noexcept {
  if (rule.kind != static_cast<std::uint8_t>(Kind::add_on) || rule.offer_count != 1) return kNone;
  return offers[rule.offers].product;
}

Gate gate_of(const Rule& rule, std::span<Node> nodes, std::uint32_t posted) noexcept {
  Gate gate{};
  gate.to = kMinutes;
  gate.weekdays = kAllDays;
  gate.node_count = static_cast<std::uint16_t>(nodes.size());
  if ((rule.flags & kPinned) != 0) gate.flags = kFirst;
  if ((rule.flags & kEnabled) != 0) {
    gate.speaks = static_cast<std::uint8_t>(rule.channels | rule.moments << 3);
  }
  for (const Node& node : nodes) {
    if (node.op == Op::stock) gate.flags = static_cast<std::uint8_t>(gate.flags | kAsksStock);
  }
  const Node& last = nodes[nodes.size() - 1];
  const std::size_t leaves = nodes.size() == 1 && last.op > Op::none ? 1 : nodes.size() - 1;
  bool plain = leaves == nodes.size() || (last.op == Op::all && last.n == leaves);
  for (std::size_t i = 0; i < leaves; ++i) plain = plain && nodes[i].op > Op::none;
  for (Node& node : nodes) node.known = 0;
  if (!plain) return gate;
  bool complete = true;
  for (std::size_t i = 0; i < leaves; ++i) {
    const bool known = i == posted || fold(nodes[i], gate);
    nodes[i].known = known ? 1 : 0;
    complete = complete && known;
  }
  gate.flags = static_cast<std::uint8_t>(gate.flags | kPlain | (complete ? kComplete : 0));
  return gate;
}

}  // namespace sidedish::image
