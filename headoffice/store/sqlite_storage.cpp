#include "headoffice/store/sqlite_storage.hpp"

#include "headoffice/store/catalogue_rows.hpp"
#include "headoffice/store/changes.hpp"
#include "headoffice/store/fence.hpp"
#include "headoffice/store/migrate.hpp"
#include "headoffice/store/store_rows.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace sidedish::headoffice {
namespace {

StoreRow read_store(const Run& row) {
  return {.id = row.text(0),
          .name = row.text(1),
          .time_zone = row.text(2),
          .created_at = row.integer(3),
          .terminals = static_cast<std::size_t>(row.integer(4))};
}

constexpr const char* kSelectStores =
    "SELECT id, name, time_zone, created_at,"
    " (SELECT count(*) FROM terminal WHERE terminal.store_id = store.store_id)"
    " FROM store ORDER BY id";
constexpr const char* kSelectStore =
    "SELECT id, name, time_zone, created_at,"
    " (SELECT count(*) FROM terminal WHERE terminal.store_id = store.store_id)"
    " FROM store WHERE id = ?";

}  // namespace

Error to_error(const char* doing, const DbError& error) {
  switch (error.code() & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::conflict, doing, "another process has the database open"};
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return {Errc::corrupt, doing, error.what()};
    case SQLITE_SCHEMA:
      return {Errc::unsupported, doing, error.what()};
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
      return {Errc::io, doing, error.what()};
    default:
      return {Errc::internal, doing, error.what()};
  }
}

bool is_disk_error(int code) noexcept {
  const int primary = code & 0xFF;
  return primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ||
         primary == SQLITE_CANTOPEN;
}

bool is_damage(int code) noexcept {
  const int primary = code & 0xFF;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

SqliteStorage::SqliteStorage(std::string file, std::string vfs)
    : file_(std::move(file)), vfs_(std::move(vfs)) {}
SqliteStorage::~SqliteStorage() = default;

// A commit whose sync failed before a restart sits in memory, marked clean, and looks committed to
// whoever reads the log. Copied into the file from there, half of it may be all that a power cut
// leaves: the log is written anew and synced before it is believed.
void SqliteStorage::reopen() {
  auto db = std::make_unique<Database>(file_, vfs_);
  check_format(*db);
  if (db->rewrite_log()) {
    db.reset();
    db = std::make_unique<Database>(file_, vfs_);
  }
  if (const std::string verdict = db->line("PRAGMA quick_check(1)"); verdict != "ok") {
    throw DbError(SQLITE_CORRUPT, verdict);
  }
  db->use_log();
  migrate(*db);
  sweep_catalogues(*db);
  db->checkpoint();
  db->checkpoint_on_close(true);
  db_ = std::move(db);
}

// The connection still knows which commits are on disk: only those go into the file, and the log with
// the failed one is emptied. Until that is done, it is kept.
void SqliteStorage::settle() {
  db_->checkpoint();
  db_.reset();
  doubtful_ = false;
}

Result<std::unique_ptr<SqliteStorage>> SqliteStorage::open(std::string file, std::string vfs) {
  // For its owner alone: there are people in it. SQLite gives the log the same mode.
  if (const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); fd >= 0) ::close(fd);
  std::unique_ptr<SqliteStorage> storage(new SqliteStorage(std::move(file), std::move(vfs)));
  if (const auto ready = storage->check(); !ready) {
    return tl::unexpected<Error>(ready.error().within(storage->file_));
  }
  return storage;
}

Result<void> SqliteStorage::check() {
  return fenced("checking the database", [](Database& db) {
    Transaction transaction(db);
    db.number("SELECT count(*) FROM store");
  });
}

Result<bool> SqliteStorage::put_store(const StoreRow& store) {
  return fenced("saving a store", [&](Database& db) {
    Transaction transaction(db);
    const bool created = write_store(db, store, kMachine, kRegistered);
    transaction.commit();
    return created;
  });
}

Result<bool> SqliteStorage::put_terminal(std::string_view store, std::string_view terminal,
                                         UtcMs now) {
  return fenced("saving a terminal", [&](Database& db) {
    Transaction transaction(db);
    std::int64_t store_id = 0;
    {
      Run find = db.run("SELECT store_id FROM store WHERE id = ?");
      if (!find.with(store).step()) throw Refused{{Errc::not_found, "there is no such store"}};
      store_id = find.integer(0);
    }
    const std::int64_t before = db.number("SELECT count(*) FROM terminal");
    db.run(
          "INSERT INTO terminal (store_id, id, created_at) VALUES (?, ?, ?)"
          " ON CONFLICT (store_id, id) DO NOTHING")
        .with(store_id, terminal, now)
        .done();
    const bool created = db.number("SELECT count(*) FROM terminal") != before;
    if (created) {
      const std::string of_store = "stores/" + std::string(store);
      add_change(db, {.at = now,
                      .who = kMachine,
                      .what = "terminal.added",
                      .subject = of_store + "/terminals/" + std::string(terminal),
                      .store = std::string(store),
                      .after = "{}",
                      .why = kRegistered});
    }
    transaction.commit();
    return created;
  });
}

Result<std::vector<StoreRow>> SqliteStorage::stores() {
  return fenced("listing stores", [](Database& db) {
    std::vector<StoreRow> rows;
    Run query = db.run(kSelectStores);
    while (query.step()) rows.push_back(read_store(query));
    return rows;
  });
}

Result<StoreRow> SqliteStorage::store(std::string_view id) {
  return fenced("reading a store", [&](Database& db) {
    Run query = db.run(kSelectStore);
    if (!query.with(id).step()) throw Refused{{Errc::not_found, "there is no such store"}};
    return read_store(query);
  });
}

Result<bool> SqliteStorage::has_terminal(std::string_view store, std::string_view terminal) {
  return fenced("looking for a terminal", [&](Database& db) {
    Run query = db.run(
        "SELECT 1 FROM terminal JOIN store USING (store_id) WHERE store.id = ? AND terminal.id = "
        "?");
    return query.with(store, terminal).step();
  });
}

Result<std::map<std::string, std::int64_t>> SqliteStorage::counters() {
  return fenced("reading counters", [](Database& db) {
    std::map<std::string, std::int64_t> counters;
    Run query = db.run("SELECT name, n FROM counter");
    while (query.step()) counters.emplace(query.text(0), query.integer(1));
    return counters;
  });
}

Result<void> SqliteStorage::count(std::string_view name, std::int64_t n) {
  return fenced("counting", [&](Database& db) {
    db.run(
          "INSERT INTO counter (name, n) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + "
          "excluded.n")
        .with(name, n)
        .done();
  });
}

}  // namespace sidedish::headoffice
