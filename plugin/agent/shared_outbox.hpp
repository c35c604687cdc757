#pragma once
// The outbox between the agent's threads: draining, reporting, status. The lock is held for one
// call, never while anything is sent.
#include "plugin/store/outbox.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace sidedish::agent {

class SharedOutbox {
 public:
  explicit SharedOutbox(std::unique_ptr<outbox::Outbox> box) : box_(std::move(box)) {}
  template <class Work>
  auto with(Work&& work) {
    const std::lock_guard lock(mutex_);
    return std::forward<Work>(work)(*box_);
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<outbox::Outbox> box_;
};

}  // namespace sidedish::agent
