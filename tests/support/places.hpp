#pragma once
// Where this checkout and this build are. Compiled once: tests that name no path are the same
// objects in every clone, so that a compiler cache helps there too.
#include <string>

namespace sidedish::tests {

std::string source_dir();  ///< absolute, without a slash at the end
std::string build_dir();   ///< absolute, without a slash at the end

}  // namespace sidedish::tests
