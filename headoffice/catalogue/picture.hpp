#pragma once
// How large a picture is, from the head of its file; nothing is decoded here. Pure.
#include <cstdint>
#include <optional>
#include <string_view>

namespace sidedish::headoffice {

struct Pixels {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  friend bool operator==(const Pixels&, const Pixels&) = default;
};

/// Of a whole PNG file (PNG specification, 5 and 11.2.1) or a WebP that does not move (RFC 9649, 2.5
/// to 2.7; RFC 6386, 9.1). nullopt: it is none, or its end is missing.
std::optional<Pixels> picture_pixels(std::string_view file);

}  // namespace sidedish::headoffice
