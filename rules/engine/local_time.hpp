#pragma once
// Store-local time from the image's offset table. Internal to the room.
#include "rules/base/clock.hpp"
#include "rules/image/image.hpp"

#include <cstdint>

namespace sidedish::engine {

struct LocalTime {
  std::int64_t day;           ///< local days since 1970-01-01
  std::int32_t minute;        ///< of the local day, 0..1439
  std::int32_t weekday;       ///< Monday = 0
  std::int32_t business_day;  ///< as `day`, but a day begins at 04:00
};

/// `now` must lie in [time_begin, time_end) of the settings, `store` in the image. Cost: a binary
/// search over some twenty offsets.
LocalTime local_time(const image::Image& image, std::uint32_t store, UtcMs now) noexcept;

}  // namespace sidedish::engine
