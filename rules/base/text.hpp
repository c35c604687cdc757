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

/// 64 hexadecimal digits in lower case: how a SHA-256 is written everywhere.
constexpr bool is_digest(std::string_view s) noexcept {
  if (s.size() != 64) return false;
  for (const char c : s) {
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

/// Code points of valid UTF-8: the "characters" of our text limits.
constexpr std::size_t count_characters(std::string_view s) noexcept {
  std::size_t n = 0;
  for (const char c : s) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1U : 0U;
  return n;
}

/// The same without direction marks (U+200E, U+200F) and isolates (U+2066 to U+2069), which take
/// no place.
constexpr std::size_t visible_characters(std::string_view s) noexcept {
  std::size_t count = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(s[i + k]); };
    if ((byte(0) & 0xC0U) == 0x80U) continue;
    const bool three = byte(0) == 0xE2 && i + 2 < s.size();
    const bool mark = three && ((byte(1) == 0x80 && (byte(2) == 0x8E || byte(2) == 0x8F)) ||
                                (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9));
    if (!mark) ++count;
  }
  return count;
}

/// Characters that turn the direction of what follows: marks, embeddings, overrides and isolates
/// (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069).
constexpr bool has_direction(std::string_view s) noexcept {
  for (std::size_t i = 0; i + 1 < s.size(); ++i) {
    const auto byte = [&](std::size_t k) {
      return i + k < s.size() ? static_cast<unsigned char>(s[i + k]) : 0U;
    };
    if (byte(0) == 0xD8 && byte(1) == 0x9C) return true;
    if (byte(0) != 0xE2) continue;
    if (byte(1) == 0x80 && (byte(2) == 0x8E || byte(2) == 0x8F)) return true;
    if (byte(1) == 0x80 && byte(2) >= 0xAA && byte(2) <= 0xAE) return true;
    if (byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9) return true;
  }
  return false;
}

}  // namespace sidedish
