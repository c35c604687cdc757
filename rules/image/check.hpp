#pragma once
// What Image::open() verifies, in two steps: first that there are tables at all (nothing but the
// envelope is trusted before that), then what stands in them. Internal to the room.
#include "rules/image/image.hpp"

#include <cstddef>
#include <span>

namespace sidedish::image {

/// Magic, version, size, checksum; then offset, alignment, order, bounds and record size of every
/// table, and that the bytes between tables are zero. corrupt, unsupported.
Result<void> check_envelope(std::span<const std::byte> bytes) noexcept;

/// Every record of every table, for an image whose envelope is good. corrupt (names table, index
/// and field); limit (shared texts or lists that would make the check itself slow).
Result<void> check_tables(const Image& image) noexcept;

}  // namespace sidedish::image
