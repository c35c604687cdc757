#include "rules/engine/caps.hpp"

#include <algorithm>

namespace sidedish::engine {
namespace {

constexpr UtcMs kDayMs = 86'400'000;

const RuleCounter* find(const LaneMemory& lane, std::uint32_t rule) noexcept {
  for (const RuleCounter& counter : lane.counters) {
    if (counter.rule == rule) return &counter;
  }
  return nullptr;
}

void add_one(std::uint16_t& n) noexcept {
  if (n < 0xFFFF) ++n;
}

void new_day(LaneMemory& lane) noexcept {
  for (RuleCounter& counter : lane.counters) counter = RuleCounter{};
}

void new_shift(LaneMemory& lane) noexcept {
  for (RuleCounter& counter : lane.counters) {
    counter.shift = 0;
    if (counter.lane_day == 0) counter = RuleCounter{};
  }
}

}  // namespace

void advance(LaneMemory& lane, const LocalTime& local, UtcMs now,
             std::uint64_t operator_hash) noexcept {
  if (local.business_day > lane.business_day) {
    new_day(lane);
    lane.business_day = local.business_day;
  } else if (local.business_day < lane.business_day - 1) {
    lane.business_day = local.business_day;
  }
  if (now > lane.last || now < lane.last - kDayMs) lane.last = now;
  // Nobody signed on is not another operator.
  if (operator_hash != 0 && operator_hash != lane.operator_hash) {
    if (lane.operator_hash != 0) new_shift(lane);
    lane.operator_hash = operator_hash;
  }
}

Cap cap_of(const LaneMemory& lane, const image::Rule& rule) noexcept {
  if (rule.cap_lane_day == 0 && rule.cap_shift == 0) return Cap::free;
  const RuleCounter* counter = find(lane, rule.stable);
  if (counter == nullptr) return find(lane, 0) == nullptr ? Cap::memory_full : Cap::free;
  if (rule.cap_lane_day != 0 && counter->lane_day >= rule.cap_lane_day) return Cap::lane_day;
  if (rule.cap_shift != 0 && counter->shift >= rule.cap_shift) return Cap::shift;
  return Cap::free;
}

void count_prompt(LaneMemory& lane, const image::Rule& rule) noexcept {
  if (rule.cap_lane_day == 0 && rule.cap_shift == 0) return;
  for (const std::uint32_t wanted : {rule.stable, std::uint32_t{0}}) {
    for (RuleCounter& counter : lane.counters) {
      if (counter.rule != wanted) continue;
      counter.rule = rule.stable;
      if (rule.cap_lane_day != 0) add_one(counter.lane_day);
      if (rule.cap_shift != 0) add_one(counter.shift);
      return;
    }
  }
}

}  // namespace sidedish::engine
