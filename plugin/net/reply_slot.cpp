#include "plugin/net/reply_slot.hpp"

#include "plugin/net/problem.hpp"

#include <utility>

namespace sidedish::net {

ReplySlot::ReplySlot(std::function<void(Response)> take, std::function<void()> lost)
    : take_(std::move(take)), lost_(std::move(lost)) {}

bool ReplySlot::deliver(Response response) {
  const std::lock_guard lock(mutex_);
  if (!take_) return false;
  take_(std::move(response));
  return true;
}

void ReplySlot::dropped() {
  const std::lock_guard lock(mutex_);
  if (!take_) return;
  lost_();
  take_(problem(500, "no answer was made for this request"));
}

bool ReplySlot::waiting() const {
  const std::lock_guard lock(mutex_);
  return take_ && !left_;
}

void ReplySlot::peer_left() {
  const std::lock_guard lock(mutex_);
  left_ = true;
}

void ReplySlot::close() {
  std::function<void(Response)> take;  // what they hold may end with them: outside the lock
  std::function<void()> lost;
  const std::lock_guard lock(mutex_);
  take.swap(take_);
  lost.swap(lost_);
}

}  // namespace sidedish::net
