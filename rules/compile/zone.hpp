#pragma once
// TZif (RFC 8536) -> the UTC offsets of one zone over a span of time.
#include "rules/base/clock.hpp"
#include "rules/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace sidedish::compile {

/// From `from` on (UTC seconds since 1970), local time = UTC + seconds.
struct LocalOffset {
  std::int64_t from = 0;
  std::int32_t seconds = 0;
  friend bool operator==(const LocalOffset&, const LocalOffset&) = default;
};

/// The offsets that rule [begin, end), both UTC seconds: ascending, the first from `begin` exactly,
/// neighbours differ. Reads version 1 files (32 bits, no footer) and version 2 and later (64 bits,
/// then the footer's rules for what comes after the last transition). corrupt: not such a file;
/// unsupported: it counts leap seconds, or its footer is beyond POSIX and RFC 8536; limit: span of
/// more than 400 years.
Result<std::vector<LocalOffset>> local_offsets(std::span<const std::byte> tzif, std::int64_t begin,
                                               std::int64_t end);

/// The footer alone: the transitions a POSIX TZ string (with RFC 8536's hours -167..167) makes in
/// the UTC years that touch [begin, end), ascending; one entry at `begin` or before comes first.
Result<std::vector<LocalOffset>> posix_offsets(std::string_view tz, std::int64_t begin,
                                               std::int64_t end);

}  // namespace sidedish::compile
