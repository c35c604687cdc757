#pragma once
#include <string_view>

namespace sidedish {

/// A file of the repository that is part of the program (sidedish_embed() in packaging/cmake/rooms.cmake). Lives as
/// long as the program.
struct Asset {
  std::string_view name;  ///< file name without folders
  std::string_view text;
};

}  // namespace sidedish
