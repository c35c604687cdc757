// What files that change catalogues share.
#include "headoffice/store/catalogue_rows.hpp"

#include "headoffice/store/fence.hpp"

namespace sidedish::headoffice {

FoundCatalogue look_catalogue(Database& db, std::string_view pack) {
  Run query = db.run("SELECT catalogue_id, version FROM catalogue WHERE pack = ? AND state = 0");
  if (!query.with(pack).step()) return {};
  return {query.integer(0), query.integer(1)};
}

FoundCatalogue need_catalogue(Database& db, std::string_view pack) {
  const FoundCatalogue found = look_catalogue(db, pack);
  if (found.id == 0) throw Refused{{Errc::not_found, "there is no catalogue of this pack"}};
  return found;
}

FoundCatalogue need_catalogue(Database& db, std::string_view pack, std::uint64_t version) {
  const FoundCatalogue found = need_catalogue(db, pack);
  if (static_cast<std::uint64_t>(found.version) != version) {
    throw Refused{{Errc::conflict, "the catalogue was changed meanwhile"}};
  }
  return found;
}

void strip_product(Database& db, std::int64_t product) {
  db.run("DELETE FROM product_key WHERE product_id = ?").with(product).done();
  db.run("DELETE FROM product_word WHERE rowid = ?").with(product).done();
}

void dress_product(Database& db, std::int64_t catalogue, std::int64_t product,
                   const ProductRow& row) {
  for (const ProductKey& key : row.keys) {
    Run put = db.run(
        "INSERT INTO product_key (catalogue_id, key, code, product_id) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING RETURNING 1");
    if (!put.with(catalogue, key.key, key.code, product).step()) {
      throw Refused{{Errc::invalid, key.key + " is another product's"}};
    }
  }
  db.run("INSERT INTO product_word (rowid, words) VALUES (?, ?)").with(product, row.words).done();
}

std::int64_t next_product(Database& db, std::int64_t catalogue) {
  Run query =
      db.run("SELECT coalesce(max(product_id), ?1) + 1 FROM product WHERE catalogue_id = ?2");
  query.with(catalogue * kRoom, catalogue).step();
  return query.integer(0);
}

std::int64_t last_place(Database& db, std::int64_t catalogue) {
  Run last = db.run("SELECT coalesce(max(place), 0) FROM product WHERE catalogue_id = ?");
  last.with(catalogue).step();
  return last.integer(0);
}

void grow_catalogue(Database& db, std::int64_t catalogue) {
  db.run("UPDATE catalogue SET version = version + 1 WHERE catalogue_id = ?")
      .with(catalogue)
      .done();
}

void write_products(Database& db, std::int64_t catalogue, std::span<const ProductWrite> writes) {
  for (const ProductWrite& one : writes) {
    if (!one.fresh) strip_product(db, one.id);
  }
  for (const auto& [row, id, place, fresh] : writes) {
    db.run(
          "INSERT INTO product (product_id, catalogue_id, place, key, json) VALUES (?, ?, ?, ?, ?)"
          " ON CONFLICT (product_id) DO UPDATE SET place = excluded.place, json = excluded.json")
        .with(id, catalogue, place, row->keys.front().key, row->json)
        .done();
    dress_product(db, catalogue, id, *row);
  }
}

}  // namespace sidedish::headoffice
