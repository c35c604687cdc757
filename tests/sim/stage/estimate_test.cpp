#include "sim/stage/head_office.hpp"
#include "tests/support/effort.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace sidedish;
using namespace sidedish::sim;

namespace {

ArmRow row(const char* rule, const char* arm, const std::vector<std::int64_t>& totals,
           std::int64_t attached) {
  ArmRow out{"mitte", rule, arm, static_cast<std::int64_t>(totals.size()), attached, 0, 0, 0, 0, 0,
             0,       0,    0};
  for (const std::int64_t total : totals) {
    out.total += total;
    out.margin += total / 2;
    out.total_squares += static_cast<double>(total) * static_cast<double>(total);
    out.margin_squares += static_cast<double>(total / 2) * static_cast<double>(total / 2);
  }
  return out;
}

}  // namespace

TEST_CASE("demo: the estimate is treated minus control, rule by rule, for the treated baskets") {
  // 4 of 4 against 1 of 2, with 300 more each; and a rule without a control arm, which says nothing.
  const std::vector<ArmRow> rows = {row("fries", "treated", {1'000, 1'000, 1'000, 1'000}, 4),
                                    row("fries", "control", {700, 700}, 1),
                                    row("cake", "treated", {9'000}, 1)};
  const Estimate all = estimate(rows, {"mitte"});
  CHECK(all.extra_adds == Approx(4 - 0.5 * 4));
  CHECK(all.extra_revenue == Approx(1'200));
  CHECK(all.extra_margin == Approx(600));
  CHECK(all.revenue_error == Approx(0).margin(1e-6));
  CHECK(all.treated_eligible == 4);
  // Two standard errors: 4^2 * (0/4 + 0.25/2), of whose root there are two.
  CHECK(all.adds_error == Approx(2 * std::sqrt(16 * 0.125)));
  CHECK(estimate(rows, {"nord"}).treated_eligible == 0);
}

// To see it fail: leave the control arm's variance out.
TEST_CASE("demo: give or take holds the truth in nineteen of twenty shops") {
  const std::uint64_t seed = test::seed_of("estimate");
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  int held = 0;
  constexpr int kShops = 400;
  for (int shop = 0; shop < kShops; ++shop) {
    std::vector<std::int64_t> treated;
    std::vector<std::int64_t> control;
    for (int i = 0; i < 400; ++i) {
      const bool held_out = random() % 4 == 0;
      const auto total = static_cast<std::int64_t>(500 + random() % 2'000);
      if (held_out) {
        control.push_back(total);
      } else {
        treated.push_back(total + 100);
      }
    }
    const Estimate one = estimate(
        {row("fries", "treated", treated, 0), row("fries", "control", control, 0)}, {"mitte"});
    const double truth = 100.0 * static_cast<double>(treated.size());
    held += std::abs(one.extra_revenue - truth) <= one.revenue_error ? 1 : 0;
  }
  CHECK(held >= kShops * 91 / 100);
  CHECK(held <= kShops * 99 / 100);
}
