#include "headoffice/store/database.hpp"

#include <algorithm>
#include <vector>

namespace sidedish::headoffice {
namespace {

[[noreturn]] void raise(sqlite3* db, int code) {
  const int extended = db != nullptr ? sqlite3_extended_errcode(db) : code;
  throw DbError(extended, db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code));
}

void check(sqlite3* db, int code) {
  if (code != SQLITE_OK) raise(db, code);
}

}  // namespace

Run& Run::bind(std::int64_t value) {
  check(db_, sqlite3_bind_int64(statement_, ++bound_, value));
  return *this;
}

Run& Run::bind(std::string_view text) {
  const char* data = text.data() != nullptr ? text.data() : "";
  check(db_,
        sqlite3_bind_text64(statement_, ++bound_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Run& Run::bind(std::span<const std::byte> blob) {
  const void* data = blob.data() != nullptr ? static_cast<const void*>(blob.data()) : "";
  check(db_, sqlite3_bind_blob64(statement_, ++bound_, data, blob.size(), SQLITE_STATIC));
  return *this;
}

bool Run::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) raise(db_, code);
  return false;
}

void Run::done() {
  while (step()) {
  }
}

std::string Run::text(int column) const { return blob(column); }

std::string Run::blob(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return data == nullptr
             ? std::string()
             : std::string(static_cast<const char*>(data), static_cast<std::size_t>(size));
}

Database::Database(const std::string& file, const std::string& vfs) {
  const int code = sqlite3_open_v2(file.c_str(), &db_,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                                   vfs.empty() ? nullptr : vfs.c_str());
  try {
    check(db_, code);
    sqlite3_extended_result_codes(db_, 1);
    checkpoint_on_close(false);
    script(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
        "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = "
        "4000;");
    // The lock is taken by the first write only: take it now.
    script("BEGIN IMMEDIATE; COMMIT;");
  } catch (...) {
    sqlite3_close_v2(db_);
    throw;
  }
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(db_);
}

Run Database::run(const char* sql) {
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr) {
    check(db_, sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  }
  return {db_, statement};
}

void Database::script(const std::string& sql) {
  check(db_, sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr));
}

std::int64_t Database::number(const char* sql) {
  Run query = run(sql);
  return query.step() ? query.integer(0) : 0;
}

std::string Database::line(const char* sql) {
  Run query = run(sql);
  return query.step() ? query.text(0) : std::string();
}

void Database::use_log() { script("PRAGMA journal_mode = WAL"); }

void Database::checkpoint() {
  if (number("PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
    throw DbError(SQLITE_IOERR, "the log could not be emptied");
  }
}

void Database::checkpoint_on_close(bool on) {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
}

bool Database::rewrite_log() {
  sqlite3_vfs* vfs = nullptr;
  check(db_, sqlite3_file_control(db_, "main", SQLITE_FCNTL_VFS_POINTER, &vfs));
  const char* log = sqlite3_filename_wal(sqlite3_db_filename(db_, "main"));
  const auto must = [&](int code) {
    if (code != SQLITE_OK)
      throw DbError(code, std::string("the log cannot be written anew: ") + sqlite3_errstr(code));
  };
  int there = 0;
  must(vfs->xAccess(vfs, log, SQLITE_ACCESS_EXISTS, &there));
  if (there == 0) return false;
  struct Close {
    void operator()(sqlite3_file* file) const {
      if (file->pMethods != nullptr) file->pMethods->xClose(file);
    }
  };
  std::vector<std::max_align_t> room(
      static_cast<std::size_t>(vfs->szOsFile) / sizeof(std::max_align_t) + 1);
  const std::unique_ptr<sqlite3_file, Close> file(reinterpret_cast<sqlite3_file*>(room.data()));
  must(vfs->xOpen(vfs, log, file.get(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, nullptr));
  const sqlite3_io_methods& io = *file->pMethods;
  sqlite3_int64 size = 0;
  must(io.xFileSize(file.get(), &size));
  if (size == 0) return false;
  std::vector<std::byte> bytes(1 << 16);  // SQLite writes less than 128 KiB at once
  for (sqlite3_int64 at = 0; at < size;) {
    const auto n = static_cast<int>(std::min(size - at, static_cast<sqlite3_int64>(bytes.size())));
    must(io.xRead(file.get(), bytes.data(), n, at));
    must(io.xWrite(file.get(), bytes.data(), n, at));
    at += n;
  }
  must(io.xSync(file.get(), SQLITE_SYNC_FULL));
  return true;
}

Transaction::Transaction(Database& db) : db_(db) { db_.script("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (!open_) return;
  try {
    db_.script("ROLLBACK");
  } catch (const DbError&) {
    // SQLite has rolled back by itself: that is what was wanted.
  }
}

void Transaction::commit() {
  db_.script("COMMIT");
  open_ = false;
}

}  // namespace sidedish::headoffice
