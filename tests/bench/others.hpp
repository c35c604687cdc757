#pragma once
// A matcher that we are compared with. Each is a program of its own: bench-<name> RULES.
#include "tests/bench/peer/matcher.hpp"

namespace sidedish::bench {

/// With the version, where it is somebody's library: "sqlite-3.40.1".
std::string other_name();
std::unique_ptr<Matcher> other_matcher(const Workload& work);

}  // namespace sidedish::bench
