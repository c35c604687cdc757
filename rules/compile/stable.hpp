#pragma once
// The 32 bits by which rules and products are remembered across images (Rule::stable,
// Product::stable).
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sidedish::compile {

/// One per name, in the order given: stable_id(name), but where two different names would have the
/// same, of which some are to be expected among 100,000. These are all hashed anew until each has
/// one that no name has ever had on the way. So the ids depend on the names alone and not on their
/// order, and a name that comes or goes never hands its id to another: at most those that it
/// collides with are remembered no longer. Equal names have equal ids.
std::vector<std::uint32_t> stable_ids(std::span<const std::string_view> names);

}  // namespace sidedish::compile
