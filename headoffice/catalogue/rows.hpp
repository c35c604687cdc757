#pragma once
// Between a catalogue in words, its document, and the rows that the store keeps. Pure.
#include "headoffice/store/catalogue_store.hpp"
#include "rules/format/documents.hpp"
#include "rules/model/pack.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

ProductRow row_of(const model::Product& product, unsigned exponent);
/// Reading document_of() these rows again gives the same words, in the same order.
CatalogueRows rows_of(const model::Catalogue& catalogue);

/// The catalogue document; `products` as StandingCatalogue has them.
std::string document_of(const CatalogueTop& top, std::string_view products);

/// Products that the store keeps, in words. internal: they are not what was written.
Result<model::Catalogue> words_of(const CatalogueTop& top, std::span<const std::string> products);

}  // namespace sidedish::headoffice
