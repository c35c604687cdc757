#pragma once
// Money as people write it in a spreadsheet. Pure.
#include "rules/base/money.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sidedish::headoffice {

/// '.' or ',': what a language (BCP 47; CLDR 44) writes before decimals; '.' for one we don't know.
char decimal_of(std::string_view locale);

/// "1.234,50" with ',' and exponent 2 -> 123450: digits (also Arabic-Indic ones), groups of three set
/// apart by the other sign, a blank or an apostrophe, at most `exponent` decimals. nullopt: anything
/// else, a sign, more than kMaxAmount.
std::optional<Minor> read_amount(std::string_view text, unsigned exponent, char decimal);

/// Without groups: 123450 -> "1234,50".
std::string write_amount(Minor amount, unsigned exponent, char decimal);

}  // namespace sidedish::headoffice
