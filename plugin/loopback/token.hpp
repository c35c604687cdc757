#pragma once
// The secret of one start of the agent, and the file that programs of this machine read it from.
#include "rules/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace sidedish::loopback {

/// 32 bytes as hexadecimal digits. `random` gives 64 bits that nobody can guess.
std::string draw_token(const std::function<std::uint64_t()>& random);

/// <run_dir>/token, replaced by rename: mode 0640, our user, the folder's group. io.
Result<void> write_token(const std::filesystem::path& run_dir, const std::string& token);

}  // namespace sidedish::loopback
