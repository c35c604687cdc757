#pragma once
// What a prompt changed: treated minus control, with an interval that may be looked at every day.
// Pure; any thread; cost linear in the strata.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sidedish::headoffice {

/// One arm of one stratum: how many units, and mean and variance of what was measured on them.
struct ArmStats {
  std::int64_t units = 0;
  double mean = 0;
  double variance = 0;

  /// `hits` of `units`. The variance is that of one more hit and one more miss: no hit among few is
  /// no certainty.
  static ArmStats of_rate(std::int64_t hits, std::int64_t units);
  /// From sums kept exactly: sum of values and of their squares.
  static ArmStats of_sums(std::int64_t units, double sum, double squares);
};

/// What one sale counts at most, whatever it is worth: a hundred times the middle of the prices above
/// zero; 0 where there is none. One party's wedding is no lift, and a bound that is chosen from prices
/// before anything is sold cannot be chosen to please.
std::int64_t declared_cap(std::vector<std::int64_t> prices);

/// Units between which nothing but the arm differs in how they came to be compared: a week, a
/// phase of the holdout. Only within one are arms compared.
struct Stratum {
  ArmStats treated;
  ArmStats control;
};

/// What one unit brought to one arm of one stratum: a customer's sales, or those of a store's day.
struct UnitSum {
  std::uint64_t unit = 0;
  std::uint32_t stratum = 0;  ///< 0, 1, 2, ...
  bool treated = false;
  std::int64_t sales = 0;  ///< above zero
  std::int64_t sum = 0;    ///< of what was measured on them
};

struct LiftMethod {
  double alpha =
      0.05;  ///< the interval misses the truth, at whatever moment, with this probability
  std::int64_t tuned_units = 50'000;  ///< where it is narrowest; fixed before data come
  std::int64_t enough = 1'000;        ///< units in each arm below which there is no word
  std::int64_t enough_sales = 1'000;  ///< sales in each arm below which there is none
  friend bool operator==(const LiftMethod&, const LiftMethod&) = default;
};

enum class Verdict : std::uint8_t { not_enough_data, inconclusive, better, worse };

struct Lift {
  double estimate = 0;  ///< in what was measured, per sale
  double low = 0;
  double high = 0;
  double with = 0;  ///< of the treated, and of the control: both by the same shares of strata
  double without = 0;
  std::int64_t treated = 0;  ///< units that took part, each once
  std::int64_t control = 0;
  std::int64_t treated_sales = 0;  ///< theirs; of baskets the same
  std::int64_t control_sales = 0;
  std::int64_t left_out = 0;  ///< sales of strata in which an arm has fewer than two units
  std::int64_t enough = 0;    ///< units in each arm below which there is no word
  double spread = 0;          ///< standard deviation of one unit's share in the estimate
  Verdict verdict = Verdict::not_enough_data;
  /// Natural logarithm of the evidence against "no difference" (an e-value), for lists of rules.
  double log_evidence = 0;
};

/// Asymptotic confidence sequence by a normal mixture: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas,
/// "Time-uniform central limit theory and asymptotic confidence sequences" (2021), theorem 2.2, with
/// the mixture of proposition 3 tuned to `tuned_units`; the estimate is post-stratified by shares of
/// units. Without a stratum in which both arms can be compared: no units, no interval, no word.
Lift lift_of(std::span<const Stratum> strata, const LiftMethod& method = {});

/// The same, per sale, where not each sale was held out for itself: what one unit buys hangs together.
/// Ratios of sums, compared within a stratum and averaged by its sales; their variance by the delta
/// method, one residual a unit over all its strata (Deng, Knoblich, Lu, "Applying the delta method in
/// metric analytics", 2018, section 3). `sums`: ascending by unit, each unit once in a stratum and
/// arm. `rate`: a sale brings 0 or 1, and one more hit and one more miss are added to the variance.
Lift lift_of_units(std::span<const UnitSum> sums, bool rate, const LiftMethod& method);

/// Half of the interval's width after `units` of this spread.
double half_width(double spread, std::int64_t units, const LiftMethod& method);

/// How many units in all, as unevenly split as now, until an effect as large as the estimate would
/// be told from none. nullopt: not within `most`, or nothing was compared yet.
std::optional<std::int64_t> units_until_verdict(const Lift& lift, std::int64_t most,
                                                const LiftMethod& method = {});

/// How the units were split in one phase, and how they should have been.
struct Split {
  std::int64_t treated = 0;
  std::int64_t control = 0;
  double planned_control = 0.5;  ///< share; in (0, 1), others say nothing
};
/// How surprising the splits are, valid under daily looking: a beta-binomial mixture against the plan
/// (Lindon, Malek, "Anytime-valid inference for multinomial count data", 2022; concentration 1,000:
/// deviations of a point or two). In (0, 1]; below 0.001 something is wrong with the assignment.
double split_p_value(std::span<const Split> splits);

/// Which of many have evidence enough for "at most a share alpha of these is luck": e-BH (Wang,
/// Ramdas, "False discovery rate control with e-values", 2022). As many, in the same order.
std::vector<bool> discoveries(std::span<const double> log_evidence, double alpha = 0.05);

}  // namespace sidedish::headoffice
