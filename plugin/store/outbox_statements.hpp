#pragma once
// Every SQL text that the outbox runs more than once. Internal to plugin/store.
#include "plugin/store/outbox.hpp"

namespace sidedish::outbox {

struct Outbox::Statements {
  Statement begin, commit;
  Statement source_add, source_next, source_active, source_drop;
  Statement event_add, event_get, event_drop, event_drop_range, event_range, event_first,
      event_rank;
  Statement sent_add, sent_list, sent_drop;
  Statement cursor_set, cursor_get, cursor_drop;
  Statement seen_set, seen_get, seen_drop;
  Statement tally_add, tally_list, tally_clear;
  Statement aside_add, aside_trim, aside_list;
  Statement counter_add, counter_list;

  static Result<std::shared_ptr<Statements>> prepare(Connection& db);
};

/// Row ids: the source in the upper bits, so that one source's events are one range in order.
inline constexpr int kSequenceBits = 44;
constexpr std::int64_t event_id(std::int64_t source, std::uint64_t sequence) noexcept {
  return (source << kSequenceBits) + static_cast<std::int64_t>(sequence);
}
constexpr std::int64_t source_of(std::int64_t id) noexcept { return id >> kSequenceBits; }
constexpr std::uint64_t sequence_of(std::int64_t id) noexcept {
  return static_cast<std::uint64_t>(id) & ((std::uint64_t{1} << kSequenceBits) - 1);
}

}  // namespace sidedish::outbox
