#pragma once
// The few lines between us and SQLite: a connection and its statements as values that close
// themselves. Internal to plugin/store. One thread.
#include "rules/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sidedish::outbox {

/// limit: the disk is full; corrupt: not a database, or a damaged one; conflict: somebody else has
/// it; io: everything else the file system said.
Error sqlite_error(int code, std::string_view doing, std::string_view detail);

class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view value);
  Statement& bind(int index, std::span<const std::byte> value);
  /// True: a row is there. After false or an error the statement is ready to be bound again.
  Result<bool> step();
  /// Runs it to its end.
  Result<void> run();
  void reset();
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  std::span<const std::byte> blob(int column) const;

 private:
  friend class Connection;
  explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}
  sqlite3_stmt* raw_ = nullptr;
};

class Connection {
 public:
  /// Opens and sets what protocol.md says: one connection, exclusive, WAL, FULL. `vfs` empty = the
  /// system's.
  static Result<Connection> open(const std::string& file, const std::string& vfs);
  /// For looking, beside nobody: no journal mode is changed.
  static Result<Connection> open_read_only(const std::string& file);
  Connection() = default;
  Connection(Connection&&) noexcept = default;
  Connection& operator=(Connection&&) noexcept = default;

  Result<Statement> prepare(std::string_view sql);
  Result<void> execute(const std::string& sql);
  Result<std::int64_t> integer(const std::string& sql);
  /// Whether closing writes the log back and removes it. Off until it is said: what is broken, or
  /// was never synced, must not be written into the file by a close.
  void checkpoint_on_close(bool on);
  /// Writes the log's bytes once more and syncs them: what a failed sync left in memory alone is on
  /// disk then. Close and open again after it. False: there is no log.
  Result<bool> rewrite_log();
  /// Whether a transaction is open: after some errors SQLite has rolled back by itself.
  bool in_transaction() const;
  sqlite3* raw() const { return raw_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* raw) const;
  };
  std::unique_ptr<sqlite3, Close> raw_;
};

}  // namespace sidedish::outbox
