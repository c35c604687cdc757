// Catalogues, product by product.
#include "headoffice/store/catalogue_rows.hpp"
#include "headoffice/store/changes.hpp"
#include "headoffice/store/fence.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace sidedish::headoffice {
namespace {

constexpr std::int64_t kRoom = std::int64_t{1} << 32;  // product ids of one catalogue

struct Found {
  std::int64_t id = 0;
  std::int64_t version = 0;
};

/// id 0: none stands for this pack.
Found look(Database& db, std::string_view pack) {
  Run query = db.run("SELECT catalogue_id, version FROM catalogue WHERE pack = ?");
  if (!query.with(pack).step()) return {};
  return {query.integer(0), query.integer(1)};
}

Found need(Database& db, std::string_view pack) {
  const Found found = look(db, pack);
  if (found.id == 0) throw Refused{{Errc::not_found, "there is no catalogue of this pack"}};
  return found;
}

CatalogueHead head_of(Database& db, std::string_view pack) {
  Run query = db.run(
      "SELECT currency, categories, version, published,"
      // Places are 1, 2, 3, ... without a gap.
      " (SELECT coalesce(max(place), 0) FROM product"
      "  WHERE product.catalogue_id = catalogue.catalogue_id)"
      " FROM catalogue WHERE pack = ?");
  if (!query.with(pack).step()) {
    throw Refused{{Errc::not_found, "there is no catalogue of this pack"}};
  }
  CatalogueHead head;
  head.top = {query.text(0), query.text(1)};
  head.version = static_cast<std::uint64_t>(query.integer(2));
  head.published = static_cast<std::uint64_t>(query.integer(3));
  head.products = static_cast<std::size_t>(query.integer(4));
  return head;
}

std::int64_t first_free(Database& db, std::int64_t catalogue) {
  Run query =
      db.run("SELECT coalesce(max(product_id), ?1) + 1 FROM product WHERE catalogue_id = ?2");
  query.with(catalogue * kRoom, catalogue).step();
  return query.integer(0);
}

/// Its keys and words go; the row itself stays.
void strip(Database& db, std::int64_t product) {
  db.run("DELETE FROM product_key WHERE product_id = ?").with(product).done();
  db.run("DELETE FROM product_word WHERE rowid = ?").with(product).done();
}

void dress(Database& db, std::int64_t catalogue, std::int64_t product, const ProductRow& row) {
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

/// A row that is new or another than what stands.
struct Write {
  const ProductRow* row;
  std::int64_t id;
  std::int64_t place;
  bool fresh;
};

/// Keys may wander between products: all go before the first comes.
void write_all(Database& db, std::int64_t catalogue, const std::vector<Write>& writes) {
  for (const Write& one : writes) {
    if (!one.fresh) strip(db, one.id);
  }
  for (const auto& [row, id, place, fresh] : writes) {
    db.run(
          "INSERT INTO product (product_id, catalogue_id, place, key, json) VALUES (?, ?, ?, ?, ?)"
          " ON CONFLICT (product_id) DO UPDATE SET place = excluded.place, json = excluded.json")
        .with(id, catalogue, place, row->keys.front().key, row->json)
        .done();
    dress(db, catalogue, id, *row);
  }
}

struct Replaced {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t removed = 0;
  bool top = false;
  bool any() const { return added + changed + removed > 0 || top; }
};

/// A catalogue stands now as these rows say; what is so already is not touched.
Replaced replace(Database& db, std::string_view pack, const CatalogueRows& rows) {
  Replaced out;
  Found found = look(db, pack);
  if (found.id == 0) {
    db.run(
          "INSERT INTO catalogue (pack, currency, categories, version, published)"
          " VALUES (?, ?, ?, 0, 0)")
        .with(pack, rows.top.currency, rows.top.categories)
        .done();
    found.id = db.last_rowid();
  } else if (head_of(db, pack).top != rows.top) {
    out.top = true;
    db.run("UPDATE catalogue SET currency = ?, categories = ? WHERE catalogue_id = ?")
        .with(rows.top.currency, rows.top.categories, found.id)
        .done();
  }
  struct Old {
    std::int64_t id;
    std::int64_t place;
    std::string json;
  };
  std::unordered_map<std::string, Old> olds;
  {
    Run query = db.run("SELECT key, product_id, place, json FROM product WHERE catalogue_id = ?");
    query.with(found.id);
    while (query.step()) {
      olds.emplace(query.text(0), Old{query.integer(1), query.integer(2), query.text(3)});
    }
  }
  std::vector<Write> writes;
  std::int64_t place = 0;
  std::int64_t next = first_free(db, found.id);
  for (const ProductRow& row : rows.products) {
    const auto old = olds.find(row.keys.front().key);
    const std::int64_t at = ++place;
    if (old == olds.end()) {
      ++out.added;
      writes.push_back({&row, next++, at, true});
      continue;
    }
    if (old->second.json != row.json) {
      ++out.changed;
      writes.push_back({&row, old->second.id, at, false});
    } else if (old->second.place != at) {
      out.top = true;
      db.run("UPDATE product SET place = ? WHERE product_id = ?").with(at, old->second.id).done();
    }
    olds.erase(old);
  }
  for (const auto& [key, old] : olds) {
    ++out.removed;
    strip(db, old.id);
    db.run("DELETE FROM product WHERE product_id = ?").with(old.id).done();
  }
  write_all(db, found.id, writes);
  if (out.any() || found.version == 0) {
    db.run("UPDATE catalogue SET version = version + 1 WHERE catalogue_id = ?")
        .with(found.id)
        .done();
  }
  return out;
}

/// What stands is what terminals get.
void mark_published(Database& db, std::string_view pack, std::uint64_t version) {
  db.run("UPDATE catalogue SET published = ?2 WHERE pack = ?1 AND version >= ?2")
      .with(pack, static_cast<std::int64_t>(version))
      .done();
}

}  // namespace

void publish_catalogue(Database& db, std::string_view pack, const CataloguePublish& publish,
                       UtcMs now) {
  if (publish.rows == nullptr) return mark_published(db, pack, publish.version);
  const bool stood = look(db, pack).id != 0;
  const Replaced done = replace(db, pack, *publish.rows);
  const CatalogueHead head = head_of(db, pack);
  mark_published(db, pack, head.version);
  if (!stood || !done.any()) return;
  add_change(db, {.at = now,
                  .who = "command line",
                  .what = "catalogue.replaced",
                  .subject = std::string(pack) + "/catalogue",
                  .after = "{\"version\":" + std::to_string(head.version) +
                           ",\"new\":" + std::to_string(done.added) +
                           ",\"changed\":" + std::to_string(done.changed) +
                           ",\"removed\":" + std::to_string(done.removed) + "}",
                  .why = "published with a catalogue"});
}

Result<CatalogueHead> SqliteStorage::catalogue(std::string_view pack) {
  return fenced("reading a catalogue", [&](Database& db) { return head_of(db, pack); });
}

Result<StandingCatalogue> SqliteStorage::whole_catalogue(std::string_view pack) {
  return fenced("reading a catalogue", [&](Database& db) {
    StandingCatalogue out{head_of(db, pack), {}};
    Run query = db.run("SELECT json FROM product WHERE catalogue_id = ? ORDER BY place");
    query.with(need(db, pack).id);
    while (query.step()) {
      if (!out.products.empty()) out.products += ",\n";
      out.products += query.text(0);
    }
    return out;
  });
}

Result<void> SqliteStorage::seed_catalogue(std::string_view pack, const CatalogueRows& rows) {
  return fenced("seeding a catalogue", [&](Database& db) {
    Transaction transaction(db);
    if (look(db, pack).id != 0) return;
    replace(db, pack, rows);
    mark_published(db, pack, 1);
    transaction.commit();
  });
}

Result<std::vector<std::string>> SqliteStorage::published_packs() {
  return fenced("listing packs", [&](Database& db) {
    std::vector<std::string> out;
    Run query = db.run("SELECT DISTINCT pack_id FROM publication ORDER BY pack_id");
    while (query.step()) out.push_back(query.text(0));
    return out;
  });
}

Result<PackDocuments> SqliteStorage::newest_documents(std::string_view pack) {
  return fenced("reading a publication", [&](Database& db) {
    Run query = db.run(
        "SELECT rules, catalogue FROM publication WHERE pack_id = ? ORDER BY version DESC LIMIT 1");
    if (!query.with(pack).step()) {
      throw Refused{{Errc::not_found, "this pack was never published"}};
    }
    return PackDocuments{query.text(0), query.text(1)};
  });
}

Result<std::vector<std::string>> SqliteStorage::products(std::string_view pack,
                                                         std::span<const std::string> keys) {
  return fenced("reading products", [&](Database& db) {
    const Found found = need(db, pack);
    std::vector<std::string> out;
    for (const std::string& key : keys) {
      Run query = db.run("SELECT json FROM product WHERE catalogue_id = ? AND key = ?");
      out.push_back(query.with(found.id, key).step() ? query.text(0) : std::string());
    }
    return out;
  });
}

Result<std::vector<std::string>> SqliteStorage::key_owners(std::string_view pack,
                                                           std::span<const std::string> keys) {
  return fenced("looking for keys", [&](Database& db) {
    const Found found = need(db, pack);
    std::vector<std::string> out;
    for (const std::string& key : keys) {
      Run query = db.run(
          "SELECT product.key FROM product_key JOIN product USING (product_id)"
          " WHERE product_key.catalogue_id = ? AND product_key.key = ?");
      out.push_back(query.with(found.id, key).step() ? query.text(0) : std::string());
    }
    return out;
  });
}

Result<std::uint64_t> SqliteStorage::put_products(std::string_view pack, std::uint64_t version,
                                                  std::span<const ProductRow> rows,
                                                  const Change& change) {
  return fenced("changing a catalogue", [&](Database& db) {
    Transaction transaction(db);
    const Found found = need(db, pack);
    if (static_cast<std::uint64_t>(found.version) != version) {
      throw Refused{{Errc::conflict, "the catalogue was changed meanwhile"}};
    }
    std::int64_t next = first_free(db, found.id);
    std::int64_t place = 0;
    {
      Run last = db.run("SELECT coalesce(max(place), 0) FROM product WHERE catalogue_id = ?");
      last.with(found.id).step();
      place = last.integer(0);
    }
    std::vector<Write> writes;
    for (const ProductRow& row : rows) {
      Run old = db.run("SELECT product_id, place FROM product WHERE catalogue_id = ? AND key = ?");
      if (old.with(found.id, row.keys.front().key).step()) {
        writes.push_back({&row, old.integer(0), old.integer(1), false});
      } else {
        writes.push_back({&row, next++, ++place, true});
      }
    }
    write_all(db, found.id, writes);
    db.run("UPDATE catalogue SET version = version + 1 WHERE catalogue_id = ?")
        .with(found.id)
        .done();
    add_change(db, change);
    transaction.commit();
    return version + 1;
  });
}

}  // namespace sidedish::headoffice
