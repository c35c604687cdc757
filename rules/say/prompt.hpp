#pragma once
// A prompt -> JSON, as pages and web tills draw it. Pure, any thread.
#include "rules/engine/offered.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/say/names.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sidedish::say {

/// What all prompts of one answer have in common.
struct About {
  std::string_view basket;
  std::string_view currency;
  unsigned exponent = 2;
  Channel channel = Channel::cashier;
};

/// One member of "prompts". `parts` are those of the bundle or swap, none for an add-on.
std::string write_prompt(const engine::Offered& prompt, std::span<const engine::OfferedPart> parts,
                         const About& about, const Why& why, const Names& names);
/// The member "picture"; nothing when there is none.
void write_picture(format::JsonWriter& json, const Names& names,
                   const image::PictureNames& picture);
/// Sixteen hexadecimal digits.
std::string prompt_id(std::uint64_t id);
/// Thousandths as decimal text without needless zeros: "2", "0.35", "-1.5".
std::string quantity_text(Milli quantity);

}  // namespace sidedish::say
