#pragma once
// Long polls: requests that wait until their store's manifest changes or their time is over.
#include "plugin/net/reply.hpp"
#include "rules/base/clock.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sidedish::headoffice {

/// Thread-safe. Answers are sent outside the lock.
class Waiters {
 public:
  void add(const std::string& store, net::Reply reply, std::string etag, MonoMs until);
  /// Answers everyone who waits for this store with a tag other than `etag`.
  std::size_t wake(const std::string& store, std::string_view etag, const net::Response& response);
  /// Answers 304 to everyone whose time is over; forgets those who left. Returns the next moment to
  /// call it again; nothing when nobody waits.
  std::optional<MonoMs> expire(MonoMs now);
  std::size_t waiting() const;

 private:
  struct Waiter {
    net::Reply reply;
    std::string etag;
    MonoMs until;
  };
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<Waiter>> stores_;
};

/// 304 with the tag.
net::Response not_modified(const std::string& etag);

}  // namespace sidedish::headoffice
