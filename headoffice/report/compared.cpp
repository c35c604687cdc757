#include "headoffice/report/compared.hpp"

#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <cmath>

namespace sidedish::headoffice {
namespace {

constexpr double kEnough = 0.95;
constexpr std::int64_t kYear = 365;

std::string verdict_day(const Lift& lift, BusinessDay first, BusinessDay last,
                        const LiftMethod& method) {
  if (lift.verdict == Verdict::better || lift.verdict == Verdict::worse) return {};
  const std::int64_t units = lift.treated + lift.control;
  if (units == 0) return {};
  const double days = static_cast<double>(last - first) + 1;
  const double pace = static_cast<double>(units) / days;
  const auto most = units + static_cast<std::int64_t>(pace * static_cast<double>(kYear));
  const auto needed = units_until_verdict(lift, most, method);
  if (!needed) return {};
  return format::format_day(
      last + static_cast<std::int64_t>(std::ceil(static_cast<double>(*needed - units) / pace)));
}

}  // namespace

LiftMethod method_of(std::string_view unit) {
  if (unit == "customer") return {.tuned_units = 5'000, .enough = 200};
  if (unit == "terminal_day") return {.tuned_units = 1'000, .enough = 20};
  if (unit == "store_day") return {.tuned_units = 200, .enough = 20};
  return {};
}

Compared::Compared(Of of, std::string_view unit)
    : of_(of), method_(method_of(unit)), by_basket_(unit == kBasket) {}

Compared::Arms& Compared::count(const StratumKey& key, BusinessDay day, bool treated,
                                std::int64_t n, std::int64_t sum) {
  sales_.of(treated) += n;
  sums_.of(treated) += sum;
  first_ = std::min(first_, day);
  last_ = std::max(last_, day);
  const auto number = static_cast<std::uint32_t>(strata_.size());
  return strata_.try_emplace(key, Arms{number, {}, {}, {}}).first->second;
}

void Compared::add(const StratumKey& key, BusinessDay day, bool treated, const KeptSums& more) {
  if (more.n == 0) return;
  Arms& arms = count(key, day, treated, more.n, more.sum);
  KeptSums& arm = treated ? arms.treated : arms.control;
  arm.n += more.n;
  arm.sum += more.sum;
  arm.squares += more.squares;
  arms.units.of(treated) += more.n;
}

void Compared::add(const StratumKey& key, BusinessDay day, bool treated, std::uint64_t unit,
                   std::int64_t n, std::int64_t sum) {
  if (n == 0) return;
  Arms& arms = count(key, day, treated, n, sum);
  if (!units_.empty()) {
    UnitSum& before = units_.back();
    if (before.unit == unit && before.stratum == arms.number && before.treated == treated) {
      before.sales += n;
      before.sum += sum;
      return;
    }
  }
  units_.push_back({unit, arms.number, treated, n, sum});
  ++arms.units.of(treated);
}

Lift Compared::lift(const LiftMethod& method) const {
  if (!by_basket_) return lift_of_units(units_, of_ == Of::rate, method);
  const auto stats_of = [&](const KeptSums& sums) {
    return of_ == Of::rate ? ArmStats::of_rate(sums.sum, sums.n)
                           : ArmStats::of_sums(sums.n, static_cast<double>(sums.sum),
                                               static_cast<double>(sums.squares));
  };
  std::vector<Stratum> strata;
  for (const auto& [key, arms] : strata_) {
    strata.push_back({stats_of(arms.treated), stats_of(arms.control)});
  }
  return lift_of(strata, method);
}

Measured Compared::measured() const {
  Measured out;
  out.lift = lift(method_);
  out.verdict_on = verdict_day(out.lift, first_, last_, method_);
  return out;
}

bool Compared::complete() const {
  const auto most_of = [](std::int64_t sum, std::int64_t sales) {
    return static_cast<double>(sum) >= kEnough * static_cast<double>(sales);
  };
  if (!most_of(sums_.treated, sales_.treated) || !most_of(sums_.control, sales_.control)) {
    return false;
  }
  LiftMethod method = method_;
  method.alpha = kSurprise;
  const Lift differ = lift(method);
  return differ.low <= 0 && differ.high >= 0;
}

std::map<std::size_t, BothArms> Compared::splits() const {
  std::map<std::size_t, BothArms> out;
  for (const auto& [key, arms] : strata_) {
    const auto [rule, week, phase, alone] = key;
    if (alone >= 0) continue;
    out[phase].treated += arms.units.treated;
    out[phase].control += arms.units.control;
  }
  return out;
}

}  // namespace sidedish::headoffice
