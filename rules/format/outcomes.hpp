#pragma once
// Outcomes on the wire (OUTCOMES.md), both directions: the agent writes batches, head office reads
// them. Pure: bytes in, values or findings out. Any thread.
#include "rules/base/result.hpp"
#include "rules/format/wire_json.hpp"
#include "rules/model/outcome.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sidedish::format {

inline constexpr std::size_t kMaxEvents = 500;             ///< of one batch
inline constexpr std::size_t kMaxBatchBytes = 512 * 1024;  ///< of its JSON, before compression
inline constexpr std::string_view kBatchMediaType = "application/cloudevents-batch+json";

/// Who counts the sequence: one outbox of one terminal.
struct Source {
  std::string store;
  std::string terminal;
  std::uint64_t epoch = 0;
  friend bool operator==(const Source&, const Source&) = default;
};
/// "/stores/mitte/terminals/t1/epochs/9f2c41d07a3be855"; ids are percent-encoded.
std::string to_uri(const Source& source);
/// invalid: any other shape, or an id over kMaxIdBytes, empty, or not UTF-8.
Result<Source> parse_source(std::string_view uri);

enum class Origin : std::uint8_t { ring = 0, outbox = 1 };
enum class Lost : std::uint8_t { quarantined = 0, folded = 1 };

/// Exact totals of what lost its detail since the last tally.
struct Tally {
  std::int64_t hour = 0;  ///< UTC hours since 1970-01-01
  std::string rule;       ///< id, "#" + 8 hex digits of its stable id, or "" for the rest
  Arm arm = Arm::none;
  OutcomeKind kind = OutcomeKind::shown;
  char currency[4] = {};
  std::uint64_t count = 0;
  std::int64_t sum = 0;  ///< price effects, or totals of baskets, in minor units
  Origin origin = Origin::ring;
};

/// The ids `from` to `to` of this source are no gap.
struct Tombstone {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  Lost why = Lost::quarantined;
  std::uint64_t count = 0;  ///< outcomes it stands for
};

struct NamedCount {
  std::string name;
  std::uint64_t count = 0;
  friend bool operator==(const NamedCount&, const NamedCount&) = default;
};

/// Everything this source ever sent, by kind, and its named counters.
struct Audit {
  std::int64_t day = 0;            ///< UTC days since 1970-01-01
  std::vector<NamedCount> counts;  ///< by type suffix
  std::uint64_t last = 0;          ///< highest sequence given before this event's own
  std::vector<NamedCount> counters;
};

/// An outcome with the memory its texts and lines live in. Moving keeps them valid. `store` and
/// `terminal` are empty: they are the source's; rule_stable is computed; prompt_kind and, but for
/// baskets, image_version do not travel.
struct OwnedOutcome {
  model::Outcome value;
  std::unique_ptr<char[]> texts;
  std::vector<model::OutcomeLine> lines;
};

struct Event {
  std::uint64_t sequence = 0;
  Source source;
  UtcMs time = 0;
  std::variant<OwnedOutcome, Tally, Tombstone, Audit> body;
  /// "prompt.accepted", "basket.closed", "tally", "tombstone", "audit".
  std::string_view type() const noexcept;
};

/// One CloudEvent, from "{" to "}". The outcome's store and terminal are not read. `outcome.kind`
/// must travel (type_of() is not empty).
void append_event(std::string& out, const Source& source, std::uint64_t sequence,
                  const model::Outcome& outcome);
void append_event(std::string& out, const Source& source, std::uint64_t sequence, UtcMs time,
                  const Tally& tally);
void append_event(std::string& out, const Source& source, std::uint64_t sequence, UtcMs time,
                  const Tombstone& tombstone);
void append_event(std::string& out, const Source& source, std::uint64_t sequence, UtcMs time,
                  const Audit& audit);

/// Puts events together until a limit would be passed.
class BatchWriter {
 public:
  explicit BatchWriter(std::size_t max_events = kMaxEvents, std::size_t max_bytes = kMaxBatchBytes)
      : max_events_(max_events), max_bytes_(max_bytes) {}
  /// False: it does not fit, nothing was added. A single event over max_bytes never fits.
  bool add(std::string_view event);
  std::size_t events() const noexcept { return events_; }
  /// The JSON array; the writer is empty afterwards.
  std::string take();

 private:
  std::size_t max_events_;
  std::size_t max_bytes_;
  std::size_t events_ = 0;
  std::string json_ = "[";
};

/// All events of a batch, in their order. With findings the list is what could be read and must not
/// be taken. Unknown members and types, wrong spellings, numbers out of range, a repeated id, more
/// than kMaxEvents: each is a finding with its pointer ("/3/data/arm"). Several sources are
/// allowed.
std::vector<Event> read_batch(std::string_view json, WireFindings& findings);

/// One event of a batch that was parsed by parse_wire() under the batch's limits, for a reader that
/// takes the good events of a batch and refuses the others. With findings the event is what could
/// be read.
Event read_event(Json value, std::string pointer, WireFindings& findings);

}  // namespace sidedish::format
