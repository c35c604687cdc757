#include "rules/engine/local_time.hpp"

#include <algorithm>

namespace sidedish::engine {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kShiftMs = 4 * 3'600'000;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

LocalTime local_time(const image::Image& image, std::uint32_t store, UtcMs now) noexcept {
  const image::Store& where = image.stores()[store];
  const image::Offset* begin = image.offsets().data() + where.offsets;
  const image::Offset* end = begin + where.offset_count;
  const image::Offset* after = std::upper_bound(
      begin, end, now, [](UtcMs t, const image::Offset& offset) { return t < offset.from; });
  // The first offset is never after time_begin, so there is one before `after`.
  const std::int64_t local =
      now + std::int64_t{1000} * (after == begin ? begin : after - 1)->seconds;
  LocalTime time{};
  time.day = floor_div(local, kDayMs);
  time.minute = static_cast<std::int32_t>((local - time.day * kDayMs) / 60'000);
  // 1970-01-01 was a Thursday.
  time.weekday = static_cast<std::int32_t>((time.day + 3) - floor_div(time.day + 3, 7) * 7);
  time.business_day = static_cast<std::int32_t>(floor_div(local - kShiftMs, kDayMs));
  return time;
}

}  // namespace sidedish::engine
