#pragma once
// What an absurd rule set or basket can ask of one decision: the worst cases of basket_update.
#include "tests/bench/shop.hpp"

#include <functional>
#include <string>
#include <vector>

namespace sidedish::bench {

struct Worst {
  std::string name;
  std::function<ImageBuilder::Bytes()> pack;
  Sale sale;
  std::uint32_t capabilities;
};

/// Each with at least 10,000 rules, or with the most that one rule can ask for.
std::vector<Worst> worst_cases();

}  // namespace sidedish::bench
