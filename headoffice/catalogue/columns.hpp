#pragma once
// Products as rows of a table: which columns there are, and each cell both ways. Pure.
#include "rules/model/pack.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

enum class Field : std::uint8_t {
  key,
  name,  ///< one column a language
  category,
  price,
  cost,
  stock,
  barcodes,
  tags,
  allergens,
  diets,
  tax_class,
  substitutes,
  restricted,
  hidden,
};

struct Column {
  Field field = Field::key;
  std::string language{};  ///< of names
  friend bool operator==(const Column&, const Column&) = default;
};

/// "key", "name:en", "price" ...
std::string title_of(const Column& column);
/// As somebody heads a column: any case, "sku", "barcode" or "ean" too; "name" alone is that of
/// `language`. nullopt: it is none of ours.
std::optional<Column> column_of(std::string_view title, std::string_view language);
/// For all that these products say; names in every language that occurs.
std::vector<Column> columns_of(const model::Catalogue& catalogue);
/// The column that a JSON pointer within a product is about ("/name/de").
Column column_at(std::string_view pointer);

/// How amounts are written.
struct Manner {
  unsigned exponent = 2;
  char decimal = '.';
};

/// Lists are set apart by "|" (a "|" or "\" within has a "\" before it). Allergens: nothing is unknown,
/// "none" is none.
std::string cell_of(const model::Product& product, const Column& column, const Manner& manner);

/// Why a cell is refused: a stable code, and what was expected.
struct CellProblem {
  std::string_view code;
  std::string expected;
};
/// Reads the cell into the product; an empty one empties the member. What only a catalogue or a reader
/// of documents can tell is not looked at.
std::optional<CellProblem> set_cell(model::Product& product, const Column& column,
                                    std::string_view cell, const Manner& manner);
/// "FRIES-M" -> "sku:FRIES-M".
std::string key_of_cell(std::string_view cell);

}  // namespace sidedish::headoffice
