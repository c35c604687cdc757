// What people changed, as a chain.
#include "headoffice/store/changes.hpp"

#include "headoffice/store/fence.hpp"
#include "rules/trust/digest.hpp"

#include <algorithm>

namespace sidedish::headoffice {
namespace {

void append(std::string& out, std::uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(value >> shift);
}

Sha256 hash_of(const Run& row, int column) {
  const std::string bytes = row.blob(column);
  if (bytes.size() != 32) throw DbError(SQLITE_CORRUPT, "a change has no hash");
  Sha256 out{};
  std::transform(bytes.begin(), bytes.end(), out.begin(),
                 [](char c) { return static_cast<std::byte>(c); });
  return out;
}

Change change_of(const Run& row) {
  return {.at = row.integer(1),
          .who = row.text(2),
          .what = row.text(3),
          .subject = row.text(4),
          .store = row.text(5),
          .before = row.text(6),
          .after = row.text(7),
          .why = row.text(8)};
}

}  // namespace

Sha256 change_hash(const Sha256& before, std::uint64_t id, const Change& change) {
  std::string bytes(reinterpret_cast<const char*>(before.data()), before.size());
  append(bytes, id);
  append(bytes, static_cast<std::uint64_t>(change.at));
  for (const std::string* text : {&change.who, &change.what, &change.subject, &change.store,
                                  &change.before, &change.after, &change.why}) {
    append(bytes, text->size());
    bytes += *text;
  }
  const auto digest = trust::sha256(std::as_bytes(std::span(bytes)));
  if (!digest) throw DbError(SQLITE_ERROR, std::string(digest.error().text()));
  Sha256 out{};
  std::transform(digest->begin(), digest->end(), out.begin(),
                 [](std::uint8_t byte) { return static_cast<std::byte>(byte); });
  return out;
}

void add_change(Database& db, const Change& change) {
  std::uint64_t id = 1;
  Sha256 before{};
  if (Run last = db.run("SELECT change_id, hash FROM change ORDER BY change_id DESC LIMIT 1");
      last.step()) {
    id = static_cast<std::uint64_t>(last.integer(0)) + 1;
    before = hash_of(last, 1);
  }
  const Sha256 hash = change_hash(before, id, change);
  db.run(
        "INSERT INTO change (change_id, at, who, what, subject, store, before, after, why, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .with(static_cast<std::int64_t>(id), change.at, change.who, change.what, change.subject,
            change.store, change.before, change.after, change.why, std::span<const std::byte>(hash))
      .done();
}

Result<std::vector<ChangeRow>> SqliteStorage::changes(const ChangeFilter& filter) {
  return fenced("reading changes", [&](Database& db) {
    Run query = db.run(
        "SELECT change_id, at, who, what, subject, store, before, after, why, hash FROM change"
        " WHERE (?1 = 0 OR change_id < ?1) AND (?3 = '' OR who = ?3)"
        " AND (?2 = '' OR subject = ?2 OR (subject >= ?2 || '/' AND subject < ?2 || '0'))"
        " AND (?5 OR (subject <> 'people' AND subject NOT LIKE 'people/%'))"
        " ORDER BY change_id DESC LIMIT ?4");
    query.with(static_cast<std::int64_t>(filter.before), filter.subject, filter.who,
               std::int64_t{filter.limit}, std::int64_t{filter.people});
    std::vector<ChangeRow> rows;
    while (query.step()) {
      rows.push_back(
          {static_cast<std::uint64_t>(query.integer(0)), change_of(query), hash_of(query, 9)});
    }
    return rows;
  });
}

Result<ChainCheck> SqliteStorage::check_changes() {
  return fenced("checking changes", [&](Database& db) {
    Run query = db.run(
        "SELECT change_id, at, who, what, subject, store, before, after, why, hash FROM change"
        " ORDER BY change_id");
    ChainCheck out;
    while (query.step()) {
      const auto id = static_cast<std::uint64_t>(query.integer(0));
      const Sha256 hash = hash_of(query, 9);
      if (id != out.changes + 1 || change_hash(out.last, id, change_of(query)) != hash) {
        out.broken_at = out.changes + 1;
        return out;
      }
      out.changes = id;
      out.last = hash;
    }
    return out;
  });
}

}  // namespace sidedish::headoffice
