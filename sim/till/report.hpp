#pragma once
// What a till process tells the demo: one JSON line now and then on its standard output, the whole
// state each time.
#include "rules/base/result.hpp"
#include "sim/till/histogram.hpp"

#include <cstdint>
#include <string>

namespace sidedish::sim {

struct TillReport {
  std::string shop;
  bool done =
      false;  ///< the planned baskets are rung up (a till may go on ringing at its own pace)
  std::uint64_t planned = 0;  ///< baskets this till will ring up before it is done
  std::uint64_t baskets = 0;
  std::uint64_t lines = 0;
  std::uint64_t prompts = 0;
  std::uint64_t accepted = 0;
  std::uint64_t declined = 0;
  std::uint64_t withheld = 0;
  std::uint64_t recorded = 0;  ///< outcome records of its lane, decision records not counted
  std::uint64_t folded = 0;    ///< of those: only totals were kept
  /// The simulated truth over the prompts that were shown: what the basket has more because of
  /// them.
  std::int64_t true_adds = 0;
  std::int64_t true_revenue = 0;  ///< minor units
  std::int64_t true_margin = 0;
  std::string last_prompt;  ///< "Fries with that? + 2.90", empty = none yet
  std::string error;        ///< why the till gave up
  Histogram decide;
  Histogram outcome;
};

std::string write_report(const TillReport& report);
/// invalid: not such a line.
Result<TillReport> read_report(const std::string& line);

}  // namespace sidedish::sim
