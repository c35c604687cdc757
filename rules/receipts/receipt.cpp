#include "rules/receipts/receipt.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace sidedish::receipts {
namespace {

constexpr std::int64_t kDay = 86'400;

// Days since 1970-01-01 of a Gregorian date, and back: era arithmetic with years that begin in
// March.
constexpr std::int64_t days_from_civil(int year, int month, int day) noexcept {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const std::int64_t of_era = y - era * 400;
  const std::int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

bool number(std::string_view text, int& out) noexcept {
  out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    out = out * 10 + (c - '0');
  }
  return true;
}

}  // namespace

LocalTime local_time(LocalSeconds at) noexcept {
  const std::int64_t days = floor_div(at, kDay);
  const auto rest = static_cast<int>(at - days * kDay);
  const std::int64_t z = days + 719'468;
  const std::int64_t era = floor_div(z, 146'097);
  const std::int64_t of_era = z - era * 146'097;
  const std::int64_t year_of_era =
      (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month = (5 * of_year + 2) / 153;
  LocalTime t;
  t.day = static_cast<int>(of_year - (153 * month + 2) / 5 + 1);
  t.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  t.year = static_cast<int>(year_of_era + era * 400 + (t.month <= 2 ? 1 : 0));
  t.hour = rest / 3600;
  t.minute = rest / 60 % 60;
  t.second = rest % 60;
  t.weekday = static_cast<int>(((days + 3) % 7 + 7) % 7);
  return t;
}

LocalSeconds local_seconds(int year, int month, int day, int hour, int minute,
                           int second) noexcept {
  return days_from_civil(year, month, day) * kDay + hour * 3600 + minute * 60 + second;
}

std::optional<LocalSeconds> parse_local(std::string_view text) noexcept {
  if (text.size() != 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  const auto part = [&](std::size_t at, std::size_t n, int& out) {
    return number(std::string_view(text.data() + at, n), out);
  };
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  if (!part(0, 4, y) || !part(5, 2, mo) || !part(8, 2, d) || !part(11, 2, h) || !part(14, 2, mi) ||
      !part(17, 2, s) || mo < 1 || mo > 12 || d < 1 || h > 23 || mi > 59 || s > 60) {
    return std::nullopt;
  }
  const LocalSeconds at = local_seconds(y, mo, d, h, mi, s);
  const LocalTime back = local_time(local_seconds(y, mo, d, 0, 0, 0));
  if (back.month != mo || back.day != d) return std::nullopt;
  return at;
}

std::string format_local(LocalSeconds at) {
  const LocalTime t = local_time(at);
  std::array<char, 80> text{};
  const int n = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", t.year,
                              t.month, t.day, t.hour, t.minute, t.second);
  return {text.data(), static_cast<std::size_t>(n)};
}

}  // namespace sidedish::receipts
