#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <chrono>

namespace sidedish::format {
namespace {

constexpr std::int64_t kDay = 86'400'000;
constexpr std::int64_t kFirstDay = -719'162;  // 0001-01-01
constexpr std::int64_t kLastDay = 2'932'896;  // 9999-12-31

void digits(std::string& out, std::int64_t value, std::size_t width) {
  const std::size_t start = out.size();
  out.append(width, '0');
  for (std::size_t i = start + width; i > start && value > 0; --i, value /= 10) {
    out[i - 1] = static_cast<char>('0' + value % 10);
  }
}

/// Exactly `width` digits at `at`, or -1.
std::int64_t number(std::string_view text, std::size_t at, std::size_t width) noexcept {
  std::int64_t value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

std::string format_day(std::int64_t days) {
  days = std::clamp(days, kFirstDay, kLastDay);
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  std::string out;
  digits(out, static_cast<int>(date.year()), 4);
  out += '-';
  digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  digits(out, static_cast<unsigned>(date.day()), 2);
  return out;
}

std::optional<std::int64_t> parse_day(std::string_view text) noexcept {
  const std::int64_t year = number(text, 0, 4);
  const std::int64_t month = number(text, 5, 2);
  const std::int64_t day = number(text, 8, 2);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || year < 1 || month < 1 || day < 1) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

std::string format_time(UtcMs time) {
  time = std::clamp(time, kFirstDay * kDay, kLastDay * kDay + kDay - 1);
  std::int64_t days = time / kDay;
  std::int64_t rest = time % kDay;
  if (rest < 0) {
    rest += kDay;
    --days;
  }
  std::string out = format_day(days);
  out += 'T';
  digits(out, rest / 3'600'000, 2);
  out += ':';
  digits(out, rest / 60'000 % 60, 2);
  out += ':';
  digits(out, rest / 1000 % 60, 2);
  out += '.';
  digits(out, rest % 1000, 3);
  out += 'Z';
  return out;
}

std::optional<UtcMs> parse_time(std::string_view text) noexcept {
  if (text.size() < 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text.back() != 'Z') {
    return std::nullopt;
  }
  const auto day = parse_day(text.substr(0, 10));
  const std::int64_t hour = number(text, 11, 2);
  const std::int64_t minute = number(text, 14, 2);
  std::int64_t second = number(text, 17, 2);
  if (!day || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  second = std::min<std::int64_t>(second, 59);
  std::int64_t ms = 0;
  if (text.size() > 20) {
    const std::size_t count = text.size() - 21;
    if (text[19] != '.' || count < 1 || count > 9 || number(text, 20, count) < 0) {
      return std::nullopt;
    }
    for (std::size_t i = 0; i < 3; ++i) ms = ms * 10 + (i < count ? text[20 + i] - '0' : 0);
  }
  return *day * kDay + hour * 3'600'000 + minute * 60'000 + second * 1000 + ms;
}

}  // namespace sidedish::format
