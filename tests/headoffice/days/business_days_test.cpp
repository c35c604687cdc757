#include "headoffice/days/business_days.hpp"

#include "rules/format/rfc3339.hpp"

#include <catch2/catch.hpp>

using namespace sidedish;
using namespace sidedish::headoffice;

namespace {

std::string day(BusinessDays& days, const char* zone, const char* time) {
  return format::format_day(days.day_of(zone, *format::parse_time(time)));
}

}  // namespace

// 03:59 and 04:00 store time lie on two days in summer, in winter and on the two
// days in between.
TEST_CASE("business days: a day begins at 04:00 store time, also when the clocks change",
          "[headoffice]") {
  BusinessDays days(zone_files("/usr/share/zoneinfo"));
  REQUIRE(days.check("Europe/Berlin"));
  const struct {
    const char* zone;
    const char* time;
    const char* day;
  } cases[] = {
      {"Europe/Berlin", "2026-11-21T02:59:59.999Z", "2026-11-20"},
      {"Europe/Berlin", "2026-11-21T03:00:00Z", "2026-11-21"},
      {"Europe/Berlin", "2026-07-01T01:59:59Z", "2026-06-30"},
      {"Europe/Berlin", "2026-07-01T02:00:00Z", "2026-07-01"},
      // 29 March 2026, 02:00 becomes 03:00: the 28th has 23 hours.
      {"Europe/Berlin", "2026-03-28T03:00:00Z", "2026-03-28"},
      {"Europe/Berlin", "2026-03-29T01:59:59Z", "2026-03-28"},
      {"Europe/Berlin", "2026-03-29T02:00:00Z", "2026-03-29"},
      // 25 October 2026, 03:00 becomes 02:00: the 24th has 25 hours.
      {"Europe/Berlin", "2026-10-24T02:00:00Z", "2026-10-24"},
      {"Europe/Berlin", "2026-10-25T02:59:59Z", "2026-10-24"},
      {"Europe/Berlin", "2026-10-25T03:00:00Z", "2026-10-25"},
      {"America/New_York", "2026-11-21T08:59:59Z", "2026-11-20"},
      {"America/New_York", "2026-11-21T09:00:00Z", "2026-11-21"},
      {"Asia/Kathmandu", "2026-11-20T22:14:59Z", "2026-11-20"},
      {"Asia/Kathmandu", "2026-11-20T22:15:00Z", "2026-11-21"},
      {"no/such", "2026-11-21T04:00:00Z", "2026-11-21"},
  };
  for (const auto& c : cases) {
    INFO(c.zone << " " << c.time);
    CHECK(day(days, c.zone, c.time) == c.day);
  }
  CHECK(days.day_of("Europe/Berlin", -1) == -1);
}

// Fails when a part begins by UTC, or by yesterday's offset on the day the clocks change.
TEST_CASE("business days: a daypart is that of the store's clocks", "[headoffice]") {
  BusinessDays days(zone_files("/usr/share/zoneinfo"));
  const struct {
    const char* zone;
    const char* time;
    const char* part;
  } cases[] = {
      {"Europe/Berlin", "2026-11-21T02:59:59.999Z", "night"},
      {"Europe/Berlin", "2026-11-21T03:00:00Z", "morning"},
      {"Europe/Berlin", "2026-11-21T09:59:59Z", "morning"},
      {"Europe/Berlin", "2026-11-21T10:00:00Z", "midday"},
      {"Europe/Berlin", "2026-11-21T13:00:00Z", "afternoon"},
      {"Europe/Berlin", "2026-11-21T16:00:00Z", "evening"},
      {"Europe/Berlin", "2026-11-21T19:59:59Z", "evening"},
      {"Europe/Berlin", "2026-11-21T20:00:00Z", "night"},
      {"Europe/Berlin", "2026-03-29T08:59:59Z", "morning"},  // clocks put forward at 01:00 UTC
      {"Europe/Berlin", "2026-03-29T09:00:00Z", "midday"},
      {"Asia/Kathmandu", "2026-11-21T05:15:00Z", "midday"},
      {"Asia/Tokyo", "2026-11-20T23:00:00Z", "morning"},
  };
  for (const auto& c : cases) {
    INFO(c.zone << " " << c.time);
    const Daypart part = days.part_of(c.zone, *format::parse_time(c.time));
    CHECK(name_of(part) == c.part);
    CHECK(parse_daypart(c.part) == part);
  }
  CHECK_FALSE(parse_daypart(""));
  CHECK_FALSE(parse_daypart("Morning"));
}

TEST_CASE("business days: a name that is no zone has no file", "[headoffice]") {
  BusinessDays days(zone_files("/usr/share/zoneinfo"));
  for (const char* bad : {"", "../../etc/passwd", "/etc/passwd", "Europe/", "Europe//Berlin",
                          "Europe", "Europe/Berlin.", "Mars/Base"}) {
    INFO(bad);
    CHECK_FALSE(days.check(bad));
  }
}
