// Opening, checking, setting a broken file aside, and coming back after a failed write.
#include "plugin/store/migrations.hpp"
#include "plugin/store/outbox_statements.hpp"
#include "plugin/store/salvage.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace sidedish::outbox {
namespace {

constexpr std::int64_t kNewestThinkable = 1000;  // a user_version beyond it is damage

/// not corrupt: the file is ours and whole, or new.
Result<void> check(Connection& db) {
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
  auto statement = db.prepare("PRAGMA quick_check(1)");
  if (!statement) return tl::unexpected(statement.error());
  const auto row = statement->step();
  if (!row) return tl::unexpected(row.error());
  if (!*row || statement->text(0) != "ok") {
    return fail(Errc::corrupt, "quick_check", *row ? statement->text(0) : "no answer");
  }
  return {};
}

std::filesystem::path ballast_of(const OutboxOptions& options) {
  return options.file.string() + ".ballast";
}

}  // namespace

Outbox::Outbox(OutboxOptions options, const Clock& clock, Random random)
    : options_(std::move(options)), clock_(clock), random_(std::move(random)) {}

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
    auto db = Connection::open(options_.file.string(), options_.vfs);
    if (!db) return tl::unexpected(db.error());
    db_ = std::move(*db);
    if (options_.vfs.empty()) ::chmod(options_.file.c_str(), 0600);
    if (auto good = check(db_); !good) return good;
    if (auto done = migrate(db_, migrations()); !done) return done;
    auto statements = Statements::prepare(db_);
    if (!statements) return tl::unexpected(statements.error());
    statements_ = std::move(*statements);
    // What a failed sync left in the log is written once more, into the file, and synced.
    if (degraded_) {
      if (auto done = db_.integer("PRAGMA wal_checkpoint(TRUNCATE)"); !done) {
        return tl::unexpected(done.error());
      }
    }
    return load();
  };
  auto done = attempt();
  if (!done && done.error().code() == Errc::limit) {
    // A full disk also blocks opening: the log must be written back.
    if (drop_ballast()) done = attempt();
  }
  if (!done && done.error().code() == Errc::corrupt) {
    return set_aside_and_salvage(done.error().text());
  }
  if (done) degraded_ = false;
  return done;
}

Result<void> Outbox::set_aside_and_salvage(std::string_view why) {
  statements_.reset();
  db_ = Connection();
  std::filesystem::path kept;
  for (UtcMs stamp = clock_.now();; ++stamp) {
    kept = options_.file.string() + ".broken-" + std::to_string(stamp);
    if (!std::filesystem::exists(std::filesystem::symlink_status(kept))) break;
  }
  std::error_code error;
  // The log first: a crash between the two leaves a file whose log is gone, not a fresh file with
  // a stranger's log.
  std::filesystem::rename(options_.file.string() + "-wal", kept.string() + "-wal", error);
  std::filesystem::rename(options_.file, kept, error);
  if (error) return fail(Errc::io, "setting the broken outbox aside", error.message());
  broken_file_ = kept.string();
  const Salvaged found = salvage(kept);
  const auto fresh = [&]() -> Result<void> {
    auto db = Connection::open(options_.file.string(), options_.vfs);
    if (!db) return tl::unexpected(db.error());
    db_ = std::move(*db);
    if (options_.vfs.empty()) ::chmod(options_.file.c_str(), 0600);
    if (auto made = migrate(db_, migrations()); !made) return made;
    auto statements = Statements::prepare(db_);
    if (!statements) return tl::unexpected(statements.error());
    statements_ = std::move(*statements);
    return load();
  };
  auto done = fresh();
  if (!done && done.error().code() == Errc::limit && drop_ballast()) done = fresh();
  if (!done) return done;
  degraded_ = false;
  done = transact_once([&]() -> Result<void> {
    if (auto r = add_counter("outbox_broken", 1); !r) return r;
    if (auto r = add_counter("outbox_salvaged", static_cast<std::int64_t>(found.rows.size())); !r) {
      return r;
    }
    if (auto r = add_counter("outbox_rows_damaged", static_cast<std::int64_t>(found.damaged)); !r) {
      return r;
    }
    return adopt(found.rows);
  });
  if (!done)
    return done.error().code() == Errc::corrupt ? fail(Errc::io, "writing the salvaged rows", why)
                                                : done;
  return load();
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
  return {};
}

Result<void> Outbox::recover() { return open_file(); }

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
