#pragma once
// Drafts over the baskets of real days: over HTTP.
#include "headoffice/replay/replays.hpp"
#include "headoffice/server/door.hpp"

namespace sidedish::headoffice {

/// What it is given outlives the routes it adds. Thread-safe.
class ReplayRoutes {
 public:
  explicit ReplayRoutes(Replays& replays) : replays_(replays) {}
  void add_to(Door& door);

 private:
  net::Response start(const net::Routed& routed, const Actor& by);

  Replays& replays_;
};

}  // namespace sidedish::headoffice
