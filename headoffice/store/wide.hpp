#pragma once
// Sums of squares of money need more than 64 bits; they are kept as decimal text.
#include <optional>
#include <string>
#include <string_view>

namespace sidedish::headoffice {

__extension__ typedef unsigned __int128 Wide;

inline std::string to_text(Wide value) {
  char buffer[40];
  char* p = buffer + sizeof buffer;
  do {
    *--p = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  return {p, buffer + sizeof buffer};
}

/// Digits only, within 128 bits; else nothing.
inline std::optional<Wide> parse_wide(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Wide value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<unsigned>(c - '0');
    if (__builtin_mul_overflow(value, Wide{10}, &value) ||
        __builtin_add_overflow(value, Wide{digit}, &value)) {
      return std::nullopt;
    }
  }
  return value;
}

/// value squared; any int64 fits.
constexpr Wide square(long long value) {
  const auto magnitude = value < 0 ? Wide{0} - static_cast<Wide>(value) : static_cast<Wide>(value);
  return magnitude * magnitude;
}

}  // namespace sidedish::headoffice
