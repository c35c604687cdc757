#pragma once
#include <cstdint>

namespace sidedish {

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
using UtcMs = std::int64_t;
/// Milliseconds since some fixed moment of this boot; never goes backwards.
using MonoMs = std::int64_t;

/// Time comes in from outside, always. Implementations are safe to read from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual UtcMs now() const noexcept = 0;
  virtual MonoMs steady() const noexcept = 0;

 protected:
  ~Clock() = default;  // owned by value, never through the base
};

}  // namespace sidedish
