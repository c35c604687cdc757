#pragma once
// JSON -> what a lane is told. Strict: every member is known, every amount exact, every finding has
// its JSON pointer, all of them at once. Texts point into the document. Pure, any thread.
#include "plugin/lane/snapshot.hpp"
#include "plugin/net/problem.hpp"
#include "rules/engine/inputs.hpp"
#include "rules/format/json.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::loopback {

/// What is wrong with one request.
class Findings {
 public:
  void add(const format::Json& at, std::string_view detail) { add(at.pointer(), detail); }
  void add(std::string pointer, std::string_view detail);
  /// What the parser found, where no better word was said about the same place.
  void add_errors_of(const format::JsonDocument& document);
  bool empty() const noexcept { return items_.empty(); }
  const std::vector<net::ProblemItem>& items() const noexcept { return items_; }

 private:
  std::vector<net::ProblemItem> items_;
};

struct LaneRequest {
  std::uint32_t capabilities = 0;
  std::string_view barcode_masks;
  Channel channel = Channel::cashier;
};
LaneRequest read_lane(const format::Json& body, Findings& findings);

struct SnapshotRequest {
  lane::Snapshot snapshot;
  // What `snapshot` points to.
  std::array<lane::Fact, engine::kMaxFacts> facts;
  std::array<std::string_view, engine::kMaxSegments> segments;
  std::array<std::string_view, engine::kMaxAvoid> avoid;
  std::array<lane::Bought, engine::kMaxBought> bought;
  MonoMs deadline = 50;
  std::uint8_t exponent = 2;  ///< of the currency
  bool too_large = false;     ///< more of something than there may be: a 413
};
/// Lines go into `room`. `out` must stay where it is: the snapshot points into it.
void read_snapshot(const format::Json& body, Channel channel, std::span<lane::Line> room,
                   SnapshotRequest& out, Findings& findings);

struct EventRequest {
  lane::Event event;
  std::string token;  ///< what `event` points to
};
void read_event(const format::Json& body, EventRequest& out, Findings& findings);

struct OutcomeRequest {
  std::string_view lane;
  lane::Answering answer;
};
OutcomeRequest read_outcome(const format::Json& body, Findings& findings);

lane::Return read_return(const format::Json& body, Findings& findings);

/// A word of a list and its bit.
struct WordBit {
  std::string_view word;
  std::uint32_t bit;
};
std::span<const WordBit> hold_words() noexcept;
/// "accepted" and its kin; empty for what no host says.
std::string_view outcome_word(OutcomeKind kind) noexcept;

/// Sixteen lower-case hexadecimal digits; 0: it is no id.
std::uint64_t read_prompt_id(std::string_view text) noexcept;
/// [a-z0-9-]{1,32}
bool is_lane_name(std::string_view text) noexcept;

}  // namespace sidedish::loopback
