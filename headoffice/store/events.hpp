#pragma once
// A batch as the store takes it: checked and read by headoffice/ingest, with what each event adds
// to the totals.
#include "rules/base/clock.hpp"
#include "rules/base/money.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sidedish::headoffice {

/// Highest sequence a source may use: a million a second for 31 years.
inline constexpr std::uint64_t kMaxSequence = 1'000'000'000'000'000;

/// Days since 1970-01-01 of a store's business day, which begins at 04:00 store time.
using BusinessDay = std::int32_t;

/// A sale counts at most this long, from open to tender, in a lift of seconds.
inline constexpr MonoMs kMostOpen = 600'000;
/// Goods that come back this long after their sale are no revenue of it.
inline constexpr int kReturnDays = 14;

/// First 16 bytes of SHA-256 over an event's content: equal id, other content = other machine.
using ContentDigest = std::array<std::byte, 16>;

/// Adds `n` to the life of a rule's prompts. A tally has n > 1 and no channel. `daypart`: of the store's
/// clocks, "morning"; "" where they could not be believed.
struct PromptFacts {
  std::string kind{};  ///< "shown"
  std::string rule{};  ///< id; "#" + 8 hex digits of the stable id; or "" for none
  std::string arm{};
  std::string currency{};
  std::string channel{};
  std::string daypart{};
  std::int64_t n = 1;
  Milli quantity = 0;
  Minor price_effect = 0;
  Minor saving = 0;
  std::string sale{};    ///< returned: the basket it was bought in, where it was said
  std::string offer{};   ///< returned: product key
  std::string remark{};  ///< not_a_fit, accept_failed: why, where it was said
};

/// Adds closed baskets. A tally has no channel, mode or end, and adds no squares.
struct BasketFacts {
  std::string rule{};
  std::string arm{};
  std::string currency{};
  std::string channel{};
  std::string daypart{};
  std::string mode{};
  std::string ended{};
  bool eligible = false;
  bool attached = false;
  bool margin_known = false;
  std::int64_t n = 1;
  Minor total = 0;
  Minor margin = 0;
  Milli items = 0;
  std::int64_t lines = 0;
  std::int64_t shown = 0;
  std::int64_t withheld = 0;
  std::int64_t accepted = 0;
  std::optional<MonoMs> open_ms{};  ///< from open to tender, where the host said both
  std::string basket{};             ///< its id in the store; empty: no return can name it
  std::string offer{};              ///< of the experiment: product key
  /// What was held out as a whole, where that is not the basket: "customer"; and which one.
  std::string unit_of{};
  std::uint64_t unit = 0;
};

/// Sequences [first, last] of this source will never come.
struct TombstoneFacts {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::string why;
};

struct NamedCount {
  std::string name;
  std::int64_t n = 0;
};

/// What a source says it has sent since it began.
struct AuditFacts {
  std::string day;
  std::uint64_t last = 0;
  std::vector<NamedCount> types;
  std::vector<NamedCount> counters;
};

/// monostate: kept, adds nothing (a later part of a basket).
using Facts = std::variant<std::monostate, PromptFacts, BasketFacts, TombstoneFacts, AuditFacts>;

struct IncomingEvent {
  std::string store;
  std::string terminal;
  std::string epoch;
  std::uint64_t seq = 0;  ///< 1 ... kMaxSequence
  std::string type;       ///< without "com.sidedish."
  UtcMs at = 0;
  BusinessDay day = 0;
  bool day_from_receipt = false;  ///< its own clock could not be believed
  ContentDigest digest{};
  std::string json;
  /// Not empty: the event is not taken, for this reason. Everything above is set as far as it could
  /// be read.
  std::string refused;
  Facts facts;
};

struct IncomingBatch {
  UtcMs received_at = 0;
  std::vector<IncomingEvent> events;
};

struct RejectedEvent {
  std::uint64_t seq = 0;
  std::string detail;
};

/// Two machines share one identity: `first` is the lowest id that was counted with other content.
struct SourceConflict {
  std::string store;
  std::string terminal;
  std::string epoch;
  std::uint64_t first = 0;
};

/// accepted + duplicate + rejected = events of the batch, unless there is a conflict: then the
/// events of that source from `first` on were left out.
struct BatchResult {
  std::uint64_t accepted = 0;
  std::uint64_t duplicate = 0;
  std::vector<RejectedEvent> rejected;
  std::optional<SourceConflict> conflict;
};

}  // namespace sidedish::headoffice
