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

// The steps of looking one rule up, see Budget.
constexpr std::uint32_t kPerRule = 3;

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

Cap lane_cap(const LaneMemory& lane, const image::Rule& rule) noexcept {
  if (rule.cap_lane_day == 0 && rule.cap_shift == 0) return Cap::free;
  const RuleCounter* counter = find(lane, rule.stable);
  if (counter == nullptr) return find(lane, 0) == nullptr ? Cap::memory_full : Cap::free;
  if (rule.cap_lane_day != 0 && counter->lane_day >= rule.cap_lane_day) return Cap::lane_day;
  if (rule.cap_shift != 0 && counter->shift >= rule.cap_shift) return Cap::shift;
  return Cap::free;
}

void count_on_lane(LaneMemory& lane, const image::Rule& rule) noexcept {
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

const image::Gate& gate_of(const Situation& now, const image::Rule& rule) noexcept {
  return now.gates[static_cast<std::size_t>(&rule - now.rules.data())];
}

bool counts_customers(const Situation& now, const LaneMemory& lane,
                      const image::Rule& rule) noexcept {
  return gate_of(now, rule).customer_prompts != 0 && lane.customer.customer != 0;
}

// Whether the days that began with the counter's first prompt are not over. One from a day to come,
// of a clock that was ahead, has none.
bool runs(const LaneMemory& lane, const CustomerCounter& counter, unsigned days) noexcept {
  const auto age =
      static_cast<std::uint16_t>(static_cast<std::uint32_t>(lane.business_day) - counter.since_day);
  return age < days;
}

constexpr unsigned kNoCounter = kCustomerCounters;

// The rule's own counter, else a free one, else one whose days are over.
unsigned counter_for(const Situation& now, const LaneMemory& lane,
                     const image::Rule& rule) noexcept {
  const CustomerCounter* counters = lane.customer.counters;
  for (const std::uint32_t wanted : {rule.stable, std::uint32_t{0}}) {
    for (unsigned i = 0; i < kCustomerCounters; ++i) {
      if (counters[i].rule == wanted) return i;
    }
  }
  for (unsigned i = 0; i < kCustomerCounters; ++i) {
    now.steps += kPerRule;
    const std::uint32_t other = now.image.find_rule(counters[i].rule);
    // Rules that are gone may come back: with the longest days there can be.
    const unsigned days = other < now.rules.size() && now.gates[other].customer_days != 0
                              ? now.gates[other].customer_days
                              : image::kMostCustomerDays;
    if (!runs(lane, counters[i], days)) return i;
  }
  return kNoCounter;
}

Cap customer_cap(const Situation& now, const LaneMemory& lane, const image::Rule& rule) noexcept {
  if (!counts_customers(now, lane, rule)) return Cap::free;
  const unsigned at = counter_for(now, lane, rule);
  if (at == kNoCounter) return Cap::memory_full;
  const image::Gate& gate = gate_of(now, rule);
  const CustomerCounter& counter = lane.customer.counters[at];
  const bool reached = counter.rule == rule.stable && runs(lane, counter, gate.customer_days) &&
                       counter.prompts >= gate.customer_prompts;
  return reached ? Cap::customer : Cap::free;
}

void count_for_customer(const Situation& now, LaneMemory& lane, const image::Rule& rule) noexcept {
  if (!counts_customers(now, lane, rule)) return;
  const unsigned at = counter_for(now, lane, rule);
  if (at == kNoCounter) return;
  CustomerCounter& counter = lane.customer.counters[at];
  if (counter.rule != rule.stable || !runs(lane, counter, gate_of(now, rule).customer_days)) {
    counter = {rule.stable, static_cast<std::uint16_t>(lane.business_day), 0};
  }
  add_one(counter.prompts);
}

}  // namespace

void advance(LaneMemory& lane, const LocalTime& local, const Context& context) noexcept {
  const UtcMs now = context.now;
  const std::uint64_t operator_hash = context.operator_hash;
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
  if (context.customer_hash != lane.customer.customer) {
    lane.customer = CustomerMemory{};
    lane.customer.customer = context.customer_hash;
  }
}

Cap cap_of(const Situation& now, const LaneMemory& lane, const image::Rule& rule) noexcept {
  const Cap cap = lane_cap(lane, rule);
  return cap == Cap::free ? customer_cap(now, lane, rule) : cap;
}

void count_prompt(const Situation& now, LaneMemory& lane, const image::Rule& rule) noexcept {
  count_on_lane(lane, rule);
  count_for_customer(now, lane, rule);
}

}  // namespace sidedish::engine
