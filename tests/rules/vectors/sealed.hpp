#pragma once
// Images with something changed inside and a good checksum: what a mistake in the making would give.
#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"
#include "rules/image/image.hpp"

#include <cstddef>
#include <cstring>
#include <functional>
#include <vector>

namespace sealed {

/// The image with its n-th vector changed.
inline std::vector<std::byte> with_vector(
    std::vector<std::byte> image, std::uint32_t n,
    const std::function<void(sidedish::image::Vector&)>& edit) {
  using namespace sidedish;
  image::Directory entry;
  std::memcpy(&entry, image.data() + sizeof(image::Header) + image::kVectors * sizeof entry,
              sizeof entry);
  std::byte* place = image.data() + entry.offset + n * sizeof(image::Vector);
  auto vector = load<image::Vector>(place);
  edit(vector);
  store(place, vector);
  auto header = load<image::Header>(image.data());
  header.crc32c = 0;
  store(image.data(), header);
  header.crc32c = crc32c(image);
  store(image.data(), header);
  return image;
}

}  // namespace sealed
