#pragma once
// Publications that go out in waves, and what terminals say of the rules they run.
#include "headoffice/store/change_store.hpp"
#include "headoffice/store/storage.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// A publication on its way. `waves` is JSON that headoffice/waves reads.
struct RolloutRow {
  std::uint64_t version = 0;
  std::string pack;
  Sha256 image{};
  std::string waves;
  bool automatic = false;
  MonoMs wait = 0;
  std::uint32_t wave = 0;
  RolloutState state = RolloutState::running;
  UtcMs since = 0;
  std::string why;
};

/// A manifest that some terminal of the store may have.
struct OfferedManifest {
  ManifestRow manifest;
  std::optional<RolloutRow> rollout;
};

struct HealthRow {
  std::string running;  ///< SHA-256 of the image, hex; empty: none
  std::string refused;  ///< of the last image that did not pass; empty: none
  std::string why;
  UtcMs at = 0;
  friend bool operator==(const HealthRow&, const HealthRow&) = default;
};
struct TerminalHealth {
  std::string store;
  std::string terminal;
  std::optional<HealthRow> health;  ///< none: it never said anything
};

struct PublishedDocuments {
  std::string pack;
  std::string rules;
  std::string catalogue;
};

/// Thread rules and errors are Storage's.
class WaveStore {
 public:
  virtual ~WaveStore() = default;

  /// Newest first, down to the newest that every terminal may have. not_found: no such store, or
  /// nothing published for it.
  virtual Result<std::vector<OfferedManifest>> offered(std::string_view store) = 0;
  /// Newest first; `running`: only those.
  virtual Result<std::vector<RolloutRow>> rollouts(bool running, std::size_t most) = 0;
  /// One transaction with the log's row. False: it is not any more where `was` says, nothing changed.
  virtual Result<bool> move_rollout(const RolloutRow& was, const RolloutRow& now,
                                    const Change& change) = 0;
  /// False: no such terminal.
  virtual Result<bool> put_health(std::string_view store, std::string_view terminal,
                                  const HealthRow& health) = 0;
  /// not_found: no such terminal; nullopt: it never said anything.
  virtual Result<std::optional<HealthRow>> health(std::string_view store,
                                                  std::string_view terminal) = 0;
  /// Every known terminal of the stores that the version was published to.
  virtual Result<std::vector<TerminalHealth>> health_of(std::uint64_t version) = 0;
  /// The stores it was published to, ascending.
  virtual Result<std::vector<std::string>> stores_of_version(std::uint64_t version) = 0;
  /// What was published as this version. not_found.
  virtual Result<PublishedDocuments> documents(std::uint64_t version) = 0;
};

}  // namespace sidedish::headoffice
