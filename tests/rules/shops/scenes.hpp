#pragma once
// Sales of a real shop's pack, written and answered in plain text: what a store manager reads to
// judge the rules, and what the test holds (README.md in this folder).
#include <string>
#include <string_view>

namespace sidedish::shops {

/// Plays the scenes of `text` with the documents of one of sim/shops, holdouts and exploration set
/// to nothing. Returns the same text with every answer written anew; a line that cannot be played
/// is answered by "    ! why". Throws when the documents do not compile.
std::string play(const std::string& shop, std::string_view text);

/// tests/rules/shops/<shop>.scenes.
std::string scene_file(const std::string& shop);
std::string read_text(const std::string& file);

}  // namespace sidedish::shops
