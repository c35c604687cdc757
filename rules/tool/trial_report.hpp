#pragma once
// What a trial found, for people and for programs.
#include "rules/trial/trial.hpp"

#include <ostream>

namespace sidedish::tool {

struct TrialReport {
  const image::Image& image;
  const trial::Trial& trial;
  std::uint32_t store;  ///< index in the image
  Channel channel;
  std::uint64_t judge_every;  ///< sales
  std::uint64_t untimed;      ///< receipts without a time, taken at noon of the last day
  std::int64_t weeks;         ///< that receipts were moved by
};

void print(std::ostream& out, const TrialReport& report);
void print_json(std::ostream& out, const TrialReport& report);

}  // namespace sidedish::tool
