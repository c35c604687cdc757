#include "plugin/net/backoff.hpp"

#include "plugin/net/http_date.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace sidedish;
using namespace sidedish::net;
using namespace std::chrono_literals;

namespace {
constexpr UtcMs kNovember1994 = 784'111'777'000;  // RFC 9110, 5.6.7: Sun, 06 Nov 1994 08:49:37 GMT
}

TEST_CASE("backoff: the window doubles from one second to five minutes, and jitter fills it",
          "[net]") {
  const BackoffPolicy policy;
  constexpr double kAlmost = 0.9999999999;
  const std::chrono::seconds windows[] = {0s,  1s,  2s,   4s,   8s,   16s,
                                          32s, 64s, 128s, 256s, 300s, 300s};
  for (unsigned failures = 0; failures < std::size(windows); ++failures) {
    INFO(failures);
    CHECK(next_delay(policy, failures, 0) == 0ms);
    CHECK(next_delay(policy, failures, 0.5) == windows[failures] / 2.0);
    CHECK(next_delay(policy, failures, kAlmost) <= windows[failures]);
    CHECK(next_delay(policy, failures, kAlmost) >= windows[failures] - 1ms);
  }
  CHECK(next_delay(policy, std::numeric_limits<unsigned>::max(), 0.5) == 150s);
  CHECK(next_delay({.base = 10s, .cap = 3s, .longest_retry_after = 0s}, 5, 0.5) == 1500ms);
  CHECK(next_delay({.base = 0s, .cap = 3s, .longest_retry_after = 0s}, 4'000'000'000U, 0.5) == 0ms);
}

TEST_CASE("backoff: a jitter that is no share is brought to the nearer end", "[net]") {
  CHECK(next_delay({}, 2, -1) == 0ms);
  CHECK(next_delay({}, 2, 7) == 2s);
  CHECK(next_delay({}, 2, std::nan("")) == 0ms);
  CHECK(start_splay(120s, 0.25) == 30s);
}

TEST_CASE("backoff: never sooner than Retry-After, the jitter comes on top, an hour at most",
          "[net]") {
  CHECK(next_delay({}, 1, 0, 30s) == 30s);
  CHECK(next_delay({}, 1, 0.5, 30s) == 30'500ms);
  CHECK(next_delay({}, 1, 0, 1'000h) == 1h);
  CHECK(next_delay({}, 1, 0, -5s) == 0ms);
  CHECK(next_delay({}, 0, 0.5, 10s) == 10s);
}

TEST_CASE("backoff: Retry-After is seconds or any of the three dates", "[net]") {
  const UtcMs now = kNovember1994 - 90'000;
  CHECK(parse_retry_after("120", now).value() == 120s);
  CHECK(parse_retry_after("0", now).value() == 0s);
  CHECK(parse_retry_after("007", now).value() == 7s);
  CHECK(parse_retry_after("99999999999999999999999999", now).value() > 100'000h);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now).value() == 90s);
  CHECK(parse_retry_after("Sunday, 06-Nov-94 08:49:37 GMT", now).value() == 90s);
  CHECK(parse_retry_after("Sun Nov  6 08:49:37 1994", now).value() == 90s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now + 1'000'000).value() == 0s);
  for (const char* bad :
       {"", "-1", "+1", "1.5", "1 ", " 1", "soon", "0x10", "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "sun, 06 nov 1994 08:49:37 gmt",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    INFO(bad);
    CHECK_FALSE(parse_retry_after(bad, now).has_value());
  }
}

TEST_CASE("http date: writing and reading are inverse from 1970 to 9999", "[net]") {
  CHECK(format_http_date(kNovember1994) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(format_http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(format_http_date(-5) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(format_http_date(std::numeric_limits<UtcMs>::max()) == "Fri, 31 Dec 9999 23:59:59 GMT");
  for (UtcMs time = 0; time < 253'402'300'800'000; time += 86'399'999LL * 1000) {
    const UtcMs second = time / 1000 * 1000;
    REQUIRE(parse_http_date(format_http_date(time), 0).value() == second);
  }
}

TEST_CASE("http date: a two-digit year is at most fifty years ahead", "[net]") {
  const UtcMs in_2026 = 1'790'000'000'000;
  const auto year_2070 = parse_http_date("Monday, 06-Jan-70 00:00:00 GMT", in_2026).value();
  CHECK(format_http_date(year_2070).substr(12, 4) == "2070");
  const auto year_1977 = parse_http_date("Monday, 06-Jan-77 00:00:00 GMT", in_2026).value();
  CHECK(format_http_date(year_1977).substr(12, 4) == "1977");
}

TEST_CASE("backoff: retries cost what requests have earned", "[net]") {
  RetryBudget budget(0.1, 2);
  CHECK(budget.retry());
  CHECK(budget.retry());
  CHECK_FALSE(budget.retry());
  int retries = 0;
  for (int i = 0; i < 1005; ++i) {
    budget.request();
    if (budget.retry()) ++retries;
  }
  CHECK(retries >= 99);
  CHECK(retries <= 101);
}
