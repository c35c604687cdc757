#pragma once
#include "rules/base/result.hpp"

#include <filesystem>

namespace sidedish::agent {

/// The lock file: who has it runs; it holds the port for command lines.
class Lock {
 public:
  Lock() = default;
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  /// conflict: another process has it. io: the file cannot be made.
  Result<void> take(const std::filesystem::path& file);
  /// False: it could not be written, and `status` will not find this agent.
  bool write_port(unsigned port) const;

 private:
  int fd_ = -1;
};

}  // namespace sidedish::agent
