#pragma once
// A basket that is live in a lane: what decide() remembers, what was in it last, and what the lane
// has inferred. Plain data in the lane's own memory.
#include "plugin/lane/normalise.hpp"
#include "plugin/lane/rules.hpp"
#include "rules/engine/memory.hpp"

namespace sidedish::lane {

/// An id of at most 64 bytes, in place.
struct Id {
  char text[64];
  std::uint8_t size;
  std::string_view view() const noexcept { return {text, size}; }
  void set(std::string_view id) noexcept {
    size = static_cast<std::uint8_t>(id.size() < sizeof text ? id.size() : sizeof text);
    for (std::uint8_t i = 0; i < size; ++i) text[i] = id[i];
  }
};

enum class Parked : std::uint8_t {
  no = 0,
  inferred = 1,  ///< another basket was shown
  said = 2,      ///< the host said so
};

/// What a prompt was when it was made: for the records that come after it. Not in the token: after
/// a resume elsewhere the catalogue's price stands in.
struct PromptNote {
  std::uint64_t prompt;
  Minor price_effect;
  Minor saving;
  MonoMs accepted_at;  ///< + 1; 0 = not accepted here
  std::uint32_t propensity_ppm;
  std::uint8_t remarks;  ///< bit 0 not_a_fit, bit 1 accept_failed
  std::uint8_t reserved[3];
};

struct LiveBasket {
  bool used;
  bool tender;
  bool checkout;
  bool mixed;  ///< merged across arms: no part of the experiment
  bool shown;  ///< had a snapshot in this lane
  Parked parked;
  Mode mode;
  Channel channel;
  Moment moment;
  char currency[4];
  Id id;
  std::uint64_t seq;
  std::uint64_t content;  ///< fingerprint of goods and context, without the time
  std::uint64_t touched;  ///< order of use, for eviction
  UtcMs touched_at;
  UtcMs tender_at;
  const Loaded* rules;
  Place place;
  engine::BasketMemory memory;
  engine::Context context;  ///< of the last snapshot
  PromptNote notes[engine::kPromptSlots];
  Goods goods;
};

}  // namespace sidedish::lane
