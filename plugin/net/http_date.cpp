#include "plugin/net/http_date.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace sidedish::net {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr UtcMs kLast = 253'402'300'799'000;  // 9999-12-31T23:59:59Z

sys_time<milliseconds> at(UtcMs time) { return sys_time<milliseconds>(milliseconds(time)); }

void number(std::string& out, unsigned value, unsigned width) {
  std::array<char, 4> digits;
  for (unsigned i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits.data(), width);
}

/// Eats a date from the front; the first thing that does not fit spoils it.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool literal(std::string_view expected) {
    good_ = good_ && text_.starts_with(expected);
    if (good_) text_.remove_prefix(expected.size());
    return good_;
  }
  template <std::size_t N>
  unsigned one_of(const std::array<std::string_view, N>& names) {
    for (unsigned i = 0; i < N; ++i) {
      if (text_.starts_with(names[i])) {
        text_.remove_prefix(names[i].size());
        return i;
      }
    }
    good_ = false;
    return 0;
  }
  unsigned number(std::size_t width, bool space_padded = false) {
    unsigned value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const char c = i < text_.size() ? text_[i] : '\0';
      if (space_padded && i == 0 && c == ' ') continue;
      good_ = good_ && c >= '0' && c <= '9';
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    if (good_) text_.remove_prefix(width);
    return value;
  }
  void time() {
    hour_ = number(2);
    literal(":");
    minute_ = number(2);
    literal(":");
    second_ = number(2);
  }
  void month() { month_ = one_of(kMonths) + 1; }
  void day(bool space_padded = false) { day_ = number(2, space_padded); }
  void full_year() { year_ = static_cast<int>(number(4)); }
  void short_year(UtcMs now) {
    const year_month_day today(floor<days>(at(now)));
    const int this_year = static_cast<int>(today.year());
    year_ = this_year / 100 * 100 + static_cast<int>(number(2));
    if (year_ > this_year + 50) year_ -= 100;
  }

  Result<UtcMs> end() const {
    const year_month_day date{year(year_), std::chrono::month(month_), std::chrono::day(day_)};
    // A leap second is written 60.
    if (!good_ || !text_.empty() || !date.ok() || hour_ > 23 || minute_ > 59 || second_ > 60) {
      return fail(Errc::invalid, "reading an HTTP date", "not IMF-fixdate, RFC 850 or asctime");
    }
    const auto time = sys_days(date) + hours(hour_) + minutes(minute_) + seconds(second_);
    return duration_cast<milliseconds>(time.time_since_epoch()).count();
  }

 private:
  std::string_view text_;
  bool good_ = true;
  int year_ = 0;
  unsigned month_ = 0, day_ = 0, hour_ = 0, minute_ = 0, second_ = 0;
};

}  // namespace

std::string format_http_date(UtcMs time) {
  const auto when = floor<seconds>(at(std::clamp<UtcMs>(time, 0, kLast)));
  const auto midnight = floor<days>(when);
  const year_month_day date(midnight);
  const hh_mm_ss clock(when - midnight);
  std::string out(kDays[weekday(midnight).c_encoding()]);
  out += ", ";
  number(out, static_cast<unsigned>(date.day()), 2);
  out.append(" ").append(kMonths[static_cast<unsigned>(date.month()) - 1]).append(" ");
  number(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out += ' ';
  number(out, static_cast<unsigned>(clock.hours().count()), 2);
  out += ':';
  number(out, static_cast<unsigned>(clock.minutes().count()), 2);
  out += ':';
  number(out, static_cast<unsigned>(clock.seconds().count()), 2);
  return out += " GMT";
}

Result<UtcMs> parse_http_date(std::string_view text, UtcMs now) {
  Reader in(text);
  const std::size_t comma = text.find(',');
  if (comma == 3) {  // Sun, 06 Nov 1994 08:49:37 GMT
    in.one_of(kDays);
    in.literal(", ");
    in.day();
    in.literal(" ");
    in.month();
    in.literal(" ");
    in.full_year();
    in.literal(" ");
    in.time();
    in.literal(" GMT");
  } else if (comma != std::string_view::npos) {  // Sunday, 06-Nov-94 08:49:37 GMT
    in.one_of(kLongDays);
    in.literal(", ");
    in.day();
    in.literal("-");
    in.month();
    in.literal("-");
    in.short_year(now);
    in.literal(" ");
    in.time();
    in.literal(" GMT");
  } else {  // Sun Nov  6 08:49:37 1994
    in.one_of(kDays);
    in.literal(" ");
    in.month();
    in.literal(" ");
    in.day(true);
    in.literal(" ");
    in.time();
    in.literal(" ");
    in.full_year();
  }
  return in.end();
}

}  // namespace sidedish::net
