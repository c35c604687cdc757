#pragma once
// The catalogue that a pack publishes with, product by product, and finding products in it.
#include "headoffice/store/change_store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// One of the keys of a product.
struct ProductKey {
  std::string key;   ///< "gtin:5901234123457"
  std::string code;  ///< what is typed or scanned
  friend bool operator==(const ProductKey&, const ProductKey&) = default;
};

struct ProductRow {
  std::string json;              ///< as in the catalogue document
  std::vector<ProductKey> keys;  ///< the first is its own; not empty
  std::string words;             ///< of its names, as they are searched
};

/// A catalogue but for its products.
struct CatalogueTop {
  std::string currency;
  std::string categories;  ///< JSON, as in the catalogue document
  friend bool operator==(const CatalogueTop&, const CatalogueTop&) = default;
};

/// All of a catalogue, in the order of its document.
struct CatalogueRows {
  CatalogueTop top;
  std::vector<ProductRow> products;
};

struct CatalogueHead {
  CatalogueTop top;
  std::uint64_t version = 0;    ///< grows with every change
  std::uint64_t published = 0;  ///< the version that was published last
  std::size_t products = 0;
};

struct StandingCatalogue {
  CatalogueHead head;
  std::string products;  ///< JSON objects, separated by commas, in the order of the document
};

/// The documents of a publication, as they came.
struct PackDocuments {
  std::string rules;
  std::string catalogue;  ///< empty: inside the rules
};

struct ProductQuery {
  std::vector<std::string> codes;  ///< exact ones come first, then what begins with the first
  std::vector<std::string> words;  ///< every one begins a word of a name; all empty: everything
  std::size_t limit = 20;
  std::size_t offset = 0;
};

/// So many products are put in one transaction; it takes some 200 ms.
inline constexpr std::size_t kPutAtOnce = 2'000;

/// A word with this before it stands for "a name begins so" in ProductRow::words.
inline constexpr std::string_view kNameBegins = "\xEE\x80\x80";  // U+E000

/// Thread rules and errors are Storage's.
class CatalogueStore {
 public:
  CatalogueStore() = default;
  CatalogueStore(const CatalogueStore&) = delete;
  CatalogueStore& operator=(const CatalogueStore&) = delete;
  virtual ~CatalogueStore() = default;

  /// not_found: none stands for this pack.
  virtual Result<CatalogueHead> catalogue(std::string_view pack) = 0;
  virtual Result<StandingCatalogue> whole_catalogue(std::string_view pack) = 0;
  /// Stands from now on as version 1, as published; nothing when something stands already.
  virtual Result<void> seed_catalogue(std::string_view pack, const CatalogueRows& rows) = 0;
  /// Packs that were ever published, ascending.
  virtual Result<std::vector<std::string>> published_packs() = 0;
  /// Of the newest publication. not_found: the pack was never published.
  virtual Result<PackDocuments> newest_documents(std::string_view pack) = 0;

  /// The JSON of products by their own keys, as many, in that order; empty: there is none.
  virtual Result<std::vector<std::string>> products(std::string_view pack,
                                                    std::span<const std::string> keys) = 0;
  /// Whose these keys are: own keys of products, as many, in that order; empty: nobody's.
  virtual Result<std::vector<std::string>> key_owners(std::string_view pack,
                                                      std::span<const std::string> keys) = 0;
  /// JSON of products, best first: exact codes, codes that begin so, names that begin so, names with
  /// such words. Looks at no more than it answers with.
  virtual Result<std::vector<std::string>> find_products(std::string_view pack,
                                                         const ProductQuery& query) = 0;

  /// All of it or nothing: the products are put in place of those with the same own key, or behind
  /// all; the log of changes with them. Returns the new version. conflict: `version` is not what
  /// stands; invalid: a key is another product's.
  /// Of more than kPutAtOnce the store is held for a piece at a time: in between others have their
  /// turn, read what stood before, and `between` is called, without a lock.
  virtual Result<std::uint64_t> put_products(std::string_view pack, std::uint64_t version,
                                             std::span<const ProductRow> rows, const Change& change,
                                             const std::function<void()>& between) = 0;
  /// One transaction, with the log of changes. Returns the new version. not_found: there is no such
  /// product. conflict: `version` is not what stands, or `publication` is not the pack's newest.
  virtual Result<std::uint64_t> remove_product(std::string_view pack, std::uint64_t version,
                                               std::uint64_t publication, const std::string& key,
                                               const Change& change) = 0;
  /// The JSON of products in which this text stands, in the catalogue's order. Looks at all.
  virtual Result<std::vector<std::string>> products_with(std::string_view pack,
                                                         std::string_view text) = 0;
};

}  // namespace sidedish::headoffice
