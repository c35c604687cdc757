#include "rules/base/hash.hpp"
#include "rules/engine/turn.hpp"

#include <algorithm>

namespace sidedish::engine {
namespace {

bool has_category(const Situation& now, std::uint32_t product, std::uint32_t category) noexcept {
  return category != image::kNone && now.products[product].category == category;
}

// What a place is worth to a candidate in this draw: independent of the arms, another draw for each
// prompt of the sale.
struct Draw {
  bool explore;
  std::uint64_t value;
};

constexpr std::uint64_t kExplorationTweak = 0xD1B54A32D192ED03ULL;

Draw draw(const Situation& now, const BasketMemory& memory, unsigned place) noexcept {
  const std::uint64_t h = mix64(mix64(memory.unit ^ kExplorationTweak) ^ mix64(now.settings.salt) ^
                                (std::uint64_t{memory.revision} << 8 | (memory.spent + place)));
  return {(h >> 32) * 1000 >> 32 < now.settings.exploration_permille, mix64(h)};
}

// The places' candidates in the order of preference: other categories first, then the rest.
struct Preference {
  std::uint32_t order[kWindow];
  unsigned count;
};

}  // namespace

unsigned choose(const Situation& now, const BasketMemory& memory, const Decision& standing,
                const Found& found, unsigned room, std::span<Candidate, kMaxPrompts> out) noexcept {
  bool used[kWindow] = {};
  unsigned count = 0;
  const auto repeats = [&](std::uint32_t product) {
    const std::uint32_t category = now.products[product].category;
    for (std::uint32_t i = 0; i < standing.prompt_count; ++i) {
      if (has_category(now, standing.prompts[i].product, category)) return true;
    }
    for (unsigned i = 0; i < count; ++i) {
      if (has_category(now, out[i].product, category)) return true;
    }
    return false;
  };
  const auto preference = [&] {
    Preference p{};
    for (const bool repeated : {false, true}) {
      for (unsigned i = 0; i < found.count; ++i) {
        if (!used[i] && repeats(found.best[i].product) == repeated) p.order[p.count++] = i;
      }
    }
    return p;
  };
  while (count < room && count < found.count) {
    const Preference best = preference();
    const std::uint32_t e = std::uint32_t{now.settings.exploration_permille} * 1000;
    const std::uint32_t k = std::clamp<std::uint32_t>(best.count, 1, kExplored);
    const bool fixed = found.best[best.order[0]].pinned || e == 0 || k == 1;
    const Draw drawn = draw(now, memory, count);
    const std::uint32_t at =
        fixed || !drawn.explore ? 0 : static_cast<std::uint32_t>((drawn.value >> 32) * k >> 32);
    const std::uint32_t pick = best.order[at];
    used[pick] = true;
    out[count] = found.best[pick];
    out[count++].propensity_ppm = fixed     ? 1'000'000
                                  : at == 0 ? 1'000'000 - (k - 1) * (e / k)
                                            : e / k;
  }
  return count;
}

void rank(const Situation& now, Decision& out) noexcept {
  const auto pinned = [&](const Prompt& p) {
    return (now.rules[p.rule].flags & image::kPinned) != 0;
  };
  const auto before = [&](const Prompt& a, const Prompt& b) {
    if (pinned(a) != pinned(b)) return pinned(a);
    if (a.score != b.score) return a.score > b.score;
    return a.rule != b.rule ? a.rule < b.rule : a.offer < b.offer;
  };
  for (std::uint32_t i = 1; i < out.prompt_count; ++i) {
    const Prompt moved = out.prompts[i];
    std::uint32_t hole = i;
    for (; hole > 0 && before(moved, out.prompts[hole - 1]); --hole) {
      out.prompts[hole] = out.prompts[hole - 1];
    }
    out.prompts[hole] = moved;
  }
}

}  // namespace sidedish::engine
