#pragma once
#include <cstdint>
#include <string_view>

namespace sidedish {

/// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing beyond U+10FFFF.
constexpr bool valid_utf8(std::string_view s) noexcept {
  for (std::size_t i = 0; i < s.size();) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(s[i + k]); };
    const auto tail = [&](std::size_t k) { return i + k < s.size() && (byte(k) & 0xC0U) == 0x80U; };
    const unsigned b = byte(0);
    if (b < 0x80) {
      i += 1;
    } else if (b >= 0xC2 && b <= 0xDF && tail(1)) {
      i += 2;
    } else if (b >= 0xE0 && b <= 0xEF && tail(1) && tail(2) && !(b == 0xE0 && byte(1) < 0xA0) &&
               !(b == 0xED && byte(1) > 0x9F)) {
      i += 3;
    } else if (b >= 0xF0 && b <= 0xF4 && tail(1) && tail(2) && tail(3) &&
               !(b == 0xF0 && byte(1) < 0x90) && !(b == 0xF4 && byte(1) > 0x8F)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

/// U+0000..001F and U+007F.
constexpr bool has_control(std::string_view s) noexcept {
  for (const char c : s) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return true;
  }
  return false;
}

/// Code points of valid UTF-8: the "characters" of our text limits.
constexpr std::size_t count_characters(std::string_view s) noexcept {
  std::size_t n = 0;
  for (const char c : s) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
  return n;
}

}  // namespace sidedish
