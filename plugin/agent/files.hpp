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

/// What a file like `current` says: "<generation> <sha256>\n".
struct Named {
  std::uint64_t generation = 0;
  std::string sha256;
};
/// not_found; corrupt: something else; io.
Result<Named> read_name(const std::filesystem::path& file);

/// A file that somebody else writes, looked at again and again.
class WatchedFile {
 public:
  using Take = std::function<Result<void>(std::string_view bytes)>;
  /// Gives `take` what is in it when that is news, and hands on what `take` says. What was refused is
  /// not read again before the file changes; what could not be written is. The errors of read_file().
  Result<void> look(const std::filesystem::path& file, std::uintmax_t most, const Take& take);

 private:
  std::filesystem::file_time_type time_{};
  std::uintmax_t size_ = 0;
};

}  // namespace sidedish::agent
