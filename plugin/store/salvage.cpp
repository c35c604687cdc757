#include "plugin/store/salvage.hpp"

#include "plugin/store/row.hpp"
#include "plugin/store/sqlite.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <system_error>
#include <tuple>

namespace sidedish::outbox {
namespace {

using Found = std::map<RowName, std::vector<std::byte>>;

bool keep(std::span<const std::byte> bytes, Found& found) {
  const auto row = decode(bytes);
  if (!row || row->sequence == 0) return false;
  Row copy = *row;
  std::vector<std::byte> whole;
  encode(copy, whole);
  found.try_emplace(
      RowName{std::string(row->store), std::string(row->terminal), row->epoch, row->sequence},
      std::move(whole));
  return true;
}

/// Windows of the file that overlap by a whole row, so that memory stays bounded.
void scan_bytes(const std::filesystem::path& file, Found& found, std::size_t& damaged) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return;
  constexpr std::size_t kWindow = 4 << 20;
  std::vector<char> bytes;
  bool end = false;
  while (!end) {
    const std::size_t old = bytes.size();
    bytes.resize(old + kWindow);
    in.read(bytes.data() + old, kWindow);
    bytes.resize(old + static_cast<std::size_t>(in.gcount()));
    end = !in;
    const std::string_view text(bytes.data(), bytes.size());
    const std::string_view mark(kRowMagic, sizeof kRowMagic);
    // A row that begins in the last kMaxRow bytes is looked at with the next window.
    const std::size_t stop = end ? bytes.size() : bytes.size() - std::min(kMaxRow, bytes.size());
    std::size_t at = text.find(mark);
    for (; at != std::string_view::npos && at < stop; at = text.find(mark, at + 1)) {
      if (!keep(std::as_bytes(std::span(bytes)).subspan(at), found)) ++damaged;
    }
    bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(stop));
  }
}

void scan_table(const std::filesystem::path& file, Found& found) {
  std::error_code none;
  const auto size = std::filesystem::file_size(file, none);
  if (none || size == 0) return;  // SQLite removes the log of an empty file
  auto db = Connection::open_read_only(file.string());
  if (!db) return;
  std::int64_t after = 0;
  for (int failures = 0; failures < 64;) {
    auto statement = db->prepare("SELECT id, row FROM event WHERE id > ? ORDER BY id");
    if (!statement) return;
    statement->bind(1, after);
    for (;;) {
      const auto row = statement->step();
      if (!row) break;
      if (!*row) return;
      after = statement->integer(0);
      keep(statement->blob(1), found);
    }
    ++failures;
    ++after;
  }
}

/// Whether the database has never given this id.
bool is_unknown(const RowName& name, Connection& db) {
  const auto& [store, terminal, epoch, sequence] = name;
  auto next = db.prepare("SELECT next FROM source WHERE store=? AND terminal=? AND epoch=?");
  if (!next) return true;
  next->bind(1, store).bind(2, terminal).bind(3, static_cast<std::int64_t>(epoch));
  const auto known = next->step();
  return !known || !*known || static_cast<std::uint64_t>(next->integer(0)) <= sequence;
}

}  // namespace

bool log_has_unknown_rows(const std::filesystem::path& file, Connection& db) {
  Found found;
  std::size_t damaged = 0;
  scan_bytes(file.string() + "-wal", found, damaged);
  return std::any_of(found.begin(), found.end(),
                     [&](const auto& row) { return is_unknown(row.first, db); });
}

bool any_whole_copy(const std::filesystem::path& file, const std::set<RowName>& rows) {
  Found found;
  std::size_t damaged = 0;
  scan_bytes(file, found, damaged);
  scan_bytes(file.string() + "-wal", found, damaged);
  return std::any_of(rows.begin(), rows.end(),
                     [&](const RowName& row) { return found.contains(row); });
}

Salvaged salvage(const std::filesystem::path& file) {
  Found found;
  Salvaged out;
  scan_bytes(file, found, out.damaged);
  scan_bytes(file.string() + "-wal", found, out.damaged);
  scan_table(file, found);
  for (auto& [name, row] : found) out.rows.push_back(std::move(row));
  return out;
}

}  // namespace sidedish::outbox
