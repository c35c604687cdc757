#pragma once
// What is timed: one line is added, and the best three rules are asked for.
#include "tests/bench/peer/workload.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace sidedish::bench {

struct Answer {
  std::int64_t matches = -1;  ///< -1: this mode knows only the best
  std::int64_t sum = -1;      ///< of their numbers
  std::uint32_t best[3] = {};
};

class Matcher {
 public:
  virtual ~Matcher() = default;
  virtual void begin(const Session& session) = 0;
  virtual void add(const Line& line) = 0;
  virtual Answer ask() = 0;
  virtual void end() = 0;
};

/// Every rule whose conditions hold, through the index.
std::unique_ptr<Matcher> all_matcher(const Workload& work);
/// decide() on a kiosk with three places and a fresh memory.
std::unique_ptr<Matcher> best_matcher(const Workload& work);
/// The same through libsidedish.so, with text keys and the whole basket in every call.
std::unique_ptr<Matcher> call_matcher(const Workload& work);

/// Runs every session as the other peers do and writes their two files into `out`.
void drive(const std::string& name, const std::string& count, const Workload& work,
           Matcher& matcher, double base_mb, double build_s, const std::string& out);

double resident_mb();

}  // namespace sidedish::bench
