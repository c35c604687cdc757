#pragma once
// A prompt as hosts and pages hear of it: keys and texts of the image instead of its indices.
#include "rules/engine/decide.hpp"
#include "rules/engine/render.hpp"

#include <cstdint>
#include <string_view>

namespace sidedish::engine {

/// A prompt for the host. Texts live as long as the image and the room they were said in.
struct Offered {
  std::uint64_t id = 0;
  std::uint64_t basis_seq = 0;
  Kind kind = Kind::add_on;
  Moment moment = Moment::basket;
  bool fresh = false;
  Milli quantity = 0;
  Minor price_effect = 0;
  Minor saving = 0;
  std::string_view product;
  std::string_view headline;
  std::string_view reason;
  std::string_view line1;
  std::string_view line2;
  std::string_view rule;
  std::string_view rule_name;
  Action action = Action::add;
  std::string_view replaces{};
  std::uint32_t bundles = 0;
  bool plus_tax = false;
  std::string_view picture_small{};  ///< digests in hex; empty: none
  std::string_view picture_large{};
  std::uint32_t rule_index = UINT32_MAX;  ///< in the image of its basket
};

/// A piece of what an upsell or a bundle is made of.
struct OfferedPart {
  std::string_view product;
  std::string_view slot;
  Milli quantity = 0;
  Minor price = 0;
  bool added = false;
};

/// Where texts with slots are written.
struct SaidRoom {
  char headline[kRenderBytes];
  char reason[kRenderBytes];
};

/// What this prompt of a decision says, in the context it was made in. Cost: its texts' length.
Offered offered_of(const image::Image& image, const image::Overlay& overlay, const Context& context,
                   const Prompt& prompt, std::uint64_t basis_seq, SaidRoom& room) noexcept;
OfferedPart part_of(const image::Image& image, const Part& part) noexcept;

}  // namespace sidedish::engine
