#pragma once
// Bytes as an image, in memory aligned as the reader wants it.
#include "rules/image/image.hpp"

#include <cstring>
#include <span>
#include <vector>

namespace sidedish::fuzz {

struct OpenedImage {
  explicit OpenedImage(std::span<const std::byte> bytes) : words((bytes.size() + 7) / 8) {
    if (!bytes.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
    image = image::Image::open(std::as_bytes(std::span(words)).first(bytes.size()));
  }
  std::vector<std::uint64_t> words;
  Result<image::Image> image = image::Image();
};

}  // namespace sidedish::fuzz
