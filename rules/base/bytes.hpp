#pragma once
// Little-endian integers at any alignment, and the one cast from objects to bytes that C++ allows.
#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

namespace sidedish {

static_assert(std::endian::native == std::endian::little,
              "file formats are little-endian and read in place");

template <class T>
requires std::is_trivially_copyable_v<T> T load(const std::byte* p)
noexcept {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

template <class T>
requires std::is_trivially_copyable_v<T>
void store(std::byte* p, const T& value) noexcept { std::memcpy(p, &value, sizeof value); }

template <class T>
requires std::is_trivially_copyable_v<T> std::span<const std::byte> bytes_of(const T& value)
noexcept { return std::as_bytes(std::span<const T, 1>(&value, 1)); }

}  // namespace sidedish
