#include "rules/compile/zone.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

// "CET-1CEST,M3.5.0,M10.5.0/3": POSIX.1-2017 section 8.3, "TZ", as RFC 8536 section 3.3.1 extends
// it.
namespace sidedish::compile {
namespace {

constexpr std::int64_t kDay = 86'400;

/// The day of a change within a year, and the local second of that day.
struct ChangeRule {
  enum class Kind { julian, zero_based, month_week_day } kind = Kind::julian;
  int day = 0;  ///< julian 1..365 (29 February never counted), zero_based 0..365, weekday 0..6
  int month = 0;
  int week = 0;
  std::int64_t time = 2 * 3600;
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  bool done() const { return at_ == text_.size(); }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  char peek() const { return done() ? '\0' : text_[at_]; }

  /// An abbreviation: three or more letters, or anything of [A-Za-z0-9+-] within < >.
  bool name() {
    const std::size_t first = at_;
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    if (take('<')) {
      while (letter(peek()) || (peek() >= '0' && peek() <= '9') || peek() == '+' || peek() == '-') {
        ++at_;
      }
      return at_ - first >= 4 && take('>');
    }
    while (letter(peek())) ++at_;
    return at_ - first >= 3;
  }

  std::optional<int> number(int least, int most) {
    int value = 0;
    int digits = 0;
    for (; peek() >= '0' && peek() <= '9' && digits < 4; ++digits) {
      value = value * 10 + (text_[at_++] - '0');
    }
    if (digits == 0 || value < least || value > most) return std::nullopt;
    return value;
  }

  /// [+-]hh[:mm[:ss]]
  std::optional<std::int64_t> time(int most_hours) {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto hours = number(0, most_hours);
    if (!hours) return std::nullopt;
    std::int64_t seconds = std::int64_t{*hours} * 3600;
    for (const std::int64_t unit : {60, 1}) {
      if (!take(':')) break;
      const auto part = number(0, 59);
      if (!part) return std::nullopt;
      seconds += *part * unit;
    }
    return negative ? -seconds : seconds;
  }

  std::optional<ChangeRule> change() {
    ChangeRule rule;
    if (!take(',')) return std::nullopt;
    std::optional<int> day;
    if (take('M')) {
      rule.kind = ChangeRule::Kind::month_week_day;
      const auto month = number(1, 12);
      const auto week = month && take('.') ? number(1, 5) : std::nullopt;
      day = week && take('.') ? number(0, 6) : std::nullopt;
      rule.month = month.value_or(0);
      rule.week = week.value_or(0);
    } else if (take('J')) {
      day = number(1, 365);
    } else {
      rule.kind = ChangeRule::Kind::zero_based;
      day = number(0, 365);
    }
    if (!day) return std::nullopt;
    rule.day = *day;
    if (take('/')) {
      const auto time_of_day = time(167);
      if (!time_of_day) return std::nullopt;
      rule.time = *time_of_day;
    }
    return rule;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Local seconds since 1970 of the change in that year.
std::int64_t local_change(const ChangeRule& rule, int year) {
  using namespace std::chrono;
  const std::chrono::year y{year};
  sys_days day = sys_days{y / January / 1};
  switch (rule.kind) {
    case ChangeRule::Kind::julian:
      day += days{rule.day - 1 + (y.is_leap() && rule.day >= 60 ? 1 : 0)};
      break;
    case ChangeRule::Kind::zero_based:
      day += days{rule.day};
      break;
    case ChangeRule::Kind::month_week_day: {
      const month m{static_cast<unsigned>(rule.month)};
      const weekday w{static_cast<unsigned>(rule.day)};
      day = rule.week == 5 ? sys_days{y / m / w[last]}
                           : sys_days{y / m / w[static_cast<unsigned>(rule.week)]};
      break;
    }
  }
  return day.time_since_epoch().count() * kDay + rule.time;
}

int year_of(std::int64_t seconds) {
  using namespace std::chrono;
  const std::int64_t day = seconds >= 0 ? seconds / kDay : -((-seconds + kDay - 1) / kDay);
  return static_cast<int>(year_month_day{sys_days{days{day}}}.year());
}

}  // namespace

Result<std::vector<LocalOffset>> posix_offsets(std::string_view tz, std::int64_t begin,
                                               std::int64_t end) {
  const auto bad = [] {
    return fail(Errc::unsupported, "expected a POSIX TZ string like CET-1CEST,M3.5.0,M10.5.0/3");
  };
  Scanner in(tz);
  if (!in.name()) return bad();
  const auto west = in.time(24);
  if (!west) return bad();
  const auto standard = static_cast<std::int32_t>(-*west);
  if (in.done()) return std::vector<LocalOffset>{{begin, standard}};

  if (!in.name()) return bad();
  auto summer = standard + 3600;
  if (in.peek() != ',') {
    const auto summer_west = in.time(24);
    if (!summer_west) return bad();
    summer = static_cast<std::int32_t>(-*summer_west);
  }
  const auto start = in.change();
  const auto stop = start ? in.change() : std::nullopt;
  if (!stop || !in.done()) return bad();

  struct Change {
    std::int64_t at;
    bool summer;
  };
  std::vector<Change> changes;
  for (int year = year_of(begin) - 2; year <= year_of(end) + 1; ++year) {
    changes.push_back({local_change(*start, year) - standard, true});
    changes.push_back({local_change(*stop, year) - summer, false});
  }
  // Summer time all year round is written as an end and a start at the same instant: start wins.
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.at != b.at ? a.at < b.at : !a.summer && b.summer;
  });
  std::vector<LocalOffset> out;
  for (const Change& change : changes) {
    const LocalOffset next{change.at, change.summer ? summer : standard};
    if (!out.empty() && out.back().from == next.from) out.pop_back();
    if (out.empty() || out.back().seconds != next.seconds) out.push_back(next);
  }
  return out;
}

}  // namespace sidedish::compile
