#pragma once
// Passwords and random tokens. libsodium stays in the .cpp.
#include "rules/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace sidedish::headoffice {

/// What a hash costs. The defaults are libsodium's "interactive": 64 MiB, some 50 ms.
struct PasswordCost {
  std::uint64_t passes = 2;
  std::size_t memory = 64ULL << 20;
};

/// argon2id (RFC 9106) in libsodium's text form, with a salt of its own. Thread-safe; one at a time, so
/// that however many try, the memory of one is used.
class Passwords {
 public:
  /// Ends the process when libsodium cannot start: it has no random numbers then.
  explicit Passwords(PasswordCost cost = {});

  /// internal: the memory was not to be had.
  Result<std::string> hash(std::string_view password) const;
  /// Takes as long for an empty hash (nobody of that name) as for a wrong password.
  bool verify(std::string_view hash, std::string_view password) const;

 private:
  PasswordCost cost_;
  mutable std::mutex turn_;
  std::string nobody_;  ///< hash of a password that nobody has
};

/// 32 random bytes as 43 characters of base64url (RFC 4648, section 5, no padding).
std::string random_token();

}  // namespace sidedish::headoffice
