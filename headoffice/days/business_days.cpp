#include "headoffice/days/business_days.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace sidedish::headoffice {
namespace {

constexpr std::int64_t kBegin = 946'684'800;  // 2000-01-01
constexpr std::int64_t kEnd = 4'102'444'800;  // 2100-01-01
constexpr std::int64_t kDayStart = 4 * 3600;  // 04:00
constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::size_t kMaxZoneFile = 256 * 1024;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// Area/Location with letters, digits, "_", "-", "+": what tzdata's names are made of.
bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() == '/' || name.back() == '/') return false;
  return name.find("//") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '-' || c == '+' || c == '/';
         });
}

}  // namespace

compile::ZoneFile zone_files(std::filesystem::path folder) {
  return [folder = std::move(folder)](std::string_view zone) -> std::vector<std::byte> {
    if (!is_zone_name(zone)) return {};
    const auto path = folder / std::string(zone);
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error) ||
        std::filesystem::file_size(path, error) > kMaxZoneFile) {
      return {};
    }
    std::ifstream in(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    const auto* data = reinterpret_cast<const std::byte*>(bytes.data());
    return {data, data + bytes.size()};
  };
}

std::string_view name_of(Daypart part) noexcept {
  constexpr std::array<std::string_view, kDayparts> kNames{"morning", "midday", "afternoon",
                                                           "evening", "night"};
  return kNames[static_cast<std::size_t>(part)];
}

std::optional<Daypart> parse_daypart(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kDayparts; ++i) {
    if (name == name_of(static_cast<Daypart>(i))) return static_cast<Daypart>(i);
  }
  return std::nullopt;
}

Result<const BusinessDays::Offsets*> BusinessDays::offsets(std::string_view zone) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = zones_.find(zone); found != zones_.end()) return &found->second;
  const auto file = files_(zone);
  if (file.empty()) {
    return fail(Errc::not_found, std::string("expected an IANA time zone, found \"")
                                     .append(zone.substr(0, 64))
                                     .append("\""));
  }
  auto offsets = compile::local_offsets(file, kBegin, kEnd);
  if (!offsets) return tl::unexpected<Error>(offsets.error().within(zone));
  return &zones_.emplace(std::string(zone), std::move(*offsets)).first->second;
}

Result<void> BusinessDays::check(std::string_view zone) {
  if (const auto found = offsets(zone); !found) return tl::unexpected<Error>(found.error());
  return {};
}

std::int64_t BusinessDays::offset_at(std::string_view zone, std::int64_t seconds) {
  const auto found = offsets(zone);
  if (!found || (*found)->empty()) return 0;
  const Offsets& all = **found;
  auto after = std::upper_bound(
      all.begin(), all.end(), seconds,
      [](std::int64_t t, const compile::LocalOffset& entry) { return t < entry.from; });
  return after == all.begin() ? all.front().seconds : std::prev(after)->seconds;
}

std::int32_t BusinessDays::day_of(std::string_view zone, UtcMs at) {
  const std::int64_t seconds = floor_div(at, 1000);
  const std::int64_t day = floor_div(seconds + offset_at(zone, seconds) - kDayStart, kDaySeconds);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(day, -1'000'000, 4'000'000));
}

Daypart BusinessDays::part_of(std::string_view zone, UtcMs at) {
  const std::int64_t local = floor_div(local_of(zone, at), 1000);
  const std::int64_t hour = (local - floor_div(local, kDaySeconds) * kDaySeconds) / 3600;
  return hour < 4    ? Daypart::night
         : hour < 11 ? Daypart::morning
         : hour < 14 ? Daypart::midday
         : hour < 17 ? Daypart::afternoon
         : hour < 21 ? Daypart::evening
                     : Daypart::night;
}

std::int64_t BusinessDays::local_of(std::string_view zone, UtcMs at) {
  return at + offset_at(zone, floor_div(at, 1000)) * 1000;
}

UtcMs BusinessDays::moment_of(std::string_view zone, std::int64_t local) {
  const std::int64_t seconds = floor_div(local, 1000);
  // No zone is further than a day from UTC: what holds the day before is the earlier of two.
  const std::int64_t before = offset_at(zone, seconds - kDaySeconds);
  const std::int64_t after = offset_at(zone, seconds + kDaySeconds);
  const UtcMs early = local - before * 1000;
  const UtcMs late = local - after * 1000;
  if (local_of(zone, early) == local) return early;
  return local_of(zone, late) == local ? late : early;
}

}  // namespace sidedish::headoffice
