#include "rules/engine/decide.hpp"

#include "rules/base/hash.hpp"
#include "rules/engine/arms.hpp"
#include "rules/engine/caps.hpp"
#include "rules/engine/pace.hpp"
#include "rules/engine/record.hpp"
#include "rules/engine/turn.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::engine {
namespace {

bool is_till(const Context& context) noexcept { return context.channel == Channel::cashier; }

// What a sale may still hear. In a rush a till says nothing new, a kiosk half as much.
unsigned allowance(const Situation& now, bool rush) noexcept {
  if (is_till(now.context)) return rush ? 0U : now.settings.cashier_prompts;
  return rush ? now.settings.kiosk_prompts / 2U : now.settings.kiosk_prompts;
}

// Whether the host can do anything at all with a fresh prompt; a receipt only says something.
bool can_act(const Scene& scene) noexcept {
  constexpr std::uint32_t kActs = kCanAdd | kCanReplace | kCanConvert;
  return scene.stage() == Stage::receipt || (scene.asked().context.capabilities & kActs) != 0;
}

// Pace comes before treatment: what this decision offers has no part in it. Only sales have a pace,
// and a basket that came without its token may have been counted elsewhere.
bool in_rush(const Situation& now, bool changed, Memory& memory) noexcept {
  const Context& c = now.context;
  Pace& pace = memory.lane.pace;
  roll(pace, c.now);
  const bool counts = changed && c.mode == Mode::sale && (memory.basket.flags & kBlind) == 0 &&
                      now.basket.items.size() <= kMaxItems;
  if (counts) count_items(pace, memory.basket, now.basket);
  return is_fast(pace);
}

bool listed_on(const Decision& out, std::uint32_t i, Stage stage) noexcept {
  return stage_of(out.prompts[i].moment) == stage;
}

// Fresh prompts that this stage may still have. A page and the receipt have an allowance of their
// own: what they say is not counted against what the sale may hear at the basket.
unsigned room(const Scene& scene, const BasketMemory& memory, const Decision& out) noexcept {
  const Situation& now = scene.asked();
  unsigned standing = 0;
  for (std::uint32_t i = 0; i < out.prompt_count; ++i) {
    standing += listed_on(out, i, scene.stage()) ? 1U : 0U;
  }
  unsigned left = 0;
  switch (scene.stage()) {
    case Stage::basket: {
      const unsigned most = allowance(now, out.rush != 0);
      left = most > memory.spent ? most - memory.spent : 0;
      if (is_till(now.context)) left = standing > 0 ? 0 : std::min(left, 1U);
      break;
    }
    case Stage::page: {
      const unsigned most = allowance(now, out.rush != 0);
      left = most > standing ? most - standing : 0;
      break;
    }
    case Stage::receipt: {
      unsigned said = 0;
      for (const PromptSlot& slot : memory.slots) {
        const bool receipt = stage_of(static_cast<Moment>(slot.moment)) == Stage::receipt;
        said += slot.state != PromptState::empty && receipt ? 1U : 0U;
      }
      left = now.settings.receipt_prompts > said ? now.settings.receipt_prompts - said : 0U;
      break;
    }
  }
  return std::min(left, kMaxPrompts - std::min(out.prompt_count, std::uint32_t{kMaxPrompts}));
}

// A till has one place: its best, or where exploration chooses the few best.
unsigned window(const Situation& now) noexcept {
  if (now.context.channel == Channel::kiosk) return kWindow;
  return now.settings.exploration_permille == 0 ? 1U : kExplored;
}

unsigned free_slots(BasketMemory& memory) noexcept {
  unsigned count = 0;
  while (free_slot(memory, count) != nullptr) ++count;
  return count;
}

std::uint64_t prompt_id(const BasketMemory& memory, std::uint32_t rule,
                        std::uint32_t offer) noexcept {
  std::uint64_t h = mix64(memory.unit + 1);
  h = mix64(h ^ (std::uint64_t{rule} << 32 | offer));
  h = mix64(h ^ (std::uint64_t{memory.revision} << 8 | memory.spent));
  return h == 0 ? 1 : h;
}

void make(const Scene& scene, const Candidate& candidate, Memory& memory, Decision& out) noexcept {
  const Situation& now = scene.asked();
  BasketMemory& basket = memory.basket;
  PromptSlot* slot = free_slot(basket, 0);  // begin() has seen to it that there is one
  const image::Rule& rule = now.rules[candidate.rule];
  const std::uint32_t offer = now.products[candidate.product].stable;
  bool first = false;
  const Arm arm = assign(now, memory.lane, rule, offer, basket, first);
  const bool shown = arm == Arm::none || arm == Arm::treated;

  *slot = PromptSlot{};
  slot->id = prompt_id(basket, rule.stable, offer);
  slot->rule = rule.stable;
  slot->offer = offer;
  slot->also = candidate.also == image::kNone ? 0 : scene.basket().products[candidate.also].stable;
  slot->quantity = static_cast<std::uint32_t>(candidate.quantity);
  slot->held = scene.basket().quantity_of(candidate.product);
  slot->revision = basket.revision;
  slot->state = shown ? PromptState::shown : PromptState::withheld;
  slot->arm = arm;
  slot->moment = static_cast<std::uint8_t>(now.context.moment);
  // Ghost state: a withheld prompt costs what a shown one costs.
  if (scene.stage() == Stage::basket && basket.spent < 0xFF) ++basket.spent;
  if (scene.stage() == Stage::page) basket.looking_at = scene.looking_at();
  count_prompt(now, memory.lane, rule);

  Prompt& prompt = out.prompts[out.prompt_count++];
  prompt.id = slot->id;
  prompt.score = candidate.score;
  prompt.quantity = candidate.quantity;
  prompt.price_effect = candidate.price;
  prompt.saving = candidate.saving;
  prompt.also = candidate.also;
  prompt.action = candidate.action;
  prompt.times = candidate.times;
  prompt.rule = candidate.rule;
  prompt.offer = candidate.offer;
  prompt.product = candidate.product;
  prompt.revision = basket.revision;
  prompt.propensity_ppm = candidate.propensity_ppm;
  prompt.kind = static_cast<Kind>(rule.kind);
  prompt.arm = arm;
  prompt.moment = now.context.moment;
  prompt.fresh = 1;
  if (first) out.first_eligible = 1;
}

}  // namespace

PromptSlot* free_slot(BasketMemory& memory, unsigned taken) noexcept {
  const auto is_free = [](const PromptSlot& slot, bool empty) {
    if (empty) return slot.state == PromptState::empty;
    return slot.state == PromptState::withdrawn &&
           slot.moment == static_cast<std::uint8_t>(Moment::browse);
  };
  for (const bool empty : {true, false}) {
    for (PromptSlot& slot : memory.slots) {
      if (is_free(slot, empty) && taken-- == 0) return &slot;
    }
  }
  return nullptr;
}

std::size_t scratch_bytes(const image::Image& image) noexcept {
  return Scene::bytes() + search_bytes(image.loaded() ? image.settings().groups : 0);
}

Opening begin(const image::Image& image, const Scene& scene, bool changed, Memory& memory,
              Decision& out) noexcept {
  const Situation& now = scene.asked();
  BasketMemory& basket = memory.basket;
  if (changed) ++basket.revision;
  const Silence stop = silence_of(image, scene.basket(), basket);
  if (basket.currency[0] == '\0') {
    std::memcpy(basket.currency, now.context.currency, sizeof basket.currency);
  }
  bool rush = (now.context.holds & kHoldRush) != 0;
  if (now.placed) {
    advance(memory.lane, now.local, now.context);
    rush |= in_rush(scene.basket(), changed, memory);
  }
  out.rush = rush ? 1 : 0;
  // Tender only hides what stands.
  if (stop == Silence::tender) return {stop, 0, 0};
  settle(image, scene, stop != Silence::none, basket, out);
  if (stop != Silence::none) return {stop, 0, 0};
  if ((basket.flags & (kSilenced | kBlind)) != 0) return {Silence::silenced, 0, 0};
  if (!scene.sound()) return {Silence::no_candidate, 0, 0};
  if (!can_act(scene)) return {Silence::guarded, 0, 0};
  const unsigned left = room(scene, basket, out);
  if (left == 0) return {Silence::allowance, 0, 0};
  const unsigned fresh = std::min(left, free_slots(basket));
  if (fresh == 0) return {Silence::memory_full, 0, 0};
  return {Silence::none, fresh, window(now)};
}

void decide(const image::Image& image, const image::Overlay& overlay, const Context& context,
            const Basket& basket, bool changed, Memory& memory, std::span<std::byte> scratch,
            Decision& out) noexcept {
  std::memset(static_cast<void*>(&out), 0, sizeof out);
  const Scene scene(image, overlay, context, basket, scratch);
  const Situation& now = scene.asked();
  Opening opening = begin(image, scene, changed, memory, out);
  if (opening.silence == Silence::none && scratch.size() < scratch_bytes(image)) {
    opening.silence = Silence::memory_full;
  }
  if (opening.silence == Silence::none) {
    const Found found = search(now, memory, opening, out, scratch.subspan(Scene::bytes()));
    out.considered = found.considered;
    out.matched = found.matched;
    out.blocked = found.blocked;
    out.caps_full = found.caps_full;
    if (found.cut) out.cut = 1;
    opening.silence = found.silence();
    Candidate chosen[kMaxPrompts];
    const unsigned count = choose(now, memory.basket, out, found, opening.room, chosen);
    for (unsigned i = 0; i < count; ++i) make(scene, chosen[i], memory, out);
  }
  rank(now, out);
  out.silence = out.prompt_count > 0 ? Silence::none : opening.silence;
}

}  // namespace sidedish::engine
