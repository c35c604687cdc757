#include "plugin/net/reply.hpp"

#include "plugin/net/problem.hpp"

#include <atomic>

namespace sidedish::net {

class Reply::Once {
 public:
  explicit Once(std::shared_ptr<ReplySink> sink) : sink_(std::move(sink)) {}
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;
  ~Once() {
    if (!sent_.exchange(true)) sink_->dropped();
  }
  bool send(Response response) {
    if (sent_.exchange(true)) return false;
    return sink_->deliver(std::move(response));
  }
  bool waiting() const { return !sent_.load() && sink_->waiting(); }

 private:
  std::shared_ptr<ReplySink> sink_;
  std::atomic<bool> sent_ = false;
};

namespace {

class FunctionSink final : public ReplySink {
 public:
  explicit FunctionSink(std::function<void(Response)> receive) : receive_(std::move(receive)) {}
  bool deliver(Response response) override {
    receive_(std::move(response));
    return true;
  }
  void dropped() override { receive_(problem(500, "the handler gave no answer")); }
  bool waiting() const override { return true; }

 private:
  std::function<void(Response)> receive_;
};

}  // namespace

Reply::Reply(std::shared_ptr<ReplySink> sink) : once_(std::make_shared<Once>(std::move(sink))) {}

Reply Reply::to(std::function<void(Response)> receive) {
  return Reply(std::make_shared<FunctionSink>(std::move(receive)));
}

bool Reply::send(Response response) const { return once_->send(std::move(response)); }

bool Reply::waiting() const { return once_->waiting(); }

}  // namespace sidedish::net
