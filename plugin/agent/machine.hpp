#pragma once
// The machine's clocks and chance, as a program hands them to its rooms.
#include "rules/base/clock.hpp"

#include <cstdint>
#include <ctime>
#include <sys/random.h>

namespace sidedish::agent {

struct SystemClock final : Clock {
  UtcMs now() const noexcept override { return read(CLOCK_REALTIME); }
  MonoMs steady() const noexcept override { return read(CLOCK_BOOTTIME); }
  static std::int64_t read(clockid_t which) noexcept {
    timespec t{};
    ::clock_gettime(which, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1'000'000;
  }
};

inline std::uint64_t random_number() {
  std::uint64_t out = 0;
  while (::getrandom(&out, sizeof out, 0) != sizeof out) {
  }
  return out;
}
inline double jitter() { return static_cast<double>(random_number() >> 11U) * 0x1.0p-53; }

}  // namespace sidedish::agent
