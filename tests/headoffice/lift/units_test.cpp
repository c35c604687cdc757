#include "headoffice/lift/lift.hpp"
#include "tests/support/effort.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace sidedish;
using namespace sidedish::headoffice;

namespace {

constexpr LiftMethod kCustomers{.tuned_units = 5'000, .enough = 200};
constexpr LiftMethod kStoreDays{.tuned_units = 200, .enough = 20};

/// Units of one phase, as they stand after some days.
class Phase {
 public:
  explicit Phase(std::size_t units) : sums_(units) {
    for (std::size_t i = 0; i < units; ++i) sums_[i] = {i, 0, false, 0, 0};
  }
  void bought(std::size_t unit, bool treated, std::int64_t sales, std::int64_t hits) {
    sums_[unit].treated = treated;
    sums_[unit].sales += sales;
    sums_[unit].sum += hits;
  }
  std::vector<UnitSum> sums() const {
    std::vector<UnitSum> out;
    std::copy_if(sums_.begin(), sums_.end(), std::back_inserter(out),
                 [](const UnitSum& one) { return one.sales > 0; });
    return out;
  }

 private:
  std::vector<UnitSum> sums_;
};

bool word(const Lift& lift) {
  return lift.verdict == Verdict::better || lift.verdict == Verdict::worse;
}

/// The mistake: as if each sale had been drawn for itself.
Lift as_baskets(const std::vector<UnitSum>& sums) {
  std::int64_t n[2] = {0, 0};
  std::int64_t hits[2] = {0, 0};
  for (const UnitSum& one : sums) {
    n[one.treated ? 0 : 1] += one.sales;
    hits[one.treated ? 0 : 1] += one.sum;
  }
  const Stratum all{ArmStats::of_rate(hits[0], n[0]), ArmStats::of_rate(hits[1], n[1])};
  return lift_of({&all, 1});
}

struct Found {
  unsigned by_units = 0;
  unsigned by_baskets = 0;
  Lift last;
};

void look(const Phase& phase, const LiftMethod& method, bool (&seen)[2], Found& found) {
  const std::vector<UnitSum> sums = phase.sums();
  found.last = lift_of_units(sums, true, method);
  seen[0] = seen[0] || word(found.last);
  seen[1] = seen[1] || word(as_baskets(sums));
}

/// Customers with habits of their own: some come daily, and some always take it. `effect`: on
/// their chance to take it.
template <class Random>
Found customers(double effect, unsigned experiments, Random& random) {
  constexpr std::size_t kPeople = 1'500;
  Found found;
  std::uniform_real_distribution<double> chance(0, 1);
  for (unsigned i = 0; i < experiments; ++i) {
    std::vector<double> comes(kPeople);
    std::vector<double> takes(kPeople);
    std::vector<char> treated(kPeople);
    for (std::size_t one = 0; one < kPeople; ++one) {
      comes[one] = std::min(1.0, 0.1 / std::sqrt(chance(random)));
      takes[one] = chance(random) < 0.25 ? 0.7 : 0.03;
      treated[one] = chance(random) < 0.5;
    }
    Phase phase(kPeople);
    bool seen[2] = {false, false};
    for (int day = 0; day < 30; ++day) {
      for (std::size_t one = 0; one < kPeople; ++one) {
        if (chance(random) >= comes[one]) continue;
        const double p = takes[one] + (treated[one] ? effect : 0);
        phase.bought(one, treated[one] != 0, 1, chance(random) < p ? 1 : 0);
      }
      if (day % 3 == 2) look(phase, kCustomers, seen, found);
    }
    found.by_units += seen[0] ? 1U : 0U;
    found.by_baskets += seen[1] ? 1U : 0U;
  }
  return found;
}

/// Days of stores: the weather of a day and a place moves all of its baskets.
template <class Random>
Found store_days(double effect, unsigned experiments, Random& random) {
  constexpr std::size_t kStores = 8;
  constexpr std::size_t kDays = 30;
  Found found;
  std::uniform_real_distribution<double> chance(0, 1);
  std::normal_distribution<double> weather(0, 0.03);
  for (unsigned i = 0; i < experiments; ++i) {
    Phase phase(kStores * kDays);
    bool seen[2] = {false, false};
    for (std::size_t day = 0; day < kDays; ++day) {
      for (std::size_t store = 0; store < kStores; ++store) {
        const bool treated = chance(random) < 0.5;
        const auto n =
            std::poisson_distribution<std::int64_t>(40 + 20.0 * static_cast<double>(store))(random);
        const double p = std::clamp(0.12 + weather(random) + (treated ? effect : 0), 0.0, 1.0);
        phase.bought(day * kStores + store, treated, n,
                     std::binomial_distribution<std::int64_t>(n, p)(random));
      }
      look(phase, kStoreDays, seen, found);
    }
    found.by_units += seen[0] ? 1U : 0U;
    found.by_baskets += seen[1] ? 1U : 0U;
  }
  return found;
}

double percent(unsigned n, unsigned of) { return 100.0 * n / of; }

}  // namespace

TEST_CASE("lift: held out by customer, regulars with habits do not make a lift, looked at daily") {
  const std::uint64_t seed = test::seed_of("lift of units");
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const unsigned experiments = 2'000;
  const Found nothing = customers(0, experiments, random);
  std::cout << "lift: by customer, no effect, told as one in "
            << percent(nothing.by_units, experiments) << " % of 2,000 experiments ("
            << percent(nothing.by_baskets, experiments) << " % by baskets)\n";
  CHECK(percent(nothing.by_units, experiments) <= 6.5);
  CHECK(percent(nothing.by_baskets, experiments) > 6.5);  // or this simulation shows nothing
  const Found real = customers(0.12, 40, random);
  CHECK(real.by_units >= 36);
  CHECK(real.last.estimate == Approx(0.12).margin(0.06));
}

TEST_CASE("lift: held out by store and day, weather does not make a lift, looked at daily") {
  const std::uint64_t seed = test::seed_of("lift of units");
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const unsigned experiments = 2'000;
  const Found nothing = store_days(0, experiments, random);
  std::cout << "lift: by store and day, no effect, told as one in "
            << percent(nothing.by_units, experiments) << " % of 2,000 experiments ("
            << percent(nothing.by_baskets, experiments) << " % by baskets)\n";
  CHECK(percent(nothing.by_units, experiments) <= 6.5);
  CHECK(percent(nothing.by_baskets, experiments) > 6.5);
  const Found real = store_days(0.03, 40, random);
  CHECK(real.by_units >= 36);
}

TEST_CASE("lift: of units of one sale each it is that of sales") {
  std::vector<UnitSum> sums;
  std::int64_t sum[2] = {0, 0};
  std::int64_t squares[2] = {0, 0};
  for (std::uint64_t i = 0; i < 2'400; ++i) {
    const bool treated = i % 2 == 0;
    const auto value = static_cast<std::int64_t>(i * i % 701) + (treated ? 30 : 0);
    sums.push_back({i, 0, treated, 1, value});
    sum[treated ? 0 : 1] += value;
    squares[treated ? 0 : 1] += value * value;
  }
  const auto arm = [&](int i) {
    return ArmStats::of_sums(1'200, static_cast<double>(sum[i]), static_cast<double>(squares[i]));
  };
  const Stratum one{arm(0), arm(1)};
  const Lift expected = lift_of({&one, 1});
  const Lift lift = lift_of_units(sums, false, {});
  CHECK(lift.estimate == Approx(expected.estimate).epsilon(1e-12));
  CHECK(lift.low == Approx(expected.low).epsilon(1e-12));
  CHECK(lift.high == Approx(expected.high).epsilon(1e-12));
  CHECK(lift.log_evidence == Approx(expected.log_evidence).epsilon(1e-9));
  CHECK(lift.verdict == expected.verdict);
  CHECK(lift.treated == 1'200);
  CHECK(lift.treated_sales == 1'200);
}

// The published formula, by hand: R = sum y / sum n; its variance is that of y - R n over m mean(n)^2.
TEST_CASE("lift: a ratio's spread is the delta method's, and a unit is one over all its strata") {
  const std::vector<UnitSum> sums = {
      {1, 0, true, 10, 4}, {2, 0, true, 30, 6}, {3, 0, false, 5, 0}, {4, 0, false, 15, 2}};
  const double r[2] = {10.0 / 40, 2.0 / 20};
  const double residuals[2] = {2 * std::pow(4 - r[0] * 10, 2), 2 * std::pow(0 - r[1] * 5, 2)};
  // Both residuals of an arm are alike but for their sign; divided by m - 1 = 1, over m mean(n)^2.
  const double variance = residuals[0] / (2 * 20.0 * 20.0) + residuals[1] / (2 * 10.0 * 10.0);
  const Lift lift = lift_of_units(sums, false, kStoreDays);
  CHECK(lift.estimate == Approx(0.15));
  CHECK(lift.spread * lift.spread == Approx(variance * 4));
  CHECK(lift.high - lift.estimate == Approx(half_width(lift.spread, 4, kStoreDays)));
  // Of a rate one more hit and one more miss.
  const double more = (r[0] * r[0] + (1 - r[0]) * (1 - r[0])) / (40.0 * 40.0) +
                      (r[1] * r[1] + (1 - r[1]) * (1 - r[1])) / (20.0 * 20.0);
  CHECK(std::pow(lift_of_units(sums, true, kStoreDays).spread, 2) == Approx((variance + more) * 4));

  // The same again in another phase: what two phases tell of the same people is not twice as sure.
  std::vector<UnitSum> twice;
  std::vector<UnitSum> others;
  for (const UnitSum& one : sums) {
    twice.push_back(one);
    twice.push_back({one.unit, 1, one.treated, one.sales, one.sum});
  }
  for (const UnitSum& one : sums) others.push_back(one);
  for (const UnitSum& one : sums) {
    others.push_back({one.unit + 4, 1, one.treated, one.sales, one.sum});
  }
  const auto variance_of = [](const Lift& of) {
    return of.spread * of.spread / static_cast<double>(of.treated + of.control);
  };
  CHECK(variance_of(lift_of_units(twice, false, kStoreDays)) == Approx(variance));
  CHECK(lift_of_units(twice, false, kStoreDays).treated == 2);
  CHECK(lift_of_units(twice, false, kStoreDays).treated_sales == 80);
  CHECK(lift_of_units(others, false, kStoreDays).treated == 4);
  CHECK(variance_of(lift_of_units(others, false, kStoreDays)) == Approx(variance / 2));
}

TEST_CASE("lift: a word takes units and sales enough") {
  const auto verdict = [](std::uint64_t units, std::int64_t sales) {
    std::vector<UnitSum> sums;
    for (std::uint64_t i = 0; i < 2 * units; ++i) {
      const bool treated = i % 2 == 0;
      const auto off = static_cast<std::int64_t>(i / 2 % 3) - 1;
      sums.push_back({i, 0, treated, sales, (treated ? sales / 2 : sales / 10) + off});
    }
    return lift_of_units(sums, true, kStoreDays);
  };
  CHECK(verdict(20, 50).verdict == Verdict::better);
  CHECK(verdict(19, 500).verdict == Verdict::not_enough_data);
  CHECK(verdict(19, 500).enough == 20);
  CHECK(verdict(20, 49).verdict == Verdict::not_enough_data);
  CHECK(verdict(20, 49).enough == 21);
  CHECK(verdict(25, 40).verdict == Verdict::better);
  // A stratum with a single unit in an arm compares nothing.
  const std::vector<UnitSum> lone = {{1, 0, true, 10, 1}, {2, 0, true, 10, 2}, {3, 0, false, 7, 1}};
  CHECK(lift_of_units(lone, true, kStoreDays).left_out == 27);
  CHECK(lift_of_units(lone, true, kStoreDays).treated == 0);
  CHECK(lift_of_units({}, true, kStoreDays).verdict == Verdict::not_enough_data);
  // Nothing bought by anybody is no certainty.
  std::vector<UnitSum> silent;
  for (std::uint64_t i = 0; i < 60; ++i) silent.push_back({i, 0, i % 2 == 0, 100, 0});
  CHECK(lift_of_units(silent, true, kStoreDays).high > 0.0001);
}
