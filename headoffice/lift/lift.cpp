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
  const auto n = static_cast<double>(units);
  double variance = 0;  // of the estimate
  for (const Stratum& stratum : strata) {
    if (!comparable(stratum)) continue;
    const auto treated = static_cast<double>(stratum.treated.units);
    const auto control = static_cast<double>(stratum.control.units);
    const double share = (treated + control) / n;
    out.estimate += share * (stratum.treated.mean - stratum.control.mean);
    variance +=
        share * share * (stratum.treated.variance / treated + stratum.control.variance / control);
  }
  out.spread = std::sqrt(variance * n);
  const double half = half_width(out.spread, units, method);
  out.low = out.estimate - half;
  out.high = out.estimate + half;
  if (variance > 0) {
    const double grown = n * mixture(method) + 1;
    const double sum = n * out.estimate / out.spread;
    out.log_evidence = mixture(method) * sum * sum / (2 * grown) - std::log(grown) / 2;
  }
  if (std::min(out.treated, out.control) >= method.enough) {
    out.verdict = out.low > 0    ? Verdict::better
                  : out.high < 0 ? Verdict::worse
                                 : Verdict::inconclusive;
  }
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
  const double needed = std::ceil(static_cast<double>(method.enough) * static_cast<double>(units) /
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
