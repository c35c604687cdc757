#pragma once
// Times as they travel: RFC 3339 in UTC with milliseconds. Pure; proleptic Gregorian calendar.
#include "rules/base/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sidedish::format {

/// "2026-11-21T11:32:05.120Z". Outside the years 1 to 9999: the nearest moment inside.
std::string format_time(UtcMs time);
/// YYYY-MM-DDTHH:MM:SS, an optional fraction of 1 to 9 digits (cut to ms), "Z". A leap second 60
/// reads as 59. nullopt: anything else.
std::optional<UtcMs> parse_time(std::string_view text) noexcept;
/// "2026-11-21" of days since 1970-01-01, and back.
std::string format_day(std::int64_t days);
std::optional<std::int64_t> parse_day(std::string_view text) noexcept;

}  // namespace sidedish::format
