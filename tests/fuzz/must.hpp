#pragma once
// What a fuzz target promises beside not crashing.
#include <cstdio>
#include <cstdlib>

namespace sidedish::fuzz {

/// Ends the process, as a sanitizer would, when a promise does not hold.
inline void must(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", promise);
  std::abort();
}

}  // namespace sidedish::fuzz
