#pragma once
// HTTP's dates (RFC 9110, 5.6.7). Pure: no clock is read here.
#include "rules/base/clock.hpp"
#include "rules/base/result.hpp"

#include <string>
#include <string_view>

namespace sidedish::net {

/// "Sun, 06 Nov 1994 08:49:37 GMT". Years 1970 to 9999; outside, the nearest of them.
std::string format_http_date(UtcMs time);

/// IMF-fixdate, and the obsolete RFC 850 and asctime forms. A two-digit year is the one not more
/// than 50 years after `now`. invalid: any other text, or a day that is not in the calendar. The
/// weekday's name is not checked against it.
Result<UtcMs> parse_http_date(std::string_view text, UtcMs now);

}  // namespace sidedish::net
