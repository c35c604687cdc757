#pragma once
// What a trial found, for people and for programs.
#include "rules/tool/trial.hpp"

#include <ostream>

namespace sidedish::tool {

struct TrialReport {
  const image::Image& image;
  const Trial& trial;
  const Trial::Place& place;
  std::int64_t weeks;  ///< that receipts were moved by
};

void print(std::ostream& out, const TrialReport& report);
void print_json(std::ostream& out, const TrialReport& report);

}  // namespace sidedish::tool
