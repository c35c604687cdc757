#pragma once
// How much a test of a long row does: little in ctest, a part with tests/long/<ID> --slice, all of
// it with tests/long/<ID>. The seed is SIDEDISH_SEED or random, and always printed.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string_view>

namespace sidedish::test {

inline unsigned effort(unsigned quick, unsigned slice, unsigned whole) {
  const char* asked = std::getenv("SIDEDISH_LONG");
  if (asked == nullptr) return quick;
  return std::string_view(asked) == "slice" ? slice : whole;
}

/// Whether times may be judged: a long row has a machine of its own, ctest has not.
inline bool timed() { return std::getenv("SIDEDISH_LONG") != nullptr; }

inline std::uint64_t seed_of(std::string_view row) {
  const char* given = std::getenv("SIDEDISH_SEED");
  const std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << row << " seed " << seed << "\n";
  return seed;
}

}  // namespace sidedish::test
