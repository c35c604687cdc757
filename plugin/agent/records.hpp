#pragma once
// The last decision records of each lane, as files that `sidedish-rules explain` reads. Losing one
// to a power cut is no harm: nothing is synced. One thread.
#include "rules/base/result.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::agent {

class Records {
 public:
  explicit Records(std::filesystem::path folder, unsigned per_lane = 1000)
      : folder_(std::move(folder)), per_lane_(per_lane) {}

  /// `lane`: any text that names it. The oldest file is replaced when there are per_lane of them.
  Result<void> add(std::string_view terminal, unsigned lane, std::span<const std::byte> record);

  struct Entry {
    std::filesystem::path file;
    std::string lane;
    std::uintmax_t size = 0;
    std::filesystem::file_time_type at;
  };
  /// All of them, newest first.
  static std::vector<Entry> list(const std::filesystem::path& folder);

 private:
  std::filesystem::path folder_;
  unsigned per_lane_;
  std::map<std::string, unsigned> next_;  // slot by lane
};

}  // namespace sidedish::agent
