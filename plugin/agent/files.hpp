#pragma once
// Small files, whole: what is killed at any moment leaves the old one or the new one.
#include "rules/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace sidedish::agent {

/// io: "doing path: what errno says".
tl::unexpected<Error> system_error(std::string_view doing, const std::filesystem::path& path);

/// not_found; limit: longer than `most`; io.
Result<std::string> read_file(const std::filesystem::path& path, std::uintmax_t most);

/// A file beside it, written, synced, renamed over it; then the folder is synced. Mode 0644. `at` is
/// told each step before it is done. io: what was there is untouched.
Result<void> write_file(const std::filesystem::path& file, std::string_view bytes,
                        const std::function<void(const char*)>& at);

}  // namespace sidedish::agent
