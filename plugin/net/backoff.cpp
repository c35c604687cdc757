#include "plugin/net/backoff.hpp"

#include "plugin/net/http_date.hpp"

#include <algorithm>

namespace sidedish::net {
namespace {

milliseconds share_of(milliseconds whole, double share) noexcept {
  const double bounded = share > 0 ? std::min(share, 1.0) : 0.0;  // NaN is 0
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(whole.count()) * bounded));
}

}  // namespace

milliseconds next_delay(const BackoffPolicy& policy, unsigned failures, double jitter01,
                        std::optional<milliseconds> retry_after) noexcept {
  milliseconds window{0};
  if (failures > 0) {
    window = std::min(policy.base, policy.cap);
    for (unsigned i = 1; i < failures && window < policy.cap && window.count() > 0; ++i) {
      window = window > policy.cap / 2 ? policy.cap : window * 2;
    }
  }
  const milliseconds asked = std::clamp(retry_after.value_or(milliseconds{0}), milliseconds{0},
                                        policy.longest_retry_after);
  return asked + share_of(window, jitter01);
}

milliseconds start_splay(milliseconds within, double jitter01) noexcept {
  return share_of(within, jitter01);
}

Result<milliseconds> parse_retry_after(std::string_view value, UtcMs now) {
  if (!value.empty() &&
      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    constexpr milliseconds::rep kMost = milliseconds::max().count() / 1000;
    milliseconds::rep seconds = 0;
    for (const char c : value) {
      seconds = seconds > (kMost - 9) / 10 ? kMost : seconds * 10 + (c - '0');
    }
    return milliseconds(seconds * 1000);
  }
  const auto date = parse_http_date(value, now);
  if (!date) return tl::unexpected(date.error().within("reading Retry-After"));
  return milliseconds(std::max<UtcMs>(0, *date - now));
}

void RetryBudget::request() noexcept { saved_ = std::min(reserve_, saved_ + share_); }

bool RetryBudget::retry() noexcept {
  if (saved_ < 1) return false;
  saved_ -= 1;
  return true;
}

}  // namespace sidedish::net
