#include "rules/engine/conditions.hpp"
#include "rules/engine/offers.hpp"
#include "rules/engine/overlaid.hpp"
#include "rules/engine/turn.hpp"

namespace sidedish::engine {
namespace {

struct Known {
  std::uint32_t rule = image::kNone;
  std::uint32_t offer = image::kNone;
  bool reason = false;  ///< also_bought: what it was offered beside is there
};

// Remembered by stable ids: a new image may have other indices, or not have it at all.
Known recall(const image::Image& image, const Situation& now, const PromptSlot& slot) noexcept {
  Known known;
  known.rule = image.find_rule(slot.rule);
  if (known.rule == image::kNone) return known;
  const image::Rule& rule = now.rules[known.rule];
  if (rule.kind == static_cast<std::uint8_t>(Kind::also_bought)) {
    each_offer(now, rule, [&](std::uint32_t i) {
      const bool is_it = now.products[now.offers[i].product].stable == slot.offer;
      if (known.offer == image::kNone && is_it) known.offer = i;
    });
    known.reason = known.offer != image::kNone;
    if (!known.reason) known.offer = remembered_offer(now, rule, slot);  // it may still arrive
    return known;
  }
  known.offer = remembered_offer(now, rule, slot);
  known.reason = known.offer != image::kNone;
  return known;
}

Best looked_at(const Situation& now, const BasketMemory& memory, Known known,
               const PromptSlot& slot) noexcept {
  const image::Rule& rule = now.rules[known.rule];
  if (!known.reason || !speaks(now, rule) || holds(now, known.rule) != Truth::yes) {
    return {0, 0, 0, known.offer, Guard::not_there};
  }
  return standing_offer(now, memory, rule, known.offer, slot);
}

void report(const PromptSlot& slot, OutcomeKind kind, Decision& out) noexcept {
  Change& change = out.changes[out.change_count++];
  change.prompt = slot.id;
  change.rule = slot.rule;
  change.offer = slot.offer;
  change.quantity = slot.quantity;
  change.kind = kind;
  change.arm = slot.arm;
  change.moment = static_cast<Moment>(slot.moment);
}

void list(const Situation& now, const PromptSlot& slot, std::uint32_t rule, const Best& best,
          Decision& out) noexcept {
  Prompt& prompt = out.prompts[out.prompt_count++];
  prompt.id = slot.id;
  prompt.score = best.score;
  prompt.quantity = best.quantity;
  prompt.price_effect = best.price;
  prompt.saving = best.saving;
  prompt.rule = rule;
  prompt.offer = best.offer;
  prompt.product = now.offers[best.offer].product;
  prompt.revision = slot.revision;
  prompt.propensity_ppm = 1'000'000;
  prompt.also = best.also;
  prompt.kind = static_cast<Kind>(now.rules[rule].kind);
  prompt.arm = slot.arm;
  prompt.moment = static_cast<Moment>(slot.moment);
  prompt.action = best.action;
  prompt.times = best.times;
}

// Where a prompt is looked at; nullptr: nowhere any more.
const Situation* view_of(const Scene& scene, const BasketMemory& memory,
                         const PromptSlot& slot) noexcept {
  const Stage stage = stage_of(static_cast<Moment>(slot.moment));
  if (stage == Stage::basket) return &scene.basket();
  if (stage != scene.stage()) return nullptr;
  const bool same_page = scene.looking_at() != 0 && scene.looking_at() == memory.looking_at;
  return stage == Stage::receipt || same_page ? &scene.asked() : nullptr;
}

}  // namespace

// Shown and withheld prompts live the same life here (ghost state): only the arm differs.
void settle(const image::Image& image, const Scene& scene, bool silent, BasketMemory& memory,
            Decision& out) noexcept {
  const Budget basket(scene.basket());
  const Budget asked(scene.asked());
  for (PromptSlot& slot : memory.slots) {
    if (slot.state != PromptState::shown && slot.state != PromptState::withheld) continue;
    if (scene.stage() == Stage::receipt &&
        stage_of(static_cast<Moment>(slot.moment)) == Stage::basket) {
      continue;
    }
    const Situation* view = view_of(scene, memory, slot);
    const Known known = recall(image, view != nullptr ? *view : scene.basket(), slot);
    if (known.offer != image::kNone) {
      const std::uint32_t product = scene.basket().offers[known.offer].product;
      if (slot.quantity > 0 && scene.basket().quantity_of(product) > slot.held) {
        slot.state = PromptState::arrived;
        report(slot, OutcomeKind::arrived, out);
        continue;
      }
      if (!silent && view != nullptr && out.prompt_count < kMaxPrompts) {
        const Best best = looked_at(*view, memory, known, slot);
        if (best.guard == Guard::none) {
          list(*view, slot, known.rule, best, out);
          continue;
        }
      }
    }
    slot.state = PromptState::withdrawn;
    report(slot, OutcomeKind::withdrawn, out);
  }
  if (scene.basket().is_spent() || scene.asked().is_spent()) out.cut = 1;
}

}  // namespace sidedish::engine
