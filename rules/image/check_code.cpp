// Conditions: words of kCode that read as well-formed postfix, and the gate that is made of them.
#include "rules/image/check_rules.hpp"
#include "rules/image/code.hpp"
#include "rules/model/words.hpp"

namespace sidedish::image {
namespace {

bool check_node(const Image& image, Checker& check, const Node& n, std::size_t rule,
                unsigned stack) noexcept {
  const auto is = [&](bool good, const char* why) { return check.ok(good, "rules", rule, why); };
  switch (n.op) {
    case Op::all:
    case Op::any:
    case Op::none:
      return is(n.n <= stack, "conditions: more operands than there are");
    case Op::quantity:
    case Op::absent:
    case Op::value:
      return is(n.a < image.sets().size(), "conditions: no such set");
    case Op::store:
      return check.ascending(n.a, n.n, image.stores().size(), "rules", rule, "conditions: stores");
    case Op::fact_is:
      return is(n.a < image.facts().size(), "conditions: no such fact") &&
             is(std::uint64_t{n.b} + n.n <= image.hashes().size(),
                "conditions: values of the fact");
    case Op::fact_range:
      return is(n.a < image.facts().size(), "conditions: no such fact");
    case Op::segment:
      return is(std::uint64_t{n.b} + n.n <= image.hashes().size(), "conditions: segments");
    case Op::visit:
      return is(n.min == static_cast<int>(Visit::first) || n.min == static_cast<int>(Visit::again),
                "conditions: no such visit");
    case Op::bought:
    case Op::not_bought:
      return is(n.a < image.sets().size(), "conditions: no such set") &&
             is(n.max >= 0, "conditions: days");
    case Op::stock:
      return is(n.min > 0 && n.min < 4, "conditions: no such stock class");
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

// What the gate says is what the conditions say. The one condition that is not folded and yet known
// is the one that the rule is posted for.
bool check_gate(const Image& image, Checker& check, std::size_t rule, std::span<Node> nodes,
                std::uint32_t posted) noexcept {
  const Gate& have = image.gates()[rule];
  const Rule& r = image.rules()[rule];
  Gate gate = gate_of(r, nodes, posted);
  const bool same = gate.least_total == have.least_total && gate.from == have.from &&
                    gate.to == have.to && gate.weekdays == have.weekdays &&
                    gate.speaks == have.speaks && gate.flags == have.flags;
  return check.ok(same, "gates", rule, "it does not say what the conditions say") &&
         check.ok(have.product == only_product(r, image.offers()), "gates", rule,
                  "product is not that of the only offer");
}

}  // namespace

// Postfix: leaves push, all/any/none take n and push one; one is left at the end.
bool check_conditions(const Image& image, Checker& check, std::size_t rule,
                      std::uint64_t& code) noexcept {
  const Gate& gate = image.gates()[rule];
  const auto words = image.code();
  const auto is = [&](bool good, const char* why) { return check.ok(good, "rules", rule, why); };
  if (!is(gate.code == code, "conditions do not follow the rule before") ||
      !is(gate.node_count > 0 && gate.node_count <= kMaxNodes, "number of conditions")) {
    return false;
  }
  Node nodes[kMaxNodes];
  std::uint32_t posted = kNone;
  unsigned stack = 0;
  for (std::uint32_t i = 0; i < gate.node_count; ++i) {
    const unsigned size = code < words.size() ? node_words(words[code]) : 0;
    if (!is(size > 0 && code + size <= words.size(), "conditions: no condition begins so") ||
        !is((words[code] & 0xFF) < kOps, "conditions: unknown operation")) {
      return false;
    }
    Node& n = nodes[i] = read_node(words.data() + code);
    if (!check_node(image, check, n, rule, stack)) return false;
    if (n.op <= Op::none) stack -= n.n;
    if (!is(++stack <= kMaxStack, "conditions: too many operands waiting")) return false;
    if (n.known != 0 && n.op == Op::quantity && n.min == 1 && n.max == kNoMax) posted = i;
    code += size;
  }
  if (!is(stack == 1, "conditions do not end in one result")) return false;
  Node again[kMaxNodes];
  for (std::uint32_t i = 0; i < gate.node_count; ++i) again[i] = nodes[i];
  if (!check_gate(image, check, rule, {again, gate.node_count}, posted)) return false;
  for (std::uint32_t i = 0; i < gate.node_count; ++i) {
    if (!is(nodes[i].known == again[i].known, "conditions: known by whom?")) return false;
  }
  return true;
}

}  // namespace sidedish::image
