#include "headoffice/report/report.hpp"
#include "headoffice/report/strata.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace sidedish::headoffice {
namespace {

struct Arms {
  struct Arm {
    std::int64_t units = 0;
    std::int64_t attached = 0;
    std::int64_t ended = 0;
  };
  Arm treated;
  Arm control;
};

struct Money {
  Compared revenue;
  Compared margin;
};

struct Experiment {
  std::map<StratumKey, Arms> strata;
  std::map<std::size_t, Arms> splits;  ///< by phase
  std::map<std::string, Money> money;  ///< by currency
  Compared open;
  Arms all;
  bool by_basket = true;
  BusinessDay first = std::numeric_limits<BusinessDay>::max();
  BusinessDay last = std::numeric_limits<BusinessDay>::min();

  void add(const BasketTotal& total, bool treated, std::optional<std::size_t> phase);
};

void Experiment::add(const BasketTotal& total, bool treated, std::optional<std::size_t> phase) {
  const BasketFacts& sum = total.sum;
  const auto count = [&](Arms& arms) {
    Arms::Arm& arm = treated ? arms.treated : arms.control;
    arm.units += sum.n;
    arm.attached += total.attached;
    arm.ended += sum.ended == "unknown" || sum.ended == "open" ? 0 : sum.n;
  };
  const StratumKey key = stratum_of(total.day, phase);
  count(strata[key]);
  count(all);
  if (phase) count(splits[*phase]);
  first = std::min(first, total.day);
  last = std::max(last, total.day);
  open.add(key, total.day, treated, total.capped_open);
  if (total.capped.n == 0) return;
  Money& brought = money[sum.currency];
  brought.revenue.add(key, total.day, treated, total.capped);
  brought.margin.add(key, total.day, treated, total.capped_margin);
}

std::vector<Stratum> attach_rates(const Experiment& experiment) {
  std::vector<Stratum> out;
  for (const auto& [key, arms] : experiment.strata) {
    out.push_back({ArmStats::of_rate(arms.treated.attached, arms.treated.units),
                   ArmStats::of_rate(arms.control.attached, arms.control.units)});
  }
  return out;
}

Trust trust_of(const Experiment& experiment, const Phases& phases) {
  if (!experiment.by_basket) return Trust::unit;
  std::vector<Split> splits;
  for (const auto& [phase, arms] : experiment.splits) {
    splits.push_back({arms.treated.units, arms.control.units, phases.planned_control(phase)});
  }
  if (split_p_value(splits) < kSurprise) return Trust::split;
  const auto& [treated, control] = experiment.all;
  const bool ended = complete({treated.ended, treated.units}, {control.ended, control.units});
  return ended ? Trust::ok : Trust::ends;
}

Measured measured(const Compared& compared) {
  Measured out;
  out.lift = lift_of(compared.strata());
  out.verdict_on = compared.verdict_on(out.lift);
  return out;
}

bool both_arms(const Compared& compared) {
  return compared.treated() > 0 && compared.control() > 0;
}

/// The first day that has this measure, when days before it were counted without.
std::string since(const Experiment& experiment, const Compared& compared) {
  return compared.first() > experiment.first ? format::format_day(compared.first()) : "";
}

std::vector<MoneyLift> money_of(const Experiment& experiment, const std::string& rule,
                                const MoneyFrame& frame) {
  std::vector<MoneyLift> out;
  for (const auto& [currency, money] : experiment.money) {
    if (!both_arms(money.revenue)) continue;
    MoneyLift made;
    made.currency = currency;
    for (const MoneyCap& cap : frame.caps) {
      if (cap.rule == rule && cap.currency == currency) made.cap = cap.cap;
    }
    made.from = since(experiment, money.revenue);
    made.provisional = money.revenue.last() > frame.today - kReturnDays;
    made.revenue = measured(money.revenue);
    if (complete({money.margin.treated(), money.revenue.treated()},
                 {money.margin.control(), money.revenue.control()})) {
      made.margin = measured(money.margin);
    }
    out.push_back(std::move(made));
  }
  return out;
}

/// More seconds are worse.
std::optional<Measured> seconds_of(const Experiment& experiment) {
  if (!both_arms(experiment.open)) return std::nullopt;
  Measured made = measured(experiment.open);
  Verdict& word = made.lift.verdict;
  word = word == Verdict::better ? Verdict::worse : word == Verdict::worse ? Verdict::better : word;
  made.from = since(experiment, experiment.open);
  return made;
}

/// Of these, each by one measure, those whose verdict may be luck among as many.
void find_luck(const std::vector<Measured*>& list) {
  std::vector<double> evidence;
  for (const Measured* one : list) evidence.push_back(one->lift.log_evidence);
  const std::vector<bool> found = discoveries(evidence);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Verdict verdict = list[i]->lift.verdict;
    list[i]->alone = (verdict == Verdict::better || verdict == Verdict::worse) && !found[i];
  }
}

}  // namespace

std::string_view name_of(Verdict verdict) noexcept {
  constexpr std::array<std::string_view, 4> kNames = {"not_enough_data", "inconclusive", "better",
                                                      "worse"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::string_view name_of(Trust trust) noexcept {
  constexpr std::array<std::string_view, 4> kNames = {"ok", "split", "ends", "unit"};
  return kNames[static_cast<std::size_t>(trust)];
}

std::vector<RuleLift> lifts_of(const std::vector<BasketTotal>& totals,
                               const std::vector<RulePhase>& phases, ReportBy by,
                               const MoneyFrame& frame) {
  std::map<std::string, Phases> by_rule;
  for (const RulePhase& phase : phases) by_rule[phase.rule].add(phase);
  std::map<std::pair<std::string, Slice>, Experiment> experiments;
  for (const BasketTotal& total : totals) {
    const BasketFacts& sum = total.sum;
    const bool treated = sum.arm == "treated";
    if (sum.rule.empty() || sum.mode != "sale" || !sum.eligible || sum.ended == "replaced" ||
        (!treated && sum.arm != "control")) {
      continue;
    }
    const Phases& of_rule = by_rule[sum.rule];
    Experiment& experiment =
        experiments[{sum.rule, slice_of(by, total.store, sum.channel, sum.daypart)}];
    experiment.add(total, treated, of_rule.of(total.day));
    experiment.by_basket = experiment.by_basket && of_rule.by_basket(total.day);
  }

  std::vector<RuleLift> out;
  for (const auto& [name, experiment] : experiments) {
    if (experiment.all.treated.units == 0 || experiment.all.control.units == 0) continue;
    RuleLift made;
    made.rule = name.first;
    static_cast<Slice&>(made) = name.second;
    made.lift = lift_of(attach_rates(experiment));
    made.lift.low = std::max(made.lift.low, -1.0);  // of rates
    made.lift.high = std::min(made.lift.high, 1.0);
    made.verdict_on = verdict_day(made.lift, experiment.first, experiment.last);
    made.trust = trust_of(experiment, by_rule[name.first]);
    if (made.trust == Trust::ok) {
      made.money = money_of(experiment, name.first, frame);
      made.seconds = seconds_of(experiment);
    }
    out.push_back(std::move(made));
  }
  std::vector<Measured*> attach;
  std::vector<Measured*> revenue;
  std::vector<Measured*> margin;
  std::vector<Measured*> seconds;
  for (RuleLift& lift : out) {
    attach.push_back(&lift);
    for (MoneyLift& money : lift.money) {
      revenue.push_back(&money.revenue);
      if (money.margin) margin.push_back(&*money.margin);
    }
    if (lift.seconds) seconds.push_back(&*lift.seconds);
  }
  for (const auto& list : {attach, revenue, margin, seconds}) find_luck(list);
  return out;
}

}  // namespace sidedish::headoffice
