#pragma once
// Signing in and out, people, links, the log of changes: over HTTP.
#include "headoffice/server/door.hpp"
#include "headoffice/store/change_store.hpp"

namespace sidedish::headoffice {

/// What it is given outlives the routes it adds. Thread-safe.
class PeopleRoutes {
 public:
  PeopleRoutes(People& people, ChangeStore& changes) : people_(people), changes_(changes) {}
  void add_to(Door& door);

 private:
  net::Response sign_in(const net::Routed& routed);
  net::Response sign_in_by_link(const net::Routed& routed);
  net::Response session(const net::Routed& routed);
  net::Response look(const net::Routed& routed);
  net::Response join(const net::Routed& routed);
  net::Response invite(const net::Routed& routed, const Actor& by);
  net::Response people(const Actor& by);
  net::Response change(const net::Routed& routed, const Actor& by);
  net::Response password(const net::Routed& routed, const Actor& by);
  net::Response changes(const net::Routed& routed, const Actor& by);
  net::Response check();

  People& people_;
  ChangeStore& changes_;
};

}  // namespace sidedish::headoffice
