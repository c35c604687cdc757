#pragma once
#include "rules/base/money.hpp"
#include "rules/base/result.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::sim {

/// Text by BCP 47 language tag.
using Texts = std::map<std::string, std::string>;

struct Category {
  std::string id;
  Texts name;
  std::string parent;  ///< empty: a top category
};

struct Product {
  std::string key;  ///< "sku:..."
  Texts name;
  std::string category;
  std::vector<std::string> tags;
  Minor price = 0;
  std::optional<Minor> cost;
  std::vector<std::string> substitutes;
  std::string stock = "in";  ///< in | low | out
  bool hidden = false;
  std::optional<std::vector<std::string>> allergens;  ///< absent: unknown
  std::string tax_class;
};

/// A shop's products: what the simulation knows of a `sidedish-catalogue/1` document. Unlike
/// head office it does not judge the document; members it has no use for are skipped.
/// Read-only after parse(): any number of threads.
class Catalogue {
 public:
  /// invalid with the JSON pointer of what is missing, of the wrong type, doubled or not money.
  static Result<Catalogue> parse(std::string_view json);
  /// io when the file cannot be read; else as parse(), with the file's name in front.
  static Result<Catalogue> load(const std::filesystem::path& file);
  /// Products with a repeated key are refused.
  static Result<Catalogue> make(Currency currency, std::vector<Category> categories,
                                std::vector<Product> products);

  /// The document, one product a line; parse() of it gives an equal catalogue.
  std::string to_json() const;

  const Currency& currency() const noexcept { return currency_; }
  const std::vector<Category>& categories() const noexcept { return categories_; }
  const std::vector<Product>& products() const noexcept { return products_; }
  /// Null when there is no such key. The pointer lives as long as the catalogue.
  const Product* find(std::string_view key) const noexcept;
  /// Whether the product is in the category or anywhere below it.
  bool in_category(const Product& product, std::string_view category) const noexcept;

 private:
  Catalogue() = default;
  Currency currency_;
  std::vector<Category> categories_;
  std::vector<Product> products_;
  std::map<std::string, std::size_t, std::less<>> by_key_;
};

/// "5.50" for 550 with exponent 2; "-0.05"; "120" with exponent 0.
std::string money_text(Minor amount, unsigned exponent);

}  // namespace sidedish::sim
