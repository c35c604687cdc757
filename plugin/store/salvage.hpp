#pragma once
// What can be read of a broken outbox: rows found by their mark and checksum, wherever they lie.
// Internal to plugin/store.
#include "plugin/store/sqlite.hpp"

#include <cstddef>
#include <filesystem>
#include <vector>

namespace sidedish::outbox {

struct Salvaged {
  std::vector<std::vector<std::byte>>
      rows;                 ///< whole rows, each (source, sequence) once, ascending
  std::size_t damaged = 0;  ///< marks without a good checksum
};

/// Reads the file and, beside it, "-wal", as bytes and as far as SQLite can as a database (for rows
/// in several pieces). Never fails: what cannot be read is not there. The file is not changed.
Salvaged salvage(const std::filesystem::path& file);

/// Whether the log holds rows that SQLite has passed over because something before them is damaged.
/// `db` has the file open. A transaction that a power cut has torn is the last one and was never
/// kept: that is no damage. (Damage inside the very last transaction looks the same.)
bool log_is_damaged(const std::filesystem::path& file, Connection& db);

}  // namespace sidedish::outbox
