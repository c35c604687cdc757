#pragma once
// One event of the outbox as bytes: everything about it in one piece with a checksum, so that a
// scan of a broken file finds it without SQLite. The body is opaque here.
#include "rules/base/result.hpp"
#include "rules/format/outcomes.hpp"
#include "rules/model/outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sidedish::outbox {

/// Beside the kinds of the wire: what the outbox makes itself.
inline constexpr auto kTombstone = static_cast<OutcomeKind>(100);

/// `weight` and `amount` are what a tally of this row adds: 1 and its price effect or total; later
/// parts of a basket add 0 and 0.
struct Row {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::string_view store;
  std::string_view terminal;
  OutcomeKind kind = OutcomeKind::shown;
  model::RecordId record;  ///< the lane's own id; 0, 0: none
  UtcMs at = 0;
  Arm arm = Arm::none;
  std::string_view rule;
  char currency[4] = {};
  std::uint64_t weight = 1;
  std::int64_t amount = 0;
  OutcomeKind about = OutcomeKind::shown;          ///< a tally's kind
  format::Origin origin = format::Origin::outbox;  ///< a tally's
  std::span<const std::byte> body;
};

inline constexpr char kRowMagic[8] = {'S', 'D', 'o', 'u', 't', 'b', 'x', '1'};
inline constexpr std::size_t kMaxRow = 128 * 1024;

void encode(const Row& row, std::vector<std::byte>& out);
/// Texts and body point into `bytes`, which may be longer than the row (a scan). corrupt.
Result<Row> decode(std::span<const std::byte> bytes);

/// Order of folding: what loses its detail first. 255: never.
int rank_of(OutcomeKind kind) noexcept;

std::vector<std::byte> encode(const format::Tombstone& stone);
Result<format::Tombstone> decode_tombstone(std::span<const std::byte> bytes);
std::vector<std::byte> encode(const format::Audit& audit);
Result<format::Audit> decode_audit(std::span<const std::byte> bytes);

}  // namespace sidedish::outbox
