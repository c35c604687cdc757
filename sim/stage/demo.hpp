#pragma once
#include "rules/base/result.hpp"
#include "sim/stage/stage.hpp"

#include <filesystem>
#include <string>

namespace sidedish::sim {

struct DemoOptions {
  StageOptions stage;
  std::vector<ShopSetup> shops;
  bool once = false;
  std::string json_file;  ///< empty = none
};

/// Puts the shops on, rings up the four weeks before today, prints the table; then, unless `once`,
/// says where tills, kiosks and head office can be looked at, and goes on with a live line until
/// SIGINT or SIGTERM. Errors leave no process and no tmpfs file behind.
Result<void> run_demo(const DemoOptions& options);

}  // namespace sidedish::sim
