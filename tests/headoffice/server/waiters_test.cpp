#include "headoffice/server/waiters.hpp"

#include <catch2/catch.hpp>

using namespace sidedish;
using namespace sidedish::headoffice;

TEST_CASE("waiters: a publish wakes those with another tag, time ends the rest", "[headoffice]") {
  Waiters waiters;
  std::map<std::string, int> got;
  const auto wait = [&](const char* name, const char* store, const char* etag, MonoMs until) {
    waiters.add(store, name,
                net::Reply::to([&got, name](const net::Response& r) { got[name] = r.status; }),
                etag, until);
  };
  wait("a", "mitte", "\"1\"", 100);
  wait("b", "mitte", "\"2\"", 200);
  wait("c", "nord", "\"1\"", 300);
  CHECK(waiters.waiting() == 3);
  CHECK(waiters.expire(99) == 100);
  CHECK(waiters.terminals("mitte") == std::vector<std::string>{"a", "b"});
  CHECK(waiters.wake("mitte", "b", "\"2\"", {}) == 0);
  CHECK(waiters.wake("mitte", "a", "\"2\"", {}) == 1);
  CHECK(got == std::map<std::string, int>{{"a", 200}});
  CHECK(waiters.wake("west", "a", "\"2\"", {}) == 0);
  CHECK(waiters.expire(200) == 300);
  CHECK(got["b"] == 304);
  CHECK(waiters.expire(1000) == std::nullopt);
  CHECK(got["c"] == 304);
  CHECK(waiters.waiting() == 0);
}
