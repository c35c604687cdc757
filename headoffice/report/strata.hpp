#pragma once
// Where arms may be compared: within a week of a phase of a rule's holdout.
#include "headoffice/lift/lift.hpp"
#include "headoffice/store/storage.hpp"

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace sidedish::headoffice {

/// A rule's holdout over time. Business days begin at different moments in different zones: the days
/// next to a change belong to neither phase.
class Phases {
 public:
  void add(const RulePhase& phase);
  /// Number of the phase, or nullopt between two. Before the first publication counts as the first.
  std::optional<std::size_t> of(BusinessDay day) const;
  /// Whether the holdout was by basket, in whichever phase this day belongs to.
  bool by_basket(BusinessDay day) const;
  /// Share of baskets; 0 = never said.
  double planned_control(std::size_t phase) const;

 private:
  struct Phase {
    BusinessDay since;
    int holdout;
    bool by_basket;
  };
  std::vector<Phase> phases_;
};

/// Days of one stratum, in order: a week of a phase, or a single day between two.
using StratumKey = std::tuple<std::int64_t, std::size_t, std::int64_t>;
StratumKey stratum_of(BusinessDay day, std::optional<std::size_t> phase);

/// One measure of one experiment: what both arms brought, by stratum.
class Compared {
 public:
  void add(const StratumKey& key, BusinessDay day, bool treated, const KeptSums& more);
  std::int64_t treated() const { return treated_; }  ///< units
  std::int64_t control() const { return control_; }
  BusinessDay first() const { return first_; }  ///< of a day with units
  BusinessDay last() const { return last_; }
  std::vector<Stratum> strata() const;
  /// The day a verdict is likely, at this pace and with this difference: not within a year, or there
  /// is one: empty.
  std::string verdict_on(const Lift& lift) const;

 private:
  struct Arms {
    KeptSums treated;
    KeptSums control;
  };
  std::map<StratumKey, Arms> strata_;
  std::int64_t treated_ = 0;
  std::int64_t control_ = 0;
  BusinessDay first_ = std::numeric_limits<BusinessDay>::max();
  BusinessDay last_ = std::numeric_limits<BusinessDay>::min();
};

/// Hits of units in one arm.
struct Share {
  std::int64_t hits = 0;
  std::int64_t units = 0;
};
/// At least 95 % in both arms, and alike (p < 0.001).
bool complete(const Share& treated, const Share& control);

inline constexpr double kSurprise = 0.001;

/// See Compared::verdict_on(); of units from `first` to `last`.
std::string verdict_day(const Lift& lift, BusinessDay first, BusinessDay last);

}  // namespace sidedish::headoffice
