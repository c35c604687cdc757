#pragma once
// Stores and terminals as people see them: what each runs, what it may have, what it says of itself.
#include "headoffice/store/wave_store.hpp"
#include "headoffice/waves/plan.hpp"
#include "rules/base/clock.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sidedish::headoffice {

/// A terminal that was not heard of for so long is silent: agents say something every minute.
inline constexpr UtcMs kSilentAfter = 5 * 60'000;
/// A clock that is further off makes hours and dates of rules wrong.
inline constexpr std::int64_t kClockOff = 120'000;

/// How a terminal is, in one word; the first that holds.
enum class TerminalState : std::uint8_t {
  never,    ///< nothing was ever heard of it
  silent,   ///< nothing for kSilentAfter
  refused,  ///< the rules it may have did not pass there
  alarm,    ///< it raises one, keeps outcomes aside that nobody takes, or its clock is off
  behind,   ///< it runs other rules than it may have, or none
  fine,
};
/// `told`: SHA-256 of the image it may have, hex; empty: none.
TerminalState state_of(const FleetTerminal& terminal, std::string_view told, UtcMs now);

/// The newest of `offered` that this terminal may have; nullptr: none.
const OfferedVersion* told(std::span<const OfferedVersion> offered, std::string_view store,
                           std::string_view terminal);

/// Thread-safe when the storage is. What it is given outlives it. `own`: these stores alone; empty = all.
class Fleet {
 public:
  Fleet(WaveStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// Stores with their terminals, and the rollouts that are on their way or halted, with how each
  /// terminal stands to them; JSON (fleet.schema.json).
  Result<std::string> view(std::span<const std::string> own);
  /// Remembers it with the time. False: no such terminal.
  Result<bool> report(std::string_view store, std::string_view terminal,
                      const format::Health& health);
  /// A pack's publications, newest first; JSON (versions.schema.json). not_found.
  Result<std::string> versions(std::string_view pack);

 private:
  WaveStore& store_;
  const Clock& clock_;
};

}  // namespace sidedish::headoffice
