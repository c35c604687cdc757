#pragma once
// How languages write numbers, money and dates, and which plural classes they have: facts of
// Unicode CLDR 48, for the languages a shop is likely to speak. An unknown language writes as
// CLDR's root does and has one plural class.
#include "rules/base/money.hpp"
#include "rules/image/layout.hpp"
#include "rules/image/text_program.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sidedish::compile {

struct LocaleData {
  std::string_view language;  ///< "de", or empty for the root
  std::string_view decimal;
  std::string_view group;
  bool symbol_first;
  bool space;           ///< between symbol and number
  unsigned group_from;  ///< digits before the first separator
  bool right_to_left;
  unsigned family;          ///< of plural rules
  std::string_view months;  ///< twelve short dates in a row, '|' between, '#' for the day
};

/// By language; regions matter for digits (zero_of) and for the order of a date in English.
const LocaleData& locale_data(std::string_view tag);
/// Code point of the digit 0: Arabic-Indic where the region writes so, or -u-nu-arab asks for it.
std::uint32_t zero_of(std::string_view tag);

/// What stands between units and decimals, and between groups of digits: with Arabic-Indic digits
/// their own.
std::string_view decimal_of(std::string_view tag);
std::string_view group_of(std::string_view tag);

/// Currency as people write it in that language: "€", "KWD", "د.ك.".
std::string symbol_of(const Currency& currency, std::string_view tag);
/// What stands before and after an amount of money.
struct Affixes {
  std::string before, after;
};
Affixes affixes(const Currency& currency, std::string_view tag);

/// Classes by number: clauses of which the first that matches counts; other than these: other.
std::span<const image::Plural> plural_clauses(const LocaleData& locale);
/// Every class that some whole number below 1,000 has in this language; always with other.
bool has_class(const LocaleData& locale, image::PluralClass cls);

/// "24 Dec", of local days since 1970-01-01, with the language's digits.
std::string date_in(std::string_view tag, std::int64_t day);
/// A whole number with the language's digits.
std::string number_in(std::string_view tag, std::int64_t number);
/// Visible characters of an amount of money.
std::size_t money_width(std::string_view tag, const Currency& currency, Minor amount);

}  // namespace sidedish::compile
