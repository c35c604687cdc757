#pragma once
// What can be read of a broken outbox: rows found by their mark and checksum, wherever they lie.
// Internal to plugin/store.
#include "plugin/store/sqlite.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <tuple>
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

/// Store, terminal, epoch, sequence.
using RowName = std::tuple<std::string, std::string, std::uint64_t, std::uint64_t>;

/// Whether the log holds whole rows whose ids the database, which has the file open, has never
/// given: of commits that SQLite has passed over because something before them is damaged, or of the
/// last one, which a power cut has torn and which was never kept. A mark (mark.hpp) tells the two
/// apart; this is for when there is none, and takes both for damage: nothing is lost by that.
bool log_has_unknown_rows(const std::filesystem::path& file, Connection& db);

/// Whether file or log hold a whole copy of one of these, wherever it lies.
bool any_whole_copy(const std::filesystem::path& file, const std::set<RowName>& rows);

}  // namespace sidedish::outbox
