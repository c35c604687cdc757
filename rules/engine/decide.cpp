#include "rules/engine/decide.hpp"

#include "rules/base/hash.hpp"
#include "rules/engine/arms.hpp"
#include "rules/engine/caps.hpp"
#include "rules/engine/turn.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::engine {
namespace {

bool is_till(const Context& context) noexcept { return context.channel == Channel::cashier; }

// What a sale may still hear. In a rush a till says nothing new, a kiosk half as much.
unsigned allowance(const Situation& now) noexcept {
  const bool rush = (now.context.holds & kHoldRush) != 0;
  if (is_till(now.context)) return rush ? 0U : now.settings.cashier_prompts;
  return rush ? now.settings.kiosk_prompts / 2U : now.settings.kiosk_prompts;
}

unsigned room(const Situation& now, const BasketMemory& memory, unsigned standing) noexcept {
  const unsigned most = allowance(now);
  unsigned left = most > memory.spent ? most - memory.spent : 0;
  if (is_till(now.context)) left = standing > 0 ? 0 : std::min(left, 1U);
  return std::min(left, kMaxPrompts - std::min(standing, kMaxPrompts));
}

// A till has one place: its best, or where exploration chooses the few best.
unsigned window(const Situation& now) noexcept {
  if (!is_till(now.context)) return kWindow;
  return now.settings.exploration_permille == 0 ? 1U : kExplored;
}

unsigned empty_slots(const BasketMemory& memory) noexcept {
  unsigned count = 0;
  for (const PromptSlot& slot : memory.slots) count += slot.state == PromptState::empty ? 1U : 0U;
  return count;
}

std::uint64_t prompt_id(const BasketMemory& memory, std::uint32_t rule,
                        std::uint32_t offer) noexcept {
  std::uint64_t h = mix64(memory.unit + 1);
  h = mix64(h ^ (std::uint64_t{rule} << 32 | offer));
  h = mix64(h ^ (std::uint64_t{memory.revision} << 8 | memory.spent));
  return h == 0 ? 1 : h;
}

void make(const Situation& now, const Candidate& candidate, Memory& memory,
          Decision& out) noexcept {
  BasketMemory& basket = memory.basket;
  PromptSlot* slot = basket.slots;
  while (slot->state != PromptState::empty) ++slot;  // room() and empty_slots() left one
  const image::Rule& rule = now.rules[candidate.rule];
  const std::uint32_t offer = now.products[candidate.product].stable;
  bool first = false;
  const Arm arm = assign(now.settings, rule, offer, now.context.now, basket, first);
  const bool shown = arm == Arm::none || arm == Arm::treated;

  *slot = PromptSlot{};
  slot->id = prompt_id(basket, rule.stable, offer);
  slot->rule = rule.stable;
  slot->offer = offer;
  slot->quantity = candidate.quantity;
  slot->held = now.quantity_of(candidate.product);
  slot->revision = basket.revision;
  slot->state = shown ? PromptState::shown : PromptState::withheld;
  slot->arm = arm;
  slot->moment = static_cast<std::uint8_t>(now.context.moment);
  // Ghost state: a withheld prompt costs what a shown one costs.
  if (basket.spent < 0xFF) ++basket.spent;
  count_prompt(memory.lane, rule);

  Prompt& prompt = out.prompts[out.prompt_count++];
  prompt.id = slot->id;
  prompt.score = candidate.score;
  prompt.quantity = candidate.quantity;
  prompt.price_effect = candidate.price;
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

bool unheard(const Context& context) noexcept {
  return context.channel == Channel::receipt || context.moment == Moment::browse ||
         context.moment == Moment::receipt;
}

Context seen_from(const Context& context) noexcept {
  Context seen = context;
  if (seen.moment == Moment::browse) seen.moment = Moment::basket;
  return seen;
}

std::size_t scratch_bytes(const image::Image& image) noexcept {
  return search_bytes(image.loaded() ? image.settings().groups : 0);
}

Opening begin(const image::Image& image, const Situation& now, bool changed, Memory& memory,
              Decision& out) noexcept {
  BasketMemory& basket = memory.basket;
  if (changed) ++basket.revision;
  const Silence stop = silence_of(image, now, basket);
  if (basket.currency[0] == '\0') {
    std::memcpy(basket.currency, now.context.currency, sizeof basket.currency);
  }
  if (now.placed) advance(memory.lane, now.local, now.context.now, now.context.operator_hash);
  // Tender only hides what stands.
  if (stop == Silence::tender) return {stop, 0, 0};
  settle(image, now, stop != Silence::none, basket, out);
  if (stop != Silence::none) return {stop, 0, 0};
  if ((basket.flags & (kSilenced | kBlind)) != 0) return {Silence::silenced, 0, 0};
  const unsigned left = room(now, basket, out.prompt_count);
  if (left == 0) return {Silence::allowance, 0, 0};
  const unsigned fresh = std::min(left, empty_slots(basket));
  if (fresh == 0) return {Silence::memory_full, 0, 0};
  return {Silence::none, fresh, window(now)};
}

void decide(const image::Image& image, const image::Overlay& overlay, const Context& context,
            const Basket& basket, bool changed, Memory& memory, std::span<std::byte> scratch,
            Decision& out) noexcept {
  std::memset(static_cast<void*>(&out), 0, sizeof out);
  const Context seen = seen_from(context);
  const Situation now(image, overlay, seen, basket);
  Opening opening = begin(image, now, changed, memory, out);
  if (opening.silence == Silence::none && unheard(context)) opening.silence = Silence::no_candidate;
  if (opening.silence == Silence::none && scratch.size() < scratch_bytes(image)) {
    opening.silence = Silence::memory_full;
  }
  if (opening.silence == Silence::none) {
    const Found found = search(now, memory, opening.window, scratch);
    out.considered = found.considered;
    out.matched = found.matched;
    out.blocked = found.blocked;
    out.caps_full = found.caps_full;
    opening.silence = found.silence();
    Candidate chosen[kMaxPrompts];
    const unsigned count = choose(now, memory.basket, out, found, opening.room, chosen);
    for (unsigned i = 0; i < count; ++i) make(now, chosen[i], memory, out);
  }
  rank(now, out);
  out.silence = out.prompt_count > 0 ? Silence::none : opening.silence;
}

}  // namespace sidedish::engine
