#pragma once
// What decide() reads besides the image: context and basket. Plain integers throughout; the lane,
// the agent, replay and the tests all fill these in the same way (plugin/lane/snapshot.hpp turns a
// host's snapshot into them).
#include "rules/base/clock.hpp"
#include "rules/base/money.hpp"
#include "rules/model/words.hpp"

#include <cstdint>
#include <span>
#include <type_traits>

namespace sidedish::engine {

/// One product of the basket: all its rows netted. `product` is the image's index, or image::kNone
/// for goods the image does not know (they count in totals and lines, and match nothing).
struct Item {
  std::uint32_t product;
  std::uint32_t stable;   ///< stable_id of the key: order of unknown products
  Milli quantity;         ///< net; a basket with a negative one is not prompted
  Minor value;            ///< sum of line totals
  Milli bound = 0;        ///< of `quantity`, on lines that belong to a bundle already
  Minor bound_value = 0;  ///< of `value`, those lines'
};

/// Items ascending by (product, stable), one per product; only lines of kind goods. At most 2,000
/// items.
struct Basket {
  std::span<const Item> items;
  Minor total;          ///< the basket's total so far as the host shows it (goods only)
  std::uint32_t lines;  ///< rows of kind goods that are not voided
  std::uint32_t reserved;
};

/// A named fact of the host. Numbers and texts are different things: a range asked of a text is
/// unknown.
struct FactValue {
  std::uint32_t fact;       ///< index in the image
  std::uint32_t is_number;  ///< 1 or 0
  std::int64_t number;
  std::uint64_t text_hash;  ///< hash64 of the text
};
inline constexpr unsigned kMaxFacts = 16;

/// Something that the customer bought, and how many days ago most lately (0 = today).
struct Bought {
  std::uint32_t product;
  std::uint32_t days;
};
inline constexpr unsigned kMaxSegments = 8;
inline constexpr unsigned kMaxAvoid = 16;
inline constexpr unsigned kMaxBought = 32;

struct Context {
  UtcMs now;
  std::uint64_t terminal_groups;
  std::uint64_t
      operator_hash;  ///< hash64 of the operator id, 0 = none; another operator = another shift
  std::uint64_t customer_hash;  ///< hash64 of the customer id with the pack's salt, 0 = none
  std::uint64_t avoid;  ///< bits of allergens and diets that the image knows, see Image::find_avoid
  std::uint32_t store;  ///< image index, or image::kNone
  std::uint32_t language;      ///< image index
  std::uint32_t holds;         ///< bits of Hold
  std::uint32_t capabilities;  ///< bits of Capability
  std::uint32_t looking_at;    ///< product index in moment browse, else image::kNone
  char currency[4];
  Mode mode;
  Channel channel;
  Moment moment;
  std::uint8_t tender_begun;  ///< 1 while payment runs
  std::uint32_t fact_count;
  FactValue facts[kMaxFacts];  ///< ascending by fact
  // The customer, as far as the host knows; what it did not say is unknown, not false.
  std::uint8_t avoid_unknown;   ///< 1: something is to be avoided that the image has no word for
  std::uint8_t segments_known;  ///< 1: these segments are all
  std::uint8_t segment_count;
  Visit visit;
  Taxed taxed;
  std::uint8_t bought_count;
  std::uint16_t bought_days;  ///< `bought` has all that the image knows of so many days; 0: it may
                              ///< lack anything
  std::uint64_t segments[kMaxSegments];  ///< hash64 of the names, ascending
  Bought bought[kMaxBought];             ///< ascending by product
  std::uint64_t terminal_hash;           ///< of store and terminal, 0 = not known
};

static_assert(sizeof(Item) == 40 && std::has_unique_object_representations_v<Item>);
static_assert(sizeof(Context) == 72 + kMaxFacts * 24 + 8 + kMaxSegments * 8 + kMaxBought * 8 + 8 &&
              std::has_unique_object_representations_v<Context>);

}  // namespace sidedish::engine
