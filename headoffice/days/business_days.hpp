#pragma once
// Which business day of a store a moment belongs to, and which part of it: days begin at 04:00 store
// time.
#include "rules/base/clock.hpp"
#include "rules/compile/compile.hpp"
#include "rules/compile/zone.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// Zone files below `folder` (/usr/share/zoneinfo). A name that is not one of an IANA zone, like
/// "../x", has no file.
compile::ZoneFile zone_files(std::filesystem::path folder);

/// Of a business day, by store time: 04:00, 11:00, 14:00, 17:00, 21:00 begin one. Made for reports, and
/// one for all stores, so that they can be compared; a pack's own dayparts are for its rules.
enum class Daypart : std::uint8_t { morning, midday, afternoon, evening, night };
inline constexpr std::size_t kDayparts = 5;
std::string_view name_of(Daypart part) noexcept;  ///< "morning", ...
std::optional<Daypart> parse_daypart(std::string_view name) noexcept;

/// Thread-safe. A zone's file is read once.
class BusinessDays {
 public:
  explicit BusinessDays(compile::ZoneFile files) : files_(std::move(files)) {}
  /// not_found: no such zone; corrupt: its file.
  Result<void> check(std::string_view zone);
  /// Days since 1970-01-01. Outside the years 2000 to 2100 the nearest known offset counts; an
  /// unknown zone is UTC.
  std::int32_t day_of(std::string_view zone, UtcMs at);
  Daypart part_of(std::string_view zone, UtcMs at);
  /// What the clocks of the zone show at that moment, as milliseconds since 1970-01-01T00:00 there.
  std::int64_t local_of(std::string_view zone, UtcMs at);
  /// The first moment at which they show it, or, where the clocks are put forward over it, the
  /// moment at which they would have: an hour later by their new time.
  UtcMs moment_of(std::string_view zone, std::int64_t local);

 private:
  using Offsets = std::vector<compile::LocalOffset>;
  Result<const Offsets*> offsets(std::string_view zone);
  std::int64_t offset_at(std::string_view zone, std::int64_t seconds);
  compile::ZoneFile files_;
  std::mutex mutex_;
  std::map<std::string, Offsets, std::less<>> zones_;
};

}  // namespace sidedish::headoffice
