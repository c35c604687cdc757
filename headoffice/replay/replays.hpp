#pragma once
// Replays that people asked for: one runs at a time on a thread of its own, a few wait, the last few
// are remembered.
#include "headoffice/book/book.hpp"
#include "headoffice/replay/replay.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sidedish::headoffice {

struct ReplayOrder {
  std::string rule;                 ///< JSON
  std::vector<std::string> stores;  ///< ids; empty: all of the pack's that one may see
  std::optional<BusinessDay> from;  ///< both inclusive; absent: the seven days before today
  std::optional<BusinessDay> to;
};

inline constexpr BusinessDay kMostReplayDays = 31;
/// So far back it is looked what the published rule has earned.
inline constexpr BusinessDay kMeasuredDays = 90;
inline constexpr std::size_t kMostReplaysWaiting = 4;
inline constexpr std::size_t kMostReplaysKept = 16;

struct ReplaysParts {
  Book& book;
  BasketStore& baskets;
  Storage& totals;
  BusinessDays& days;
  const Clock& clock;
  compile::ZoneFile zones;
};

/// Thread-safe when the stores are. What it is given outlives it; the destructor stops what runs.
class Replays {
 public:
  explicit Replays(ReplaysParts parts) : parts_(std::move(parts)) {}
  ~Replays();
  Replays(const Replays&) = delete;
  Replays& operator=(const Replays&) = delete;

  /// JSON of the replay as it begins. Refused: findings of the rule, stores that are not this
  /// person's, days without an end; too many wait already (state).
  BookOutcome<std::string> start(const Actor& by, std::string_view pack, const ReplayOrder& order);
  /// How far it is, and in the end what came of it. Of somebody else's, or of stores that are no
  /// longer this person's, there is none (missing).
  BookOutcome<std::string> tell(const Actor& by, std::string_view id);
  /// Ends it with what there is, within some baskets of now; one that waits is not begun any more.
  /// Whose it is as in tell().
  BookOutcome<void> stop(const Actor& by, std::string_view id);

 private:
  struct Job;
  void work();
  void run(Job& job);
  BookOutcome<std::shared_ptr<Job>> find(const Actor& by, std::string_view id);

  ReplaysParts parts_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::deque<std::shared_ptr<Job>> kept_;
  std::shared_ptr<Job> running_;
  std::uint64_t next_ = 1;
  bool stopping_ = false;
  std::thread thread_;  ///< from the first replay on
};

}  // namespace sidedish::headoffice
