#pragma once
// An image's own test: a few baskets, and what decide() said to each where the image was made. A
// terminal lets the same function answer again before it trusts the image.
#include "rules/image/image.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sidedish::vectors {

inline constexpr std::uint32_t kMost = 48;

/// The same image with the table `vectors` at its end. `image`: whole, 8-byte aligned, without the
/// table; anything else comes back as it is. Same bytes in, same bytes out.
std::vector<std::byte> with_vectors(std::span<const std::byte> image);

enum class Answer : std::uint8_t {
  same = 0,
  different = 1,
  other_engine = 2,  ///< made by an engine that may decide otherwise: nothing can be said
};
/// Decides the vector again, without overlay and memory. `scratch`: engine::scratch_bytes(image).
/// No allocation, no system call.
Answer check(const image::Image& image, const image::Vector& vector,
             std::span<std::byte> scratch) noexcept;

}  // namespace sidedish::vectors
