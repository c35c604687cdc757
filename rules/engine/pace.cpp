#include "rules/engine/pace.hpp"

#include <algorithm>

namespace sidedish::engine {
namespace {

constexpr UtcMs kMinuteMs = 60'000;
constexpr Milli kMostUnits = 9;
constexpr std::uint32_t kMostItems = 0xFFFF;

void add_sample(Pace& pace) noexcept {
  ++pace.counts[std::min<std::uint32_t>(pace.items, kPaceBuckets - 1)];
  if (++pace.samples < kMostSamples) return;
  pace.samples = 0;
  for (std::uint16_t& count : pace.counts) {
    count = static_cast<std::uint16_t>(count / 2);
    pace.samples += count;
  }
}

// What prompts of this sale are about.
struct About {
  std::uint32_t stables[2 * kPromptSlots];
  unsigned count = 0;
  explicit About(const BasketMemory& memory) noexcept {
    for (const PromptSlot& slot : memory.slots) {
      if (slot.state == PromptState::empty) continue;
      stables[count++] = slot.offer;
      if (slot.also != 0) stables[count++] = slot.also;
    }
  }
  bool has(std::uint32_t stable) const noexcept {
    return std::find(stables, stables + count, stable) != stables + count;
  }
};

std::uint32_t items_of(const Basket& basket, const BasketMemory& memory) noexcept {
  const About about(memory);
  std::uint32_t items = 0;
  for (const Item& item : basket.items) {
    if (item.quantity <= 0 || about.has(item.stable)) continue;
    const Milli units = item.quantity % kOne == 0 ? item.quantity / kOne : 1;
    items += static_cast<std::uint32_t>(std::min(units, kMostUnits));
  }
  return std::min(items, kMostItems);
}

}  // namespace

void roll(Pace& pace, UtcMs now) noexcept {
  const std::int64_t minute = now / kMinuteMs;
  if (minute == pace.minute) return;
  const bool next = minute == pace.minute + 1;
  if (minute > pace.minute && pace.items > 0) add_sample(pace);
  pace.before = next ? pace.items : std::uint16_t{0};
  pace.items = 0;
  pace.minute = minute;
}

void count_items(Pace& pace, BasketMemory& memory, const Basket& basket) noexcept {
  const std::uint32_t items = items_of(basket, memory);
  const std::uint32_t added = items > memory.counted ? items - memory.counted : 0;
  memory.counted = static_cast<std::uint16_t>(items);
  pace.items = static_cast<std::uint16_t>(std::min(kMostItems, pace.items + added));
}

bool is_fast(const Pace& pace) noexcept {
  if (pace.samples < kLeastSamples) return false;
  std::uint32_t rank = 0;
  for (std::uint32_t n = 0; n + 1 < kPaceBuckets; ++n) {
    rank += pace.counts[n];
    if (rank * 10 >= pace.samples * 9) return std::max(pace.items, pace.before) > n;
  }
  return false;  // beyond what is told apart
}

}  // namespace sidedish::engine
