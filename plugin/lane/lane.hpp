#pragma once
// A lane: one terminal's baskets between the host and decide(). It turns snapshots into decisions,
// infers what hosts cannot say, and records what became of every prompt and basket. One thread at a
// time. Everything it needs is in it: no call allocates, and none makes a system call unless the
// agent has announced new rules.
#include "plugin/lane/customers.hpp"
#include "plugin/lane/live.hpp"
#include "plugin/lane/recorder.hpp"
#include "plugin/lane/snapshot.hpp"
#include "rules/engine/decide.hpp"
#include "rules/engine/record.hpp"

namespace sidedish::lane {

struct LaneConfig {
  std::string_view store;
  std::string_view terminal;
  std::uint32_t capabilities = 0;
  Masks masks;
  std::uint64_t epoch = 0;  ///< of its record ids; never the same twice
  /// A word that turns 0 in a fork()ed child.
  const volatile std::uint32_t* alive = nullptr;
};

struct Counters {
  std::uint64_t updates;
  std::uint64_t stale;
  std::uint64_t refused;
  std::uint64_t shown;
  std::uint64_t withheld;
  std::uint64_t caps_full;
  std::uint64_t searches_cut;       ///< decisions whose search ended at its step budget
  std::uint64_t merged;             ///< baskets taken out of the experiment: merged across arms
  std::uint64_t baskets_full;       ///< baskets refused because all that a lane can keep are parked
  std::uint64_t baskets_forgotten;  ///< ended, as the oldest, so that another had room
  std::uint64_t customers_forgotten;  ///< with what caps had counted of them
  std::uint64_t silences[kSilenceReasons];
  Silence last_silence;
};

/// Some 3 MB, most of which is never touched. Lives in zeroed memory of its own.
class Lane {
 public:
  Lane(Rules& rules, const LaneConfig& config) noexcept;
  /// Open baskets end as unknown; the ring says that its producer is gone. In a forked child: only
  /// lets go of what it holds.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  /// The ring is the lane's to open, in the folder that the host found. Without one the lane is
  /// silent and records nothing.
  Result<void> open_ring(int rings_folder, const ProcessName& process,
                         std::uint32_t index) noexcept;

  Status update(const Snapshot& snapshot, std::span<Offered> out, std::uint32_t& count) noexcept;
  /// What a standing prompt's bundle or swap is made of; 0 parts for an add-on.
  Status parts(std::uint64_t prompt, std::span<OfferedPart, engine::kMaxParts> out,
               std::uint32_t& count) noexcept;
  Status event(const Event& event) noexcept;
  Status token(std::string_view basket, std::span<std::byte> out) noexcept;
  Status answer(const Answering& answer) noexcept;
  Status record_return(const Return& what) noexcept;
  /// Idle time: new rules, if nothing is being rung up.
  Status refresh() noexcept;

  bool is_forked() const noexcept { return *alive_ == 0; }
  const Counters& counters() const noexcept { return counters_; }
  const Ring& ring() const noexcept { return recorder_.ring(); }
  const Recorder::Counts& records() const noexcept { return recorder_.counts(); }
  const Rules& rules() const noexcept { return rules_; }
  std::uint64_t generation() const noexcept { return generation_; }
  std::uint64_t pack_version() const noexcept { return pack_version_; }
  unsigned live() const noexcept;
  /// Whether the last decision was made in a rush, the host's or the lane's own.
  bool in_rush() const noexcept { return decision_.rush != 0; }
  /// Whether payment of this basket has begun, as far as the lane knows.
  bool in_tender(std::string_view basket) noexcept;

  std::string_view error() const noexcept { return {error_, error_size_}; }
  /// Sets the sentence for people, and returns what was given.
  Status refuse(Status status, std::string_view why) noexcept;
  void clear_error() noexcept { error_size_ = 0; }
  void count_refused() noexcept { ++counters_.refused; }
  /// Room for a host's lines, so that callers need none.
  std::span<Line, kMaxLines> line_room() noexcept { return line_room_; }

 private:
  struct Now {
    UtcMs utc;
    MonoMs steady;
    model::ClockQuality clock;
  };
  Now read(const Moments& now) noexcept;
  void begin(const Now& now) noexcept;

  LiveBasket* find(std::string_view id) noexcept;
  /// An empty place; closes the oldest basket that the host has probably forgotten. nullptr: none.
  LiveBasket* make_room(const Now& now) noexcept;
  bool has_room(const Now& now) const noexcept;
  Status refuse_ninth() noexcept;
  LiveBasket* spare() noexcept;
  void start(LiveBasket& basket, std::string_view id, const Now& now) noexcept;
  void activate(LiveBasket& basket, const Now& now) noexcept;
  void park(LiveBasket& basket, Parked how, const Now& now) noexcept;
  struct Ending {
    End end;
    std::string_view related;
    Minor total;
    bool total_known;
  };
  void close(LiveBasket& basket, const Ending& ending, const Now& now) noexcept;
  End forgotten() const noexcept;
  Status resume(LiveBasket* basket, const Event& event, const Now& now) noexcept;
  Status replace(LiveBasket& basket, const Event& event, const Now& now) noexcept;

  void take_rules(LiveBasket& basket) noexcept;
  void drop(LiveBasket& basket) noexcept;
  const image::Image& image_of(const LiveBasket& basket) const noexcept;

  void decide(LiveBasket& basket, const engine::Context& context, bool changed,
              const Now& now) noexcept;
  void record_changes(LiveBasket& basket) noexcept;
  void record_prompts(LiveBasket& basket) noexcept;
  void record_decision(const LiveBasket& basket, const image::Digest& overlay,
                       const engine::Context& context, bool changed) noexcept;
  void record_end(LiveBasket& basket, const Ending& ending, const Now& now) noexcept;
  void settle_prompts(LiveBasket& basket, End end) noexcept;
  void withdraw_prompts(LiveBasket& basket, OutcomeKind kind) noexcept;

  model::Outcome about(const LiveBasket& basket, OutcomeKind kind) const noexcept;
  void name_prompt(const LiveBasket& basket, std::uint32_t rule, std::uint32_t offer,
                   model::Outcome& out) const noexcept;
  void record_slot(const LiveBasket& basket, const engine::PromptSlot& slot, OutcomeKind kind,
                   By by, std::string_view why) noexcept;
  static const PromptNote* note_of(const LiveBasket& basket, std::uint64_t prompt) noexcept;
  static PromptNote& make_note(LiveBasket& basket, std::uint64_t prompt) noexcept;

  Rules& rules_;
  const volatile std::uint32_t* alive_;
  Recorder recorder_;
  Id store_;
  Id terminal_;
  std::uint32_t capabilities_;
  Masks masks_;
  std::uint64_t epoch_;
  std::uint64_t opened_ = 0;
  std::uint64_t clock_ = 0;  // order of use
  UtcMs last_utc_ = 0;
  std::uint64_t generation_ = 0;
  std::uint64_t pack_version_ = 0;
  Counters counters_{};
  image::Image no_rules_;
  image::Overlay no_overlay_;
  Pages scratch_;
  LiveBasket* active_ = nullptr;
  struct {
    Id id;
    std::uint64_t seq;
    std::uint64_t content;
    bool is_set;
  } last_closed_{};
  engine::LaneMemory lane_memory_;
  engine::Memory before_;
  engine::Decision decision_;
  engine::SaidRoom said_[engine::kMaxPrompts];  // of the last update
  std::uint16_t error_size_ = 0;
  char error_[256];
  // The large ones last, untouched until they are needed.
  Line line_room_[kMaxLines];
  Rows rows_;
  model::OutcomeLine outcome_lines_[kMaxLines];
  alignas(8) std::byte record_room_[engine::record_size(kMaxLines)];
  LiveBasket baskets_[kMaxLive + 1];  // one is always free
  Customers customers_;
};

}  // namespace sidedish::lane
