#pragma once
// Publications that go out in waves, and what terminals say of the rules they run.
#include "headoffice/store/change_store.hpp"
#include "headoffice/store/storage.hpp"
#include "rules/format/health.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
  UtcMs since = 0;  ///< all but `at` is as it is
  friend bool operator==(const HealthRow&, const HealthRow&) = default;
};
struct TerminalHealth {
  std::string store;
  std::string terminal;
  std::optional<HealthRow> health;  ///< none: it never said anything
};

/// What a terminal said of itself, and when.
struct HealthReport {
  UtcMs at = 0;               ///< by our clock
  std::int64_t clock_ms = 0;  ///< its clock minus ours
  format::Health health;      ///< without its `time`
};

/// The newest publication of an image.
struct PublishedImage {
  std::string image;  ///< SHA-256, hex
  std::uint64_t version = 0;
  std::string pack;
  std::uint64_t pack_version = 0;
};

struct FleetTerminal {
  std::string id;
  UtcMs last_at = 0;  ///< it was heard of, in whatever way; 0: never
  std::optional<HealthRow> health;
  std::optional<HealthReport> report;
};
/// A publication that some terminal of the store may have.
struct OfferedVersion {
  PublishedImage published;
  std::optional<RolloutRow> rollout;  ///< none: everywhere
};
struct FleetStore {
  std::string id;
  std::string name;
  std::string time_zone;
  std::vector<OfferedVersion> offered;  ///< newest first, down to the newest that is everywhere
  std::vector<FleetTerminal> terminals;
};

/// One publication in the history of its pack.
struct VersionRow {
  std::uint64_t version = 0;
  std::uint64_t pack_version = 0;
  UtcMs at = 0;
  std::string who;  ///< empty: a program, which did not say
  std::string why;
  std::optional<RolloutRow> rollout;
  /// By rule id, ascending; nullopt: from before changes were remembered.
  std::optional<std::vector<std::pair<std::string, RuleChanged>>> rules_changed;
  /// Its stores or settings are others than before; false also where that is not known.
  bool frame_changed = false;
};

struct PublishedDocuments {
  std::string pack;
  std::string rules;
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
  /// False: no such terminal.
  virtual Result<bool> put_report(std::string_view store, std::string_view terminal,
                                  const HealthReport& report) = 0;
  /// Every store with its terminals, ascending by id.
  virtual Result<std::vector<FleetStore>> fleet() = 0;
  /// Of every image that a terminal says it runs, or refused, and that was published here.
  virtual Result<std::vector<PublishedImage>> reported_images() = 0;
  /// Newest first. not_found: nothing of the pack was ever published.
  virtual Result<std::vector<VersionRow>> versions(std::string_view pack, std::size_t most) = 0;
  /// What was published as this version. not_found.
  virtual Result<PublishedDocuments> documents(std::uint64_t version) = 0;
};

}  // namespace sidedish::headoffice
