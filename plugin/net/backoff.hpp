#pragma once
// How long to wait before the next attempt. Pure: no clock, no randomness, no sleeping.
#include "rules/base/clock.hpp"
#include "rules/base/result.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace sidedish::net {

using std::chrono::milliseconds;

struct BackoffPolicy {
  milliseconds base{1'000};
  milliseconds cap{300'000};
  /// A Retry-After beyond it counts as this much: no server can silence us for ever.
  milliseconds longest_retry_after{3'600'000};
};

/// Full jitter: jitter01 x min(cap, base x 2^(failures-1)); 0 after a success (failures == 0). With
/// Retry-After, never sooner than that: the jitter comes on top, so that those who were sent away
/// together don't come back together.
///
/// failures   attempts in a row that failed, the last one included.
/// jitter01   uniform in [0, 1), drawn by the caller; other values, NaN too, are brought to the
/// nearer end.
milliseconds next_delay(const BackoffPolicy& policy, unsigned failures, double jitter01,
                        std::optional<milliseconds> retry_after = std::nullopt) noexcept;

/// Where in the first `within` after a start a repeated job begins: jitter01 x within.
milliseconds start_splay(milliseconds within, double jitter01) noexcept;

/// Retry-After (RFC 9110, 10.2.3): seconds, or a date, from which `now` is taken away. A date that
/// has passed is 0. invalid: neither. Seconds that no clock can hold are the longest that fits.
Result<milliseconds> parse_retry_after(std::string_view value, UtcMs now);

/// Retries may be at most a share of the requests (a broken server is not helped by more). Each
/// request earns `share`, each retry costs one; `reserve` may be saved up, and is there at the
/// start.
class RetryBudget {
 public:
  explicit RetryBudget(double share = 0.1, double reserve = 10) noexcept
      : share_(share), reserve_(reserve), saved_(reserve) {}
  void request() noexcept;  ///< a first attempt was made
  bool retry() noexcept;    ///< true: go on, and it is paid for

 private:
  double share_;
  double reserve_;
  double saved_;
};

}  // namespace sidedish::net
