#include "tests/support/places.hpp"

namespace sidedish::tests {

std::string source_dir() { return SIDEDISH_SOURCE_DIR; }
std::string build_dir() { return SIDEDISH_BINARY_DIR; }

}  // namespace sidedish::tests
