#pragma once
// A rule that nobody has seen yet, over the baskets of real days: in how many it would have spoken,
// and why not in the others. The same decide() as on the tills.
#include "headoffice/store/basket_store.hpp"
#include "rules/image/image.hpp"
#include "rules/say/words.hpp"
#include "rules/trial/trial.hpp"

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sidedish::headoffice {

struct Bounds {
  double low = 0;
  double likely = 0;
  double high = 0;
};

struct ReplayScope {
  std::vector<std::string> stores;  ///< ids
  BusinessDay from = 0;             ///< both inclusive
  BusinessDay to = 0;
  /// More sales a showing, where a holdout has told. Otherwise the author's rate is taken, which
  /// counts as much as kAssumedShowings.
  std::optional<Bounds> measured{};
};

/// How far it is; written by the run, read by anybody.
struct ReplayProgress {
  std::atomic<std::uint64_t> done = 0;  ///< events
  std::atomic<std::uint64_t> of = 0;
  std::atomic<bool> stop = false;  ///< asked for by others
};

struct ReplayLine {
  std::string product;  ///< key
  std::string name;     ///< in the pack's first language; of unknown products the key
  Milli quantity = 0;
  Minor value = 0;
};
/// One basket behind a number, with its own explanation.
struct ReplaySample {
  std::int64_t event = 0;
  std::string store;
  std::string terminal;
  UtcMs at = 0;
  Channel channel = Channel::cashier;
  std::string why;  ///< in words
  bool held_out = false;
  say::FoundNumber found{};  ///< of the condition that did not hold
  Minor total = 0;
  std::vector<ReplayLine> lines;
};
/// Baskets for which the same thing is true. `name`: of what, stable: a JSON pointer into the rule, a
/// guard's, a silence's or a rule's id.
struct ReplayReason {
  std::uint64_t baskets = 0;
  std::string words;
  std::vector<std::int64_t> samples;  ///< events, the first few
};
using ReplayReasons = std::map<std::string, ReplayReason>;

/// Every basket is in exactly one of prompted, already, unqualified, blocked, lost and silent.
struct ReplayResult {
  std::uint64_t baskets = 0;
  trial::RuleTally tally;
  ReplayReason prompted;
  ReplayReason already;
  ReplayReasons unqualified;     ///< by pointer; "": channel or moment
  ReplayReasons blocked;         ///< by guard
  ReplayReasons lost;            ///< by the rule that was asked instead
  ReplayReasons silent;          ///< by silence
  std::uint64_t no_sales = 0;    ///< returns, exchanges, training, price checks
  std::uint64_t unfinished = 0;  ///< voided, or their end is not known
  std::uint64_t empty = 0;
  std::uint64_t incomplete = 0;  ///< some of their parts have not come
  std::uint64_t unreadable = 0;
  std::uint64_t unknown_lines = 0;    ///< of products that the pack does not know
  std::uint64_t showings = 0;         ///< prompted and not withheld
  bool measured = false;              ///< what the two below stand on: a holdout
  Bounds adds;                        ///< more sales of the offer
  Bounds margin;                      ///< minor units
  std::vector<ReplaySample> samples;  ///< ascending by event
};

/// A rate that somebody assumed counts as much as so many showings.
inline constexpr double kAssumedShowings = 50;
/// Of one reason.
inline constexpr std::size_t kReplaySamples = 10;

/// Bounds of a rate of which `rate * n` of `n` are known: E. B. Wilson, "Probable inference, the law
/// of succession, and statistical inference" (1927), 95 %. `rate` in [0, 1], n > 0.
Bounds wilson(double rate, double n);

/// Goes through the baskets in the order in which they came. `rule`: index in the image. `zones` are
/// the image's own. An error is the store's; `progress.stop` ends it early with what there is.
/// Memory: a page of events and the image's rules; time: some ten microseconds a basket.
Result<ReplayResult> replay(BasketStore& store, const image::Image& image, std::uint32_t rule,
                            const ReplayScope& scope, ReplayProgress& progress);

}  // namespace sidedish::headoffice
