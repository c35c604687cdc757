#include "rules/engine/arms.hpp"

#include "rules/base/hash.hpp"

namespace sidedish::engine {
namespace {

// Keeps unit 0 and salt 0 from meeting as 0.
constexpr std::uint64_t kTweak = 0x9E3779B97F4A7C15ULL;

void begin(BasketMemory& memory, const image::Rule& rule, std::uint32_t offer, UtcMs now, Arm arm,
           bool& first) noexcept {
  memory.flags = static_cast<std::uint16_t>(memory.flags | kEligible);
  memory.eligible_at = now;
  memory.experiment_rule = rule.stable;
  memory.experiment_offer = offer;
  memory.arm = arm;
  first = true;
}

}  // namespace

bool drawn(std::uint64_t unit, std::uint64_t salt, std::uint32_t permille) noexcept {
  const std::uint64_t h = mix64(mix64(unit + kTweak) ^ mix64(salt));
  return (h >> 32) * 1000 >> 32 < permille;
}

Arm assign(const image::Settings& settings, const image::Rule& rule, std::uint64_t salt,
           std::uint32_t offer_stable, UtcMs now, BasketMemory& memory, bool& first) noexcept {
  const bool eligible = (memory.flags & kEligible) != 0;
  if (drawn(memory.unit, settings.salt, settings.global_holdout_permille)) {
    if (!eligible) begin(memory, rule, offer_stable, now, Arm::global_control, first);
    return Arm::global_control;
  }
  if (rule.holdout_permille == 0) return Arm::none;
  if (!eligible) {
    const Arm arm = drawn(memory.unit, salt, rule.holdout_permille) ? Arm::control : Arm::treated;
    begin(memory, rule, offer_stable, now, arm, first);
  }
  // At most one per-rule experiment per basket.
  return memory.experiment_rule == rule.stable ? memory.arm : Arm::none;
}

}  // namespace sidedish::engine
