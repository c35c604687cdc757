#pragma once
// From an event on the wire to what the store takes: canonical content, its digest, the business
// day, and what it adds. Pure but for the days' zone files.
#include "headoffice/days/business_days.hpp"
#include "headoffice/store/events.hpp"
#include "rules/format/outcomes.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace sidedish::headoffice {

/// The value as JSON with its members in the order of their names and no blanks: equal content,
/// equal text.
std::string canonical(format::Json value);

/// IANA zone of a store; empty when there is no such store.
using ZoneOfStore = std::function<std::string(std::string_view store)>;

/// `value` has been parsed under the batch's limits and `event` read from it; `refused` is why it
/// cannot be taken, or empty. Amounts beyond kMaxAmount are a reason too.
IncomingEvent to_incoming(format::Json value, const format::Event& event, std::string refused,
                          UtcMs received_at, const ZoneOfStore& zone, BusinessDays& days);

}  // namespace sidedish::headoffice
