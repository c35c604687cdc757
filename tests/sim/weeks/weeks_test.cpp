#include "sim/weeks/weeks.hpp"

#include "tests/support/places.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <set>

using namespace sidedish;
using namespace sidedish::sim;

namespace {

constexpr LocalSeconds kHour = 3600;
constexpr LocalSeconds kDay = 24 * kHour;
const LocalSeconds kToday = local_seconds(2026, 11, 21, 0, 0, 0);  // a Saturday

const std::filesystem::path kShops =
    std::filesystem::path(sidedish::tests::source_dir()) / "sim/shops";

/// A third of the gift shop's receipts, as one of its three tills has them.
const std::vector<Receipt>& gifts() {
  static const std::vector<Receipt> receipts = [] {
    auto reader = ReceiptReader::open(kShops / "giftware");
    if (!reader) FAIL(reader.error().text());
    std::vector<Receipt> read;
    for (int n = 0;; ++n) {
      auto receipt = reader->next();
      if (!receipt) FAIL(receipt.error().text());
      if (!*receipt) break;
      if (n % 3 == 0) read.push_back(std::move(**receipt));
    }
    return read;
  }();
  return receipts;
}

Plan orders(std::uint64_t sales, LocalSeconds today = kToday, std::uint64_t seed = 7) {
  static const auto menu = Catalogue::load(kShops / "burgerbar/catalogue.json");
  if (!menu) FAIL(menu.error().text());
  auto plan = plan_orders(*menu, "mitte", seed, sales, today);
  if (!plan) FAIL(plan.error().text());
  return std::move(*plan);
}

std::map<LocalSeconds, int> by_day(const Plan& plan) {
  std::map<LocalSeconds, int> days;
  for (const PlannedSale& sale : plan.sales) ++days[business_day(sale.at)];
  return days;
}

/// What a till would ring up: who, what and when.
std::string written(const Plan& plan, LocalSeconds moved = 0) {
  std::string text;
  for (const PlannedSale& sale : plan.sales) {
    const Receipt& receipt = plan.receipts[sale.receipt];
    text += format_local(sale.at + moved) + " " + receipt.id + "." + std::to_string(sale.copy);
    for (const ReceiptLine& line : receipt.lines) text += " " + line.product;
    text += "\n";
  }
  return text;
}

/// Proved by breaking it: a plan that begins a day later has no sale on the first of them.
void check_days(const Plan& plan, std::uint64_t sales) {
  CHECK(plan.sales.size() == sales);
  CHECK(std::ranges::is_sorted(plan.sales, {}, &PlannedSale::at));
  const auto days = by_day(plan);
  CHECK(days.size() == kPlannedDays);
  CHECK(days.begin()->first == kToday - kPlannedDays * kDay);
  CHECK(days.rbegin()->first == kToday - kDay);
  std::set<std::pair<std::size_t, std::uint32_t>> people;
  for (const PlannedSale& sale : plan.sales) {
    CHECK(people.insert({sale.receipt, sale.copy}).second);  // nobody twice
  }
}

}  // namespace

TEST_CASE("weeks: a business day begins at four in the morning", "[sim]") {
  CHECK(business_day(kToday + 4 * kHour) == kToday);
  CHECK(business_day(kToday + 28 * kHour - 1) == kToday);
  CHECK(business_day(kToday + 4 * kHour - 1) == kToday - kDay);
  CHECK(business_day(-1) == -kDay);
}

TEST_CASE("weeks: every one of the 28 days before today has its sales, exactly as many as planned",
          "[sim]") {
  for (const std::uint64_t sales : {400U, 6666U}) {
    check_days(plan_receipts(gifts(), sales, kToday), sales);
    check_days(orders(sales), sales);
  }
  CHECK(plan_receipts(gifts(), 3, kToday).sales.size() == 3);
  CHECK(orders(3).sales.size() == 3);
  CHECK(plan_receipts({}, 3, kToday).sales.empty());
}

TEST_CASE("weeks: a bar that is fuller than it can be serves an order again, to somebody else",
          "[sim]") {
  check_days(orders(100'000), 100'000);
}

TEST_CASE("weeks: receipts keep their hour and their weekday, and a day that was closed borrows",
          "[sim]") {
  const Plan plan = plan_receipts(gifts(), 6666, kToday);
  std::array<int, 7> own{};
  for (const Receipt& receipt : gifts()) {
    ++own[static_cast<std::size_t>(local_time(business_day(*receipt.time)).weekday)];
  }
  REQUIRE(own[5] * 20 < *std::ranges::max_element(own));  // no mail on Saturdays
  std::array<int, 7> planned{};
  for (const PlannedSale& sale : plan.sales) {
    const LocalTime was = local_time(*plan.receipts[sale.receipt].time);
    const LocalTime is = local_time(sale.at);
    CHECK((was.hour == is.hour && was.minute == is.minute));
    ++planned[static_cast<std::size_t>(is.weekday)];
    if (is.weekday != 5) CHECK(was.weekday == is.weekday);
  }
  // As many as on that weekday's receipts, a Saturday as many as on an average day.
  const int year = static_cast<int>(gifts().size());
  for (std::size_t day = 0; day < 7; ++day) {
    const int share = day == 5 ? year / 6 : own[day];
    CHECK(planned[day] == Approx(6666.0 * share / (year + year / 6)).margin(0.02 * 6666));
  }
}

TEST_CASE("weeks: receipts without a time come by day, every day", "[sim]") {
  std::vector<Receipt> timeless = gifts();
  for (Receipt& receipt : timeless) receipt.time.reset();
  const Plan plan = plan_receipts(timeless, 1000, kToday);
  check_days(plan, 1000);
  for (const PlannedSale& sale : plan.sales) {
    const int hour = local_time(sale.at).hour;
    CHECK((hour >= 9 && hour < 18));
  }
}

TEST_CASE("weeks: the bar is open from six to two, and fuller at noon and on Saturdays", "[sim]") {
  const Plan plan = orders(6666);
  std::array<int, 24> hours{};
  std::array<int, 7> weekdays{};
  for (const PlannedSale& sale : plan.sales) {
    const LocalTime at = local_time(sale.at);
    CHECK((at.hour >= 6 || at.hour < 2));
    CHECK(at.weekday == local_time(*plan.receipts[sale.receipt].time).weekday);
    ++hours[static_cast<std::size_t>(at.hour)];
    ++weekdays[static_cast<std::size_t>(local_time(business_day(sale.at)).weekday)];
  }
  CHECK(hours[12] > 2 * hours[15]);
  CHECK(weekdays[5] > weekdays[0]);
}

// Proved by breaking it: orders of today's own dates are other people's from one day to the next.
TEST_CASE("weeks: the same seed plans the same weeks, whenever it is asked on that weekday",
          "[sim]") {
  CHECK(written(orders(2000)) == written(orders(2000)));
  CHECK(written(orders(2000)) != written(orders(2000, kToday, 8)));
  CHECK(written(orders(2000)) == written(orders(2000, kToday + 35 * kDay), -35 * kDay));
  CHECK(written(plan_receipts(gifts(), 2000, kToday)) ==
        written(plan_receipts(gifts(), 2000, kToday + 35 * kDay), -35 * kDay));
}
