#pragma once
// Joins a Reply in any thread with the one who waits for it, until he stops waiting. For the
// server's use.
#include "plugin/net/reply.hpp"

#include <functional>
#include <mutex>

namespace sidedish::net {

class ReplySlot final : public ReplySink {
 public:
  /// `take` gets the answer, in the thread of Reply::send; it must only hand it over (it runs under
  /// a lock). `lost` is told when the answer is ours because nobody made one.
  ReplySlot(std::function<void(Response)> take, std::function<void()> lost);

  bool deliver(Response response) override;
  void dropped() override;
  bool waiting() const override;

  /// The client has left: waiting() is false, an answer would still be taken.
  void peer_left();
  /// After this, `take` is called no more and both functions are destroyed.
  void close();

 private:
  mutable std::mutex mutex_;
  std::function<void(Response)> take_;
  std::function<void()> lost_;
  bool left_ = false;
};

}  // namespace sidedish::net
