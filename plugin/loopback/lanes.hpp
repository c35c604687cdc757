#pragma once
// The web tills of this terminal: lanes by name, in this process, with the same Host and Lane that
// libsidedish has. They are opened when they are asked for and closed when nobody has used them for
// long.
#include "plugin/lane/host.hpp"
#include "plugin/loopback/reading.hpp"
#include "rules/base/clock.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sidedish::loopback {

struct LanesConfig {
  std::string store;
  std::string terminal;
  std::filesystem::path state_dir;
  std::filesystem::path run_dir;
  std::function<void(std::string_view)> log;  ///< what people should know about folders and rules
};

/// So many updates a second, and so many at once. One thread at a time.
class Pace {
 public:
  static constexpr std::int64_t kASecond = 100;
  static constexpr std::int64_t kAtOnce = 200;
  bool take(MonoMs now) noexcept;

 private:
  std::int64_t thousandths_ = kAtOnce * 1000;
  MonoMs at_ = 0;
};

/// One lane and what is remembered of it between two requests. Locked for the length of one.
struct WebLane {
  /// JSON array of what stands.
  std::string standing() const;

  std::mutex mutex;
  std::string name;
  std::uint32_t capabilities = 0;
  std::string masks;
  Channel channel = Channel::cashier;
  lane::Lane* lane = nullptr;    ///< nullptr: closed, by others or by time
  lane::Rules* rules = nullptr;  ///< of all lanes
  lane::Masks barcodes;
  MonoMs used = 0;
  Pace pace;
  // What stands, as it was said last.
  std::string basket;
  std::uint64_t seq = 0;
  std::vector<std::pair<std::uint64_t, std::string>> prompts;  ///< id and JSON
  bool rush = false;                                           ///< at the last snapshot
  MonoMs answered = 0;   ///< when the update came in that they answer
  std::string snapshot;  ///< the request as it came: for a page that begins to listen
  std::string state;     ///< as it was told last
};

/// Any thread.
class Lanes {
 public:
  Lanes(LanesConfig config, const Clock& clock);
  ~Lanes();  ///< close_all()
  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  enum class Put : std::uint8_t { opened, same, conflict, limit, no_memory, no_place };
  /// Opens it, or another one in its place when it is to be another and no basket is live in it.
  /// no_place: this agent has no store and terminal.
  Put put(std::string_view name, const LaneRequest& wanted);
  /// nullptr: no such lane is open.
  std::shared_ptr<WebLane> find(std::string_view name);

  /// Idle time: takes new rules into lanes without a sale, closes those that nobody has used for an
  /// hour (with a live basket: a day). Beside requests, every second or so.
  void tick();
  /// No lane is opened afterwards.
  void close_all();
  std::vector<std::shared_ptr<WebLane>> all() const;
  /// The rules that are current; not called when there are none.
  void with_rules(const std::function<void(const image::Image&)>& look);

 private:
  bool open_host();
  bool make_room();
  void close(WebLane& lane) const;
  const LanesConfig config_;
  const Clock& clock_;
  mutable std::mutex mutex_;  // guards what follows
  lane::Host* host_ = nullptr;
  std::map<std::string, std::shared_ptr<WebLane>, std::less<>> lanes_;
  bool over_ = false;
};

}  // namespace sidedish::loopback
