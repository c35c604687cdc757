#include "rules/engine/search.hpp"

#include "rules/engine/conditions.hpp"
#include "rules/engine/merge.hpp"

namespace sidedish::engine {
namespace {

bool before(const Candidate& a, const Candidate& b) noexcept {
  if (a.pinned != b.pinned) return a.pinned;
  return a.score != b.score ? a.score > b.score : a.rule < b.rule;
}

bool is_pinned(const image::Rule& rule) noexcept { return (rule.flags & image::kPinned) != 0; }

bool is_pinned(const image::Gate& gate) noexcept { return (gate.flags & image::kFirst) != 0; }

bool may_beat(const image::Gate& gate, const Candidate& last) noexcept {
  return is_pinned(gate) == last.pinned ? gate.bound > last.score : is_pinned(gate);
}

// Keeps `best` sorted, with one candidate per product.
void keep(Found& found, unsigned window, const Candidate& candidate) noexcept {
  std::uint32_t hole = found.count;
  for (std::uint32_t i = 0; i < found.count; ++i) {
    // A conversion adds nothing: its product is only a name.
    if (found.best[i].product != candidate.product || candidate.quantity == 0 ||
        found.best[i].quantity == 0) {
      continue;
    }
    if (!before(candidate, found.best[i])) return;
    hole = i;
  }
  if (hole == window) {
    if (!before(candidate, found.best[window - 1])) return;
    hole = window - 1;
  } else if (hole == found.count) {
    ++found.count;
  }
  for (; hole > 0 && before(candidate, found.best[hole - 1]); --hole) {
    found.best[hole] = found.best[hole - 1];
  }
  found.best[hole] = candidate;
}

void weigh(const Situation& now, const Memory& memory, std::uint32_t index, unsigned window,
           Found& found) noexcept {
  const image::Rule& rule = now.rules[index];
  const Best best = best_offer(now, memory, rule);
  if (best.guard == Guard::not_there) return;
  ++found.matched;
  if (best.guard == Guard::none) {
    keep(found, window,
         {best.score, best.quantity, best.price, index, best.offer, now.offers[best.offer].product,
          0, is_pinned(rule), best.action, best.times, best.also, best.saving});
    return;
  }
  ++found.blocked;
  found.caps_full += best.guard == Guard::memory_full ? 1U : 0U;
  found.below_floor |= best.guard == Guard::floor;
}

// Whether the best `room` are of different categories, and none of one that stands: then they are
// chosen whatever the next ones are.
bool are_varied(const Situation& now, const Decision& standing, const Found& found,
                unsigned room) noexcept {
  const auto category = [&](std::uint32_t product) { return now.products[product].category; };
  for (unsigned i = 0; i < room; ++i) {
    const std::uint32_t own = category(found.best[i].product);
    if (own == image::kNone) continue;
    for (std::uint32_t k = 0; k < standing.prompt_count; ++k) {
      if (category(standing.prompts[k].product) == own) return false;
    }
    for (unsigned k = 0; k < i; ++k) {
      if (category(found.best[k].product) == own) return false;
    }
  }
  return true;
}

}  // namespace

Silence Found::silence() const noexcept {
  if (count > 0) return Silence::none;
  if (below_floor) return Silence::below_floor;
  if (caps_full > 0) return Silence::memory_full;
  if (matched > weak) return Silence::guarded;
  return weak > 0 ? Silence::below_floor : Silence::no_candidate;
}

Found search(const Situation& now, const Memory& memory, const Opening& opening,
             const Decision& standing, std::span<std::byte> scratch) noexcept {
  Found found{};
  Merge merge(now, scratch);
  bool any_stands = false;
  for (const PromptSlot& slot : memory.basket.slots) {
    any_stands |= slot.state == PromptState::shown || slot.state == PromptState::withheld;
  }
  const bool settles = now.settings.exploration_permille == 0 && opening.room < opening.window;
  const Budget budget(now);
  for (std::uint32_t index = merge.next(); index != image::kNone; index = merge.next()) {
    const image::Gate& gate = now.gates[index];
    if (found.count == opening.window && !may_beat(gate, found.best[opening.window - 1])) break;
    if (settles && found.count >= opening.room && !may_beat(gate, found.best[opening.room - 1]) &&
        are_varied(now, standing, found, opening.room)) {
      break;
    }
    const bool worth = gate.bound >= now.settings.score_floor;
    // Behind a rule that is not worth it come better ones only when it is pinned.
    if (!worth && !is_pinned(gate) && found.matched > 0) break;
    if (now.is_spent()) break;
    ++now.steps;
    ++found.considered;
    // With its offer in the basket it has nothing to say: read on only while it is open whether any
    // rule held.
    if (found.matched > found.weak && gate.product != image::kNone &&
        now.quantity_of(gate.product) > 0) {
      continue;
    }
    if ((gate.flags & image::kComplete) == 0) now.steps += gate.node_count;
    if (!reached(now, index)) continue;
    if (any_stands && stands(memory.basket, now.rules[index])) continue;
    if (worth) {
      weigh(now, memory, index, opening.window, found);
      continue;
    }
    ++found.matched;
    ++found.blocked;
    ++found.weak;
    if (!is_pinned(gate)) break;
  }
  found.cut |= merge.is_cut() || now.is_spent();
  return found;
}

}  // namespace sidedish::engine
