#pragma once
// What a product's picture may be: a WebP or PNG file, named by its SHA-256. Never SVG, which is a
// program.
#include <cstddef>
#include <string_view>

namespace sidedish {

inline constexpr std::size_t kMaxSmallPicture = 6 * 1024;   ///< bytes, for 64 px
inline constexpr std::size_t kMaxLargePicture = 60 * 1024;  ///< bytes, for 480 px

/// The media type, told by the first bytes (RFC 9649; PNG specification, 5.2); empty for anything
/// else.
constexpr std::string_view picture_type(std::string_view bytes) noexcept {
  constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n";
  const auto is_at = [&](std::size_t at, std::string_view mark) {
    for (std::size_t i = 0; i < mark.size(); ++i) {
      if (at + i >= bytes.size() || bytes[at + i] != mark[i]) return false;
    }
    return true;
  };
  if (is_at(0, kPng)) return "image/png";
  return is_at(0, "RIFF") && is_at(8, "WEBP") ? "image/webp" : "";
}

}  // namespace sidedish
