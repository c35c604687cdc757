#pragma once
// Money is integer minor units with an ISO 4217 exponent; quantities are integer thousandths. No floating point
// beyond the two conversion helpers that exist for hosts which have nothing better.
#include "rules/base/result.hpp"

#include <cstdint>
#include <string_view>

namespace sidedish {

/// Minor units of a currency (cents for EUR, yen for JPY, fils for KWD). Either sign.
using Minor = std::int64_t;
/// Thousandths of a unit: 1000 = one piece, 250 = 0.250 kg. Either sign.
using Milli = std::int64_t;

inline constexpr Milli kOne = 1000;
/// Largest magnitude accepted anywhere for one amount or quantity; sums of 2,000 lines then fit in 64 bits.
inline constexpr std::int64_t kMaxAmount = 1'000'000'000'000;

struct Currency {
  char code[4] = {};  ///< ISO 4217, NUL-terminated
  std::uint8_t exponent = 2;
  std::string_view text() const noexcept { return {code, 3}; }
  friend bool operator==(const Currency&, const Currency&) = default;
};

/// The exponent of a well-known ISO 4217 code; not_found for others.
Result<Currency> currency(std::string_view iso_code) noexcept;

/// a*b/c rounded half to even, computed in 128 bits; limit error when the result leaves +-kMaxAmount or c == 0.
Result<std::int64_t> mul_div(std::int64_t a, std::int64_t b, std::int64_t c) noexcept;
/// quantity x unit price in minor units, half to even.
Result<Minor> extended_price(Milli quantity, Minor unit_price) noexcept;

/// "12.50" with exponent 2 -> 1250. A sign is allowed, grouping and exponents are not; more decimals than the
/// exponent are refused rather than rounded. invalid / limit.
Result<std::int64_t> parse_decimal(std::string_view text, unsigned exponent) noexcept;
/// Value in units -> scaled integer, half to even, after snapping to the nearest 1e-9 (so 9.290000000000001 is 9.29).
/// invalid for NaN and infinities, limit beyond kMaxAmount. Does not touch the FPU state.
Result<std::int64_t> from_double(double value, unsigned exponent) noexcept;

}  // namespace sidedish
