#include "headoffice/report/compared.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace sidedish::headoffice {
namespace {

using Of = Compared::Of;

struct Money {
  explicit Money(std::string_view unit)
      : revenue(Of::amount, unit), margin(Of::amount, unit), costed(Of::rate, unit) {}
  Compared revenue;
  Compared margin;
  Compared costed;  ///< sales whose margin is known
};

/// One rule in one slice.
struct Experiment {
  explicit Experiment(const std::string& held_out)
      : unit(held_out), attached(Of::rate, unit), ended(Of::rate, unit), open(Of::amount, unit) {}

  std::string unit;  ///< what was held out as a whole
  Compared attached;
  Compared ended;
  Compared open;
  std::map<std::string, Money> money;  ///< by currency
  BothArms eligible;                   ///< baskets, those of days that are not compared too
  BusinessDay first = std::numeric_limits<BusinessDay>::max();

  void saw(const BasketTotal& total, bool treated);
  void add(const StratumKey& key, const BasketTotal& total, bool treated);
  void add(const StratumKey& key, const UnitTotal& total, std::uint64_t number);
};

/// All days of one rule.
StratumKey all_days(const StratumKey& key) { return {std::get<0>(key), 0, 0, 0}; }

bool has_end(const std::string& ended) { return ended != "unknown" && ended != "open"; }

void Experiment::saw(const BasketTotal& total, bool treated) {
  eligible.of(treated) += total.sum.n;
  first = std::min(first, total.day);
}

void Experiment::add(const StratumKey& key, const BasketTotal& total, bool treated) {
  const BusinessDay day = total.day;
  const std::int64_t n = total.sum.n;
  attached.add(key, day, treated, {n, total.attached, 0});
  ended.add(all_days(key), day, treated, {n, has_end(total.sum.ended) ? n : 0, 0});
  open.add(key, day, treated, total.capped_open);
  if (total.capped.n == 0) return;
  Money& brought = money.try_emplace(total.sum.currency, unit).first->second;
  brought.revenue.add(key, day, treated, total.capped);
  brought.margin.add(key, day, treated, total.capped_margin);
  brought.costed.add(all_days(key), day, treated, {total.capped.n, total.capped_margin.n, 0});
}

void Experiment::add(const StratumKey& key, const UnitTotal& total, std::uint64_t number) {
  const BusinessDay day = total.day;
  const bool treated = total.arm == "treated";
  attached.add(key, day, treated, number, total.baskets, total.attached);
  ended.add(all_days(key), day, treated, number, total.baskets, total.ended);
  open.add(key, day, treated, number, total.timed, total.capped_open);
  if (total.capped_n == 0) return;
  Money& brought = money.try_emplace(total.currency, unit).first->second;
  brought.revenue.add(key, day, treated, number, total.capped_n, total.capped);
  brought.margin.add(key, day, treated, number, total.capped_margin_n, total.capped_margin);
  brought.costed.add(all_days(key), day, treated, number, total.capped_n, total.capped_margin_n);
}

Trust trust_of(const Experiment& experiment, const Phases& phases) {
  std::vector<Split> splits;
  for (const auto& [phase, units] : experiment.attached.splits()) {
    splits.push_back({units.treated, units.control, phases.planned_control(phase)});
  }
  if (split_p_value(splits) < kSurprise) return Trust::split;
  return experiment.ended.complete() ? Trust::ok : Trust::ends;
}

/// The first day that has this measure, when days before it were counted without.
std::string since(const Experiment& experiment, const Compared& compared) {
  const bool later = compared.both_arms() && compared.first() > experiment.first;
  return later ? format::format_day(compared.first()) : "";
}

std::vector<MoneyLift> money_of(const Experiment& experiment, const std::string& rule,
                                const MoneyFrame& frame) {
  std::vector<MoneyLift> out;
  for (const auto& [currency, money] : experiment.money) {
    if (!money.revenue.both_arms()) continue;
    MoneyLift made;
    made.currency = currency;
    for (const MoneyCap& cap : frame.caps) {
      if (cap.rule == rule && cap.currency == currency) made.cap = cap.cap;
    }
    made.from = since(experiment, money.revenue);
    made.provisional = money.revenue.last() > frame.today - kReturnDays;
    made.revenue = money.revenue.measured();
    if (money.costed.complete()) made.margin = money.margin.measured();
    out.push_back(std::move(made));
  }
  return out;
}

/// More seconds are worse.
std::optional<Measured> seconds_of(const Experiment& experiment) {
  if (!experiment.open.both_arms()) return std::nullopt;
  Measured made = experiment.open.measured();
  Verdict& word = made.lift.verdict;
  word = word == Verdict::better ? Verdict::worse : word == Verdict::worse ? Verdict::better : word;
  made.from = since(experiment, experiment.open);
  return made;
}

/// What a lift is told of beside the attach rate.
void add_earned(RuleLift& lift, const Experiment& experiment, const MoneyFrame& frame) {
  lift.money = money_of(experiment, lift.rule, frame);
  lift.seconds = seconds_of(experiment);
}

RuleLift told(const Experiment& experiment) {
  RuleLift made;
  static_cast<Measured&>(made) = experiment.attached.measured();
  made.unit = experiment.unit;
  made.from = since(experiment, experiment.attached);
  made.lift.low = std::max(made.lift.low, -1.0);  // of rates
  made.lift.high = std::min(made.lift.high, 1.0);
  return made;
}

std::map<std::string, Phases> by_rule_of(const std::vector<RulePhase>& phases) {
  std::map<std::string, Phases> out;
  for (const RulePhase& phase : phases) out[phase.rule].add(phase);
  return out;
}

/// Sales of experiments.
std::vector<const BasketTotal*> eligible_of(const ReportTotals& totals) {
  std::vector<const BasketTotal*> out;
  for (const BasketTotal& total : totals.baskets) {
    const BasketFacts& sum = total.sum;
    const bool arm = sum.arm == "treated" || sum.arm == "control";
    if (!sum.rule.empty() && sum.mode == "sale" && sum.eligible && sum.ended != "replaced" && arm) {
      out.push_back(&total);
    }
  }
  return out;
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
  constexpr std::array<std::string_view, 3> kNames = {"ok", "split", "ends"};
  return kNames[static_cast<std::size_t>(trust)];
}

std::vector<RuleLift> lifts_of(const ReportTotals& totals, const std::vector<RulePhase>& phases,
                               ReportBy by, const MoneyFrame& frame) {
  std::map<std::string, Phases> by_rule = by_rule_of(phases);
  const std::vector<const BasketTotal*> eligible = eligible_of(totals);
  std::map<std::string, BusinessDay> last;
  for (const BasketTotal* total : eligible) {
    BusinessDay& day = last.try_emplace(total->sum.rule, total->day).first->second;
    day = std::max(day, total->day);
  }
  // What was held out at the end of the period is what is compared.
  std::map<std::pair<std::string, Slice>, Experiment> experiments;
  const auto experiment_of = [&](const std::string& rule, const Slice& slice) -> Experiment& {
    const std::string& unit = by_rule[rule].unit(last[rule]);
    return experiments.try_emplace({rule, slice}, unit).first->second;
  };
  const auto place_of = [&](const Experiment& experiment, const std::string& rule,
                            BusinessDay day) -> std::optional<StratumKey> {
    const Phases& of_rule = by_rule[rule];
    if (!of_rule.always_by(experiment.unit, day)) return std::nullopt;
    return stratum_of(day, of_rule.of(day), experiment.unit);
  };
  for (const BasketTotal* total : eligible) {
    const BasketFacts& sum = total->sum;
    const bool treated = sum.arm == "treated";
    Experiment& experiment =
        experiment_of(sum.rule, slice_of(by, total->store, sum.channel, sum.daypart));
    experiment.saw(*total, treated);
    const auto place = place_of(experiment, sum.rule, total->day);
    if (place && experiment.unit == kBasket) experiment.add(*place, *total, treated);
  }
  std::uint64_t number = 0;
  const UnitTotal* before = nullptr;
  for (const UnitTotal& total : totals.units) {
    if (before != nullptr && (before->rule != total.rule || before->unit != total.unit)) ++number;
    before = &total;
    Experiment& experiment =
        experiment_of(total.rule, slice_of(by, total.store, total.channel, total.daypart));
    const auto place = place_of(experiment, total.rule, total.day);
    if (place && experiment.unit == total.unit_of) experiment.add(*place, total, number);
  }

  std::vector<RuleLift> out;
  for (const auto& [name, experiment] : experiments) {
    if (experiment.eligible.treated == 0 || experiment.eligible.control == 0) continue;
    RuleLift made = told(experiment);
    made.rule = name.first;
    static_cast<Slice&>(made) = name.second;
    made.trust = trust_of(experiment, by_rule[name.first]);
    if (made.trust == Trust::ok) add_earned(made, experiment, frame);
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

std::optional<RuleLift> lift_of_all(const ReportTotals& totals,
                                    const std::vector<RulePhase>& phases,
                                    const std::vector<RuleLift>& lifts, const MoneyFrame& frame) {
  std::map<std::string, Phases> by_rule = by_rule_of(phases);
  std::map<std::string, std::size_t> numbers;
  for (const RuleLift& lift : lifts) {
    const bool compared = lift.unit == kBasket && lift.trust == Trust::ok && lift.lift.treated > 0;
    if (compared) numbers.emplace(lift.rule, numbers.size());
  }
  if (numbers.empty()) return std::nullopt;
  Experiment experiment{std::string(kBasket)};
  for (const BasketTotal* total : eligible_of(totals)) {
    const auto number = numbers.find(total->sum.rule);
    if (number == numbers.end()) continue;
    const bool treated = total->sum.arm == "treated";
    experiment.saw(*total, treated);
    const Phases& of_rule = by_rule[number->first];
    if (!of_rule.always_by(kBasket, total->day)) continue;
    StratumKey place = *stratum_of(total->day, of_rule.of(total->day), kBasket);
    std::get<0>(place) = number->second;
    experiment.add(place, *total, treated);
  }
  RuleLift made = told(experiment);
  add_earned(made, experiment, frame);
  return made;
}

}  // namespace sidedish::headoffice
