#pragma once
#include <cstddef>
#include <span>
#include <string_view>

namespace sidedish {

/// A file of a page that is part of the program (sidedish_pages() in packaging/cmake/pages.cmake). Lives as long as
/// the program.
struct WebAsset {
  std::string_view path;  ///< as in the address: "/till", "/assets/till-AB12CD34.js"
  std::string_view type;  ///< for Content-Type
  std::string_view etag;  ///< quoted, of the bytes in raw
  bool immutable;         ///< the path holds a hash of the content: may be kept for ever
  std::span<const std::byte> raw;
  std::span<const std::byte>
      gz;  ///< the same compressed; empty when that saves nothing, and for HTML
  std::span<const std::byte> br;
};

}  // namespace sidedish
