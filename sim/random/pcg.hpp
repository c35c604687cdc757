#pragma once
// Randomness of the simulation: PCG32 and integer arithmetic only. The same seed gives the same day
// on every compiler and processor; nothing of <random>, whose distributions differ between standard
// libraries.
#include "rules/base/hash.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sidedish::sim {

/// PCG-XSH-RR 64/32 (O'Neill 2014, "PCG: A Family of Simple Fast Space-Efficient Statistically Good
/// Algorithms for Random Number Generation"). One thread per object; 16 bytes; copying forks it.
class Pcg {
 public:
  explicit constexpr Pcg(std::uint64_t seed, std::uint64_t stream = 0) noexcept
      : increment_((stream << 1U) | 1U) {
    next();
    state_ += seed;
    next();
  }

  /// Uniform over all 32-bit numbers.
  constexpr std::uint32_t next() noexcept {
    const std::uint64_t old = state_;
    state_ = old * 6364136223846793005ULL + increment_;
    const auto shifted = static_cast<std::uint32_t>(((old >> 18U) ^ old) >> 27U);
    const auto turn = static_cast<unsigned>(old >> 59U);
    return (shifted >> turn) | (shifted << ((32U - turn) & 31U));
  }

  /// Uniform in 0..n-1 without bias; 0 for n == 0.
  constexpr std::uint32_t below(std::uint32_t n) noexcept {
    if (n < 2) return 0;
    const std::uint32_t threshold = (0U - n) % n;
    for (;;) {
      const std::uint32_t r = next();
      if (r >= threshold) return r % n;
    }
  }

  /// Uniform in low..high, both inclusive; low <= high, span below 2^32.
  constexpr std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint32_t>(high - low + 1)));
  }

  /// True in `ppm` of a million cases.
  constexpr bool chance(std::int64_t ppm) noexcept {
    return static_cast<std::int64_t>(below(1'000'000)) < ppm;
  }

  /// True in `percent` of a hundred cases.
  constexpr bool percent(std::int64_t percent) noexcept { return chance(percent * 10'000); }

  /// Roughly normal with mean 0 and the given standard deviation: the sum of 12 uniform numbers
  /// (Irwin-Hall), so never beyond 6 deviations.
  constexpr std::int64_t normal(std::int64_t deviation) noexcept {
    std::int64_t sum = 0;
    for (int i = 0; i < 12; ++i) sum += static_cast<std::int64_t>(next() >> 16U);
    return (sum - 6 * 65'535) * deviation / 65'536;
  }

  /// An index drawn by weight; 0 when all weights are 0 or there are none.
  constexpr std::size_t pick(std::span<const std::uint32_t> weights) noexcept {
    std::uint32_t total = 0;
    for (const auto w : weights) total += w;
    std::uint32_t at = below(total);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (at < weights[i]) return i;
      at -= weights[i];
    }
    return 0;
  }

 private:
  std::uint64_t state_ = 0;
  std::uint64_t increment_;
};

/// A generator of its own for each named thing: draws for one never move those of another.
constexpr Pcg pcg_for(std::uint64_t seed, std::string_view what) noexcept {
  return Pcg(hash64(what, seed), hash64(what, ~seed));
}

}  // namespace sidedish::sim
