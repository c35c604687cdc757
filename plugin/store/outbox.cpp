#include "plugin/store/outbox.hpp"

#include "plugin/store/migrations.hpp"
#include "plugin/store/outbox_statements.hpp"
#include "rules/format/wire_words.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace sidedish::outbox {
namespace {

constexpr std::string_view kCommits = "";     // the cursor of no ring counts commits
constexpr std::string_view kAudit = "audit";  // and this one is a day

}  // namespace

Result<void> Outbox::transact_once(const std::function<Result<void>()>& work) {
  auto done = statements_->begin.run();
  if (done) done = work();
  if (done) {
    statements_->cursor_set.bind(1, kCommits);
    statements_->cursor_set.bind(2, static_cast<std::int64_t>(commits_ + 1));
    done = statements_->cursor_set.run();
  }
  if (done) done = statements_->commit.run();
  if (done) {
    ++commits_;
    return done;
  }
  if (db_.in_transaction()) static_cast<void>(db_.execute("ROLLBACK"));
  return done;
}

Result<void> Outbox::transact(const std::function<Result<void>()>& work) {
  if (auto r = ready(); !r) return r;
  auto done = transact_once(work);
  if (done) {
    mark_.write({static_cast<std::uint32_t>(migrations().size()), commits_}, false);
    if (disk_full_) {
      shrink_log();
      disk_full_ = false;
      refill_ballast();
    }
    return done;
  }
  // What SQLite's cache and our lists hold may be ahead of the file now.
  const Errc code = done.error().code();
  if (code == Errc::limit) {
    disk_full_ = true;
    shrink_log();
    if (auto r = load(); !r) degraded_ = true;
  } else if (code == Errc::io || code == Errc::corrupt) {
    judge(done.error());
  } else if (auto r = load(); !r) {
    degraded_ = true;
  }
  return done;
}

/// On a full disk the log must not grow beside rows that are deleted: what it holds goes into the
/// file, as far as there is room, and it becomes empty.
void Outbox::shrink_log() {
  const auto done = db_.integer("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!done && done.error().code() != Errc::limit) judge(done.error());
}

Outbox::SourceRow* Outbox::find(const format::Source& source) {
  const auto at = std::find_if(sources_.begin(), sources_.end(),
                               [&](const SourceRow& row) { return row.name == source; });
  return at == sources_.end() ? nullptr : &*at;
}
Outbox::SourceRow* Outbox::find(std::int64_t no) {
  const auto at = std::find_if(sources_.begin(), sources_.end(),
                               [&](const SourceRow& row) { return row.no == no; });
  return at == sources_.end() ? nullptr : &*at;
}

Result<std::int64_t> Outbox::add_source(const format::Source& source, std::uint64_t next,
                                        bool active) {
  statements_->source_add.bind(1, source.store).bind(2, source.terminal);
  statements_->source_add.bind(3, static_cast<std::int64_t>(source.epoch));
  statements_->source_add.bind(4, static_cast<std::int64_t>(next)).bind(5, active ? 1 : 0);
  if (auto r = statements_->source_add.run(); !r) return tl::unexpected(r.error());
  const auto no = db_.integer("SELECT last_insert_rowid()");
  if (!no) return no;
  sources_.push_back({*no, source, next, 0, active});
  return no;
}

Result<std::int64_t> Outbox::source_for(std::string_view store, std::string_view terminal) {
  for (const SourceRow& source : sources_) {
    if (source.active && source.name.store == store && source.name.terminal == terminal) {
      return source.no;
    }
  }
  std::uint64_t epoch = 0;
  const auto taken = [&] {
    return std::any_of(sources_.begin(), sources_.end(),
                       [&](const SourceRow& source) { return source.name.epoch == epoch; });
  };
  while (epoch == 0 || taken()) epoch = random_();
  return add_source({std::string(store), std::string(terminal), epoch}, 1, true);
}

Result<void> Outbox::put_row(std::int64_t id, int rank, std::span<const std::byte> row) {
  statements_->event_add.bind(1, id).bind(2, rank).bind(3, row);
  return statements_->event_add.run();
}

/// Gives the next sequence of the source; the caller writes source.next once at the end.
Result<void> Outbox::put(std::int64_t no, Row row) {
  SourceRow* source = find(no);
  row.epoch = source->name.epoch;
  row.store = source->name.store;
  row.terminal = source->name.terminal;
  row.sequence = source->next;
  encode(row, scratch_);
  if (scratch_.size() > kMaxRow) return fail(Errc::invalid, "an event is too large to keep");
  if (auto r = put_row(event_id(no, row.sequence), rank_of(row.kind), scratch_); !r) return r;
  ++source->next;
  ++source->pending;
  ++pending_;
  statements_->source_next.bind(1, no).bind(2, static_cast<std::int64_t>(source->next));
  if (auto r = statements_->source_next.run(); !r) return r;
  return add_sent(no, row.kind, 1);
}

Result<void> Outbox::add_sent(std::int64_t source, OutcomeKind kind, std::int64_t n) {
  statements_->sent_add.bind(1, source).bind(2, static_cast<std::int64_t>(kind)).bind(3, n);
  return statements_->sent_add.run();
}

Result<void> Outbox::add_counter(std::string_view name, std::int64_t n) {
  if (n == 0) return {};
  statements_->counter_add.bind(1, name).bind(2, n);
  return statements_->counter_add.run();
}

Result<void> Outbox::add_tally(std::string_view store, std::string_view terminal,
                               const format::Tally& t) {
  Statement& add = statements_->tally_add;
  add.bind(1, store).bind(2, terminal).bind(3, t.hour).bind(4, t.rule);
  add.bind(5, static_cast<std::int64_t>(t.arm)).bind(6, static_cast<std::int64_t>(t.kind));
  add.bind(7, std::string_view(t.currency, strnlen(t.currency, 3)));
  add.bind(8, static_cast<std::int64_t>(t.origin));
  add.bind(9, static_cast<std::int64_t>(t.count)).bind(10, t.sum);
  return add.run();
}

Result<void> Outbox::append(const Group& group) {
  if (group.outcomes.size() > kMaxGroup) return fail(Errc::invalid, "more than a group");
  if (auto r = ready(); !r) return r;
  if (pending_ + group.outcomes.size() > options_.quota) {
    const std::uint64_t over = pending_ + group.outcomes.size() - options_.quota;
    auto folded = transact([&] { return fold(over + options_.quota / 10); });
    if (!folded) return folded;
  }
  return transact([&]() -> Result<void> {
    for (const NewOutcome& o : group.outcomes) {
      if (salvaged_.contains({o.record.epoch, o.record.counter})) {
        if (auto r = add_counter("salvaged_again_from_ring", 1); !r) return r;
        continue;
      }
      const auto source = source_for(o.store, o.terminal);
      if (!source) return tl::unexpected(source.error());
      Row row;
      row.kind = o.kind;
      row.record = o.record;
      row.at = o.at;
      row.arm = o.arm;
      row.rule = o.rule;
      std::memcpy(row.currency, o.currency, sizeof row.currency);
      row.weight = o.count;
      row.amount = o.amount;
      row.body = o.body;
      if (auto r = put(*source, row); !r) return r;
    }
    for (const NewTally& t : group.tallies) {
      if (auto r = add_tally(t.store, t.terminal, t.tally); !r) return r;
    }
    for (const SlotSeen& s : group.seen) {
      statements_->seen_set.bind(1, group.ring).bind(2, s.slot);
      statements_->seen_set.bind(3, static_cast<std::int64_t>(s.count)).bind(4, s.sum);
      if (auto r = statements_->seen_set.run(); !r) return r;
    }
    for (const auto& [name, n] : group.counters) {
      if (auto r = add_counter(name, static_cast<std::int64_t>(n)); !r) return r;
    }
    if (group.ring.empty()) return {};
    statements_->cursor_set.bind(1, group.ring);
    statements_->cursor_set.bind(2, static_cast<std::int64_t>(group.position));
    return statements_->cursor_set.run();
  });
}

Result<std::optional<std::uint64_t>> Outbox::cursor(std::string_view ring) {
  if (auto r = ready(); !r) return tl::unexpected(r.error());
  statements_->cursor_get.bind(1, ring);
  const auto row = judged(statements_->cursor_get.step());
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  const auto position = static_cast<std::uint64_t>(statements_->cursor_get.integer(0));
  statements_->cursor_get.reset();
  return position;
}

Result<std::vector<SlotSeen>> Outbox::seen(std::string_view ring) {
  if (auto r = ready(); !r) return tl::unexpected(r.error());
  std::vector<SlotSeen> out;
  Statement& get = statements_->seen_get;
  get.bind(1, ring);
  for (;;) {
    const auto row = judged(get.step());
    if (!row) return tl::unexpected(row.error());
    if (!*row) return out;
    out.push_back({static_cast<std::uint32_t>(get.integer(0)),
                   static_cast<std::uint64_t>(get.integer(1)), get.integer(2)});
  }
}

Result<void> Outbox::forget(std::string_view ring) {
  return transact([&]() -> Result<void> {
    statements_->cursor_drop.bind(1, ring);
    if (auto r = statements_->cursor_drop.run(); !r) return r;
    statements_->seen_drop.bind(1, ring);
    return statements_->seen_drop.run();
  });
}

/// Deletes the row that holds this sequence; `row` is what it says.
Result<void> Outbox::erase(SourceRow& source, std::uint64_t sequence, const Row& row) {
  statements_->event_drop.bind(1, event_id(source.no, sequence));
  if (auto r = statements_->event_drop.run(); !r) return r;
  --source.pending;
  --pending_;
  return add_sent(source.no, row.kind, -1);
}

/// Detail of at least `rows` events becomes totals, the least valued and oldest first; one
/// tombstone per source names the ids (delivery is in order, so that what is left between them has
/// come before it). What was given out stays as it is: where only the answer was lost, its total would
/// count it again.
Result<void> Outbox::fold(std::uint64_t rows) {
  std::map<std::int64_t, format::Tombstone> by_source;
  std::map<std::tuple<std::int64_t, std::int64_t, std::string, int, int, std::string>,
           std::pair<std::uint64_t, std::int64_t>>
      totals;
  std::vector<std::pair<std::int64_t, OutcomeKind>> gone;
  for (int rank = 0; rank <= 5 && gone.size() < rows; ++rank) {
    Statement& find_rank = statements_->event_rank;
    find_rank.bind(1, rank);
    while (gone.size() < rows) {
      const auto more = find_rank.step();
      if (!more) return tl::unexpected(more.error());
      if (!*more) break;
      const std::int64_t id = find_rank.integer(0);
      const SourceRow* source = find(source_of(id));
      if (source == nullptr) return fail(Errc::corrupt, "an event of an unknown source");
      if (sequence_of(id) <= source->given) continue;
      const auto row = decode(find_rank.blob(1));
      if (!row) continue;  // next() quarantines it
      std::int64_t hour = row->at / 3'600'000;
      if (row->at < 0 && row->at % 3'600'000 != 0) --hour;
      auto& total = totals[{source_of(id), hour, std::string(row->rule), static_cast<int>(row->arm),
                            static_cast<int>(row->kind),
                            std::string(row->currency, strnlen(row->currency, 3))}];
      total.first += row->weight;
      total.second += row->amount;
      gone.emplace_back(id, row->kind);
    }
    find_rank.reset();
  }
  for (const auto& [id, kind] : gone) {
    SourceRow* source = find(source_of(id));
    if (source == nullptr) return fail(Errc::corrupt, "an event of an unknown source");
    Row row;
    row.kind = kind;
    if (auto r = erase(*source, sequence_of(id), row); !r) return r;
    format::Tombstone& stone = by_source[source->no];
    stone.from = stone.from == 0 ? sequence_of(id) : std::min(stone.from, sequence_of(id));
    stone.to = std::max(stone.to, sequence_of(id));
    ++stone.count;
  }
  for (const auto& [key, total] : totals) {
    const auto& [no, hour, rule, arm, kind, currency] = key;
    const SourceRow* source = find(no);
    format::Tally tally;
    tally.hour = hour;
    tally.rule = rule;
    tally.arm = static_cast<Arm>(arm);
    tally.kind = static_cast<OutcomeKind>(kind);
    std::memcpy(tally.currency, currency.data(), currency.size());
    tally.count = total.first;
    tally.sum = total.second;
    tally.origin = format::Origin::outbox;
    if (auto r = add_tally(source->name.store, source->name.terminal, tally); !r) return r;
  }
  for (auto& [no, stone] : by_source) {
    stone.why = format::Lost::folded;
    const std::vector<std::byte> body = encode(stone);
    Row row;
    row.kind = kTombstone;
    row.at = clock_.now();
    row.body = body;
    if (auto r = put(no, row); !r) return r;
  }
  return add_counter("folded_in_outbox", static_cast<std::int64_t>(gone.size()));
}

Result<std::uint64_t> Outbox::flush_tallies() {
  std::uint64_t made = 0;
  const auto done = transact([&]() -> Result<void> {
    struct Due {
      std::string store, terminal;
      format::Tally tally;
    };
    std::vector<Due> due;
    Statement& list = statements_->tally_list;
    for (;;) {
      const auto more = list.step();
      if (!more) return tl::unexpected(more.error());
      if (!*more) break;
      Due one;
      one.store = list.text(0);
      one.terminal = list.text(1);
      one.tally.hour = list.integer(2);
      one.tally.rule = list.text(3);
      one.tally.arm = static_cast<Arm>(list.integer(4));
      one.tally.kind = static_cast<OutcomeKind>(list.integer(5));
      const std::string_view currency = list.text(6).substr(0, 3);
      if (!currency.empty()) std::memcpy(one.tally.currency, currency.data(), currency.size());
      one.tally.origin = static_cast<format::Origin>(list.integer(7));
      one.tally.count = static_cast<std::uint64_t>(list.integer(8));
      one.tally.sum = list.integer(9);
      due.push_back(std::move(one));
    }
    for (const Due& one : due) {
      const auto source = source_for(one.store, one.terminal);
      if (!source) return tl::unexpected(source.error());
      Row row;
      row.kind = OutcomeKind::tally;
      row.at = one.tally.hour * 3'600'000;
      row.rule = one.tally.rule;
      row.arm = one.tally.arm;
      row.about = one.tally.kind;
      std::memcpy(row.currency, one.tally.currency, sizeof row.currency);
      row.weight = one.tally.count;
      row.amount = one.tally.sum;
      row.origin = one.tally.origin;
      if (auto r = put(*source, row); !r) return r;
      Statement& clear = statements_->tally_clear;
      clear.bind(1, one.store)
          .bind(2, one.terminal)
          .bind(3, one.tally.hour)
          .bind(4, one.tally.rule);
      clear.bind(5, static_cast<std::int64_t>(one.tally.arm));
      clear.bind(6, static_cast<std::int64_t>(one.tally.kind));
      clear.bind(7, std::string_view(one.tally.currency, strnlen(one.tally.currency, 3)));
      clear.bind(8, static_cast<std::int64_t>(one.tally.origin));
      if (auto r = clear.run(); !r) return r;
    }
    made = due.size();
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return made;
}

Result<std::int64_t> Outbox::audit_day(std::int64_t today) {
  const auto kept = cursor(kAudit);
  if (!kept) return tl::unexpected(kept.error());
  if (*kept) return static_cast<std::int64_t>(**kept);
  if (auto r = transact([&] { return keep_audit_day(today); }); !r)
    return tl::unexpected(r.error());
  return today;
}

Result<void> Outbox::keep_audit_day(std::int64_t day) {
  statements_->cursor_set.bind(1, kAudit);
  statements_->cursor_set.bind(2, day);
  return statements_->cursor_set.run();
}

Result<std::uint64_t> Outbox::append_audits(std::int64_t day, std::int64_t today) {
  const auto counted = counters();
  if (!counted) return tl::unexpected(counted.error());
  const auto ready_for_it = [](const SourceRow& source) {
    return source.active && source.pending == 0 && source.next > 1;
  };
  std::uint64_t made = 0;
  if (pending_ > 0 && std::none_of(sources_.begin(), sources_.end(), ready_for_it)) return made;
  const auto done = transact([&]() -> Result<void> {
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const SourceRow source = sources_[i];
      if (!ready_for_it(source)) continue;
      format::Audit audit;
      audit.day = day;
      audit.last = source.next - 1;
      Statement& list = statements_->sent_list;
      list.bind(1, source.no);
      for (;;) {
        const auto more = list.step();
        if (!more) return tl::unexpected(more.error());
        if (!*more) break;
        const auto kind = static_cast<OutcomeKind>(list.integer(0));
        audit.counts.push_back(
            {kind == kTombstone ? "tombstone" : std::string(format::type_of(kind)),
             static_cast<std::uint64_t>(list.integer(1))});
      }
      for (const auto& [name, n] : *counted) audit.counters.push_back({name, n});
      const std::vector<std::byte> body = encode(audit);
      Row row;
      row.kind = OutcomeKind::audit;
      row.at = clock_.now();
      row.body = body;
      if (auto r = put(source.no, row); !r) return r;
      ++made;
    }
    return keep_audit_day(today);
  });
  if (!done) return tl::unexpected(done.error());
  return made;
}

Result<void> Outbox::count(std::string_view name, std::uint64_t n) {
  return transact([&] { return add_counter(name, static_cast<std::int64_t>(n)); });
}

Result<std::map<std::string, std::uint64_t>> Outbox::counters() {
  if (auto r = ready(); !r) return tl::unexpected(r.error());
  std::map<std::string, std::uint64_t> out;
  Statement& list = statements_->counter_list;
  for (;;) {
    const auto row = judged(list.step());
    if (!row) return tl::unexpected(row.error());
    if (!*row) return out;
    out[std::string(list.text(0))] = static_cast<std::uint64_t>(list.integer(1));
  }
}

OutboxStatus Outbox::status() const {
  OutboxStatus out;
  out.pending = pending_;
  out.quarantined = quarantined_;
  out.degraded = degraded_;
  out.disk_full = disk_full_;
  out.ballast = std::filesystem::exists(options_.file.string() + ".ballast");
  out.broken_file = broken_file_;
  for (const SourceRow& source : sources_) {
    out.sources.push_back({source.name, source.next, source.pending, source.active});
  }
  return out;
}

}  // namespace sidedish::outbox
