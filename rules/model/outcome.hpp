#pragma once
// One recorded outcome: what the lane writes into the ring, the agent keeps, and head office
// counts. encode() and decode() are the ring's body format: a fixed little-endian head, then the
// texts and lines in the order of the fields. Times are UTC ms with the boot's steady ms beside
// them; order is by record id, never by time.
#include "rules/base/clock.hpp"
#include "rules/base/money.hpp"
#include "rules/base/result.hpp"
#include "rules/model/words.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sidedish::model {

/// From the lane: `epoch` is new at every lane open, `counter` starts at 1 and has no gaps within
/// an epoch.
struct RecordId {
  std::uint64_t epoch = 0;
  std::uint64_t counter = 0;
  friend bool operator==(const RecordId&, const RecordId&) = default;
};

enum class ClockQuality : std::uint8_t { good = 0, went_back = 1, unset = 2 };

inline constexpr std::size_t kMaxRecord = 16 * 1024;  ///< encoded bytes of one record
inline constexpr unsigned kLinesPerPart = 50;         ///< a basket's lines per record
inline constexpr std::size_t kMaxIdBytes = 64;   ///< basket, store, terminal, operator and rule ids
inline constexpr std::size_t kMaxKeyBytes = 96;  ///< product keys

/// A product of a closed basket, rows netted.
struct OutcomeLine {
  std::string_view key;
  Milli quantity = 0;
  Minor value = 0;
};

struct Outcome {
  RecordId record;
  OutcomeKind kind = OutcomeKind::shown;
  UtcMs at = 0;
  MonoMs steady = 0;
  ClockQuality clock = ClockQuality::good;
  std::string_view store;
  std::string_view terminal;
  std::string_view basket;

  // What it is about. kind basket uses rule, offer and arm for the basket's experiment.
  Arm arm = Arm::none;
  Kind prompt_kind = Kind::add_on;
  Channel channel = Channel::cashier;
  Moment moment = Moment::basket;
  By by = By::unknown;
  std::uint64_t prompt = 0;
  std::string_view rule;   ///< id
  std::string_view offer;  ///< product key
  std::uint32_t rule_stable = 0;
  std::uint32_t revision = 0;
  std::uint32_t propensity_ppm = 0;
  Milli quantity = 0;
  Minor price_effect = 0;  ///< sign as the total moves; a return is negative
  Minor saving = 0;
  char currency[4] = {};
  std::string_view
      remark;  ///< accept_failed, not_a_fit: why; returned: the sale's basket id; at most 120 bytes

  // kind basket, and only there. Part 0 has the totals, later parts only more lines.
  std::uint16_t part = 0;
  std::uint16_t parts = 1;
  Mode mode = Mode::sale;
  End end = End::open;
  Unit unit_of = Unit::basket;  ///< what the experiment's arms are drawn for
  std::uint64_t unit = 0;       ///< that unit: the basket's key, else 32 bits of a hash
  bool eligible = false;        ///< had an eligible decision
  bool attached = false;        ///< the experiment's offer is in the final basket, however it came
  bool margin_known = false;    ///< every product had a cost
  Minor total = 0;
  Minor margin = 0;
  Milli items = 0;
  std::uint32_t lines = 0;
  std::uint32_t shown = 0;  ///< prompts by what became of them
  std::uint32_t withheld = 0;
  std::uint32_t accepted = 0;
  UtcMs opened_at = 0;
  UtcMs eligible_at = 0;  ///< 0 = never
  UtcMs tender_at = 0;    ///< 0 = the host never said
  UtcMs ended_at = 0;
  std::string_view related;                   ///< replaced_by, or the basket a return refers to
  std::span<const OutcomeLine> basket_lines;  ///< at most kLinesPerPart
  std::uint64_t image_version = 0;            ///< pack version it was decided with

  // kind decision: an engine decision record, or a piece of it when parts > 1.
  std::span<const std::byte> decision;
};

/// Writes `outcome` into `out`; returns the bytes used. limit: out too small, or a text or the
/// record over its bound.
Result<std::size_t> encode(const Outcome& outcome, std::span<std::byte> out) noexcept;

/// Reads one record of hostile bytes. Texts point into `bytes`; lines are written to `lines` (room
/// for kLinesPerPart). corrupt: any length, count, enum, number or UTF-8 out of its range, or bytes
/// left over.
Result<Outcome> decode(std::span<const std::byte> bytes, std::span<OutcomeLine> lines) noexcept;

}  // namespace sidedish::model
