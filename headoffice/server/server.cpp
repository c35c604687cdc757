#include "headoffice/server/server.hpp"

#include <algorithm>

namespace sidedish::headoffice {

HeadOffice::HeadOffice(const ServiceParts& parts) : clock_(parts.clock), service_(parts) {}

Result<std::unique_ptr<HeadOffice>> HeadOffice::start(net::ServerOptions options,
                                                      const ServiceParts& parts) {
  if (options.address != "127.0.0.1" && options.address != "::1") {
    return fail(Errc::denied,
                "listening on " + options.address +
                    ": only 127.0.0.1 and ::1 are served; no other machine may call head office "
                    "before terminals can prove who they are");
  }
  options.body_limits.push_back({"/v1/publish", std::size_t{64} << 20});
  options.body_limits.push_back({"/v1/imports/", kMaxCsv});
  std::unique_ptr<HeadOffice> office(new HeadOffice(parts));
  office->service_.watch([self = office.get()] {
    const net::Server* server = self->counting_.load();
    return server != nullptr ? server->stats() : net::ServerStats{};
  });
  office->service_.on_wait([self = office.get()] {
    const std::scoped_lock lock(self->mutex_);
    self->told_ = true;
    self->changed_.notify_one();
  });
  auto server = net::Server::start(
      std::move(options), [service = &office->service_](net::Request request, net::Reply reply) {
        service->handle(std::move(request), std::move(reply));
      });
  if (!server) return tl::unexpected<Error>(server.error());
  office->server_ = std::move(*server);
  office->counting_ = office->server_.get();
  office->expiry_ = std::thread([self = office.get()] { self->expire_loop(); });
  return office;
}

void HeadOffice::expire_loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    told_ = false;
    lock.unlock();
    const auto next = service_.expire();
    lock.lock();
    const auto ready = [&] { return told_ || stopping_; };
    if (next) {
      const MonoMs wait = std::max<MonoMs>(1, *next - clock_.steady());
      changed_.wait_for(lock, std::chrono::milliseconds(wait), ready);
    } else {
      changed_.wait(lock, ready);
    }
  }
}

void HeadOffice::stop() {
  if (server_ != nullptr) server_->stop();
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (expiry_.joinable()) expiry_.join();
}

HeadOffice::~HeadOffice() { stop(); }

}  // namespace sidedish::headoffice
