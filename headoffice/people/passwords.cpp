#include "headoffice/people/passwords.hpp"

#include <array>
#include <cstdlib>
#include <sodium.h>

namespace sidedish::headoffice {

Passwords::Passwords(PasswordCost cost) : cost_(cost) {
  if (sodium_init() < 0) std::abort();
  nobody_ = hash(random_token()).value_or("");
}

Result<std::string> Passwords::hash(std::string_view password) const {
  const std::scoped_lock lock(turn_);
  std::array<char, crypto_pwhash_STRBYTES> out{};
  if (crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost_.passes,
                            cost_.memory, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(Errc::internal, "hashing a password", "not enough memory");
  }
  return std::string(out.data());
}

bool Passwords::verify(std::string_view hash, std::string_view password) const {
  const std::string known(hash.empty() ? nobody_ : hash);
  const std::scoped_lock lock(turn_);
  const bool same = crypto_pwhash_str_verify(known.c_str(), password.data(), password.size()) == 0;
  return same && !hash.empty();
}

std::string random_token() {
  if (sodium_init() < 0) std::abort();
  std::array<unsigned char, 32> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, 64> text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  return text.data();
}

}  // namespace sidedish::headoffice
