#include "plugin/store/sqlite.hpp"

#include <algorithm>
#include <filesystem>
#include <sqlite3.h>
#include <system_error>
#include <utility>
#include <vector>

namespace sidedish::outbox {

Error sqlite_error(int code, std::string_view doing, std::string_view detail) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return {Errc::limit, doing, "the disk is full"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT:  // ours are never broken by what we write into a whole file
    case SQLITE_MISMATCH:
      return {Errc::corrupt, doing, detail};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::conflict, doing, "another process has the file open"};
    default:
      // A schema that lost a table or column is damage too: ours is never changed at run time.
      return {(code & 0xFF) == SQLITE_ERROR ? Errc::corrupt : Errc::io, doing, detail};
  }
}

Statement::Statement(Statement&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(raw_, other.raw_);
  return *this;
}
Statement::~Statement() { sqlite3_finalize(raw_); }

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(raw_, index, value);
  return *this;
}
Statement& Statement::bind(int index, std::string_view value) {
  sqlite3_bind_text64(raw_, index, value.data() == nullptr ? "" : value.data(), value.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}
Statement& Statement::bind(int index, std::span<const std::byte> value) {
  sqlite3_bind_blob64(raw_, index, value.data(), value.size(), SQLITE_TRANSIENT);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(raw_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    reset();
    return false;
  }
  const Error error = sqlite_error(code, "outbox", sqlite3_errmsg(sqlite3_db_handle(raw_)));
  reset();
  return tl::unexpected(error);
}

Result<void> Statement::run() {
  for (;;) {
    const auto row = step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return {};
  }
}

void Statement::reset() {
  sqlite3_reset(raw_);
  sqlite3_clear_bindings(raw_);
}
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(raw_, column); }
std::string_view Statement::text(int column) const {
  const auto* at = sqlite3_column_text(raw_, column);
  const int size = sqlite3_column_bytes(raw_, column);
  return at == nullptr
             ? std::string_view{}
             : std::string_view{reinterpret_cast<const char*>(at), static_cast<std::size_t>(size)};
}
std::span<const std::byte> Statement::blob(int column) const {
  const void* at = sqlite3_column_blob(raw_, column);
  const int size = sqlite3_column_bytes(raw_, column);
  return {static_cast<const std::byte*>(at), static_cast<std::size_t>(size)};
}

void Connection::Close::operator()(sqlite3* raw) const { sqlite3_close_v2(raw); }

Result<Connection> Connection::open(const std::string& file, const std::string& vfs) {
  Connection out;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(
      file.c_str(), &raw,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      vfs.empty() ? nullptr : vfs.c_str());
  out.raw_.reset(raw);
  if (code != SQLITE_OK) {
    return tl::unexpected(
        sqlite_error(code, "opening " + file, raw == nullptr ? "" : sqlite3_errmsg(raw)));
  }
  out.checkpoint_on_close(false);
  // 8 KiB pages hold nearly every row in one piece: the salvage scan needs that.
  // The log stays smaller than the ballast: with that given up, it can always be written back.
  const auto set = out.execute(
      "PRAGMA locking_mode=EXCLUSIVE; PRAGMA page_size=8192; PRAGMA cell_size_check=ON;"
      "PRAGMA trusted_schema=OFF; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
      "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;"
      "PRAGMA cache_size=-2000; PRAGMA journal_size_limit=1048576;"
      "PRAGMA wal_autocheckpoint=96");
  if (!set) return tl::unexpected(set.error());
  return out;
}

Result<Connection> Connection::open_read_only(const std::string& file) {
  Connection out;
  sqlite3* raw = nullptr;
  // Without a log nothing can change under us, and SQLite then leaves no files beside the database.
  std::error_code none;
  const auto log = std::filesystem::file_size(file + "-wal", none);
  std::string uri = "file:";
  for (const char c : file) {
    if (c == '?' || c == '#' || c == '%') {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      uri += '%';
      uri += kHex[static_cast<unsigned char>(c) >> 4U];
      uri += kHex[static_cast<unsigned char>(c) & 15U];
    } else {
      uri += c;
    }
  }
  if (none || log == 0) uri += "?immutable=1";
  const int code = sqlite3_open_v2(
      uri.c_str(), &raw,
      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  out.raw_.reset(raw);
  if (code != SQLITE_OK) {
    return tl::unexpected(
        sqlite_error(code, "opening " + file, raw == nullptr ? "" : sqlite3_errmsg(raw)));
  }
  return out;
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(raw_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) {
    return tl::unexpected(sqlite_error(code, "outbox", sqlite3_errmsg(raw_.get())));
  }
  return Statement(raw);
}

Result<void> Connection::execute(const std::string& sql) {
  const int code = sqlite3_exec(raw_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    return tl::unexpected(sqlite_error(code, "outbox", sqlite3_errmsg(raw_.get())));
  }
  return {};
}

Result<std::int64_t> Connection::integer(const std::string& sql) {
  auto statement = prepare(sql);
  if (!statement) return tl::unexpected(statement.error());
  const auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

void Connection::checkpoint_on_close(bool on) {
  if (raw_) sqlite3_db_config(raw_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
}

Result<bool> Connection::rewrite_log() {
  sqlite3_vfs* vfs = nullptr;
  sqlite3_file_control(raw_.get(), "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
  const char* log = sqlite3_filename_wal(sqlite3_db_filename(raw_.get(), "main"));
  int there = 0;
  if (vfs == nullptr || log == nullptr ||
      vfs->xAccess(vfs, log, SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK) {
    return fail(Errc::io, "looking for the outbox's log");
  }
  if (there == 0) return false;
  const auto words = (static_cast<std::size_t>(vfs->szOsFile) + 15) / 16;
  struct alignas(16) Word {
    std::byte bytes[16];
  };
  std::vector<Word> room(words);
  auto* file = reinterpret_cast<sqlite3_file*>(room.data());
  int code = vfs->xOpen(vfs, log, file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_WAL, nullptr);
  if (code == SQLITE_OK) {
    sqlite3_int64 size = 0;
    code = file->pMethods->xFileSize(file, &size);
    std::vector<std::byte> bytes(1 << 16);
    for (sqlite3_int64 at = 0; code == SQLITE_OK && at < size;) {
      const int n = static_cast<int>(std::min<sqlite3_int64>(size - at, 1 << 16));
      code = file->pMethods->xRead(file, bytes.data(), n, at);
      if (code == SQLITE_OK) code = file->pMethods->xWrite(file, bytes.data(), n, at);
      at += n;
    }
    if (code == SQLITE_OK && size > 0) code = file->pMethods->xSync(file, SQLITE_SYNC_FULL);
    file->pMethods->xClose(file);
    if (code == SQLITE_OK && size == 0) return false;
  }
  if (code != SQLITE_OK) {
    return tl::unexpected(sqlite_error(code, "writing the outbox's log anew", log));
  }
  return true;
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(raw_.get()) == 0; }

}  // namespace sidedish::outbox
