#pragma once
// What people changed: who, when, what, from, to, why. Rows are added, never rewritten, and each
// one's hash covers all before it.
#include "headoffice/store/storage.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sidedish::headoffice {

/// One change. `before` and `after` are JSON; empty: there was, or is, nothing.
struct Change {
  UtcMs at = 0;
  std::string who;      ///< sign-in name, or "command line"
  std::string what;     ///< "rule.paused"
  std::string subject;  ///< "burgerbar/burger-fries"
  std::string store{};  ///< empty = all
  std::string before{};
  std::string after{};
  std::string why{};
};

struct ChangeRow {
  std::uint64_t id = 0;  ///< 1, 2, 3, ... without a gap
  Change change;
  Sha256 hash{};
};

struct ChangeFilter {
  std::uint64_t before = 0;  ///< ids below; 0 = from the newest
  std::uint32_t limit = 100;
  std::string subject{};  ///< this one and what is below it ("burgerbar"); empty = all
  std::string who{};
  bool people = true;  ///< false: without what was changed of people
};

/// Where the chain breaks, if it does.
struct ChainCheck {
  std::uint64_t changes = 0;
  std::uint64_t broken_at = 0;  ///< the first row that is not what was written; 0 = none
  Sha256 last{};  ///< hash of the newest: kept elsewhere, it proves that none was cut off
};

/// The hash of a row: SHA-256 over the hash before (32 zero bytes for the first), the id and the
/// time as 8 bytes little-endian, then each text as its length in 8 bytes and its bytes, in the
/// order of `Change`.
Sha256 change_hash(const Sha256& before, std::uint64_t id, const Change& change);

/// Thread-safe, as Storage is. Changes are written by the calls that make them, in their
/// transaction; there is no call that only writes one.
class ChangeStore {
 public:
  ChangeStore() = default;
  ChangeStore(const ChangeStore&) = delete;
  ChangeStore& operator=(const ChangeStore&) = delete;
  virtual ~ChangeStore() = default;

  /// Newest first.
  virtual Result<std::vector<ChangeRow>> changes(const ChangeFilter& filter) = 0;
  /// Reads every row.
  virtual Result<ChainCheck> check_changes() = 0;
};

}  // namespace sidedish::headoffice
