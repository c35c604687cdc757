#include "headoffice/report/strata.hpp"

namespace sidedish::headoffice {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

}  // namespace

void Phases::add(const RulePhase& phase) {
  phases_.push_back(
      {static_cast<BusinessDay>(phase.since / kDayMs), phase.holdout_percent, phase.unit});
}

std::optional<std::size_t> Phases::of(BusinessDay day) const {
  std::size_t at = 0;
  for (std::size_t i = 1; i < phases_.size(); ++i) {
    if (day >= phases_[i].since - 1 && day <= phases_[i].since + 1) return std::nullopt;
    if (day > phases_[i].since) at = i;
  }
  return at;
}

const std::string& Phases::unit(BusinessDay day) const {
  static const std::string kUsual(kBasket);
  const std::string* unit = phases_.empty() ? &kUsual : &phases_.front().unit;
  for (const Phase& phase : phases_) {
    if (day >= phase.since - 1) unit = &phase.unit;
  }
  return *unit;
}

bool Phases::always_by(std::string_view unit, BusinessDay day) const {
  if (phases_.empty()) return unit == kBasket;
  for (std::size_t i = 0; i < phases_.size(); ++i) {
    const bool begun = i == 0 || day >= phases_[i].since - 1;
    const bool over = i + 1 < phases_.size() && day > phases_[i + 1].since + 1;
    if (begun && !over && phases_[i].unit != unit) return false;
  }
  return true;
}

double Phases::planned_control(std::size_t phase) const {
  return phase < phases_.size() ? phases_[phase].holdout / 100.0 : 0.0;
}

std::optional<StratumKey> stratum_of(BusinessDay day, std::optional<std::size_t> phase,
                                     std::string_view unit) {
  if (unit == kBasket) {
    return phase ? StratumKey{0, day / 7, *phase, -1} : StratumKey{0, day / 7, 0, day};
  }
  if (!phase) return std::nullopt;
  return StratumKey{0, 0, *phase, -1};
}

}  // namespace sidedish::headoffice
