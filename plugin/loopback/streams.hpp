#pragma once
// What the pages of each lane hear, as server-sent events (HTML Living Standard, 9.2): the last of
// each lane are kept, so that a page whose line broke goes on where it was.
#include "plugin/net/stream.hpp"
#include "rules/base/clock.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::loopback {

enum class Topic : std::uint8_t {
  state,     ///< of the lane
  basket,    ///< as it is
  prompts,   ///< what stands
  answered,  ///< one happening, like what follows
  closed,
  reset,  ///< what you have is old
};
constexpr bool is_state(Topic topic) noexcept { return topic <= Topic::prompts; }

struct Happening {
  Topic topic;
  std::string json;  ///< an object
  MonoMs at = 0;     ///< prompts: when the update came in
};

/// Any thread. Lanes are names here: a page may listen before its lane is open.
class Streams {
 public:
  static constexpr std::size_t kKept = 64;    ///< happenings of a lane
  static constexpr std::size_t kPerLane = 8;  ///< streams
  static constexpr std::size_t kInAll = 64;
  static constexpr MonoMs kBeat = 15'000;
  static constexpr MonoMs kLinger = 60'000;  ///< a line that broke comes back within this time

  explicit Streams(const Clock& clock);

  /// Whether somebody listens to this lane, or did a moment ago: what happens is worth writing down.
  bool listening(std::string_view lane) const;
  /// To everybody who listens, and kept for those who come back. Those who left are forgotten.
  void tell(std::string_view lane, Happening what);
  /// Something happened that nobody wrote down: who comes back has to begin anew.
  void skip(std::string_view lane);

  /// One more listener. `last_id` is the Last-Event-ID it sends, empty for a new one; `now` gives
  /// the state of things for those who cannot go on where they were. nullptr: too many listen.
  std::shared_ptr<net::Stream> join(std::string_view lane, std::string_view last_id,
                                    const std::function<std::vector<Happening>()>& now);
  /// Every second or so: a comment every 15 s, so that both ends know of a broken line.
  void tick();
  void finish_all();
  std::size_t open() const;

 private:
  struct Kept {
    std::uint64_t id;
    Happening what;
  };
  struct Channel {
    std::vector<std::shared_ptr<net::Stream>> streams;
    std::deque<Kept> kept;
    std::uint64_t last;    ///< id of the last happening; ids are drawn for all lanes together
    std::uint64_t before;  ///< everything after this id is kept
    MonoMs heard = 0;      ///< when somebody listened last
  };
  bool listening(const Channel& channel) const;
  std::string write(std::uint64_t id, const Happening& what) const;
  /// What somebody who has heard everything up to `last_id` lacks. False: that is not known.
  bool missed(const Channel& channel, std::string_view last_id, std::string& out) const;

  const Clock& clock_;
  const std::string epoch_;   ///< of this start: ids of another one mean nothing
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, Channel, std::less<>> channels_;
  std::uint64_t last_ = 0;
  MonoMs beat_at_;
  bool over_ = false;
};

}  // namespace sidedish::loopback
