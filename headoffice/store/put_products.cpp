// Products put and removed by hand, or by an import.
#include "headoffice/store/catalogue_rows.hpp"
#include "headoffice/store/changes.hpp"
#include "headoffice/store/fence.hpp"

namespace sidedish::headoffice {

Result<std::uint64_t> SqliteStorage::put_products(std::string_view pack, std::uint64_t version,
                                                  std::span<const ProductRow> rows,
                                                  const Change& change,
                                                  const std::function<void()>& between) {
  if (rows.size() > kPutAtOnce) return put_in_pieces(pack, version, rows, change, between);
  return fenced("changing a catalogue", [&](Database& db) {
    Transaction transaction(db);
    const FoundCatalogue found = need_catalogue(db, pack, version);
    std::int64_t next = next_product(db, found.id);
    std::int64_t place = last_place(db, found.id);
    std::vector<ProductWrite> writes;
    for (const ProductRow& row : rows) {
      Run old = db.run("SELECT product_id, place FROM product WHERE catalogue_id = ? AND key = ?");
      if (old.with(found.id, row.keys.front().key).step()) {
        writes.push_back({&row, old.integer(0), old.integer(1), false});
      } else {
        writes.push_back({&row, next++, ++place, true});
      }
    }
    write_products(db, found.id, writes);
    grow_catalogue(db, found.id);
    add_change(db, change);
    transaction.commit();
    return version + 1;
  });
}

Result<std::uint64_t> SqliteStorage::remove_product(std::string_view pack, std::uint64_t version,
                                                    std::uint64_t publication,
                                                    const std::string& key, const Change& change) {
  return fenced("removing a product", [&](Database& db) {
    Transaction transaction(db);
    const FoundCatalogue found = need_catalogue(db, pack, version);
    Run newest = db.run("SELECT max(version) FROM publication WHERE pack_id = ?");
    if (!newest.with(pack).step() || static_cast<std::uint64_t>(newest.integer(0)) != publication) {
      throw Refused{{Errc::conflict, "rules were published meanwhile"}};
    }
    std::int64_t product = 0;
    std::int64_t place = 0;
    {
      Run old = db.run("SELECT product_id, place FROM product WHERE catalogue_id = ? AND key = ?");
      if (!old.with(found.id, key).step()) {
        throw Refused{{Errc::not_found, "there is no such product"}};
      }
      product = old.integer(0);
      place = old.integer(1);
    }
    strip_product(db, product);
    db.run("DELETE FROM product WHERE product_id = ?").with(product).done();
    db.run("UPDATE product SET place = place - 1 WHERE catalogue_id = ? AND place > ?")
        .with(found.id, place)
        .done();
    grow_catalogue(db, found.id);
    add_change(db, change);
    transaction.commit();
    return version + 1;
  });
}

Result<std::vector<std::string>> SqliteStorage::products_with(std::string_view pack,
                                                              std::string_view text) {
  return fenced("looking for products that name another", [&](Database& db) {
    std::vector<std::string> out;
    Run query = db.run(
        "SELECT json FROM product WHERE catalogue_id = ? AND instr(json, ?) > 0 ORDER BY place");
    query.with(need_catalogue(db, pack).id, text);
    while (query.step()) out.push_back(query.text(0));
    return out;
  });
}

}  // namespace sidedish::headoffice
