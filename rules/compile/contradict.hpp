#pragma once
// Conditions that can never hold together, whatever the basket.
#include "rules/compile/names.hpp"

#include <functional>
#include <string>

namespace sidedish::compile {

/// Calls `tell(pointer, message)` for every place where a condition contradicts another one that
/// must hold at the same time: an alternative of an `any` that can never come true, or the whole.
/// Sound, not complete: what it tells never holds; it does not find everything that never does.
/// Cost: conditions squared within one `all`.
void contradictions(const model::Condition& when, const Names& names,
                    const std::function<void(const std::string&, std::string)>& tell);

/// Smallest upper bound that the conditions put on the basket's total; nothing = none.
std::optional<Minor> most_total(const model::Condition& when);

/// Last local day on which the condition can hold; nothing = no end.
std::optional<std::int64_t> last_day(const model::Condition& when);

}  // namespace sidedish::compile
