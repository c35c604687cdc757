#pragma once
// Folders for tests. Each says whose it is: what a killed or failed run has left is removed by the
// next one that makes a folder of the same kind.
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <signal.h>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace sidedish::test {

/// Removes <base>/sidedish-<kind>-<process>-XXXXXX of processes that are gone.
inline void sweep_scratch(const std::filesystem::path& base, std::string_view kind) {
  const std::string prefix = "sidedish-" + std::string(kind) + "-";
  std::error_code ignored;
  std::vector<std::filesystem::path> left;
  for (const auto& entry : std::filesystem::directory_iterator(base, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    char* end = nullptr;
    const long process = std::strtol(name.c_str() + prefix.size(), &end, 10);
    if (process <= 0 || *end != '-') continue;
    if (::kill(static_cast<::pid_t>(process), 0) != 0 && errno == ESRCH) {
      left.push_back(entry.path());
    }
  }
  for (const auto& path : left) std::filesystem::remove_all(path, ignored);
}

/// A new folder of this process, <base>/sidedish-<kind>-<process>-XXXXXX, for the caller to remove.
/// Empty when there is none.
inline std::filesystem::path make_scratch(const std::filesystem::path& base,
                                          std::string_view kind) {
  static std::set<std::string> swept;
  std::string name = (base / ("sidedish-" + std::string(kind))).string();
  if (swept.insert(name).second) sweep_scratch(base, kind);
  name += "-" + std::to_string(::getpid()) + "-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) return {};
  return name;
}

}  // namespace sidedish::test
