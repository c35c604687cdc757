#include "rules/engine/explain.hpp"

#include "rules/engine/conditions.hpp"
#include "rules/engine/turn.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::engine {
namespace {

// Where each node's operands begin: the first node of the subtree that ends at it.
void subtrees(const image::Node* nodes, unsigned count, std::uint16_t* first) noexcept {
  std::uint16_t stack[image::kMaxStack];
  unsigned top = 0;
  for (unsigned i = 0; i < count; ++i) {
    const image::Node& node = nodes[i];
    auto begin = static_cast<std::uint16_t>(i);
    if (node.op <= image::Op::none && node.n > 0) {
      top -= node.n;
      begin = stack[top];
    }
    first[i] = begin;
    stack[top++] = begin;
  }
}

// The first condition that did not hold: down through every `all` to its first operand, in the
// order of the document, that is not true.
std::uint32_t first_failed(const image::Node* nodes, unsigned count, const Truth* values,
                           const std::uint16_t* first) noexcept {
  unsigned node = count - 1;
  while (nodes[node].op == image::Op::all && first[node] < node) {
    unsigned failed = node;
    // Operands end at node - 1 and, going back, where the one after them begins.
    for (unsigned end = node; end > first[node]; end = first[end - 1]) {
      if (values[end - 1] != Truth::yes) failed = end - 1;
    }
    if (failed == node) break;
    node = failed;
  }
  return node;
}

void condition(const Situation& now, Verdict& verdict) noexcept {
  image::Node nodes[image::kMaxNodes];
  Truth values[image::kMaxNodes];
  std::uint16_t first[image::kMaxNodes];
  verdict.fate = Fate::condition;
  const unsigned count = now.gates[verdict.rule].node_count;
  if (count == 0 || holds_all(now, verdict.rule, nodes, values) == Truth::yes)
    return;  // channel or moment without a condition
  subtrees(nodes, count, first);
  const std::uint32_t failed = first_failed(nodes, count, values, first);
  verdict.node = failed;
  verdict.unknown = values[failed] == Truth::unknown ? 1 : 0;
}

const Prompt* prompt_of(const Decision& decision, std::uint32_t rule) noexcept {
  for (std::uint32_t i = 0; i < decision.prompt_count; ++i) {
    if (decision.prompts[i].rule == rule) return &decision.prompts[i];
  }
  return nullptr;
}

const Prompt* prompt_for(const Decision& decision, std::uint32_t product) noexcept {
  for (std::uint32_t i = 0; i < decision.prompt_count; ++i) {
    const Prompt& prompt = decision.prompts[i];
    if (prompt.quantity > 0 && prompt.product == product) return &prompt;
  }
  return nullptr;
}

struct View {
  const Situation& now;
  const Memory& settled;  ///< standing prompts settled, nothing fresh yet
  const Decision& decision;
  bool mute;  ///< silence came before any rule was looked at
};

void judge(const View& view, const image::Rule& rule, Verdict& verdict) noexcept {
  if (const Prompt* prompt = prompt_of(view.decision, verdict.rule); prompt != nullptr) {
    const bool shown = prompt->arm == Arm::none || prompt->arm == Arm::treated;
    verdict.fate = shown ? Fate::offered : Fate::withheld;
    verdict.score = prompt->score;
    return;
  }
  if ((rule.flags & image::kEnabled) == 0) {
    verdict.fate = Fate::disabled;
    return;
  }
  if (view.mute) return;
  if (!speaks(view.now, rule) || holds(view.now, verdict.rule) != Truth::yes) {
    condition(view.now, verdict);
    return;
  }
  const Best best = best_offer(view.now, view.settled, rule);
  if (best.offer != image::kNone) verdict.score = best.score;
  if (best.guard != Guard::none) {
    verdict.fate = Fate::guard;
    verdict.guard = best.guard;
    return;
  }
  if (view.decision.prompt_count == 0) return;
  if (best.quantity > 0 &&
      prompt_for(view.decision, view.now.offers[best.offer].product) != nullptr) {
    verdict.fate = Fate::guard;
    verdict.guard = Guard::same_product;
    return;
  }
  verdict.fate = Fate::lost;
  verdict.amount = view.decision.prompts[view.decision.prompt_count - 1].score - best.score;
}

}  // namespace

void explain(const image::Image& image, const image::Overlay& overlay, const Context& context,
             const Basket& basket, bool changed, const Memory& memory, std::span<std::byte> scratch,
             Decision& decision, std::span<Verdict> out, std::uint32_t first) noexcept {
  std::memset(static_cast<void*>(&decision), 0, sizeof decision);
  Memory settled = memory;
  const Scene scene(image, overlay, context, basket, scratch);
  const Situation& now = scene.asked();
  const Opening opening = begin(image, scene, changed, settled, decision);
  const bool mute = opening.silence != Silence::none && opening.silence != Silence::silenced &&
                    opening.silence != Silence::allowance && opening.silence != Silence::guarded &&
                    opening.silence != Silence::memory_full;
  Memory after = memory;
  decide(image, overlay, context, basket, changed, after, scratch, decision);
  const View view{now, settled, decision, mute};
  for (std::size_t i = 0; i < out.size() && first + i < now.rules.size(); ++i) {
    const auto rule = static_cast<std::uint32_t>(first + i);
    out[i] = Verdict{};
    out[i].score = now.gates[rule].bound;
    out[i].rule = rule;
    out[i].node = image::kNone;
    out[i].fate = Fate::silent;
    judge(view, now.rules[rule], out[i]);
  }
}

}  // namespace sidedish::engine
