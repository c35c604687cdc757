#include "rules/engine/turn.hpp"

namespace sidedish::engine {
namespace {

bool has_category(const Situation& now, std::uint32_t product, std::uint32_t category) noexcept {
  return category != image::kNone && now.products[product].category == category;
}

}  // namespace

unsigned choose(const Situation& now, const Decision& standing, const Found& found, unsigned room,
                std::span<Candidate, kMaxPrompts> out) noexcept {
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
  while (count < room && count < found.count) {
    unsigned pick = kWindow;
    for (unsigned i = found.count; i > 0; --i) {  // the best left, whatever its category
      if (!used[i - 1]) pick = i - 1;
    }
    for (unsigned i = 0; i < found.count; ++i) {
      if (used[i] || repeats(found.best[i].product)) continue;
      pick = i;
      break;
    }
    used[pick] = true;
    out[count++] = found.best[pick];
  }
  return count;
}

void rank(Decision& out) noexcept {
  const auto before = [](const Prompt& a, const Prompt& b) {
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
