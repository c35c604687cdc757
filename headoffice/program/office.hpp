#pragma once
// Where a command's requests go: to the process that serves the database, or, when none runs, to
// the same handlers over the database itself.
#include "plugin/net/http.hpp"
#include "rules/base/clock.hpp"
#include "rules/base/result.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace sidedish::headoffice {

struct Places {
  std::string database;
  std::string zones;   ///< folder of tzdata
  std::string server;  ///< base URL; empty = look beside the database
};

/// Beside the database: where the serving process listens, as "http://127.0.0.1:7400".
std::filesystem::path address_file(const std::string& database);
/// Beside the database, for its owner alone: what the command line shows the serving process.
std::filesystem::path token_file(const std::string& database);
/// By rename: a reader sees the old text or the new. io.
Result<void> write_file(const std::filesystem::path& file, std::string_view text,
                        std::filesystem::perms mode = std::filesystem::perms(0644));
/// limit: over 64 MiB; io, not_found.
Result<std::string> read_file(const std::filesystem::path& file);

/// Seconds since 1970 of this machine.
class SystemClock final : public Clock {
 public:
  UtcMs now() const noexcept override;
  MonoMs steady() const noexcept override;
};

/// What a command asks, reached once for all its requests. One thread.
class Office {
 public:
  /// conflict: nobody serves the database, and yet somebody has it.
  static Result<std::unique_ptr<Office>> reach(const Places& places);
  virtual ~Office() = default;
  /// network: it does not answer, or no longer.
  virtual Result<net::Response> call(net::Request request) = 0;
};

}  // namespace sidedish::headoffice
