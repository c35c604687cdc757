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

/// Inputs that came through to what lies behind the first checks. A stored corpus of which none does
/// has grown old, and tests nothing: it fails (tests/support/fuzz_replay.cpp).
inline unsigned understood = 0;

}  // namespace sidedish::fuzz
