#pragma once
// Digests, as names of immutable files. OpenSSL stays inside the .cpp.
#include "rules/base/result.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace sidedish::trust {

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4). internal when OpenSSL refuses. Any thread.
Result<Sha256> sha256(std::span<const std::byte> bytes) noexcept;

/// 64 lower-case hexadecimal digits.
std::string hex(const Sha256& digest);

}  // namespace sidedish::trust
