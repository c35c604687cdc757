#pragma once
// Outcomes into the ring; into its tally when the ring is full. One call of the host is one
// message.
#include "plugin/lane/ring.hpp"

namespace sidedish::lane {

class Recorder {
 public:
  /// What is the same in every record of a call.
  struct Common {
    std::string_view store;
    std::string_view terminal;
    UtcMs at = 0;
    MonoMs steady = 0;
    model::ClockQuality clock = model::ClockQuality::good;
  };

  /// Records since the lane was opened. A basket of several parts is several.
  struct Counts {
    std::uint64_t outcomes = 0;  ///< recorded, with detail or folded
    std::uint64_t folded = 0;    ///< of those: only their totals were kept
    std::uint64_t decisions = 0;
    std::uint64_t decisions_dropped = 0;
  };
  const Counts& counts() const noexcept { return counts_; }

  Ring& ring() noexcept { return ring_; }
  const Ring& ring() const noexcept { return ring_; }
  void begin(const Common& common) noexcept { common_ = common; }

  /// One record. `sum` is what the tally adds when there is no room: price effects, totals.
  void record(model::Outcome outcome, std::int64_t sum) noexcept;
  /// A basket: its lines in parts of 50, all or none.
  void record_basket(model::Outcome outcome, std::span<const model::OutcomeLine> lines) noexcept;
  /// A decision record in pieces. Details of this kind stop when the ring is three quarters full:
  /// answers need the room more.
  void record_decision(model::Outcome outcome, std::span<const std::byte> bytes) noexcept;
  /// Makes everything since begin() visible to the agent.
  void end() noexcept { ring_.publish(); }

 private:
  void complete(model::Outcome& outcome) const noexcept;
  void fold(const model::Outcome& outcome, std::int64_t sum) noexcept;

  Ring ring_;
  Common common_;
  Counts counts_;
};

}  // namespace sidedish::lane
