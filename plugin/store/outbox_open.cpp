// Opening, checking, setting a broken file aside, and coming back after a failed write.
#include "plugin/store/migrations.hpp"
#include "plugin/store/outbox_statements.hpp"
#include "plugin/store/salvage.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sidedish::outbox {
namespace {

constexpr std::int64_t kNewestThinkable = 1000;  // a user_version beyond it is damage
constexpr const char* kReadCommits = "SELECT position FROM cursor WHERE ring=''";

std::uint32_t newest_version() { return static_cast<std::uint32_t>(migrations().size()); }

/// unsupported: a newer build's. corrupt: not an outbox, or not whole. Changes nothing.
Result<void> identify(Connection& db, const std::filesystem::path& file,
                      const std::optional<Mark>& mark) {
  const auto id = db.integer("PRAGMA application_id");
  if (!id) return tl::unexpected(id.error());
  const auto tables = db.integer("SELECT count(*) FROM sqlite_schema");
  if (!tables) return tl::unexpected(tables.error());
  const auto version = db.integer("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  if (*tables > 0 && *id != kApplicationId) {
    return fail(Errc::corrupt, "the file is not an outbox");
  }
  if (*version < 0 || *version > kNewestThinkable || (*tables == 0 && *version != 0)) {
    return fail(Errc::corrupt, "the file's version makes no sense");
  }
  if (*version > newest_version()) {
    // A newer build announces itself in the mark before it touches the file.
    if (!mark || mark->version >= *version) return migrate(db, migrations());
    return fail(Errc::corrupt, "the file has a version that no build gave it");
  }
  if (sqlite3_db_readonly(db.raw(), "main") == 1 && ::access(file.c_str(), W_OK) == 0) {
    return fail(Errc::corrupt, "the file says that it must not be written");
  }
  return {};
}

/// corrupt: commits that were on disk are not in what SQLite has read.
Result<void> all_commits_there(Connection& db, const std::filesystem::path& file,
                               const std::optional<Mark>& mark) {
  if (!mark) {
    if (!log_has_unknown_rows(file, db)) return {};
    return fail(Errc::corrupt, "there is no mark, and the log has rows that the file has not");
  }
  if (mark->commits == 0) return {};
  const auto commits = db.integer(kReadCommits);
  if (!commits) return tl::unexpected(commits.error());
  if (static_cast<std::uint64_t>(*commits) >= mark->commits) return {};
  return fail(Errc::corrupt, "commits that were on disk are gone");
}

Result<void> check_pages(Connection& db) {
  auto statement = db.prepare("PRAGMA quick_check(1)");
  if (!statement) return tl::unexpected(statement.error());
  const auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  if (!*row || statement->text(0) != "ok") {
    return fail(Errc::corrupt, "quick_check", *row ? statement->text(0) : "no answer");
  }
  return {};
}

/// So that a new name survives a power cut. Best effort: some file systems refuse it.
void sync_folder(const std::filesystem::path& file) {
  const int folder = ::open(file.parent_path().c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

bool nothing_in(const std::filesystem::path& file) {
  std::error_code none;
  const auto size = std::filesystem::file_size(file, none);
  return none || size == 0;
}

std::filesystem::path ballast_of(const OutboxOptions& options) {
  return options.file.string() + ".ballast";
}

}  // namespace

Outbox::Outbox(OutboxOptions options, const Clock& clock, Random random)
    : options_(std::move(options)),
      clock_(clock),
      random_(std::move(random)),
      mark_(options_.file) {}

Result<std::unique_ptr<Outbox>> Outbox::open(OutboxOptions options, const Clock& clock,
                                             Random random) {
  std::unique_ptr<Outbox> out(new Outbox(std::move(options), clock, std::move(random)));
  if (const auto opened = out->open_file(); !opened) return tl::unexpected(opened.error());
  out->refill_ballast();
  return out;
}

Result<void> Outbox::open_file() {
  const auto attempt = [&]() -> Result<void> {
    statements_.reset();
    db_ = Connection();
    if (auto whole = replace_broken(); !whole) return whole;
    const bool known = std::filesystem::exists(options_.file);
    // SQLite removes the log of an empty file.
    if (nothing_in(options_.file) && !nothing_in(options_.file.string() + "-wal")) {
      return fail(Errc::corrupt, "the file is empty, its log is not");
    }
    const auto mark = mark_.read();
    // Only the making of the file uses a journal. One that is there after the first commit was
    // removed, and a power cut brought its name back: SQLite would undo the making.
    if (mark && mark->commits > 0) ::unlink((options_.file.string() + "-journal").c_str());
    auto db = Connection::open(options_.file.string(), options_.vfs);
    if (!db) return tl::unexpected(db.error());
    db_ = std::move(*db);
    if (options_.vfs.empty()) ::chmod(options_.file.c_str(), 0600);
    if (auto ours = identify(db_, options_.file, mark); !ours) return ours;
    if (auto there = all_commits_there(db_, options_.file, mark); !there) return there;
    // A commit whose sync failed before a restart looks committed and is on no disk.
    const auto rewritten = db_.rewrite_log();
    if (!rewritten) return tl::unexpected(rewritten.error());
    if (*rewritten) {
      db_ = Connection();
      auto again = Connection::open(options_.file.string(), options_.vfs);
      if (!again) return tl::unexpected(again.error());
      db_ = std::move(*again);
    }
    if (auto good = check_pages(db_); !good) return good;
    if (!mark || mark->version != newest_version()) {
      mark_.write({newest_version(), mark ? mark->commits : 0}, true);
    }
    if (auto done = migrate(db_, migrations()); !done) return done;
    if (auto loaded = load(); !loaded) return loaded;
    if (auto good = check_rows(); !good) return good;
    if (*rewritten) {
      // What a power cut has torn stays behind in a log that is written on: a new one begins.
      const auto emptied = db_.integer("PRAGMA wal_checkpoint(TRUNCATE)");
      if (!emptied && emptied.error().code() != Errc::limit) {
        return tl::unexpected(emptied.error());
      }
    }
    if (!known) sync_folder(options_.file);
    auto statements = Statements::prepare(db_);
    if (!statements) return tl::unexpected(statements.error());
    statements_ = std::move(*statements);
    return {};
  };
  auto done = attempt();
  if (!done && done.error().code() == Errc::limit) {
    // A full disk also blocks opening: the log must be written back.
    if (drop_ballast()) done = attempt();
  }
  if (!done && done.error().code() == Errc::corrupt) {
    done = set_aside_and_salvage(done.error().text());
    if (done) done = attempt();
  }
  if (!done) {
    statements_.reset();
    db_ = Connection();
    return done;
  }
  degraded_ = false;
  damaged_.clear();
  mark_.write({newest_version(), commits_}, false);
  db_.checkpoint_on_close(true);
  return done;
}

// The broken file stays where it is until all that can be read of it stands, synced, in a file of its
// own: a crash or a full disk in between loses nothing, the next start begins again or finishes.
Result<void> Outbox::set_aside_and_salvage(std::string_view why) {
  statements_.reset();
  db_.checkpoint_on_close(false);  // the log is evidence
  db_ = Connection();
  const Salvaged found = salvage(options_.file);
  const auto fresh = [&]() -> Result<void> {
    const std::string file = options_.file.string() + ".fresh";
    for (const char* part : {"", "-wal", "-journal"}) ::unlink((file + part).c_str());
    auto db = Connection::open(file, options_.vfs);
    if (!db) return tl::unexpected(db.error());
    db_ = std::move(*db);
    if (auto made = migrate(db_, migrations()); !made) return made;
    auto statements = Statements::prepare(db_);
    if (!statements) return tl::unexpected(statements.error());
    statements_ = std::move(*statements);
    if (auto empty = load(); !empty) return empty;
    auto adopted = transact_once([&]() -> Result<void> {
      const auto rows = static_cast<std::int64_t>(found.rows.size());
      if (auto r = add_counter("outbox_broken", 1); !r) return r;
      if (auto r = add_counter("outbox_salvaged", rows); !r) return r;
      const auto damaged = static_cast<std::int64_t>(found.damaged);
      if (auto r = add_counter("outbox_rows_damaged", damaged); !r) return r;
      return adopt(found.rows);
    });
    if (!adopted) return adopted;
    statements_.reset();
    if (auto r = db_.integer("PRAGMA wal_checkpoint(TRUNCATE)"); !r) {
      return tl::unexpected(r.error());
    }
    db_.checkpoint_on_close(true);
    return {};
  };
  auto done = fresh();
  if (!done && done.error().code() == Errc::limit && drop_ballast()) done = fresh();
  statements_.reset();
  db_ = Connection();
  // Trouble with the new file is the disk's: the old one is tried again later.
  if (!done) {
    return done.error().code() == Errc::corrupt ? fail(Errc::io, "writing the salvaged rows", why)
                                                : done;
  }
  const std::string file = options_.file.string();
  if (::rename((file + ".fresh").c_str(), (file + ".salvaged").c_str()) != 0) {
    return fail(Errc::io, "setting the broken outbox aside", std::strerror(errno));
  }
  return replace_broken();
}

/// If everything was salvaged into a file of its own: sets the broken one aside, puts that in its
/// place. Each step may have been done before.
Result<void> Outbox::replace_broken() {
  const std::string file = options_.file.string();
  const std::string salvaged = file + ".salvaged";
  if (::access(salvaged.c_str(), F_OK) != 0) return {};
  std::string kept;
  for (UtcMs stamp = clock_.now();; ++stamp) {
    kept = file + ".broken-" + std::to_string(stamp);
    if (::access(kept.c_str(), F_OK) != 0 && ::access((kept + "-wal").c_str(), F_OK) != 0) break;
  }
  const auto move = [](const std::string& from, const std::string& to) {
    return ::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT;
  };
  // The log first: never a fresh file beside a stranger's log.
  const bool moved = move(file + "-wal", kept + "-wal") && move(file, kept);
  if (moved) mark_.remove();  // it speaks of the broken one
  if (!moved || ::rename(salvaged.c_str(), file.c_str()) != 0) {
    return fail(Errc::io, "setting the broken outbox aside", std::strerror(errno));
  }
  sync_folder(options_.file);
  broken_file_ = kept;
  return {};
}

/// Salvaged rows keep their ids: what head office has counted already, it drops by id.
Result<void> Outbox::adopt(const std::vector<std::vector<std::byte>>& rows) {
  for (const auto& bytes : rows) {
    const auto row = decode(bytes);
    if (!row) return tl::unexpected(row.error());
    const format::Source name{std::string(row->store), std::string(row->terminal), row->epoch};
    SourceRow* source = find(name);
    if (source == nullptr) {
      const auto no = add_source(name, row->sequence, false);
      if (!no) return tl::unexpected(no.error());
      source = find(*no);
    }
    if (auto r = put_row(event_id(source->no, row->sequence), rank_of(row->kind), bytes); !r) {
      return r;
    }
    source->next = row->sequence + 1;
    ++source->pending;
    ++pending_;
    statements_->source_next.bind(1, source->no);
    statements_->source_next.bind(2, static_cast<std::int64_t>(source->next));
    if (auto r = statements_->source_next.run(); !r) return r;
  }
  return {};
}

Result<void> Outbox::load() {
  sources_.clear();
  salvaged_.clear();
  pending_ = quarantined_ = 0;
  auto list =
      db_.prepare("SELECT no, store, terminal, epoch, next, active FROM source ORDER BY no");
  if (!list) return tl::unexpected(list.error());
  for (;;) {
    const auto row = list->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    SourceRow source;
    source.no = list->integer(0);
    source.name = {std::string(list->text(1)), std::string(list->text(2)),
                   static_cast<std::uint64_t>(list->integer(3))};
    source.next = static_cast<std::uint64_t>(list->integer(4));
    source.active = list->integer(5) != 0;
    sources_.push_back(std::move(source));
  }
  for (SourceRow& source : sources_) {
    auto count = db_.prepare("SELECT count(*) FROM event WHERE id BETWEEN ? AND ?");
    if (!count) return tl::unexpected(count.error());
    count->bind(1, event_id(source.no, 0)).bind(2, event_id(source.no + 1, 0) - 1);
    const auto row = count->step();
    if (!row) return tl::unexpected(row.error());
    source.pending = static_cast<std::uint64_t>(count->integer(0));
    pending_ += source.pending;
    auto given = db_.prepare(
        "SELECT max(id) FROM (SELECT id FROM event WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)");
    if (!given) return tl::unexpected(given.error());
    given->bind(1, event_id(source.no, 0)).bind(2, event_id(source.no + 1, 0) - 1);
    // Of a salvaged file nobody knows what was counted.
    given->bind(3, source.active ? static_cast<std::int64_t>(format::kMaxEvents) : -1);
    const auto last = given->step();
    if (!last) return tl::unexpected(last.error());
    if (source.pending > 0) source.given = sequence_of(given->integer(0));
    if (source.active || source.pending == 0) continue;
    auto rows = db_.prepare("SELECT row FROM event WHERE id BETWEEN ? AND ?");
    if (!rows) return tl::unexpected(rows.error());
    rows->bind(1, event_id(source.no, 0)).bind(2, event_id(source.no + 1, 0) - 1);
    for (;;) {
      const auto more = rows->step();
      if (!more) return tl::unexpected(more.error());
      if (!*more) break;
      const auto one = decode(rows->blob(0));
      if (one && one->record.counter != 0) {
        salvaged_.emplace(one->record.epoch, one->record.counter);
      }
    }
  }
  const auto aside = db_.integer("SELECT count(*) FROM quarantine");
  if (!aside) return tl::unexpected(aside.error());
  quarantined_ = static_cast<std::uint64_t>(*aside);
  const auto commits = db_.integer(kReadCommits);
  if (!commits) return tl::unexpected(commits.error());
  commits_ = static_cast<std::uint64_t>(*commits);
  return {};
}

// A damaged row that is whole nowhere is left to next(), which sets it aside and names its id;
// whatever else is wrong with rows, salvage mends.
Result<void> Outbox::check_rows() {
  auto rows = db_.prepare("SELECT id, row FROM event ORDER BY id");
  if (!rows) return tl::unexpected(rows.error());
  std::set<RowName> damaged;
  std::map<std::int64_t, std::uint64_t> last;
  for (;;) {
    const auto more = rows->step();
    if (!more) return tl::unexpected(more.error());
    if (!*more) break;
    const std::uint64_t sequence = sequence_of(rows->integer(0));
    const SourceRow* source = find(source_of(rows->integer(0)));
    if (source == nullptr) return fail(Errc::corrupt, "a row of no source");
    last[source->no] = sequence;
    const format::Source& name = source->name;
    const auto row = decode(rows->blob(1));
    if (!row) {
      damaged.emplace(name.store, name.terminal, name.epoch, sequence);
    } else if (row->sequence != sequence || row->epoch != name.epoch || row->store != name.store ||
               row->terminal != name.terminal) {
      return fail(Errc::corrupt, "a row lies under another's id");
    }
  }
  for (const auto& [no, sequence] : last) {
    if (find(no)->next != sequence + 1) return fail(Errc::corrupt, "a source's next id is wrong");
  }
  if (!damaged.empty() && any_whole_copy(options_.file, damaged)) {
    return fail(Errc::corrupt, "a row is damaged, and whole elsewhere");
  }
  return {};
}

void Outbox::judge(const Error& error) {
  if (error.code() != Errc::io && error.code() != Errc::corrupt) return;
  degraded_ = true;
  if (error.code() == Errc::corrupt) damaged_ = error.text();
}

// A failed sync is not repeated: the connection still knows which commits are on disk. Only those go
// into the file, and the log with the failed one is emptied; whoever offered it offers it again.
Result<void> Outbox::recover() {
  if (degraded_ && db_.raw() != nullptr) {
    statements_.reset();
    if (db_.in_transaction()) static_cast<void>(db_.execute("ROLLBACK"));
    auto emptied = db_.integer("PRAGMA wal_checkpoint(TRUNCATE)");
    if (!emptied && emptied.error().code() == Errc::limit && drop_ballast()) {
      emptied = db_.integer("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    if (!emptied && damaged_.empty() && emptied.error().code() != Errc::corrupt) {
      return tl::unexpected(emptied.error());
    }
    if (emptied && *emptied != 0) return fail(Errc::io, "the outbox's log cannot be emptied");
  }
  if (!damaged_.empty()) {
    // What was found while at work, a check may not find: it is believed.
    if (auto saved = set_aside_and_salvage(damaged_); !saved) return saved;
    damaged_.clear();
  }
  return open_file();
}

Result<void> Outbox::ready() {
  if (!degraded_ && statements_) return {};
  return recover();
}

Result<void> Outbox::drop_ballast() {
  disk_full_ = true;
  if (::unlink(ballast_of(options_).c_str()) != 0) {
    return fail(Errc::limit, "the disk is full and its reserve is used up");
  }
  return {};
}

void Outbox::refill_ballast() {
  if (options_.ballast == 0) return;
  const auto path = ballast_of(options_);
  struct stat about {};
  if (::stat(path.c_str(), &about) == 0 && about.st_size == static_cast<off_t>(options_.ballast)) {
    return;
  }
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return;
  if (::posix_fallocate(file, 0, static_cast<off_t>(options_.ballast)) != 0) {
    ::unlink(path.c_str());
  }
  ::close(file);
}

}  // namespace sidedish::outbox
