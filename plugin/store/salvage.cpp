#include "plugin/store/salvage.hpp"

#include "plugin/store/row.hpp"
#include "plugin/store/sqlite.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace sidedish::outbox {
namespace {

using Name = std::tuple<std::string, std::string, std::uint64_t, std::uint64_t>;
using Found = std::map<Name, std::vector<std::byte>>;

bool keep(std::span<const std::byte> bytes, Found& found) {
  const auto row = decode(bytes);
  if (!row || row->sequence == 0) return false;
  Row copy = *row;
  std::vector<std::byte> whole;
  encode(copy, whole);
  found.try_emplace(
      Name{std::string(row->store), std::string(row->terminal), row->epoch, row->sequence},
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

std::uint32_t big(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8U | static_cast<std::uint8_t>(bytes[at + i]);
  }
  return value;
}

/// The running checksum of SQLite's log (fileformat2, "The WAL File Format").
struct LogSum {
  bool big_endian;
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  void add(const std::string& bytes, std::size_t at, std::size_t size) {
    for (const std::size_t end = at + size; at < end; at += 8) {
      a += word(bytes, at) + b;
      b += word(bytes, at + 4) + a;
    }
  }
  std::uint32_t word(const std::string& bytes, std::size_t at) const {
    const std::uint32_t value = big(bytes, at);
    return big_endian ? value : __builtin_bswap32(value);
  }
};

constexpr std::size_t kLogHeader = 32;
constexpr std::size_t kFrameHeader = 24;
constexpr std::size_t kPage = 8192;

bool log_header_good(const std::string& log) {
  const std::uint32_t magic = big(log, 0);
  LogSum sum{(magic & 1U) != 0};
  sum.add(log, 0, 24);
  return (magic & ~1U) == 0x377F0682 && big(log, 8) == kPage && sum.a == big(log, 24) &&
         sum.b == big(log, 28);
}

/// Whether this frame follows from the checksum that stands before it.
bool frame_good(const std::string& log, std::size_t at) {
  const std::size_t before = at == kLogHeader ? 24 : at - kPage - kFrameHeader + 16;
  LogSum sum{(big(log, 0) & 1U) != 0, big(log, before), big(log, before + 4)};
  sum.add(log, at, 8);
  sum.add(log, at + kFrameHeader, kPage);
  return sum.a == big(log, at + 16) && sum.b == big(log, at + 20);
}

/// Offset of the first frame that SQLite does not take; the log's size when it takes all.
std::size_t first_refused(const std::string& log) {
  const std::uint32_t magic = big(log, 0);
  LogSum sum{(magic & 1U) != 0};
  sum.add(log, 0, 24);
  if (!log_header_good(log)) return kLogHeader;
  std::size_t at = kLogHeader;
  for (; at + kFrameHeader + kPage <= log.size(); at += kFrameHeader + kPage) {
    sum.add(log, at, 8);
    sum.add(log, at + kFrameHeader, kPage);
    if (log.compare(at + 8, 8, log, 16, 8) != 0 || sum.a != big(log, at + 16) ||
        sum.b != big(log, at + 20)) {
      return at;
    }
  }
  return log.size();
}

/// Whether the database has never given this id.
bool is_unknown(const Name& name, Connection& db) {
  const auto& [store, terminal, epoch, sequence] = name;
  auto next = db.prepare("SELECT next FROM source WHERE store=? AND terminal=? AND epoch=?");
  if (!next) return true;
  next->bind(1, store).bind(2, terminal).bind(3, static_cast<std::int64_t>(epoch));
  const auto known = next->step();
  return !known || !*known || static_cast<std::uint64_t>(next->integer(0)) <= sequence;
}

}  // namespace

bool log_is_damaged(const std::filesystem::path& file, Connection& db) {
  std::ifstream in(file.string() + "-wal", std::ios::binary);
  const std::string log{std::istreambuf_iterator<char>(in), {}};
  if (log.size() < kLogHeader + kFrameHeader + kPage) return false;
  const std::size_t refused = first_refused(log);
  // Frames by their salts, which name a generation of the log: the header's; if the header is what
  // is damaged, any. Older generations are in the file. Of each, the last transaction does not
  // count: it may be torn.
  struct Generation {
    Found open, last, before;
  };
  const bool header = log_header_good(log);
  std::map<std::string, Generation> generations;
  for (std::size_t at = refused; at + kFrameHeader + kPage <= log.size();
       at += kFrameHeader + kPage) {
    if (header && log.compare(at + 8, 8, log, 16, 8) != 0) continue;
    Generation& generation = generations[log.substr(at + 8, 8)];
    const std::string_view page(log.data() + at + kFrameHeader, kPage);
    const std::string_view mark(kRowMagic, sizeof kRowMagic);
    for (std::size_t row = page.find(mark); row != std::string_view::npos;
         row = page.find(mark, row + 1)) {
      keep(std::as_bytes(std::span(page)).subspan(row), generation.open);
    }
    if (big(log, at + 4) == 0 || !frame_good(log, at)) continue;  // no commit, or a torn frame
    generation.before.merge(generation.last);
    generation.last = std::exchange(generation.open, {});
  }
  return std::any_of(generations.begin(), generations.end(), [&](const auto& entry) {
    return std::any_of(entry.second.before.begin(), entry.second.before.end(),
                       [&](const auto& row) { return is_unknown(row.first, db); });
  });
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
