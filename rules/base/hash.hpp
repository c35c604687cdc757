#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sidedish {

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4: crc32c("123456789") == 0xE3069283). SSE 4.2 where the processor has it.
/// `seed` is the checksum so far, for data in pieces.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed = 0) noexcept;

/// The 64-bit finalizer of MurmurHash3 (Appleby, public domain): every input bit moves every output bit.
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x ^= x >> 33;
  x *= 0xFF51AFD7ED558CCDULL;
  x ^= x >> 33;
  x *= 0xC4CEB9FE1A85EC53ULL;
  x ^= x >> 33;
  return x;
}

/// FNV-1a, 64 bits, finished by mix64. Stable for ever: ids in stored files and arms are made with it.
constexpr std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0) noexcept {
  std::uint64_t h = 0xCBF29CE484222325ULL ^ mix64(seed);
  for (const char c : text) {
    h ^= static_cast<unsigned char>(c);
    h *= 0x100000001B3ULL;
  }
  return mix64(h);
}

/// 32 bits of hash64, never 0: rules and products are remembered by it across images.
constexpr std::uint32_t stable_id(std::string_view text) noexcept {
  const auto h = static_cast<std::uint32_t>(hash64(text) >> 32);
  return h == 0 ? 1U : h;
}

}  // namespace sidedish
