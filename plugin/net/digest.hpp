#pragma once
// SHA-256, base64, Content-Digest (RFC 9530) and comparing secrets. Pure; OpenSSL stays in the
// .cpp.
#include "rules/base/result.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sidedish::net {

using Sha256 = std::array<std::uint8_t, 32>;

/// FIPS 180-4. Ends the process when the system's OpenSSL has no SHA-256: nothing could be trusted
/// then.
Sha256 sha256(std::string_view bytes);
/// 64 lower-case hexadecimal digits.
std::string hex(const Sha256& digest);

/// RFC 4648, section 4, with padding.
std::string base64(std::string_view bytes);
/// invalid: any other alphabet, wrong padding, spare bits that are not zero. One text for each
/// value, so that a signed or compared text has no second spelling.
Result<std::string> parse_base64(std::string_view text);

/// The field's value for these bytes as they are sent: "sha-256=:...:".
std::string content_digest(std::string_view bytes);
/// The sha-256 member of a Content-Digest or Repr-Digest field (a dictionary of RFC 8941; other
/// algorithms are passed over, of two members of one name the later counts). not_found: no such
/// member. invalid: not a dictionary of byte sequences, or not 32 bytes.
Result<Sha256> parse_content_digest(std::string_view field);

/// Equal in length and in every byte; the time taken depends on the lengths alone.
bool constant_time_equal(std::string_view a, std::string_view b) noexcept;

}  // namespace sidedish::net
