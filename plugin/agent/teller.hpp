#pragma once
// What the agent tells head office of its own health: one attempt, and when the next is due. One thread.
#include "plugin/agent/status.hpp"
#include "plugin/net/client.hpp"
#include "rules/base/clock.hpp"
#include "rules/format/health.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace sidedish::agent {

/// Of what the status says; the most urgent alarm first. Pure.
format::Health health_of(const AgentStatus& status, std::string_view version);

class Teller {
 public:
  static constexpr MonoMs kEvery = 60'000;  ///< at least so often, and so often after a failure
  static constexpr MonoMs kAtMost = 5'000;  ///< news is told no sooner after the last attempt

  Teller(net::Sender& sender, const Clock& clock, std::string_view store,
         std::string_view terminal);

  /// Nothing may be sent yet: no need to look at the status.
  bool resting() const noexcept;
  /// There is news in it, or it is time.
  bool due(const format::Health& health) const;
  /// Sends it. True: head office took it. A head office that does not know the route, or not the
  /// terminal, is no trouble: it is told again later.
  bool attempt(const format::Health& health,
               std::chrono::milliseconds timeout = std::chrono::seconds(15));

 private:
  net::Sender& sender_;
  const Clock& clock_;
  std::string target_;
  std::optional<MonoMs> last_;          ///< attempt
  std::optional<format::Health> told_;  ///< that head office took last
};

}  // namespace sidedish::agent
