#include "rules/trust/digest.hpp"

#include <openssl/evp.h>

namespace sidedish::trust {

Result<Sha256> sha256(std::span<const std::byte> bytes) noexcept {
  Sha256 out{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &length, EVP_sha256(), nullptr) != 1 ||
      length != out.size()) {
    return fail(Errc::internal, "computing SHA-256", "OpenSSL refused");
  }
  return out;
}

std::string hex(const Sha256& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : digest) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15U];
  }
  return out;
}

}  // namespace sidedish::trust
