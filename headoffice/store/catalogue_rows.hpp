#pragma once
// Catalogues inside transactions, for the .cpp files of this room that change them.
#include "headoffice/store/catalogue_store.hpp"
#include "headoffice/store/database.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sidedish::headoffice {

inline constexpr std::int64_t kRoom = std::int64_t{1} << 32;  // product ids of one catalogue

/// A catalogue that stands. id 0: none does.
struct FoundCatalogue {
  std::int64_t id = 0;
  std::int64_t version = 0;
};
FoundCatalogue look_catalogue(Database& db, std::string_view pack);
/// Refused not_found: none stands.
FoundCatalogue need_catalogue(Database& db, std::string_view pack);
/// Refused conflict: another version stands.
FoundCatalogue need_catalogue(Database& db, std::string_view pack, std::uint64_t version);

/// Its keys and words go; the row itself stays.
void strip_product(Database& db, std::int64_t product);
/// Refused invalid: a key is another product's.
void dress_product(Database& db, std::int64_t catalogue, std::int64_t product,
                   const ProductRow& row);

std::int64_t next_product(Database& db, std::int64_t catalogue);  ///< a free product id
std::int64_t last_place(Database& db, std::int64_t catalogue);
/// Its next version.
void grow_catalogue(Database& db, std::int64_t catalogue);

/// A row that is new or another than what stands.
struct ProductWrite {
  const ProductRow* row;
  std::int64_t id;
  std::int64_t place;
  bool fresh;
};
/// Keys may wander between products: all go before the first comes.
void write_products(Database& db, std::int64_t catalogue, std::span<const ProductWrite> writes);

/// Within the caller's transaction. What `publish` changes of the catalogue is a row of the log.
void publish_catalogue(Database& db, std::string_view pack, const CataloguePublish& publish,
                       UtcMs now);

/// What a large import left that never took its place, or whose place was taken: nobody reads it. One
/// transaction.
void sweep_catalogues(Database& db);

}  // namespace sidedish::headoffice
