// Many products at once, without holding the store for long: a catalogue is made anew beside the one
// that stands, piece by piece, and takes its place in one short transaction. Who reads meanwhile reads
// what stood before; a process that ends in the middle leaves it whole.
#include "headoffice/store/catalogue_rows.hpp"
#include "headoffice/store/changes.hpp"
#include "headoffice/store/fence.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace sidedish::headoffice {
namespace {

constexpr std::int64_t kPiece = 500;  // products: some 20 ms
constexpr std::int64_t kStands = 0;   // of the column `state`
constexpr std::int64_t kAside = 1;

/// The catalogue that is being made. Its name is no pack's, and no other import's.
struct Made {
  std::int64_t id = 0;
  std::string name;
};

Made start(Database& db, std::string_view pack, std::uint64_t version) {
  const FoundCatalogue old = need_catalogue(db, pack, version);
  Made out;
  out.id = db.number("SELECT max(catalogue_id) + 1 FROM catalogue");
  out.name = std::string(pack) + "\n" + std::to_string(out.id) + "\n" + std::to_string(version);
  db.run(
        "INSERT INTO catalogue (catalogue_id, pack, currency, categories, version, published, "
        "state)"
        " SELECT ?, ?, currency, categories, version + 1, published, ? FROM catalogue"
        " WHERE catalogue_id = ?")
      .with(out.id, out.name, kAside, old.id)
      .done();
  return out;
}

/// Refused conflict: another version stands, or what was made is gone (the file was opened anew).
FoundCatalogue go_on(Database& db, std::string_view pack, std::uint64_t version, const Made& made) {
  const FoundCatalogue old = need_catalogue(db, pack, version);
  Run here = db.run("SELECT 1 FROM catalogue WHERE catalogue_id = ? AND pack = ? AND state = ?");
  if (!here.with(made.id, made.name, kAside).step()) {
    throw Refused{{Errc::conflict, "the database was opened anew meanwhile"}};
  }
  return old;
}

void put(Database& db, const Made& made, std::int64_t place, const ProductRow& row) {
  const std::int64_t id = made.id * kRoom + place;
  db.run("INSERT INTO product (product_id, catalogue_id, place, key, json) VALUES (?, ?, ?, ?, ?)")
      .with(id, made.id, place, row.keys.front().key, row.json)
      .done();
  dress_product(db, made.id, id, row);
}

struct OldProduct {
  std::int64_t id;
  std::int64_t place;
  ProductRow row;  ///< its own key alone
};

std::vector<OldProduct> read_piece(Database& db, std::int64_t catalogue, std::int64_t after) {
  std::vector<OldProduct> out;
  Run query = db.run(
      "SELECT product_id, place, key, json FROM product WHERE catalogue_id = ? AND place > ?"
      " ORDER BY place LIMIT ?");
  query.with(catalogue, after, kPiece);
  while (query.step()) {
    out.push_back({query.integer(0),
                   query.integer(1),
                   {query.text(3), {{query.text(2), ""}}, std::string()}});
  }
  return out;
}

/// As it stands.
void complete(Database& db, OldProduct& old) {
  const std::string own = std::move(old.row.keys.front().key);
  old.row.keys.clear();
  Run keys =
      db.run("SELECT key, code FROM product_key WHERE product_id = ?1 ORDER BY key <> ?2, key");
  keys.with(old.id, own);
  while (keys.step()) old.row.keys.push_back({keys.text(0), keys.text(1)});
  Run words = db.run("SELECT words FROM product_word WHERE rowid = ?");
  if (words.with(old.id).step()) old.row.words = words.text(0);
}

/// It takes the place of what stands, which nobody reads any more.
void take_place(Database& db, std::string_view pack, std::uint64_t version, const Made& made,
                const Change& change) {
  const FoundCatalogue old = go_on(db, pack, version, made);
  db.run(
        "UPDATE catalogue SET pack = pack || char(10) || catalogue_id, state = ? WHERE"
        " catalogue_id = ?")
      .with(kAside, old.id)
      .done();
  // A publication may have come since it was begun: of the version that stands.
  db.run(
        "UPDATE catalogue SET pack = ?, state = ?, published = (SELECT published FROM catalogue"
        " WHERE catalogue_id = ?) WHERE catalogue_id = ?")
      .with(pack, kStands, old.id, made.id)
      .done();
  add_change(db, change);
}

/// False: nothing is left of it.
bool sweep_piece(Database& db, std::int64_t catalogue) {
  std::vector<std::int64_t> ids;
  {
    Run query = db.run("SELECT product_id FROM product WHERE catalogue_id = ? LIMIT ?");
    query.with(catalogue, kPiece);
    while (query.step()) ids.push_back(query.integer(0));
  }
  for (const std::int64_t id : ids) {
    strip_product(db, id);
    db.run("DELETE FROM product WHERE product_id = ?").with(id).done();
  }
  if (!ids.empty()) return true;
  db.run("DELETE FROM catalogue WHERE catalogue_id = ? AND state = ?")
      .with(catalogue, kAside)
      .done();
  return false;
}

std::vector<std::int64_t> aside(Database& db) {
  std::vector<std::int64_t> out;
  Run query = db.run("SELECT catalogue_id FROM catalogue WHERE state = ?");
  query.with(kAside);
  while (query.step()) out.push_back(query.integer(0));
  return out;
}

}  // namespace

void sweep_catalogues(Database& db) {
  Transaction transaction(db);
  for (const std::int64_t id : aside(db)) {
    while (sweep_piece(db, id)) {
    }
  }
  transaction.commit();
}

Result<std::uint64_t> SqliteStorage::put_in_pieces(std::string_view pack, std::uint64_t version,
                                                   std::span<const ProductRow> rows,
                                                   const Change& change,
                                                   const std::function<void()>& between) {
  const char* const doing = "changing a catalogue";
  const auto pause = [&] {
    if (between) between();
  };
  const auto made = fenced(doing, [&](Database& db) {
    Transaction transaction(db);
    Made out = start(db, pack, version);
    transaction.commit();
    return out;
  });
  if (!made) return tl::unexpected<Error>(made.error());
  std::unordered_map<std::string_view, const ProductRow*> by_key;
  for (const ProductRow& row : rows) by_key.emplace(row.keys.front().key, &row);
  std::unordered_set<const ProductRow*> placed;
  std::int64_t place = 0;
  std::size_t next = 0;
  bool old_ones = true;
  // One piece of what stands, changed or as it is; then of what is new.
  const auto piece = [&](Database& db) {
    Transaction transaction(db);
    const FoundCatalogue stands = go_on(db, pack, version, *made);
    std::vector<OldProduct> olds;
    if (old_ones) olds = read_piece(db, stands.id, place);
    if (olds.empty()) old_ones = false;
    for (OldProduct& old : olds) {
      const auto found = by_key.find(old.row.keys.front().key);
      if (found == by_key.end()) {
        complete(db, old);
        put(db, *made, old.place, old.row);
      } else {
        placed.insert(found->second);
        put(db, *made, old.place, *found->second);
      }
      place = old.place;
    }
    for (std::int64_t n = 0; !old_ones && next < rows.size() && n < kPiece; ++next) {
      if (placed.contains(&rows[next])) continue;
      put(db, *made, ++place, rows[next]);
      ++n;
    }
    transaction.commit();
    return old_ones || next < rows.size();
  };
  Result<bool> more = true;
  while (more && *more) {
    pause();
    more = fenced(doing, piece);
  }
  Result<std::int64_t> rest = made->id;  // what nobody reads
  if (more) {
    pause();
    rest = fenced(doing, [&](Database& db) {
      Transaction transaction(db);
      const std::int64_t old = need_catalogue(db, pack, version).id;
      take_place(db, pack, version, *made, change);
      transaction.commit();
      return old;
    });
  }
  const bool done = more && rest;
  const std::int64_t idle = done ? *rest : made->id;
  // What cannot be swept now is when the file is opened next.
  Result<bool> left = true;
  while (left && *left) {
    pause();
    left = fenced("sweeping a catalogue", [&](Database& db) {
      Transaction transaction(db);
      const std::vector<std::int64_t> idles = aside(db);
      if (std::find(idles.begin(), idles.end(), idle) == idles.end()) return false;
      const bool again = sweep_piece(db, idle);
      transaction.commit();
      return again;
    });
  }
  if (!more) return tl::unexpected<Error>(more.error());
  if (!rest) return tl::unexpected<Error>(rest.error());
  return version + 1;
}

}  // namespace sidedish::headoffice
