#include "headoffice/report/report.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace sidedish::headoffice {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr double kSurprise = 0.001;
constexpr double kEnds = 0.95;
constexpr std::int64_t kYear = 365;

struct Arms {
  struct Arm {
    std::int64_t units = 0;
    std::int64_t attached = 0;
    std::int64_t ended = 0;
  };
  Arm treated;
  Arm control;
};

/// A rule's holdout over time. Business days begin at different moments in different zones: the days
/// next to a change belong to neither phase.
class Phases {
 public:
  void add(const RulePhase& phase) {
    const auto day = static_cast<BusinessDay>(phase.since / kDayMs);
    phases_.push_back({day, phase.holdout_percent});
  }
  /// Number of the phase, or nullopt between two. Before the first publication counts as the first.
  std::optional<std::size_t> of(BusinessDay day) const {
    std::size_t at = 0;
    for (std::size_t i = 1; i < phases_.size(); ++i) {
      if (day >= phases_[i].since - 1 && day <= phases_[i].since + 1) return std::nullopt;
      if (day > phases_[i].since) at = i;
    }
    return at;
  }
  double planned_control(std::size_t phase) const {
    return phase < phases_.size() ? phases_[phase].holdout / 100.0 : 0.0;
  }

 private:
  struct Phase {
    BusinessDay since;
    int holdout;
  };
  std::vector<Phase> phases_;
};

/// Days of one stratum, in order: a week of a phase, or a single day between two.
using StratumKey = std::tuple<std::int64_t, std::size_t, std::int64_t>;

struct Experiment {
  std::map<StratumKey, Arms> strata;
  std::map<std::size_t, Arms> splits;  ///< by phase
  Arms all;
  BusinessDay first = std::numeric_limits<BusinessDay>::max();
  BusinessDay last = std::numeric_limits<BusinessDay>::min();
};

Stratum rates(const Arms& arms, std::int64_t Arms::Arm::*hits) {
  return {ArmStats::of_rate(arms.treated.*hits, arms.treated.units),
          ArmStats::of_rate(arms.control.*hits, arms.control.units)};
}

Trust trust_of(const Experiment& experiment, const Phases& phases) {
  std::vector<Split> splits;
  for (const auto& [phase, arms] : experiment.splits) {
    splits.push_back({arms.treated.units, arms.control.units, phases.planned_control(phase)});
  }
  if (split_p_value(splits) < kSurprise) return Trust::split;
  const Stratum ends = rates(experiment.all, &Arms::Arm::ended);
  if (ends.treated.mean < kEnds || ends.control.mean < kEnds) return Trust::ends;
  const Lift differ = lift_of({&ends, 1}, {.alpha = kSurprise});
  return differ.low > 0 || differ.high < 0 ? Trust::ends : Trust::ok;
}

std::string verdict_day(const Lift& lift, BusinessDay first, BusinessDay last) {
  const std::int64_t units = lift.treated + lift.control;
  const double days = static_cast<double>(last - first) + 1;
  const double pace = static_cast<double>(units) / days;
  const auto most = units + static_cast<std::int64_t>(pace * static_cast<double>(kYear));
  const auto needed = units_until_verdict(lift, most);
  if (!needed) return {};
  return format::format_day(
      last + static_cast<std::int64_t>(std::ceil(static_cast<double>(*needed - units) / pace)));
}

}  // namespace

std::string_view name_of(Verdict verdict) noexcept {
  constexpr std::array<std::string_view, 4> kNames = {"not_enough_data", "inconclusive", "better",
                                                      "worse"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::string_view name_of(Trust trust) noexcept {
  constexpr std::array<std::string_view, 3> kNames = {"ok", "split", "ends"};
  return kNames[static_cast<std::size_t>(trust)];
}

std::int64_t ppm(double share) noexcept { return std::llround(share * 1e6); }

std::vector<RuleLift> lifts_of(const std::vector<BasketTotal>& totals,
                               const std::vector<RulePhase>& phases, bool by_store) {
  std::map<std::string, Phases> by_rule;
  for (const RulePhase& phase : phases) by_rule[phase.rule].add(phase);
  std::map<std::pair<std::string, std::string>, Experiment> experiments;
  for (const BasketTotal& total : totals) {
    const BasketFacts& sum = total.sum;
    const bool treated = sum.arm == "treated";
    if (sum.rule.empty() || sum.mode != "sale" || !sum.eligible || sum.ended == "replaced" ||
        (!treated && sum.arm != "control")) {
      continue;
    }
    Experiment& experiment = experiments[{sum.rule, by_store ? total.store : std::string()}];
    const std::optional<std::size_t> phase = by_rule[sum.rule].of(total.day);
    const StratumKey key =
        phase ? StratumKey{total.day / 7, *phase, -1} : StratumKey{total.day / 7, 0, total.day};
    const auto count = [&](Arms& arms) {
      Arms::Arm& arm = treated ? arms.treated : arms.control;
      arm.units += sum.n;
      arm.attached += total.attached;
      arm.ended += sum.ended == "unknown" || sum.ended == "open" ? 0 : sum.n;
    };
    count(experiment.strata[key]);
    count(experiment.all);
    if (phase) count(experiment.splits[*phase]);
    experiment.first = std::min(experiment.first, total.day);
    experiment.last = std::max(experiment.last, total.day);
  }

  std::vector<RuleLift> out;
  std::vector<double> evidence;
  for (const auto& [name, experiment] : experiments) {
    if (experiment.all.treated.units == 0 || experiment.all.control.units == 0) continue;
    std::vector<Stratum> strata;
    for (const auto& [key, arms] : experiment.strata) {
      strata.push_back(rates(arms, &Arms::Arm::attached));
    }
    RuleLift made;
    made.rule = name.first;
    if (by_store) made.store = name.second;
    made.lift = lift_of(strata);
    made.lift.low = std::max(made.lift.low, -1.0);  // of rates
    made.lift.high = std::min(made.lift.high, 1.0);
    made.trust = trust_of(experiment, by_rule[name.first]);
    if (made.lift.verdict == Verdict::inconclusive ||
        made.lift.verdict == Verdict::not_enough_data) {
      made.verdict_on = verdict_day(made.lift, experiment.first, experiment.last);
    }
    evidence.push_back(made.lift.log_evidence);
    out.push_back(std::move(made));
  }
  const std::vector<bool> found = discoveries(evidence);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Verdict verdict = out[i].lift.verdict;
    out[i].alone = (verdict == Verdict::better || verdict == Verdict::worse) && !found[i];
  }
  return out;
}

}  // namespace sidedish::headoffice
