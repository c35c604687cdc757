#pragma once
// One measure of one experiment: what both arms brought, and the difference.
#include "headoffice/report/report.hpp"
#include "headoffice/report/strata.hpp"

#include <limits>
#include <map>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// Tuned to what a month brings: baskets, customers, days of lanes, days of stores.
LiftMethod method_of(std::string_view unit);

inline constexpr double kSurprise = 0.001;

/// Sales or units of both arms.
struct BothArms {
  std::int64_t treated = 0;
  std::int64_t control = 0;
  std::int64_t& of(bool is_treated) { return is_treated ? treated : control; }
};

class Compared {
 public:
  enum class Of : std::uint8_t { rate, amount };

  Compared(Of of, std::string_view unit);
  /// By basket: `more.n` of them; of a rate, `more.sum` are hits.
  void add(const StratumKey& key, BusinessDay day, bool treated, const KeptSums& more);
  /// By another unit: `n` of its sales, which bring `sum`. In the order of units, then arms, then
  /// days.
  void add(const StratumKey& key, BusinessDay day, bool treated, std::uint64_t unit, std::int64_t n,
           std::int64_t sum);

  bool both_arms() const { return sales_.treated > 0 && sales_.control > 0; }
  BusinessDay first() const { return first_; }  ///< of a day with sales
  BusinessDay last() const { return last_; }
  /// With the day a verdict is likely, at this pace and with this difference: not within a year, or
  /// there is one: empty.
  Measured measured() const;
  /// Of a rate: at least 95 % in both arms, and alike (p < 0.001).
  bool complete() const;
  /// How the units of each phase were split.
  std::map<std::size_t, BothArms> splits() const;

 private:
  struct Arms {
    std::uint32_t number = 0;
    KeptSums treated;
    KeptSums control;
    BothArms units;
  };

  Arms& count(const StratumKey& key, BusinessDay day, bool treated, std::int64_t n,
              std::int64_t sum);
  Lift lift(const LiftMethod& method) const;

  Of of_;
  LiftMethod method_;
  bool by_basket_;
  std::map<StratumKey, Arms> strata_;
  std::vector<UnitSum> units_;
  BothArms sales_;
  BothArms sums_;
  BusinessDay first_ = std::numeric_limits<BusinessDay>::max();
  BusinessDay last_ = std::numeric_limits<BusinessDay>::min();
};

}  // namespace sidedish::headoffice
