#include "headoffice/catalogue/amount.hpp"

#include <algorithm>
#include <array>

namespace sidedish::headoffice {
namespace {

/// In ASCII: other digits as digits, other decimal signs and groups as ours.
std::string plain(std::string_view text, char decimal) {
  struct Sign {
    std::string_view from;
    char to;
  };
  const char group = decimal == ',' ? '.' : ',';
  const std::array<Sign, 7> signs = {{{"\u066B", decimal},
                                      {"\u066C", group},
                                      {"\u00A0", ' '},
                                      {"\u202F", ' '},
                                      {"\u2019", ' '},
                                      {"'", ' '},
                                      {"\t", ' '}}};
  std::string out;
  while (!text.empty()) {
    const auto* sign = std::find_if(signs.begin(), signs.end(),
                                    [&](const Sign& one) { return text.starts_with(one.from); });
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (sign != signs.end()) {
      out += sign->to;
      text.remove_prefix(sign->from.size());
    } else if (text.size() > 1 && byte(0) == 0xD9 && byte(1) >= 0xA0 && byte(1) <= 0xA9) {
      out += static_cast<char>('0' + (byte(1) - 0xA0));  // U+0660 to U+0669
      text.remove_prefix(2);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  const std::size_t from = out.find_first_not_of(' ');
  if (from == std::string::npos) return {};
  return out.substr(from, out.find_last_not_of(' ') - from + 1);
}

bool digit(char c) { return c >= '0' && c <= '9'; }

/// Digits alone, groups taken out; nullopt: they are not groups of three.
std::optional<std::string> ungrouped(std::string_view whole, char group) {
  std::string out;
  std::size_t since = 0;  // digits since the last sign between groups
  char used = '\0';
  for (const char c : whole) {
    if (digit(c)) {
      out += c;
      ++since;
    } else {
      const bool fits = used == '\0' ? since >= 1 && since <= 3 : since == 3 && c == used;
      if ((c != group && c != ' ') || !fits) return std::nullopt;
      used = c;
      since = 0;
    }
  }
  if (out.empty() || (used != '\0' && since != 3)) return std::nullopt;
  return out;
}

}  // namespace

char decimal_of(std::string_view locale) {
  constexpr std::array<std::string_view, 45> kComma = {
      "af", "az", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fo",
      "fr", "gl", "hr", "hu", "hy", "id", "is", "it", "ka", "kk", "lt", "lv", "mk", "nb", "nl",
      "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "uz", "vi"};
  // Switzerland and Spanish of Mexico and Central America write a point.
  constexpr std::array<std::string_view, 11> kPoint = {"de-CH", "it-CH", "de-LI", "es-MX",
                                                       "es-US", "es-GT", "es-HN", "es-NI",
                                                       "es-PA", "es-DO", "es-SV"};
  if (std::find(kPoint.begin(), kPoint.end(), locale.substr(0, 5)) != kPoint.end()) return '.';
  const std::string_view language = locale.substr(0, locale.find('-'));
  const bool comma = std::find(kComma.begin(), kComma.end(), language) != kComma.end();
  return comma ? ',' : '.';
}

std::optional<Minor> read_amount(std::string_view text, unsigned exponent, char decimal) {
  const std::string amount = plain(text, decimal);
  const std::size_t at = amount.find(decimal);
  const auto whole = ungrouped(std::string_view(amount).substr(0, at), decimal == ',' ? '.' : ',');
  if (!whole) return std::nullopt;
  std::string all = *whole;
  if (at != std::string::npos) {
    const std::string_view decimals = std::string_view(amount).substr(at + 1);
    if (decimals.empty() || !std::all_of(decimals.begin(), decimals.end(), digit)) {
      return std::nullopt;
    }
    all.append(".").append(decimals);
  }
  const auto minor = parse_decimal(all, exponent);
  if (!minor) return std::nullopt;
  return *minor;
}

std::string write_amount(Minor amount, unsigned exponent, char decimal) {
  std::string digits = std::to_string(amount);
  if (exponent == 0) return digits;
  if (digits.size() <= exponent) digits.insert(0, exponent + 1 - digits.size(), '0');
  digits.insert(digits.size() - exponent, 1, decimal);
  return digits;
}

}  // namespace sidedish::headoffice
