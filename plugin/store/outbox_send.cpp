// What leaves the outbox: batches, acknowledgements, quarantine, a new epoch.
#include "plugin/store/outbox_statements.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::outbox {
namespace {

Result<Pending> pending_of(std::uint64_t sequence, const Row& row) {
  Pending out;
  out.sequence = sequence;
  out.at = row.at;
  out.kind = row.kind;
  if (row.kind == kTombstone) {
    auto stone = decode_tombstone(row.body);
    if (!stone) return tl::unexpected(stone.error());
    out.body = *stone;
  } else if (row.kind == OutcomeKind::audit) {
    auto audit = decode_audit(row.body);
    if (!audit) return tl::unexpected(audit.error());
    out.body = std::move(*audit);
  } else if (row.kind == OutcomeKind::tally) {
    format::Tally tally;
    tally.hour = row.at / 3'600'000;
    tally.rule = row.rule;
    tally.arm = row.arm;
    tally.kind = row.about;
    std::memcpy(tally.currency, row.currency, sizeof tally.currency);
    tally.count = row.weight;
    tally.sum = row.amount;
    tally.origin = row.origin;
    out.body = std::move(tally);
  } else {
    out.body = std::vector<std::byte>(row.body.begin(), row.body.end());
  }
  return out;
}

}  // namespace

Result<PendingBatch> Outbox::next(std::size_t most) {
  if (auto r = ready(); !r) return tl::unexpected(r.error());
  return judged(read_next(most));
}

Result<PendingBatch> Outbox::read_next(std::size_t most) {
  for (;;) {
    PendingBatch out;
    const auto first = statements_->event_first.step();
    if (!first) return tl::unexpected(first.error());
    if (!*first) return out;
    const std::int64_t id = statements_->event_first.integer(0);
    statements_->event_first.reset();
    SourceRow* source = find(source_of(id));
    if (source == nullptr) return fail(Errc::corrupt, "an event of an unknown source");
    out.source = source->name;
    std::vector<std::uint64_t> damaged;
    Statement& range = statements_->event_range;
    range.bind(1, id).bind(2, event_id(source->no + 1, 0) - 1);
    range.bind(3, static_cast<std::int64_t>(most));
    for (;;) {
      const auto more = range.step();
      if (!more) return tl::unexpected(more.error());
      if (!*more) break;
      const std::uint64_t sequence = sequence_of(range.integer(0));
      const auto row = decode(range.blob(1));
      if (!row || row->sequence != sequence || row->epoch != source->name.epoch) {
        damaged.push_back(sequence);
        continue;
      }
      auto one = pending_of(sequence, *row);
      if (one) {
        out.events.push_back(std::move(*one));
      } else {
        damaged.push_back(sequence);
      }
    }
    if (!out.events.empty()) source->given = std::max(source->given, out.events.back().sequence);
    if (damaged.empty()) return out;
    const format::Source name = source->name;
    for (const std::uint64_t sequence : damaged) {
      if (auto r = quarantine(name, sequence, "damaged in the outbox"); !r) {
        return tl::unexpected(r.error());
      }
    }
  }
}

Result<std::optional<std::vector<std::byte>>> Outbox::row_bytes(std::int64_t id) {
  statements_->event_get.bind(1, id);
  const auto row = statements_->event_get.step();
  if (!row) return tl::unexpected(row.error());
  if (!*row) return std::nullopt;
  const auto blob = statements_->event_get.blob(0);
  std::vector<std::byte> out(blob.begin(), blob.end());
  statements_->event_get.reset();
  return out;
}

Result<void> Outbox::aside(std::span<const std::byte> row, std::string_view why) {
  statements_->aside_add.bind(1, clock_.now()).bind(2, why.substr(0, 500)).bind(3, row);
  if (auto r = statements_->aside_add.run(); !r) return r;
  ++quarantined_;
  if (auto r = add_counter("quarantined", 1); !r) return r;
  if (quarantined_ <= options_.quarantine) return {};
  const auto over = static_cast<std::int64_t>(quarantined_ - options_.quarantine);
  statements_->aside_trim.bind(1, over);
  if (auto r = statements_->aside_trim.run(); !r) return r;
  quarantined_ = options_.quarantine;
  return add_counter("quarantine_dropped", over);
}

Result<void> Outbox::set_aside_one(SourceRow& source, std::uint64_t sequence,
                                   std::string_view why) {
  const auto bytes = row_bytes(event_id(source.no, sequence));
  if (!bytes) return tl::unexpected(bytes.error());
  if (!*bytes) return {};
  if (auto r = aside(**bytes, why); !r) return r;
  Row row;
  if (const auto good = decode(**bytes)) row.kind = good->kind;
  return erase(source, sequence, row);
}

Result<void> Outbox::quarantine(const format::Source& name, std::uint64_t sequence,
                                std::string_view why) {
  return transact([&]() -> Result<void> {
    SourceRow* source = find(name);
    if (source == nullptr) return fail(Errc::not_found, "no such source");
    const std::int64_t no = source->no;
    if (auto r = set_aside_one(*source, sequence, why); !r) return r;
    const std::vector<std::byte> body =
        encode(format::Tombstone{sequence, sequence, format::Lost::quarantined, 1});
    Row stone;
    stone.kind = kTombstone;
    stone.at = clock_.now();
    stone.body = body;
    return put(no, stone);
  });
}

Result<void> Outbox::acknowledge(const format::Source& name, std::uint64_t from, std::uint64_t to,
                                 const std::map<std::uint64_t, std::string>& rejected) {
  const auto work = [&]() -> Result<void> {
    SourceRow* source = find(name);
    if (source == nullptr) return fail(Errc::not_found, "no such source");
    const std::int64_t no = source->no;
    for (const auto& [sequence, why] : rejected) {
      if (sequence < from || sequence > to) continue;
      // Head office has seen its id: it knows that this is no gap.
      if (auto r = set_aside_one(*source, sequence, why); !r) return r;
      if (auto r = add_counter("rejected", 1); !r) return r;
    }
    statements_->event_drop_range.bind(1, event_id(no, from)).bind(2, event_id(no, to));
    if (auto r = statements_->event_drop_range.run(); !r) return r;
    const auto gone = db_.integer("SELECT changes()");
    if (!gone) return tl::unexpected(gone.error());
    source->pending -= static_cast<std::uint64_t>(*gone);
    pending_ -= static_cast<std::uint64_t>(*gone);
    if (!source->active && source->pending == 0) {
      statements_->source_drop.bind(1, no);
      if (auto r = statements_->source_drop.run(); !r) return r;
      statements_->sent_drop.bind(1, no);
      if (auto r = statements_->sent_drop.run(); !r) return r;
      std::erase_if(sources_, [&](const SourceRow& row) { return row.no == no; });
    }
    return add_counter("acknowledged", *gone);
  };
  auto done = transact(work);
  if (!done && done.error().code() == Errc::limit && drop_ballast()) {
    shrink_log();
    done = transact(work);
  }
  return done;
}

Result<void> Outbox::conflict(const format::Source& name, std::uint64_t first) {
  return transact([&]() -> Result<void> {
    SourceRow* old = find(name);
    if (old == nullptr) return fail(Errc::not_found, "no such source");
    const std::int64_t no = old->no;
    std::vector<std::vector<std::byte>> rows;
    std::uint64_t below = 0;
    Statement& range = statements_->event_range;
    range.bind(1, event_id(no, 0)).bind(2, event_id(no + 1, 0) - 1).bind(3, -1);
    for (;;) {
      const auto more = range.step();
      if (!more) return tl::unexpected(more.error());
      if (!*more) break;
      if (sequence_of(range.integer(0)) < first) {
        ++below;
      } else {
        rows.emplace_back(range.blob(1).begin(), range.blob(1).end());
      }
    }
    statements_->event_drop_range.bind(1, event_id(no, 0)).bind(2, event_id(no + 1, 0) - 1);
    if (auto r = statements_->event_drop_range.run(); !r) return r;
    pending_ -= old->pending;
    statements_->source_drop.bind(1, no);
    if (auto r = statements_->source_drop.run(); !r) return r;
    statements_->sent_drop.bind(1, no);
    if (auto r = statements_->sent_drop.run(); !r) return r;
    std::erase_if(sources_, [&](const SourceRow& row) { return row.no == no; });
    const auto fresh = source_for(name.store, name.terminal);
    if (!fresh) return tl::unexpected(fresh.error());
    std::int64_t stones = 0;
    for (const auto& bytes : rows) {
      const auto row = decode(bytes);
      if (!row) {
        if (auto r = aside(bytes, "damaged in the outbox"); !r) return r;
      } else if (row->kind == kTombstone || row->kind == OutcomeKind::audit) {
        ++stones;  // they speak of ids of the epoch that is given up
      } else if (auto r = put(*fresh, *row); !r) {
        return r;
      }
    }
    if (auto r = add_counter("epoch_tombstones_dropped", stones); !r) return r;
    if (auto r = add_counter("acknowledged", static_cast<std::int64_t>(below)); !r) return r;
    return add_counter("source_conflicts", 1);
  });
}

Result<std::vector<Quarantined>> Outbox::quarantined(std::size_t most) {
  if (auto r = ready(); !r) return tl::unexpected(r.error());
  std::vector<Quarantined> out;
  Statement& list = statements_->aside_list;
  list.bind(1, static_cast<std::int64_t>(most));
  for (;;) {
    const auto more = judged(list.step());
    if (!more) return tl::unexpected(more.error());
    if (!*more) return out;
    Quarantined one;
    one.no = list.integer(0);
    one.at = list.integer(1);
    one.why = list.text(2);
    if (const auto row = decode(list.blob(3))) {
      one.event =
          format::to_uri({std::string(row->store), std::string(row->terminal), row->epoch}) + " " +
          std::to_string(row->sequence);
    }
    out.push_back(std::move(one));
  }
}

}  // namespace sidedish::outbox
