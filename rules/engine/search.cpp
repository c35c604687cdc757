#include "rules/engine/search.hpp"

#include "rules/engine/conditions.hpp"
#include "rules/engine/merge.hpp"

namespace sidedish::engine {
namespace {

bool before(const Candidate& a, const Candidate& b) noexcept {
  return a.score != b.score ? a.score > b.score : a.rule < b.rule;
}

// Keeps `best` sorted, with one candidate per product.
void keep(Found& found, unsigned window, const Candidate& candidate) noexcept {
  std::uint32_t hole = found.count;
  for (std::uint32_t i = 0; i < found.count; ++i) {
    if (found.best[i].product != candidate.product) continue;
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
  ++found.matched;
  const Best best = best_offer(now, memory, rule);
  if (best.guard == Guard::none) {
    keep(
        found, window,
        {best.score, best.quantity, best.price, index, best.offer, now.offers[best.offer].product});
    return;
  }
  ++found.blocked;
  found.caps_full += best.guard == Guard::memory_full ? 1U : 0U;
  found.below_floor |= best.guard == Guard::floor;
}

}  // namespace

Silence Found::silence() const noexcept {
  if (count > 0) return Silence::none;
  if (below_floor) return Silence::below_floor;
  if (caps_full > 0) return Silence::memory_full;
  return matched > 0 ? Silence::guarded : Silence::no_candidate;
}

Found search(const Situation& now, const Memory& memory, unsigned window,
             std::span<std::byte> scratch) noexcept {
  Found found{};
  Merge merge(now, scratch);
  for (std::uint32_t index = merge.next(); index != image::kNone; index = merge.next()) {
    const image::Rule& rule = now.rules[index];
    if (found.count == window && rule.bound <= found.best[window - 1].score) break;
    const bool worth = rule.bound >= now.settings.score_floor;
    if (!worth && found.matched > 0) break;
    ++found.considered;
    if (!speaks(now, rule) || holds(now, rule) != Truth::yes || stands(memory.basket, rule)) {
      continue;
    }
    if (worth) {
      weigh(now, memory, index, window, found);
      continue;
    }
    ++found.matched;
    ++found.blocked;
    found.below_floor = true;
    break;
  }
  return found;
}

}  // namespace sidedish::engine
