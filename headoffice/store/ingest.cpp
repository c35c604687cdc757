// SqliteStorage::ingest(): one transaction, in two passes. The first only looks: which ids are
// known with other content, and from where on each such source must be left alone. The second takes
// what is new, adds it to the totals, and moves marks and gaps.
#include "headoffice/store/fence.hpp"
#include "headoffice/store/sales.hpp"
#include "headoffice/store/sequence.hpp"
#include "headoffice/store/totals.hpp"

#include <algorithm>
#include <set>

namespace sidedish::headoffice {
namespace {

struct Source {
  std::int64_t id = 0;
  std::int64_t store = 0;
  SequenceSet had;                              ///< before this batch
  SequenceSet sequence;                         ///< with what was taken from it
  std::map<std::uint64_t, ContentDigest> seen;  ///< in this batch
  std::uint64_t conflict = 0;                   ///< lowest id with other content
  std::map<std::string, std::int64_t> types;
};

using SourceName = std::tuple<std::string, std::string, std::string>;

class Ingest {
 public:
  Ingest(Database& db, const IncomingBatch& batch)
      : db_(db), batch_(batch), totals_(db), sales_(db, totals_) {}

  BatchResult run() {
    for (const IncomingEvent& event : batch_.events) look(event);
    for (const IncomingEvent& event : batch_.events) take(event);
    totals_.save();
    for (auto& [name, source] : sources_) save(name, source);
    for (const auto& [name, n] : counters_) {
      db_.run(
             "INSERT INTO counter (name, n) VALUES (?, ?)"
             " ON CONFLICT (name) DO UPDATE SET n = n + excluded.n")
          .with(name, n)
          .done();
    }
    return std::move(result_);
  }

 private:
  Source& source_of(const IncomingEvent& event) {
    const SourceName name{event.store, event.terminal, event.epoch};
    const auto found = sources_.find(name);
    if (found != sources_.end()) return found->second;
    Source source;
    std::int64_t terminal = 0;
    {
      Run query = db_.run(
          "SELECT terminal_id, terminal.store_id FROM terminal JOIN store USING (store_id)"
          " WHERE store.id = ? AND terminal.id = ?");
      if (!query.with(event.store, event.terminal).step()) {
        throw Refused{{Errc::denied, "there is no terminal " + event.terminal + " in a store " +
                                         event.store + ": nothing was taken"}};
      }
      terminal = query.integer(0);
      source.store = query.integer(1);
    }
    db_.run(
           "INSERT INTO source (terminal_id, epoch, high_water, conflicts, first_at, last_at)"
           " VALUES (?, ?, 0, 0, ?, ?) ON CONFLICT (terminal_id, epoch) DO NOTHING")
        .with(terminal, event.epoch, batch_.received_at, batch_.received_at)
        .done();
    Run mark =
        db_.run("SELECT source_id, high_water FROM source WHERE terminal_id = ? AND epoch = ?");
    mark.with(terminal, event.epoch).step();
    source.id = mark.integer(0);
    SequenceSet::Gaps gaps;
    Run query = db_.run("SELECT first, last FROM gap WHERE source_id = ?");
    query.with(source.id);
    while (query.step()) {
      gaps.emplace(static_cast<std::uint64_t>(query.integer(0)),
                   static_cast<std::uint64_t>(query.integer(1)));
    }
    source.had = SequenceSet(static_cast<std::uint64_t>(mark.integer(1)), std::move(gaps));
    source.sequence = source.had;
    return sources_.emplace(name, std::move(source)).first->second;
  }

  /// What was counted under this id before this batch; nothing when it lies in a tombstone, or is
  /// older than what is kept.
  std::optional<ContentDigest> stored(const Source& source, std::uint64_t seq) {
    Run query = db_.run("SELECT digest FROM event WHERE source_id = ? AND seq = ?");
    if (!query.with(source.id, static_cast<std::int64_t>(seq)).step()) return std::nullopt;
    const std::string bytes = query.blob(0);
    ContentDigest digest{};
    if (bytes.size() != digest.size()) throw DbError(SQLITE_CORRUPT, "a digest has a wrong size");
    std::memcpy(digest.data(), bytes.data(), bytes.size());
    return digest;
  }

  void look(const IncomingEvent& event) {
    Source& source = source_of(event);
    std::optional<ContentDigest> known;
    if (const auto here = source.seen.find(event.seq); here != source.seen.end()) {
      known = here->second;
    } else if (source.had.has(event.seq)) {
      known = stored(source, event.seq);
    }
    source.seen.emplace(event.seq, event.digest);
    if (known && *known != event.digest) {
      source.conflict = source.conflict == 0 ? event.seq : std::min(source.conflict, event.seq);
    }
  }

  void take(const IncomingEvent& event) {
    Source& source = source_of(event);
    if (source.conflict != 0 && event.seq >= source.conflict) return;
    if (source.sequence.has(event.seq)) {
      ++result_.duplicate;
      ++counters_["events_duplicate"];
      if (in_tombstone(source, event.seq)) ++counters_["events_after_their_tombstone"];
      return;
    }
    if (!event.refused.empty()) return reject(source, event, event.refused);
    if (!add_to_totals(source, event)) {
      return reject(source, event, "a total of its day would no longer fit into 64 bits");
    }
    db_.run(
           "INSERT INTO event (source_id, seq, type, at, received_at, day, digest, json)"
           " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .with(source.id, static_cast<std::int64_t>(event.seq), event.type, event.at,
              batch_.received_at, std::int64_t{event.day}, std::span<const std::byte>(event.digest),
              event.json)
        .done();
    source.sequence.add(event.seq);
    ++source.types[event.type];
    ++result_.accepted;
    ++counters_["events_accepted"];
    if (event.day_from_receipt) ++counters_["events_dated_by_receipt"];
    if (const auto* tombstone = std::get_if<TombstoneFacts>(&event.facts)) {
      bury(source, event, *tombstone);
    } else if (const auto* audit = std::get_if<AuditFacts>(&event.facts)) {
      keep_audit(source, event, *audit);
    }
  }

  bool add_to_totals(const Source& source, const IncomingEvent& event) {
    const Place place{source.store, source.id, static_cast<std::int64_t>(event.seq),
                      event.day_from_receipt ? 0 : event.at, event.day};
    if (const auto* prompt = std::get_if<PromptFacts>(&event.facts)) {
      if (!totals_.add(event.day, source.store, *prompt)) return false;
      if (prompt->kind == "returned") sales_.came_back(place, *prompt);
    } else if (const auto* basket = std::get_if<BasketFacts>(&event.facts)) {
      if (!totals_.add(event.day, source.store, *basket)) return false;
      sales_.closed(place, *basket);
    }
    return true;
  }

  void reject(const Source& source, const IncomingEvent& event, const std::string& detail) {
    db_.run(
           "INSERT INTO rejected (source_id, seq, digest, detail, json, first_at, last_at, times)"
           " VALUES (?, ?, ?, ?, ?, ?, ?, 1)"
           " ON CONFLICT (source_id, seq, digest) DO UPDATE SET"
           " detail = excluded.detail, last_at = excluded.last_at, times = times + 1")
        .with(source.id, static_cast<std::int64_t>(event.seq),
              std::span<const std::byte>(event.digest), detail, event.json, batch_.received_at,
              batch_.received_at)
        .done();
    ++counters_["events_rejected"];
    result_.rejected.push_back({event.seq, detail});
  }

  bool in_tombstone(const Source& source, std::uint64_t seq) {
    Run query = db_.run("SELECT 1 FROM tombstone WHERE source_id = ? AND first <= ? AND last >= ?");
    const auto at = static_cast<std::int64_t>(seq);
    return query.with(source.id, at, at).step();
  }

  void bury(Source& source, const IncomingEvent& event, const TombstoneFacts& tombstone) {
    const std::uint64_t here = source.sequence.close(tombstone.first, tombstone.last);
    if (here > 0) counters_["events_counted_and_in_a_tombstone"] += static_cast<std::int64_t>(here);
    db_.run("INSERT INTO tombstone (source_id, first, last, seq, why) VALUES (?, ?, ?, ?, ?)")
        .with(source.id, static_cast<std::int64_t>(tombstone.first),
              static_cast<std::int64_t>(tombstone.last), static_cast<std::int64_t>(event.seq),
              tombstone.why)
        .done();
  }

  void keep_audit(const Source& source, const IncomingEvent& event, const AuditFacts& audit) {
    {
      Run newer = db_.run("SELECT 1 FROM audit WHERE source_id = ? AND seq > ?");
      if (newer.with(source.id, static_cast<std::int64_t>(event.seq)).step()) return;
    }
    db_.run("INSERT OR REPLACE INTO audit (source_id, seq, day, last) VALUES (?, ?, ?, ?)")
        .with(source.id, static_cast<std::int64_t>(event.seq), audit.day,
              static_cast<std::int64_t>(audit.last))
        .done();
    db_.run("DELETE FROM audit_count WHERE source_id = ?").with(source.id).done();
    const auto write = [&](std::string_view what, const std::vector<NamedCount>& counts) {
      for (const NamedCount& count : counts) {
        db_.run("INSERT OR REPLACE INTO audit_count (source_id, what, name, n) VALUES (?, ?, ?, ?)")
            .with(source.id, what, count.name, count.n)
            .done();
      }
    };
    write("type", audit.types);
    write("counter", audit.counters);
  }

  void save(const SourceName& name, const Source& source) {
    if (source.conflict != 0) {
      ++counters_["source_conflicts"];
      result_.conflict =
          SourceConflict{std::get<0>(name), std::get<1>(name), std::get<2>(name), source.conflict};
    }
    db_.run(
           "UPDATE source SET high_water = ?, conflicts = conflicts + ?, last_at = ?"
           " WHERE source_id = ?")
        .with(static_cast<std::int64_t>(source.sequence.high_water()),
              std::int64_t{source.conflict != 0 ? 1 : 0}, batch_.received_at, source.id)
        .done();
    for (const auto& [first, last] : source.had.gaps()) {
      if (const auto now = source.sequence.gaps().find(first);
          now == source.sequence.gaps().end() || now->second != last) {
        db_.run("DELETE FROM gap WHERE source_id = ? AND first = ?")
            .with(source.id, static_cast<std::int64_t>(first))
            .done();
      }
    }
    for (const auto& [first, last] : source.sequence.gaps()) {
      if (const auto before = source.had.gaps().find(first);
          before == source.had.gaps().end() || before->second != last) {
        db_.run("INSERT INTO gap (source_id, first, last) VALUES (?, ?, ?)")
            .with(source.id, static_cast<std::int64_t>(first), static_cast<std::int64_t>(last))
            .done();
      }
    }
    for (const auto& [type, n] : source.types) {
      db_.run(
             "INSERT INTO type_count (source_id, type, n) VALUES (?, ?, ?)"
             " ON CONFLICT (source_id, type) DO UPDATE SET n = n + excluded.n")
          .with(source.id, type, n)
          .done();
    }
  }

  Database& db_;
  const IncomingBatch& batch_;
  Totals totals_;
  Sales sales_;
  std::map<SourceName, Source> sources_;
  std::map<std::string, std::int64_t> counters_;
  BatchResult result_;
};

}  // namespace

Result<BatchResult> SqliteStorage::ingest(const IncomingBatch& batch) {
  return fenced("counting a batch of outcomes", [&](Database& db) {
    for (const IncomingEvent& event : batch.events) {
      if (event.seq == 0 || event.seq > kMaxSequence) {
        throw Refused{{Errc::invalid, "an event's sequence is out of range: nothing was taken"}};
      }
    }
    Transaction transaction(db);
    BatchResult result = Ingest(db, batch).run();
    transaction.commit();
    return result;
  });
}

}  // namespace sidedish::headoffice
