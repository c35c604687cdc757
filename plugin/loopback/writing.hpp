#pragma once
// What a lane says -> JSON. Pure, any thread.
#include "plugin/lane/lane.hpp"
#include "plugin/loopback/names.hpp"
#include "plugin/loopback/reading.hpp"

#include <string>
#include <string_view>

namespace sidedish::loopback {

/// What all prompts of one answer have in common.
struct About {
  std::string_view basket;
  std::string_view currency;
  unsigned exponent = 2;
  Channel channel = Channel::cashier;
};

/// One member of "prompts". `parts` are those of the bundle or swap, none for an add-on.
std::string write_prompt(const lane::Offered& prompt, std::span<const lane::OfferedPart> parts,
                         const About& about, const Why& why, const Names& names);
/// The basket for a page: its goods, not voided, at most the first 200 rows as they were sent.
std::string write_basket(const format::Json& body, const SnapshotRequest& said, bool in_tender,
                         const Names& names);
/// Sixteen hexadecimal digits.
std::string prompt_id(std::uint64_t id);
/// Thousandths as decimal text without needless zeros: "2", "0.35", "-1.5".
std::string quantity_text(Milli quantity);
/// What GET /v1/lanes/{lane} answers.
std::string write_status(std::string_view name, const lane::Lane& lane);
std::string_view name_of(Silence silence) noexcept;

}  // namespace sidedish::loopback
