#pragma once
// The words of the field as numbers. The values are written to rings, images, tokens and the C
// header: they are frozen; new ones go at the end, and a reader meeting an unknown one treats it as
// the named fallback.
#include <cstdint>
#include <string_view>

namespace sidedish {

enum class Mode : std::uint8_t {
  sale = 0,
  return_ = 1,
  exchange = 2,
  training = 3,
  price_check = 4
};

/// Bits: while any is set nothing is prompted (rush only shrinks the allowance).
enum Hold : std::uint32_t {
  kHoldAgeCheck = 1U << 0,
  kHoldComplaint = 1U << 1,
  kHoldManager = 1U << 2,
  kHoldOverride = 1U << 3,
  kHoldOptOut = 1U << 4,
  kHoldRush = 1U << 5,
};

enum class Channel : std::uint8_t { cashier = 0, kiosk = 1, receipt = 2 };
enum class Moment : std::uint8_t { basket = 0, checkout = 1, browse = 2, receipt = 3 };
enum class Kind : std::uint8_t { add_on = 0, bundle = 1, upsell = 2, also_bought = 3, receipt = 4 };

/// What a host does when a prompt is accepted.
enum class Action : std::uint8_t { none = 0, add = 1, replace = 2, convert = 3 };

/// What a line is. Only goods are evidence; unknown never is.
enum class LineKind : std::uint8_t {
  goods = 0,
  fee = 1,
  deposit = 2,
  tender = 3,
  discount = 4,
  tax = 5,
  comment = 6,
  log = 7,
  unknown = 255
};

enum LineFlag : std::uint32_t {
  kLineVoided = 1U << 0,
  kLineWeighed = 1U << 1,
  kLineOpenPrice = 1U << 2,
  kLineAgeRestricted = 1U << 3,
  kLineLocked = 1U << 4,
};

/// Why a snapshot was sent. Information only: the snapshot itself is what counts.
enum class Reason : std::uint8_t {
  unknown = 0,
  opened = 1,
  item_added = 2,
  item_removed = 3,
  quantity_changed = 4,
  price_changed = 5,
  discount_changed = 6,
  customer_changed = 7,
  mode_changed = 8,
  resumed = 9,
  merged = 10,
  split = 11,
};

/// Lifecycle, where a host has it.
enum class BasketEvent : std::uint8_t {
  checkout_started = 1,
  tender_started = 2,
  tender_cancelled = 3,
  completed = 4,
  parked = 5,
  resumed = 6,
  voided = 7,
  replaced_by = 8,
};

/// What a host can do; an offer that needs something else is never made.
enum Capability : std::uint32_t {
  kCanAdd = 1U << 0,
  kCanReplace = 1U << 1,
  kCanConvert = 1U << 2,
  kCanApplyPromotion = 1U << 3,
  kCanUndo = 1U << 4,
  kReportsCompletion = 1U << 5,
};

/// Experiment arm of a prompt or basket (decisions.md, "How we know that it works").
enum class Arm : std::uint8_t {
  none = 0,     ///< outside any experiment (holdout 0, or the basket already is in another rule's
                ///< experiment)
  treated = 1,  ///< in the rule's experiment: shown
  control = 2,  ///< in the rule's experiment: withheld
  global_control = 3,  ///< in the global holdout: withheld
};

/// What the arms of a rule's experiment are drawn for: all that one unit does is in one arm.
enum class Unit : std::uint8_t {
  basket = 0,
  customer = 1,      ///< one whom the host names; a basket without one takes no part
  terminal_day = 2,  ///< one terminal's business day, from 04:00 local
  store_day = 3,
};
inline constexpr unsigned kUnits = 4;

/// One record of the life of a prompt or basket. See decisions.md, "The life of a prompt".
enum class OutcomeKind : std::uint8_t {
  shown = 1,
  withheld = 2,
  accepted = 3,
  declined = 4,
  undone = 5,
  withdrawn = 6,
  lapsed = 7,
  arrived = 8,
  kept = 9,
  voided = 10,
  returned = 11,
  not_a_fit = 12,
  accept_failed = 13,  // remarks, not answers
  basket = 14,         // closes every basket
  decision = 15,       // a decision record, opaque body
  tally = 16,          // exact totals of what lost its detail
  audit = 17,          // the agent's own daily counts
};

/// Who said yes.
enum class By : std::uint8_t { unknown = 0, staff = 1, customer = 2 };
/// How a basket ended. inferred/unknown: the host never said.
enum class End : std::uint8_t {
  open = 0,
  completed = 1,
  voided = 2,
  inferred = 3,
  unknown = 4,
  replaced = 5
};
enum class Stock : std::uint8_t { in = 0, low = 1, out = 2 };

/// Whether the customer was here before.
enum class Visit : std::uint8_t { unknown = 0, first = 1, again = 2 };
/// Whether the basket's amounts have tax in them.
enum class Taxed : std::uint8_t { unsaid = 0, included = 1, excluded = 2 };

/// Why decide() said nothing (or not more). Counted per lane.
enum class Silence : std::uint8_t {
  none = 0,            ///< something was offered or withheld
  no_image = 1,        ///< no rules loaded
  not_sale = 2,        ///< mode is not sale
  hold = 3,            ///< a hold is set
  negative = 4,        ///< a product's net quantity is negative
  tender = 5,          ///< payment has begun
  silenced = 6,        ///< a no was said, or the basket was resumed without its token
  allowance = 7,       ///< prompts of this sale are used up (a standing prompt counts)
  no_candidate = 8,    ///< no rule's conditions hold
  guarded = 9,         ///< rules held, but a guard or cap stopped every offer
  below_floor = 10,    ///< the best was not worth a showing
  unknown_store = 11,  ///< the store is not in the image
  currency = 12,     ///< the basket's currency is not the image's, or changed in mid-basket; or its
                     ///< amounts have tax in them where the image's have not, or the reverse
  too_large = 13,    ///< more lines than the limit
  memory_full = 14,  ///< lane memory is full: the cap concerned counts as reached
  clock = 15,        ///< no usable time (before 2000 or after the image's time table)
};
inline constexpr unsigned kSilenceReasons = 16;

}  // namespace sidedish
