// The kinds of text. Each is a pattern of the schemas written out by hand: no regular expressions
// on untrusted input.
#include "rules/base/text.hpp"
#include "rules/format/reader.hpp"

namespace sidedish::format {
namespace {

constexpr bool digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool alnum(char c) { return digit(c) || lower(c) || upper(c); }

template <class Allowed>
bool every(std::string_view s, Allowed allowed) {
  for (const char c : s) {
    if (!allowed(c)) return false;
  }
  return true;
}

bool slug(std::string_view s) {
  return !s.empty() && s.size() <= 48 && s[0] != '-' &&
         every(s, [](char c) { return lower(c) || digit(c) || c == '-'; });
}

bool name(std::string_view s) {
  return !s.empty() && s.size() <= 48 && alnum(s[0]) &&
         every(s, [](char c) { return alnum(c) || c == '.' || c == '_' || c == '-'; });
}

/// Splits at `separator`; false as soon as a part is refused. At most `most` parts.
template <class Accept>
bool parts(std::string_view s, char separator, std::size_t most, Accept accept) {
  for (std::size_t i = 0; i < most; ++i) {
    const std::size_t end = s.find(separator);
    if (!accept(i, s.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    s.remove_prefix(end + 1);
  }
  return false;
}

bool language_tag(std::string_view s) {
  return parts(s, '-', 4, [](std::size_t i, std::string_view part) {
    return i == 0 ? (part.size() == 2 || part.size() == 3) && every(part, lower)
                  : part.size() >= 2 && part.size() <= 8 && every(part, alnum);
  });
}

bool zone(std::string_view s) {
  return parts(s, '/', 3, [](std::size_t, std::string_view part) {
    return !part.empty() && part.size() <= 32 &&
           every(part, [](char c) { return alnum(c) || c == '_' || c == '+' || c == '-'; });
  });
}

bool currency_code(std::string_view s) { return s.size() == 3 && every(s, upper); }

bool country(std::string_view s) { return s.size() == 2 && every(s, upper); }

bool plain(std::string_view s, std::size_t least, std::size_t most) {
  const std::size_t n = count_characters(s);
  return n >= least && n <= most && !has_control(s) && s.find_first_of("<>") == s.npos;
}

bool product_key(std::string_view s) {
  for (const std::string_view space : {"sku:", "gtin:", "plu:", "name:"}) {
    if (!s.starts_with(space)) continue;
    const std::string_view rest = s.substr(space.size());
    const std::size_t n = count_characters(rest);
    return n >= 1 && n <= 92 && !has_control(rest);
  }
  return false;
}

bool decimal(std::string_view s, std::size_t digits, std::size_t decimals) {
  const std::size_t point = s.find('.');
  const std::string_view whole = s.substr(0, point);
  if (whole.empty() || whole.size() > digits || !every(whole, digit)) return false;
  if (whole.size() > 1 && whole[0] == '0') return false;
  if (point == s.npos) return true;
  const std::string_view rest = s.substr(point + 1);
  return !rest.empty() && rest.size() <= decimals && every(rest, digit);
}

bool quantity(std::string_view s) {
  return decimal(s, 6, 3) && s.find_first_of("123456789") != s.npos;
}

bool time_of_day(std::string_view s) {
  return s.size() == 5 && digit(s[0]) && digit(s[1]) && s[2] == ':' && digit(s[3]) && digit(s[4]) &&
         s.substr(0, 2) < "24" && s[3] < '6';
}

bool end_time(std::string_view s) { return s == "24:00" || time_of_day(s); }

bool date(std::string_view s) {
  return s.size() == 10 && s.starts_with("20") && digit(s[2]) && digit(s[3]) && s[4] == '-' &&
         digit(s[5]) && digit(s[6]) && s.substr(5, 2) >= "01" && s.substr(5, 2) <= "12" &&
         s[7] == '-' && digit(s[8]) && digit(s[9]) && s.substr(8) >= "01" && s.substr(8) <= "31";
}

}  // namespace

const TextKind kSlug{"an id of a-z, 0-9 and -, at most 48 characters", slug, "not-an-id"};
const TextKind kName{"a name of letters, digits and . _ -, at most 48 characters", name,
                     "not-an-id"};
const TextKind kLanguageTag{"a language tag like en or de-AT", language_tag, "no-such-language"};
const TextKind kZone{"an IANA time zone like Europe/Berlin", zone, "no-such-zone"};
const TextKind kCurrencyCode{"an ISO 4217 currency code like EUR", currency_code,
                             "no-such-currency"};
const TextKind kCountry{"a country of two capitals, like DE", country, "no-such-country"};
const TextKind kProductKey{"a product key: sku:, gtin:, plu: or name: and 1 to 92 characters",
                           product_key, "not-a-key"};
const TextKind kDigest{"a SHA-256: 64 hexadecimal digits in lower case", is_digest, "not-a-digest"};
const TextKind kPlain{"1 to 100 characters without markup and control characters",
                      [](std::string_view s) { return plain(s, 1, 100); }, kNotPlain};
const TextKind kNote{"at most 500 characters without markup and control characters",
                     [](std::string_view s) { return plain(s, 0, 500); }, kNotPlain};
const TextKind kHeadline{"1 to 400 characters without markup and control characters",
                         [](std::string_view s) { return plain(s, 1, 400); }, kNotPlain};
const TextKind kReasonText{"at most 400 characters without markup and control characters",
                           [](std::string_view s) { return plain(s, 0, 400); }, kNotPlain};
const TextKind kMoney{"money as decimal text like \"2.90\"",
                      [](std::string_view s) { return decimal(s, 10, 4); }, "not-money"};
const TextKind kQuantity{"a quantity of more than 0 like 2 or \"0.250\"", quantity,
                         "not-a-quantity"};
const TextKind kTime{"a time from 00:00 to 23:59", time_of_day, "not-a-time"};
const TextKind kEndTime{"a time from 00:00 to 24:00", end_time, "not-a-time"};
const TextKind kDate{"a date like 2026-12-24", date, "not-a-date"};

}  // namespace sidedish::format
