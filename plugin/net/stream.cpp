#include "plugin/net/stream.hpp"

#include "plugin/net/wire.hpp"

#include <utility>

namespace sidedish::net {

void Stream::tell() {
  if (told_ || !wake_) return;
  told_ = true;
  wake_();
}

bool Stream::push(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (left_ || end_ != End::open) return false;
  if (bytes.size() > max_waiting_ - waiting_.size()) {
    end_ = End::overrun;
    waiting_.clear();
  } else {
    waiting_ += bytes;
  }
  tell();
  return end_ == End::open;
}

void Stream::finish() {
  const std::lock_guard lock(mutex_);
  if (left_ || end_ != End::open) return;
  end_ = End::finished;
  tell();
}

bool Stream::open() const {
  const std::lock_guard lock(mutex_);
  return !left_ && end_ == End::open;
}

Stream::Piece Stream::take(bool chunked, bool last) {
  const std::lock_guard lock(mutex_);
  told_ = false;
  if (last && end_ == End::open) end_ = End::finished;
  Piece out{std::exchange(waiting_, {}), end_};
  if (chunked && !out.bytes.empty()) out.bytes = chunk(out.bytes);
  if (chunked && out.end == End::finished) out.bytes += chunk({});
  return out;
}

void Stream::attach(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  if (!waiting_.empty() || end_ != End::open) tell();
}

void Stream::leave() {
  std::function<void()> wake;  // what it holds may end with it: outside the lock
  const std::lock_guard lock(mutex_);
  left_ = true;
  waiting_.clear();
  wake.swap(wake_);
}

}  // namespace sidedish::net
