#pragma once
// The last check of an image before it becomes current: it decides in a child process with limits,
// where it can break nothing. First its own vectors, then the terminal's last decision records.
#include "rules/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace sidedish::agent {

struct SelfTestLimits {
  std::chrono::milliseconds wall{5000};
  unsigned cpu_seconds = 5;
  std::size_t memory = std::size_t{64} << 20;  ///< beyond what the agent has when it begins
  std::size_t records = 200;                   ///< newest so many
  std::size_t explained = 16;                  ///< of these, so many are explained too
};

struct SelfTestReport {
  std::uint32_t vectors = 0;  ///< of the image, that decided as written
  std::uint32_t records = 0;  ///< of the terminal, that were decided
};

/// One thread, which waits for the child and does nothing else meanwhile. The child makes no system
/// call but its end: seccomp allows it neither file, socket nor memory, also where the agent itself
/// runs behind a filter of systemd's.
class SelfTest {
 public:
  /// `inside` (tests) is called in the child before each step, with its number.
  explicit SelfTest(std::filesystem::path records, SelfTestLimits limits = {},
                    std::function<void(std::uint32_t)> inside = {})
      : records_(std::move(records)), limits_(limits), inside_(std::move(inside)) {}

  /// `bytes`: an image that Image::open() takes, 8-byte aligned. corrupt: a vector decides otherwise
  /// than written, explain() and decide() disagree, the child ended badly or not in time; says
  /// which, and where. io: it could not be run at all. That records decide otherwise than they did
  /// under other rules is no failure.
  Result<SelfTestReport> run(std::string_view bytes) const;

 private:
  std::filesystem::path records_;
  SelfTestLimits limits_;
  std::function<void(std::uint32_t)> inside_;
};

}  // namespace sidedish::agent
