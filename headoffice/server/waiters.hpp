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
  /// `terminal`: as it calls itself; empty: it does not.
  void add(const std::string& store, std::string terminal, net::Reply reply, std::string etag,
           MonoMs until);
  /// Who waits for this store, each once.
  std::vector<std::string> terminals(const std::string& store) const;
  /// Answers everyone who waits for this store as this terminal, with a tag other than `etag`.
  std::size_t wake(const std::string& store, std::string_view terminal, std::string_view etag,
                   const net::Response& response);
  /// Answers 304 to everyone whose time is over; forgets those who left. Returns the next moment to
  /// call it again; nothing when nobody waits.
  std::optional<MonoMs> expire(MonoMs now);
  std::size_t waiting() const;

 private:
  struct Waiter {
    std::string terminal;
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
