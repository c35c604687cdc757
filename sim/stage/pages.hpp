#pragma once
// The demo's own till and kiosk (sim/pages), served at an origin of their own; what they suggest
// comes from an agent for each shop.
#include "plugin/net/server.hpp"
#include "rules/base/result.hpp"
#include "rules/base/web_asset.hpp"
#include "sim/stage/process.hpp"
#include "sim/stage/stage.hpp"

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace sidedish::sim {

/// Every file of sim/pages, sorted by path; empty when built with -D UI=OFF.
std::span<const WebAsset> page_assets();

/// The server of the pages, and for each shop an agent with the rules that the shop's terminals
/// have. What people answer there stays in that agent's own outbox: the demo's table counts
/// simulated shoppers only. The destructor ends all of it.
class Pages {
 public:
  /// The stage's terminals have their rules. not_found: built without the pages.
  static Result<std::unique_ptr<Pages>> open(const StageOptions& options, const Stage& stage);
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  /// One line a shop, for people: its name, its till and its kiosk.
  std::vector<std::string> addresses() const;

 private:
  Pages() = default;
  Result<void> open_shop(const StageOptions& options, const ShopSetup& shop,
                         const Terminal& terminal);
  net::Response shop(std::string_view id);

  struct Shop {
    std::string id;        ///< "burgerbar": in the pages' addresses
    std::string name;      ///< "Burger bar"
    std::string document;  ///< GET /shops/{id}
    Process agent;
  };
  std::mutex mutex_;  ///< of shops_, which the server's threads read
  std::vector<Shop> shops_;
  std::unique_ptr<net::Server> server_;
  std::string url_;
};

}  // namespace sidedish::sim
