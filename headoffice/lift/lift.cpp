#include "headoffice/lift/lift.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace sidedish::headoffice {
namespace {

/// rho^2: the variance of the mixture, relative to that of one unit.
double mixture(const LiftMethod& method) {
  const double l = -2 * std::log(method.alpha);
  return (l + std::log(l) + 1) / static_cast<double>(method.tuned_units);
}

bool comparable(const Stratum& stratum) {
  return stratum.treated.units >= 2 && stratum.control.units >= 2;
}

/// Estimate, interval, evidence and word, once both arms' means and units are there. `variance`: of
/// the estimate.
void judge(Lift& lift, double variance, const LiftMethod& method) {
  const std::int64_t units = lift.treated + lift.control;
  const auto n = static_cast<double>(units);
  lift.estimate = lift.with - lift.without;
  lift.spread = std::sqrt(variance * n);
  const double half = half_width(lift.spread, units, method);
  lift.low = lift.estimate - half;
  lift.high = lift.estimate + half;
  if (variance > 0) {
    const double grown = n * mixture(method) + 1;
    const double sum = n * lift.estimate / lift.spread;
    lift.log_evidence = mixture(method) * sum * sum / (2 * grown) - std::log(grown) / 2;
  }
  if (std::min(lift.treated, lift.control) >= lift.enough) {
    lift.verdict = lift.low > 0    ? Verdict::better
                   : lift.high < 0 ? Verdict::worse
                                   : Verdict::inconclusive;
  }
}

/// One arm of one stratum, of units.
struct ArmUnits {
  std::int64_t units = 0;
  std::int64_t sales = 0;
  double sum = 0;

  double ratio() const { return sum / static_cast<double>(sales); }
  /// Of fewer units than infinitely many, as everywhere.
  double grown() const {
    return std::sqrt(static_cast<double>(units) / static_cast<double>(units - 1));
  }
};

struct PairOfUnits {
  ArmUnits treated;
  ArmUnits control;

  bool comparable() const { return treated.units >= 2 && control.units >= 2; }
  std::int64_t sales() const { return treated.sales + control.sales; }
};

}  // namespace

ArmStats ArmStats::of_rate(std::int64_t hits, std::int64_t units) {
  if (units <= 0) return {};
  const double smooth = static_cast<double>(hits + 1) / static_cast<double>(units + 2);
  return {units, static_cast<double>(hits) / static_cast<double>(units), smooth * (1 - smooth)};
}

ArmStats ArmStats::of_sums(std::int64_t units, double sum, double squares) {
  if (units <= 0) return {};
  const auto n = static_cast<double>(units);
  const double mean = sum / n;
  const double variance = units < 2 ? 0 : (squares - sum * mean) / (n - 1);
  return {units, mean, std::max(variance, 0.0)};
}

std::int64_t declared_cap(std::vector<std::int64_t> prices) {
  constexpr std::int64_t kTimes = 100;
  std::erase_if(prices, [](std::int64_t price) { return price <= 0; });
  if (prices.empty()) return 0;
  const auto middle = prices.begin() + static_cast<std::ptrdiff_t>((prices.size() - 1) / 2);
  std::nth_element(prices.begin(), middle, prices.end());
  std::int64_t cap = 0;
  return __builtin_mul_overflow(*middle, kTimes, &cap) ? std::numeric_limits<std::int64_t>::max()
                                                       : cap;
}

double half_width(double spread, std::int64_t units, const LiftMethod& method) {
  const auto n = static_cast<double>(units);
  const double grown = n * mixture(method) + 1;
  return spread * std::sqrt(2 * grown / (n * n * mixture(method)) *
                            std::log(std::sqrt(grown) / method.alpha));
}

Lift lift_of(std::span<const Stratum> strata, const LiftMethod& method) {
  Lift out;
  for (const Stratum& stratum : strata) {
    if (comparable(stratum)) {
      out.treated += stratum.treated.units;
      out.control += stratum.control.units;
    } else {
      out.left_out += stratum.treated.units + stratum.control.units;
    }
  }
  const std::int64_t units = out.treated + out.control;
  if (units == 0) return out;
  out.treated_sales = out.treated;
  out.control_sales = out.control;
  out.enough = std::max(method.enough, method.enough_sales);
  const auto n = static_cast<double>(units);
  double variance = 0;
  for (const Stratum& stratum : strata) {
    if (!comparable(stratum)) continue;
    const auto treated = static_cast<double>(stratum.treated.units);
    const auto control = static_cast<double>(stratum.control.units);
    const double share = (treated + control) / n;
    out.with += share * stratum.treated.mean;
    out.without += share * stratum.control.mean;
    variance +=
        share * share * (stratum.treated.variance / treated + stratum.control.variance / control);
  }
  judge(out, variance, method);
  return out;
}

Lift lift_of_units(std::span<const UnitSum> sums, bool rate, const LiftMethod& method) {
  std::vector<PairOfUnits> strata;
  for (const UnitSum& one : sums) {
    if (one.stratum >= strata.size()) strata.resize(one.stratum + std::size_t{1});
    ArmUnits& arm = one.treated ? strata[one.stratum].treated : strata[one.stratum].control;
    ++arm.units;
    arm.sales += one.sales;
    arm.sum += static_cast<double>(one.sum);
  }
  Lift out;
  for (const PairOfUnits& pair : strata) {
    if (!pair.comparable()) {
      out.left_out += pair.sales();
      continue;
    }
    out.treated_sales += pair.treated.sales;
    out.control_sales += pair.control.sales;
  }
  if (out.treated_sales == 0) return out;
  const auto sales = static_cast<double>(out.treated_sales + out.control_sales);
  double variance = 0;
  for (const PairOfUnits& pair : strata) {
    if (!pair.comparable()) continue;
    const double share = static_cast<double>(pair.sales()) / sales;
    out.with += share * pair.treated.ratio();
    out.without += share * pair.control.ratio();
    for (const ArmUnits& arm : {pair.treated, pair.control}) {
      const double weight = share / static_cast<double>(arm.sales);
      const double p = arm.ratio();
      if (rate) variance += weight * weight * (p * p + (1 - p) * (1 - p));
    }
  }
  // Of one unit, whatever strata it is in: what is left of it in the estimate, and its arms.
  double residual = 0;
  bool in_treated = false;
  bool in_control = false;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const UnitSum& one = sums[i];
    const PairOfUnits& pair = strata[one.stratum];
    if (pair.comparable()) {
      const ArmUnits& arm = one.treated ? pair.treated : pair.control;
      const double weight =
          static_cast<double>(pair.sales()) / sales / static_cast<double>(arm.sales);
      const double off =
          static_cast<double>(one.sum) - arm.ratio() * static_cast<double>(one.sales);
      residual += (one.treated ? 1 : -1) * weight * arm.grown() * off;
      (one.treated ? in_treated : in_control) = true;
    }
    if (i + 1 == sums.size() || sums[i + 1].unit != one.unit) {
      variance += residual * residual;
      out.treated += in_treated ? 1 : 0;
      out.control += in_control ? 1 : 0;
      residual = 0;
      in_treated = in_control = false;
    }
  }
  const auto needed = [&](std::int64_t units, std::int64_t of) {
    return (method.enough_sales * units + of - 1) / of;
  };
  out.enough = std::max({method.enough, needed(out.treated, out.treated_sales),
                         needed(out.control, out.control_sales)});
  judge(out, variance, method);
  return out;
}

std::optional<std::int64_t> units_until_verdict(const Lift& lift, std::int64_t most,
                                                const LiftMethod& method) {
  const std::int64_t units = lift.treated + lift.control;
  const double effect = std::abs(lift.estimate);
  if (units == 0 || effect == 0) return std::nullopt;
  const auto told = [&](std::int64_t n) { return half_width(lift.spread, n, method) < effect; };
  // Every arm needs `enough`, and the smaller one has its share of them.
  const std::int64_t smaller = std::min(lift.treated, lift.control);
  const double needed = std::ceil(static_cast<double>(lift.enough) * static_cast<double>(units) /
                                  static_cast<double>(smaller));
  if (needed > static_cast<double>(most) || !told(most)) return std::nullopt;
  std::int64_t low = std::max(units, static_cast<std::int64_t>(needed));
  std::int64_t high = std::max(most, low);
  while (low < high) {  // the width only shrinks
    const std::int64_t middle = low + (high - low) / 2;
    if (told(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

double split_p_value(std::span<const Split> splits) {
  constexpr double kConcentration = 1'000;
  double log_evidence = 0;
  for (const Split& split : splits) {
    const double plan = split.planned_control;
    if (plan <= 0 || plan >= 1) continue;
    const double a = kConcentration * plan;
    const double b = kConcentration * (1 - plan);
    const auto control = static_cast<double>(split.control);
    const auto treated = static_cast<double>(split.treated);
    log_evidence += std::lgamma(a + control) + std::lgamma(b + treated) -
                    std::lgamma(a + b + control + treated) - std::lgamma(a) - std::lgamma(b) +
                    std::lgamma(a + b) - control * std::log(plan) - treated * std::log(1 - plan);
  }
  return std::min(1.0, std::exp(-log_evidence));
}

std::vector<bool> discoveries(std::span<const double> log_evidence, double alpha) {
  std::vector<std::size_t> order(log_evidence.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return log_evidence[a] > log_evidence[b]; });
  const auto all = static_cast<double>(order.size());
  std::size_t found = 0;
  for (std::size_t k = 1; k <= order.size(); ++k) {
    const double needed = std::log(all / (alpha * static_cast<double>(k)));
    if (log_evidence[order[k - 1]] >= needed) found = k;
  }
  std::vector<bool> out(order.size(), false);
  for (std::size_t k = 0; k < found; ++k) out[order[k]] = true;
  return out;
}

}  // namespace sidedish::headoffice
