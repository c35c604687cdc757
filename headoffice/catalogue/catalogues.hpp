#pragma once
// The catalogue of each pack, as managers keep it: read, searched, changed one by one.
#include "headoffice/catalogue/rows.hpp"
#include "headoffice/store/storage.hpp"
#include "rules/base/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// Some products of a catalogue, and whether there are more behind them.
struct ProductPage {
  CatalogueHead head;
  model::Catalogue found;  ///< with all categories
  bool more = false;
  bool exact = false;  ///< what was typed is a code of the first
};

struct ProductView {
  model::Product words;
  unsigned exponent = 0;
  std::string json;  ///< as in the catalogue document
  std::string etag;  ///< strong, of the JSON
};

/// What a person wants changed of one product.
struct ProductOrder {
  std::string key;   ///< its own
  std::string json;  ///< as in the catalogue document
  std::string etag;  ///< of what it was made from; empty: there must be none
  std::string who;
  std::string why;
  bool may_release = false;  ///< take "restricted" off a product
};
/// One of: saved; theirs (another stands there than was thought; no JSON: none); errors, with
/// pointers into the product.
struct ProductSaved {
  std::optional<ProductView> saved;
  std::optional<ProductView> theirs;
  std::vector<model::Finding> errors;
};

/// What a person wants taken out.
struct RemovalOrder {
  std::string key;   ///< its own
  std::string etag;  ///< of what was seen
  std::string who;
  std::string why;
  bool may_release = false;       ///< a restricted one, too: it could come back without that
  std::uint64_t publication = 0;  ///< whose rules were asked whether they need it
};
/// One of: removed; theirs (another stands there than was thought; no JSON: none); errors, with
/// pointers into the product.
struct ProductRemoved {
  bool removed = false;
  std::optional<ProductView> theirs;
  std::vector<model::Finding> errors;
};

/// The strong tag of a catalogue as it stands.
std::string catalogue_tag(std::uint64_t version);

/// Thread-safe when the storage is. What it is given outlives it.
class Catalogues {
 public:
  Catalogues(Storage& storage, CatalogueStore& store, const Clock& clock)
      : storage_(storage), store_(store), clock_(clock) {}

  /// Packs that were ever published, ascending.
  Result<std::vector<std::string>> packs() { return store_.published_packs(); }
  /// not_found, as every other call: the pack was never published. What a database of before has of a
  /// pack becomes its catalogue at the first call.
  Result<CatalogueHead> head(std::string_view pack);
  /// All categories, no products.
  Result<model::Catalogue> top(std::string_view pack);
  /// The document as it stands, and its head.
  struct Document {
    CatalogueHead head;
    std::string text;
  };
  Result<Document> document(std::string_view pack);
  /// Best first (CatalogueStore::find_products); nothing typed: all, in the catalogue's order.
  Result<ProductPage> search(std::string_view pack, std::string_view typed, std::size_t limit,
                             std::size_t offset);
  /// Those with these keys, own ones or aliases, each once.
  Result<ProductPage> called(std::string_view pack, std::span<const std::string> keys);
  /// not_found. `key`: its own.
  Result<ProductView> product(std::string_view pack, const std::string& key);
  /// One transaction, with the log of changes. What is so already changes nothing.
  Result<ProductSaved> put(std::string_view pack, const ProductOrder& order);

  /// One transaction, with the log of changes. conflict: rules were published since.
  Result<ProductRemoved> remove(std::string_view pack, const RemovalOrder& order);
  /// Names and keys of products that name one of these keys as a substitute.
  Result<std::vector<std::string>> substituted(std::string_view pack,
                                               const model::Product& product);

  /// What is wrong with products as members of this catalogue that no reader of documents can see:
  /// categories, keys of others, pictures. Pointers are "/products/N/...".
  Result<std::vector<model::Finding>> check(std::string_view pack, const model::Catalogue& with);

 private:
  Storage& storage_;
  CatalogueStore& store_;
  const Clock& clock_;
};

}  // namespace sidedish::headoffice
