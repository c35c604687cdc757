#pragma once
// The right to answer one request, once, now or later, from any thread.
#include "plugin/net/http.hpp"

#include <functional>
#include <memory>

namespace sidedish::net {

/// Where an answer goes: the server's connection, or anything else that plays server (a simulation,
/// a test). Called at most once each, from any thread.
class ReplySink {
 public:
  ReplySink() = default;
  ReplySink(const ReplySink&) = delete;
  ReplySink& operator=(const ReplySink&) = delete;
  virtual ~ReplySink() = default;
  virtual bool deliver(Response response) = 0;  ///< false: nobody is there any more
  virtual void dropped() = 0;                   ///< the last Reply went without an answer
  virtual bool waiting() const = 0;             ///< somebody still wants the answer
};

/// A copyable handle: copies share the one answer. When the last copy goes unsent, the client gets
/// a 500. Past the server's reply deadline the client has got a 503, and send() says false. Safe to
/// hold after the server is gone.
class Reply {
 public:
  explicit Reply(std::shared_ptr<ReplySink> sink);
  /// Answers into a function: for handlers run without a server. A dropped Reply calls it with a
  /// 500.
  static Reply to(std::function<void(Response)> receive);

  /// True when the answer was taken for sending; false when there was one already, or nobody waits
  /// for it. The answer is written by the server's threads: no wait, no network in the caller's
  /// thread.
  bool send(Response response) const;
  /// False once an answer was sent, the deadline has passed or the client has left: a long poll can
  /// be given up.
  bool waiting() const;

 private:
  class Once;
  std::shared_ptr<Once> once_;
};

}  // namespace sidedish::net
