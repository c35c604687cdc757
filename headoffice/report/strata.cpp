#include "headoffice/report/strata.hpp"

#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <cmath>

namespace sidedish::headoffice {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr double kEnough = 0.95;
constexpr std::int64_t kYear = 365;

ArmStats stats_of(const KeptSums& sums) {
  return ArmStats::of_sums(sums.n, static_cast<double>(sums.sum),
                           static_cast<double>(sums.squares));
}

}  // namespace

void Phases::add(const RulePhase& phase) {
  phases_.push_back({static_cast<BusinessDay>(phase.since / kDayMs), phase.holdout_percent,
                     phase.unit == "basket"});
}

std::optional<std::size_t> Phases::of(BusinessDay day) const {
  std::size_t at = 0;
  for (std::size_t i = 1; i < phases_.size(); ++i) {
    if (day >= phases_[i].since - 1 && day <= phases_[i].since + 1) return std::nullopt;
    if (day > phases_[i].since) at = i;
  }
  return at;
}

bool Phases::by_basket(BusinessDay day) const {
  for (std::size_t i = 0; i < phases_.size(); ++i) {
    const bool begun = i == 0 || day >= phases_[i].since - 1;
    const bool over = i + 1 < phases_.size() && day > phases_[i + 1].since + 1;
    if (begun && !over && !phases_[i].by_basket) return false;
  }
  return true;
}

double Phases::planned_control(std::size_t phase) const {
  return phase < phases_.size() ? phases_[phase].holdout / 100.0 : 0.0;
}

StratumKey stratum_of(BusinessDay day, std::optional<std::size_t> phase) {
  return phase ? StratumKey{day / 7, *phase, -1} : StratumKey{day / 7, 0, day};
}

void Compared::add(const StratumKey& key, BusinessDay day, bool treated, const KeptSums& more) {
  if (more.n == 0) return;
  Arms& arms = strata_[key];
  KeptSums& arm = treated ? arms.treated : arms.control;
  arm.n += more.n;
  arm.sum += more.sum;
  arm.squares += more.squares;
  (treated ? treated_ : control_) += more.n;
  first_ = std::min(first_, day);
  last_ = std::max(last_, day);
}

std::vector<Stratum> Compared::strata() const {
  std::vector<Stratum> out;
  for (const auto& [key, arms] : strata_) {
    out.push_back({stats_of(arms.treated), stats_of(arms.control)});
  }
  return out;
}

std::string Compared::verdict_on(const Lift& lift) const {
  return verdict_day(lift, first_, last_);
}

bool complete(const Share& treated, const Share& control) {
  const Stratum shares{ArmStats::of_rate(treated.hits, treated.units),
                       ArmStats::of_rate(control.hits, control.units)};
  if (shares.treated.mean < kEnough || shares.control.mean < kEnough) return false;
  const Lift differ = lift_of({&shares, 1}, {.alpha = kSurprise});
  return differ.low <= 0 && differ.high >= 0;
}

std::string verdict_day(const Lift& lift, BusinessDay first, BusinessDay last) {
  if (lift.verdict == Verdict::better || lift.verdict == Verdict::worse) return {};
  const std::int64_t units = lift.treated + lift.control;
  const double days = static_cast<double>(last - first) + 1;
  const double pace = static_cast<double>(units) / days;
  const auto most = units + static_cast<std::int64_t>(pace * static_cast<double>(kYear));
  const auto needed = units_until_verdict(lift, most);
  if (!needed) return {};
  return format::format_day(
      last + static_cast<std::int64_t>(std::ceil(static_cast<double>(*needed - units) / pace)));
}

}  // namespace sidedish::headoffice
