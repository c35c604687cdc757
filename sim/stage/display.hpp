#pragma once
// What the demo shows: a progress bar that redraws itself on a terminal and is a line now and then
// elsewhere, and the table.
#include "sim/stage/stage.hpp"

#include <string>
#include <vector>

namespace sidedish::sim {

/// What one shop earned: sums over its terminals, and head office's estimate.
struct ShopResult {
  std::string name;
  std::string currency;
  unsigned exponent = 2;
  TillReport sum;
  Estimate estimate;
};

struct DemoResult {
  std::vector<ShopResult> shops;
  TillReport sum;
  std::uint64_t kept = 0;
  Counted counted;
  std::int64_t lost = 0;  ///< recorded and not at head office; only meant when `settled`
  bool settled = false;   ///< the tills have ended and head office has caught up
};

class Display {
 public:
  Display();
  /// A plain line above the bar.
  void say(const std::string& line);
  /// `done` of `all` and some words; drawn at most 10 times a second on a terminal, every 5 s
  /// elsewhere.
  void progress(std::uint64_t done, std::uint64_t all, const std::string& words);
  /// A line that replaces itself (the live figures).
  void live(const std::string& line);
  void end_line();

 private:
  bool terminal_;
  bool open_ = false;
  std::int64_t drawn_ms_ = -1000000;
};

std::string table(const DemoResult& result);
/// {baskets, lines, prompts, accepted, declined, withheld, outcomes_recorded, ...}: the promise of
/// --json.
std::string json(const DemoResult& result);
/// 12,345
std::string grouped(std::int64_t n);
/// GBP 1,234.50
std::string money(double minor, const std::string& currency, unsigned exponent);

}  // namespace sidedish::sim
