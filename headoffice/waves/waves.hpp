#pragma once
// Publications that reach terminals wave after wave, and halt by themselves where rules do not pass.
#include "headoffice/store/wave_store.hpp"
#include "headoffice/waves/plan.hpp"
#include "rules/base/clock.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// What a terminal says when it asks for its manifest. All that comes from it may be anything.
struct Heard {
  std::string terminal;  ///< empty: it does not say who it is
  std::string running;   ///< SHA-256 of its image, hex
  std::string refused;   ///< of the last image that did not pass its self-test or checks
  std::string why;
};

/// How far a wave is.
struct WaveCount {
  std::size_t terminals = 0;
  std::size_t healthy = 0;  ///< run this version's image
  std::size_t refused = 0;  ///< say that it did not pass
  std::size_t fresh = 0;    ///< of these, so many since the rollout was moved last
  std::string example{};    ///< of the refused, or else of those that are missing
  std::string why{};        ///< of a refused one
};

/// Thread-safe when the storage is. What it is given outlives it.
class Waves {
 public:
  Waves(WaveStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// The newest manifest that this terminal may have; without a name, the newest that all may have.
  /// not_found: nothing.
  Result<ManifestRow> manifest(std::string_view store, std::string_view terminal);
  /// Remembers it. True: it is news, and tick() should look.
  Result<bool> hear(std::string_view store, const Heard& heard);
  /// Looks at every running rollout: halts where a terminal of the wave refuses the image, or says
  /// nothing for the time that was ordered; goes on where all have it and that was ordered. A refusal
  /// from before somebody let it go on halts nothing any more, and that terminal is not waited for. The
  /// stores whose terminals have another manifest now.
  Result<std::vector<std::string>> tick();
  /// By command. conflict: it is not running (resume goes on with a halted one). not_found.
  enum class Order { advance, halt, resume };
  Result<std::vector<std::string>> order(std::uint64_t version, Order what, std::string_view who,
                                         std::string_view why);
  /// The newest rollouts with their counts; JSON.
  Result<std::string> view();

 private:
  Result<WaveCount> count(const RolloutRow& row, const std::vector<Wave>& waves);
  Result<std::vector<std::string>> move(const RolloutRow& was, const RolloutRow& now,
                                        std::string_view who);

  WaveStore& store_;
  const Clock& clock_;
};

}  // namespace sidedish::headoffice
