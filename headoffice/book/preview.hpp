#pragma once
// What one rule would say for a basket, or why not: decide() over the pack with this rule alone.
#include "headoffice/book/current.hpp"
#include "headoffice/book/findings.hpp"
#include "headoffice/days/business_days.hpp"
#include "rules/base/clock.hpp"
#include "rules/compile/compile.hpp"
#include "rules/model/words.hpp"

#include <optional>
#include <string>
#include <vector>

namespace sidedish::headoffice {

struct PreviewLine {
  std::string product;  ///< any of its keys
  Milli quantity = kOne;
};
struct PreviewOrder {
  std::string rule;                               ///< JSON
  std::optional<std::vector<PreviewLine>> lines;  ///< none: one is made up that should trigger it
  Channel channel = Channel::cashier;
  Moment moment = Moment::basket;
  std::string language;  ///< empty: the store's
  std::string store;     ///< empty: the first in which the rule speaks
  UtcMs at = 0;          ///< 0: now, or, with a basket that is made up, when it speaks next
};
inline constexpr std::size_t kMaxPreviewLines = 200;

struct PreviewTold {
  std::string json;
  std::vector<BookFinding> errors;  ///< of the order itself; then there is no `json`
};

/// Nobody is in a holdout here, and other rules are left out: it is the rule that is looked at.
/// Cost: a compile of the catalogue, and at most some hundred decisions.
PreviewTold preview(const CurrentPack& current, const PreviewOrder& order,
                    const compile::ZoneFile& zones, BusinessDays& days, UtcMs now);

}  // namespace sidedish::headoffice
