#pragma once
// What a lane remembers between two calls. Plain bytes, versioned: BasketMemory is the token that a
// host may store with a parked basket and hand back on any terminal; LaneMemory stays with the
// lane. Rules and products are remembered by stable id, so that a new image changes nothing that
// was said before.
#include "rules/base/clock.hpp"
#include "rules/base/money.hpp"
#include "rules/base/result.hpp"
#include "rules/model/words.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace sidedish::engine {

inline constexpr std::uint16_t kMemoryVersion = 3;
inline constexpr unsigned kMaxPrompts = 4;   ///< per call
inline constexpr unsigned kPromptSlots = 5;  ///< prompts of one sale that are remembered
inline constexpr unsigned kRuleCounters =
    56;  ///< rules with a lane or shift cap that are remembered per lane
inline constexpr unsigned kCustomerCounters =
    10;  ///< rules with a cap per customer that are remembered of a customer

enum class PromptState : std::uint8_t {
  empty = 0,
  shown = 1,     ///< standing, unanswered
  withheld = 2,  ///< control arm: standing for the rules' sake, never shown
  accepted = 3,
  declined = 4,
  undone = 5,
  withdrawn = 6,
  arrived = 7,  ///< the product came without an answer
};

struct PromptSlot {
  std::uint64_t id;     ///< 0 = empty slot
  std::uint32_t rule;   ///< stable id
  std::uint32_t offer;  ///< stable id of the product
  std::uint32_t also;  ///< stable id: upsell: what is swapped; bundle: the second thing added; or 0
  std::uint32_t revision;  ///< basket revision it was made at
  Milli held;  ///< net quantity of the offered product when the prompt was made (arrived = it grew)
  std::uint32_t quantity;  ///< thousandths; 0: the conversion of a complete bundle adds nothing
  PromptState state;
  Arm arm;
  std::uint8_t recalled;  ///< 1 after declined -> accepted: not again
  std::uint8_t moment;    ///< Moment it was made at
};

enum BasketFlag : std::uint16_t {
  kSilenced = 1U << 0,  ///< a no was said
  kBlind = 1U << 1,     ///< resumed without its token: silent
  kEligible = 1U << 2,  ///< had an eligible decision: eligible_after and experiment are set
  kUnitOfShift = 3,     // 2 bits: Unit of the experiment
  kUnitOfMask = 3U << 3,
};

/// The token. 256 bytes; `crc` (CRC-32C of the bytes after it) is set by seal() and checked by
/// unseal().
struct BasketMemory {
  std::uint32_t crc;
  std::uint16_t version;
  std::uint16_t flags;
  std::uint64_t unit;  ///< the basket's own key, drawn at open
  UtcMs opened_at;
  std::int32_t eligible_after;  ///< ms from opened_at; 24 days and more are 24 days
  std::uint32_t unit_hash;      ///< of the experiment's unit, see arms.hpp; 0: it is the basket
  std::uint32_t revision;       ///< +1 at every change of the basket
  std::uint32_t
      experiment_rule;  ///< stable id of the one per-rule experiment of this basket, 0 = none
  std::uint32_t experiment_offer;  ///< stable id of the product of its first eligible decision
  char currency[4];
  std::uint8_t spent;  ///< prompts counted against "per sale", withheld ones included (ghost state)
  Arm arm;             ///< arm of the experiment (or global_control)
  std::uint16_t counted;     ///< items of the basket that the lane's pace has counted
  std::uint32_t looking_at;  ///< stable id of the item on whose page prompts of moment browse stand
  PromptSlot slots[kPromptSlots];
};

struct RuleCounter {
  std::uint32_t rule;  ///< stable id, 0 = free
  std::uint16_t lane_day;
  std::uint16_t shift;
};

/// What a rule with a cap per customer has said to one of them.
struct CustomerCounter {
  std::uint32_t rule;       ///< stable id, 0 = free
  std::uint16_t since_day;  ///< business day of the first prompt counted, its lower 16 bits
  std::uint16_t prompts;    ///< shown or withheld since
};

/// The customer of the last decision; whoever calls decide() may put in here what it knows of the
/// next one, and keep what comes out.
struct CustomerMemory {
  std::uint64_t customer;  ///< Context::customer_hash, 0 = none
  CustomerCounter counters[kCustomerCounters];
};

inline constexpr unsigned kPaceBuckets = 64;

/// How fast the lane rings up, and how fast it mostly does (pace.hpp).
struct Pace {
  std::int64_t minute;                 ///< UTC minutes since 1970-01-01 of `items`
  std::uint32_t samples;               ///< sum of `counts`
  std::uint16_t items;                 ///< rung up in `minute`
  std::uint16_t before;                ///< in the minute before it
  std::uint16_t counts[kPaceBuckets];  ///< minutes with so many items; the last: or more
};

struct LaneMemory {
  std::uint16_t version;
  std::uint16_t reserved0;
  std::int32_t
      business_day;  ///< local days since 1970-01-01, a day begins at 04:00; never goes back
  std::uint64_t operator_hash;
  UtcMs last;  ///< latest now seen
  Pace pace;
  CustomerMemory customer;
  RuleCounter counters[kRuleCounters];
};

static_assert(sizeof(PromptSlot) == 40 && sizeof(BasketMemory) == 256 && sizeof(Pace) == 144 &&
              sizeof(CustomerMemory) == 88 && sizeof(LaneMemory) <= 768);
static_assert(std::has_unique_object_representations_v<BasketMemory> &&
              std::has_unique_object_representations_v<LaneMemory>);

/// A fresh basket's memory. `unit` = hash of (terminal, epoch, open sequence), made by the lane.
BasketMemory open_basket(std::uint64_t unit, UtcMs now) noexcept;
LaneMemory open_lane() noexcept;

/// What arms the experiment of this basket drew by; the basket where it has none.
constexpr Unit unit_of(const BasketMemory& memory) noexcept {
  return static_cast<Unit>((memory.flags & kUnitOfMask) >> kUnitOfShift);
}
/// The first eligible decision; only with kEligible.
UtcMs eligible_at(const BasketMemory& memory) noexcept;
/// From here on the basket is eligible, since `at`.
void set_eligible(BasketMemory& memory, UtcMs at, Unit unit) noexcept;
/// `to` goes on with the experiment of `from`, which is eligible.
void take_experiment(BasketMemory& to, const BasketMemory& from) noexcept;

/// Memory of version 2, in place: its experiments drew by the basket, and no customer was
/// remembered. False: neither that nor of this version.
bool upgrade(BasketMemory& memory) noexcept;
bool upgrade(LaneMemory& memory) noexcept;

/// Token out: copy with the checksum set.
BasketMemory seal(const BasketMemory& memory) noexcept;
/// Token in, also of version 2. corrupt (checksum, states), unsupported (version), invalid (size).
Result<BasketMemory> unseal(std::span<const std::byte> token) noexcept;

enum class Answer : std::uint8_t { accept = 1, decline = 2, undo = 3 };

/// Applies an answer to a remembered prompt: shown -> accepted | declined; declined -> accepted
/// (once); accepted -> undone. A decline silences the sale, but on an item's page only that offer. Repeating the same answer changes
/// nothing and is not an error (`changed` false). not_found: no such prompt in this sale. conflict:
/// the prompt is closed or answered otherwise; nothing changed.
struct Answered {
  bool changed;
  PromptSlot slot;  ///< after the answer
};
Result<Answered> answer(BasketMemory& memory, std::uint64_t prompt_id, Answer what) noexcept;

}  // namespace sidedish::engine
