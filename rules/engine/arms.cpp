#include "rules/engine/arms.hpp"

#include "rules/base/hash.hpp"

namespace sidedish::engine {
namespace {

// Keeps unit 0 and salt 0 from meeting as 0.
constexpr std::uint64_t kTweak = 0x9E3779B97F4A7C15ULL;

// Zero: the unit is not known.
std::uint64_t key_of(const Situation& now, const LaneMemory& lane, Unit unit,
                     const BasketMemory& memory) noexcept {
  const auto on_this_day = [&](std::uint64_t place) {
    return mix64(place ^ mix64(static_cast<std::uint64_t>(lane.business_day) + kTweak));
  };
  const Context& context = now.context;
  switch (unit) {
    case Unit::basket:
      break;
    case Unit::customer:
      return context.customer_hash;
    case Unit::terminal_day:
      return context.terminal_hash == 0 ? 0 : on_this_day(context.terminal_hash);
    case Unit::store_day:
      return on_this_day(hash64(now.image.text(now.stores[context.store].id)));
  }
  return memory.unit;
}

void begin(const Situation& now, const image::Rule& rule, std::uint32_t offer, Arm arm,
           BasketMemory& memory, bool& first) noexcept {
  set_eligible(memory, now.context.now, arm == Arm::global_control ? Unit::basket : rule.unit());
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

Arm assign(const Situation& now, const LaneMemory& lane, const image::Rule& rule,
           std::uint32_t offer_stable, BasketMemory& memory, bool& first) noexcept {
  const image::Settings& settings = now.settings;
  const bool eligible = (memory.flags & kEligible) != 0;
  if (drawn(memory.unit, settings.salt, settings.global_holdout_permille)) {
    if (!eligible) begin(now, rule, offer_stable, Arm::global_control, memory, first);
    return Arm::global_control;
  }
  if (rule.holdout_permille == 0) return Arm::none;
  if (!eligible) {
    const Unit unit = rule.unit();
    const std::uint64_t key = key_of(now, lane, unit, memory);
    if (unit != Unit::basket && key == 0) return Arm::none;
    const std::uint64_t salt = hash64(now.image.text(rule.id), settings.salt);
    begin(now, rule, offer_stable,
          drawn(key, salt, rule.holdout_permille) ? Arm::control : Arm::treated, memory, first);
    if (unit != Unit::basket) {
      const auto hash = static_cast<std::uint32_t>(mix64(key ^ mix64(salt)) >> 32);
      memory.unit_hash = hash == 0 ? 1 : hash;
    }
  }
  // At most one per-rule experiment per basket.
  return memory.experiment_rule == rule.stable ? memory.arm : Arm::none;
}

}  // namespace sidedish::engine
