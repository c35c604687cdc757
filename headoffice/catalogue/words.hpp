#pragma once
// What a product is found by: words of its names and codes of its keys. Pure.
#include "headoffice/store/catalogue_store.hpp"
#include "rules/model/pack.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// Letters that are typed in more than one way, in one of them; the store's index folds case and
/// accents besides. Latin letters that are none with an accent (ß, æ, ø, ł), Arabic's forms of alef,
/// yeh and teh marbuta, without vowel signs and stretching.
std::string fold(std::string_view text);

/// All names of a product, for ProductRow::words. Where words are written without spaces (Chinese,
/// Japanese, Thai), a word begins at each character.
std::string words_of(const model::Localised& names);

/// "sku:FRIES-M" -> "fries-m"; a GTIN without leading zeros: scanners send 12, 13 or 14 digits of one.
std::string code_of(std::string_view key);

/// What somebody typed or scanned. Words beyond 8 are left out.
ProductQuery query_of(std::string_view typed, std::size_t limit, std::size_t offset);

}  // namespace sidedish::headoffice
