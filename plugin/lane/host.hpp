#pragma once
// The plugin in one process: its rules, its places, and its lanes. Opening and closing may make
// system calls and call the host's log; nothing else here does.
#include "plugin/lane/lane.hpp"

#include <atomic>

namespace sidedish::lane {

struct HostConfig {
  std::string_view state_dir;   ///< empty = /var/lib/sidedish
  std::string_view run_dir;     ///< empty = /run/sidedish, else /dev/shm/sidedish-<uid>
  std::string_view image_file;  ///< instead of state_dir
  std::string_view owner;       ///< empty = sidedish
  void (*log)(void* context, std::int32_t level, const char* text, std::size_t size) = nullptr;
  void* log_context = nullptr;
};

enum LogLevel : std::int32_t { kLogInfo = 1, kLogWarning = 2 };

/// Any thread may open and close lanes. Lives in zeroed memory of its own.
class Host {
 public:
  /// nullptr and `status`: invalid (a path too long), no_memory.
  static Host* open(const HostConfig& config, Status& status) noexcept;
  static void close(Host* host) noexcept;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  /// nullptr and `status`: limit, no_memory, forked. With a lane, `status` is ok or no_state.
  Lane* open_lane(std::string_view store, std::string_view terminal, std::uint32_t capabilities,
                  const Masks& masks, Status& status) noexcept;
  /// nullptr is fine, and so is a lane that is not ours: nothing happens.
  static void close_lane(Lane* lane) noexcept;
  /// Those of all lanes.
  Rules& rules() noexcept { return rules_; }
  /// Lane::refresh(), with what it found for the host's log.
  static Status refresh_lane(Lane* lane) noexcept;

 private:
  /// What a lane's memory holds: the lane, and the way back to its host.
  struct Cell {
    Lane* lane() noexcept { return reinterpret_cast<Lane*>(room); }
    static Cell* of(Lane* lane) noexcept;
    Host* host;
    std::uint32_t index;
    alignas(64) std::byte room[sizeof(Lane)];
  };

  Host() = default;
  ~Host() = default;
  void log(LogLevel level, std::string_view text) const noexcept;
  std::uint64_t draw_epoch(std::uint32_t serial) noexcept;

  Rules rules_;
  RulesPlaces places_;
  Pages alive_;  // one page that a forked child sees as zeros
  HostConfig config_;
  std::atomic<std::uint32_t> serial_{0};
  std::atomic<Cell*> lanes_[kMaxLanes] = {};
};

}  // namespace sidedish::lane
