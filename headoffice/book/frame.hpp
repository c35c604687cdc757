#pragma once
// The frame of a pack: all that it says beside its rules and products, as the rule document has it.
#include "headoffice/book/findings.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidedish::headoffice {

/// A store that the pack has now, and what stays behind without it.
struct StoreUse {
  std::string store;
  std::size_t tills = 0;   ///< that were heard of lately
  std::size_t silent = 0;  ///< the others
};
/// A store of this id is another pack's.
struct StoreTaken {
  std::string store;
  std::string pack;
};

struct FrameRead {
  std::optional<model::Pack> pack;  ///< it could be read: this pack with the frame in it
  std::vector<BookFinding> findings;
};
FrameRead read_frame(const CurrentPack& current, std::string_view json);
/// The same, and checks and lints the pack with it in, as publishing would; findings of rules name
/// them, all others have pointers from the frame on.
FrameRead check_frame(const CurrentPack& current, std::string_view json,
                      const compile::ZoneFile& zones, UtcMs now);
/// Stores of the pack that are not in `frame`.
std::vector<std::string> stores_gone(const CurrentPack& current, const model::Pack& frame);
/// What keeps stores from being taken out, and from coming in.
std::vector<BookFinding> check_stores(const model::Pack& frame, const std::vector<StoreUse>& gone,
                                      const std::vector<StoreTaken>& taken);

/// Everything of the frame; rules and version stay.
void put_frame(model::Pack& pack, model::Pack frame);

/// What two frames say differently, each as JSON of values by place ("stores/mitte/name"): stores and
/// sets by id. What cannot be read is one place.
std::pair<std::string, std::string> frame_difference(std::string_view before,
                                                     std::string_view after);

/// The frame with these stores alone.
std::string frame_of_stores(const model::Pack& pack, const std::vector<std::string>& stores);

}  // namespace sidedish::headoffice
