#pragma once
// The rule, catalogue and overlay documents (README.md in this folder): text -> words, words -> text.
#include "rules/base/asset.hpp"
#include "rules/format/json.hpp"
#include "rules/model/overlay.hpp"
#include "rules/model/pack.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::format {

inline constexpr std::string_view kRulesFormat = "sidedish-rules/1";
inline constexpr std::string_view kCatalogueFormat = "sidedish-catalogue/1";
inline constexpr std::string_view kOverlayFormat = "sidedish-overlay/1";

/// A value, or everything that is wrong with the text, at once; never both.
template <class T>
struct Parsed {
  std::optional<T> value;
  std::vector<model::Finding> errors;
};

/// What both documents are read with: 64 MiB, rules and products up to 100,000.
JsonLimits document_limits();

/// What the published schema says and a little that no schema can: decimals of the currency, dates
/// that exist, unique names. What only the whole pack can tell is compile::check()'s.
Parsed<model::Pack> parse_rules(std::string_view text);
/// One rule of such a document alone; pointers start at the rule.
Parsed<model::Rule> parse_rule(std::string_view text, const Currency& currency);
/// What such a document says beside its rules and products: stores, settings, sets, languages. As the
/// document, without "format", "catalogue", "rules" and the pack's version; pointers are the same.
Parsed<model::Pack> parse_frame(std::string_view text);
Parsed<model::Catalogue> parse_catalogue(std::string_view text);
Parsed<model::OverlaySpec> parse_overlay(std::string_view text);

/// Canonical text: members in the README's order, defaults left out, two blanks of indentation, a
/// newline at the end. Reading it again gives the same words.
std::string write_rules(const model::Pack& pack);
/// One rule on one line.
std::string write_rule(const model::Rule& rule, const Currency& currency);
/// What parse_frame() reads, on one line, nothing of the pack's rules and products in it.
std::string write_frame(const model::Pack& pack);
std::string write_catalogue(const model::Catalogue& catalogue);
/// A member of the catalogue's "products", and its "categories", each on one line.
std::string write_product(const model::Product& one, unsigned exponent);
std::string write_categories(const std::vector<model::Category>& categories);

/// All of schema/*.schema.json, JSON Schema 2020-12, as published.
std::span<const Asset> schemas();

}  // namespace sidedish::format
