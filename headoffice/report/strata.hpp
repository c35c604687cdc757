#pragma once
// Where arms may be compared: within a week of a phase of a rule's holdout; where it is not by basket,
// within a phase.
#include "headoffice/store/storage.hpp"

#include <optional>
#include <string>
#include <string_view>
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
  /// What is held out as a whole on this day; between two phases by the later one.
  const std::string& unit(BusinessDay day) const;
  /// Whether it is this in every phase that the day may belong to.
  bool always_by(std::string_view unit, BusinessDay day) const;
  /// Share of units; 0 = never said.
  double planned_control(std::size_t phase) const;

 private:
  struct Phase {
    BusinessDay since;
    int holdout;
    std::string unit;
  };
  std::vector<Phase> phases_;
};

inline constexpr std::string_view kBasket = "basket";

/// Days of one stratum, in order: a week of a phase, or a single day between two; of larger units the
/// whole phase. First stands which rule it is, where several are compared together.
using StratumKey = std::tuple<std::size_t, std::int64_t, std::size_t, std::int64_t>;
/// nullopt: larger units between two phases, which are compared in neither.
std::optional<StratumKey> stratum_of(BusinessDay day, std::optional<std::size_t> phase,
                                     std::string_view unit);

}  // namespace sidedish::headoffice
