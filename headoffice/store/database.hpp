#pragma once
// SQLite as this room uses it: one connection, prepared statements kept, errors thrown as DbError
// and fenced by the public calls of the room.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sidedish::headoffice {

class DbError : public std::runtime_error {
 public:
  DbError(int code, const std::string& text) : std::runtime_error(text), code_(code) {}
  int code() const noexcept { return code_; }  ///< SQLite's extended result code

 private:
  int code_;
};

/// One run of a statement. Texts and blobs that are bound must outlive it; read ones are copied.
class Run {
 public:
  Run(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

  Run& bind(std::int64_t value);
  Run& bind(std::string_view text);
  Run& bind(std::span<const std::byte> blob);
  template <class... T>
  Run& with(const T&... values) {
    (bind(values), ...);
    return *this;
  }

  /// true: a row is there to be read.
  bool step();
  /// For statements without rows.
  void done();

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string text(int column) const;
  std::string blob(int column) const;

 private:
  sqlite3* db_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
};

class Database {
 public:
  /// Opens or creates; takes the file for this process alone (EXCLUSIVE: a second process is told
  /// that the file is locked). FULL, foreign keys; nothing in the file is changed.
  /// `vfs`: an SQLite VFS by name (tests); empty = the system's.
  explicit Database(const std::string& file, const std::string& vfs = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// `sql` must be a literal or live as long as the database: its address is the cache's key.
  Run run(const char* sql);
  /// Several statements, no results.
  void script(const std::string& sql);
  std::int64_t number(const char* sql);
  std::string line(const char* sql);
  std::int64_t last_rowid() const { return sqlite3_last_insert_rowid(db_); }
  /// Write-ahead log from now on.
  void use_log();
  /// Copies what this connection knows as committed from the log into the file, syncs it, and
  /// empties the log.
  void checkpoint();
  /// Writes the log's bytes once more and syncs them: what a failed sync left in memory alone is on
  /// disk then. Close and open again after it. False: there is no log.
  bool rewrite_log();
  /// Whether closing copies the log into the file and removes it. Off until it is said: what was
  /// never synced must not be copied by a close.
  void checkpoint_on_close(bool on);

 private:
  sqlite3* db_ = nullptr;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

/// BEGIN IMMEDIATE now; rolled back unless commit() was reached.
class Transaction {
 public:
  explicit Transaction(Database& db);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Database& db_;
  bool open_ = true;
};

}  // namespace sidedish::headoffice
