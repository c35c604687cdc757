#include "sim/weeks/weeks.hpp"

#include "sim/shops/burgerbar/burgerbar.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>
#include <utility>

namespace sidedish::sim {
namespace {

constexpr LocalSeconds kHour = 3600;
constexpr LocalSeconds kDay = 24 * kHour;
constexpr LocalSeconds kDayBegins = 4 * kHour;
constexpr std::uint64_t kMostOrders = 2000;

int weekday_of(LocalSeconds day) { return local_time(day).weekday; }

/// Where a receipt stands in a week.
struct Slot {
  int weekday = 0;
  LocalSeconds time = 0;  ///< since midnight of its business day, 04:00 to 28:00
};

Slot slot_of(const Receipt& receipt, std::size_t number) {
  if (!receipt.time) {
    return {static_cast<int>(number % 7),
            9 * kHour + static_cast<LocalSeconds>(number * 7919 % (9 * kHour))};
  }
  const LocalSeconds day = business_day(*receipt.time);
  return {weekday_of(day), *receipt.time - day};
}

/// What is rung up on a weekday.
struct Weekday {
  std::vector<std::size_t> receipts;
  std::uint64_t weight = 0;
  std::size_t next = 0;  ///< in `receipts`
};

/// Monday first. A day with hardly a receipt was a closed one: it gets those of all days, as many as
/// the others have on average.
std::array<Weekday, 7> week_of(const std::vector<Slot>& slots) {
  std::array<Weekday, 7> week;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    week[static_cast<std::size_t>(slots[i].weekday)].receipts.push_back(i);
  }
  const auto open =
      std::ranges::count_if(week, [](const Weekday& day) { return !day.receipts.empty(); });
  const std::size_t average = slots.size() / static_cast<std::size_t>(std::max<long>(open, 1));
  for (Weekday& day : week) {
    if (day.receipts.size() * 20 < std::max<std::size_t>(average, 1)) {
      day.receipts.resize(slots.size());
      std::iota(day.receipts.begin(), day.receipts.end(), std::size_t{0});
      day.weight = std::max<std::size_t>(average, 1);
    } else {
      day.weight = day.receipts.size();
    }
  }
  return week;
}

}  // namespace

LocalSeconds business_day(LocalSeconds at) noexcept {
  const LocalSeconds since = at - kDayBegins;
  const LocalSeconds into = since % kDay;
  return since - (into < 0 ? into + kDay : into);
}

Plan plan_receipts(std::vector<Receipt> receipts, std::uint64_t sales, LocalSeconds today) {
  Plan plan;
  plan.receipts = std::move(receipts);
  if (plan.receipts.empty()) return plan;
  std::vector<Slot> slots;
  for (std::size_t i = 0; i < plan.receipts.size(); ++i) {
    slots.push_back(slot_of(plan.receipts[i], i));
  }
  std::array<Weekday, 7> week = week_of(slots);
  std::uint64_t all = 0;
  for (const Weekday& day : week) all += day.weight * (kPlannedDays / 7);

  std::vector<std::uint32_t> copies(slots.size());
  std::uint64_t passed = 0;
  for (int d = 0; d < kPlannedDays; ++d) {
    const LocalSeconds midnight = today + (d - kPlannedDays) * kDay;
    Weekday& day = week[static_cast<std::size_t>(weekday_of(midnight))];
    const std::uint64_t before = sales * passed / all;
    passed += day.weight;
    const std::size_t first = plan.sales.size();
    for (std::uint64_t n = sales * passed / all - before; n > 0; --n) {
      const std::size_t receipt = day.receipts[day.next++ % day.receipts.size()];
      plan.sales.push_back({receipt, copies[receipt]++, midnight + slots[receipt].time});
    }
    std::sort(plan.sales.begin() + static_cast<std::ptrdiff_t>(first), plan.sales.end(),
              [](const PlannedSale& a, const PlannedSale& b) {
                return std::tie(a.at, a.receipt, a.copy) < std::tie(b.at, b.receipt, b.copy);
              });
  }
  return plan;
}

Result<Plan> plan_orders(const Catalogue& catalogue, std::string store, std::uint64_t seed,
                         std::uint64_t sales, LocalSeconds today) {
  const LocalSeconds first = today - kPlannedDays * kDay;
  // The same days for every today of the same weekday, so that a seed's orders stay what they are.
  const LocalSeconds base = local_seconds(2026, 1, 5, 0, 0, 0) + weekday_of(first) * kDay;
  BurgerBar::Options bar;
  bar.seed = seed;
  bar.store = std::move(store);
  bar.first_day = base;
  // A week of a bar is more than seven of its Wednesdays: what is too much is left out evenly.
  bar.orders_per_day = static_cast<unsigned>(std::min(sales / kPlannedDays + 1, kMostOrders));
  auto orders = BurgerBar::open(catalogue, bar);
  if (!orders) return tl::unexpected(orders.error());
  Plan plan;
  for (;;) {
    Receipt receipt = orders->next().receipt;
    const LocalSeconds at = receipt.time.value_or(base);
    if (at >= base + kPlannedDays * kDay + kDayBegins) break;
    if (at < base + kDayBegins) continue;  // guests of the night before
    plan.receipts.push_back(std::move(receipt));
  }
  const std::uint64_t all = plan.receipts.size();
  for (std::uint64_t i = 0; i < all; ++i) {
    const LocalSeconds at = plan.receipts[i].time.value_or(base) - base + first;
    const std::uint64_t times = (i + 1) * sales / all - i * sales / all;
    for (std::uint32_t copy = 0; copy < times; ++copy) plan.sales.push_back({i, copy, at});
  }
  return plan;
}

}  // namespace sidedish::sim
