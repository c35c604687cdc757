#pragma once
// What a host says to a lane, and what it hears: the words of the C header in C++. Everything here
// has been checked by the caller (plugin/abi, or the agent's API): texts are UTF-8 within their
// bounds, enums are known values, amounts are within kMaxAmount. Texts are borrowed for the call.
#include "rules/base/clock.hpp"
#include "rules/base/money.hpp"
#include "rules/engine/offered.hpp"
#include "rules/model/words.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sidedish::lane {

/// SIDEDISH_* status values.
enum class Status : std::int32_t {
  ok = 0,
  invalid = 1,
  stale = 2,
  not_found = 3,
  conflict = 4,
  limit = 5,
  no_state = 6,
  forked = 7,
  no_memory = 8,
  version = 9,
};

inline constexpr unsigned kMaxLines = 2000;
inline constexpr unsigned kMaxLive = 8;
inline constexpr unsigned kMaxLanes = 64;
// The engine's own bounds, for those who call a lane.
inline constexpr unsigned kMaxFacts = 16;
inline constexpr unsigned kMaxSegments = 8;
inline constexpr unsigned kMaxAvoid = 16;
inline constexpr unsigned kMaxBought = 32;

struct Line {
  std::string_view product;
  Milli quantity = 0;
  Minor unit_price = 0;
  Minor line_total = 0;  ///< 0 with a unit price: not said, quantity x unit price counts
  std::uint32_t flags = 0;
  bool in_bundle = false;  ///< its units are parts of a bundle already
  LineKind kind = LineKind::goods;
};

struct Fact {
  std::string_view name;
  std::string_view text;
  std::int64_t number = 0;
  bool is_number = false;
};

struct Bought {
  std::string_view product;
  std::uint32_t days_ago = 0;
};

/// What the host knows of the customer. What it does not say is unknown: no condition holds by it.
struct Customer {
  std::string_view id;                         ///< never leaves the lane but as a hash
  std::span<const std::string_view> segments;  ///< at most kMaxSegments
  bool segments_known = false;                 ///< they are all there are, even if there is none
  /// Allergens ("milk") and diets ("diet:vegan") that the customer declares, at most kMaxAvoid.
  std::span<const std::string_view> avoid;
  Visit visit = Visit::unknown;
  std::span<const Bought> bought;  ///< at most kMaxBought
  std::uint32_t bought_days = 0;   ///< `bought` is all that was bought in so many days; 0: not said
};

struct Moments {
  UtcMs utc = 0;  ///< 0 = the system's clock
  MonoMs steady = 0;
};

struct Snapshot {
  std::string_view basket;
  std::uint64_t seq = 0;
  Moments now;
  Mode mode = Mode::sale;
  Channel channel = Channel::cashier;
  Moment moment = Moment::basket;
  std::uint32_t holds = 0;
  std::string_view language;
  std::string_view operator_id;
  std::string_view looking_at;
  char currency[4] = {};
  Taxed taxed = Taxed::unsaid;
  Minor total = 0;  ///< 0 = not said: the sum of the goods counts
  std::span<const Line> lines;
  std::span<const Fact> facts;
  Customer customer;
};

struct Event {
  BasketEvent type = BasketEvent::checkout_started;
  std::string_view basket;
  std::string_view related;
  Moments now;
  std::span<const std::byte> token;
  Minor total = 0;
  bool total_known = false;
};

/// A prompt for the host. Texts live until the next call on the lane.
using engine::Offered;
/// A piece of what an upsell or a bundle is made of.
using engine::OfferedPart;

struct Answering {
  OutcomeKind what =
      OutcomeKind::accepted;  ///< accepted, declined, undone, not_a_fit, accept_failed
  std::uint64_t prompt = 0;
  By by = By::unknown;
  std::string_view why;
  Moments now;
};

struct Return {
  std::string_view basket;
  std::string_view product;
  Milli quantity = 0;
  Minor value = 0;
  char currency[4] = {};
  Moments now;
};

}  // namespace sidedish::lane
