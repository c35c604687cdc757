// Catalogues, product by product.
#include "headoffice/store/catalogue_rows.hpp"
#include "headoffice/store/changes.hpp"
#include "headoffice/store/fence.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace sidedish::headoffice {
namespace {

CatalogueHead head_of(Database& db, std::string_view pack) {
  Run query = db.run(
      "SELECT currency, categories, version, published,"
      // Places are 1, 2, 3, ... without a gap.
      " (SELECT coalesce(max(place), 0) FROM product"
      "  WHERE product.catalogue_id = catalogue.catalogue_id)"
      " FROM catalogue WHERE pack = ? AND state = 0");
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
  FoundCatalogue found = look_catalogue(db, pack);
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
  std::vector<ProductWrite> writes;
  std::int64_t place = 0;
  std::int64_t next = next_product(db, found.id);
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
    strip_product(db, old.id);
    db.run("DELETE FROM product WHERE product_id = ?").with(old.id).done();
  }
  write_products(db, found.id, writes);
  if (out.any() || found.version == 0) grow_catalogue(db, found.id);
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
  const bool stood = look_catalogue(db, pack).id != 0;
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
    query.with(need_catalogue(db, pack).id);
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
    if (look_catalogue(db, pack).id != 0) return;
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
    const FoundCatalogue found = need_catalogue(db, pack);
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
    const FoundCatalogue found = need_catalogue(db, pack);
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

}  // namespace sidedish::headoffice
