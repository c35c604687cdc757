#include "plugin/net/server.hpp"

#include "plugin/net/problem.hpp"
#include "plugin/net/session.hpp"

#include <boost/asio/detached.hpp>
#include <sys/socket.h>

namespace sidedish::net {

Result<void> Server::Core::listen() {
  if (auto good = options_.check(); !good) return good;
  if (!handler_) return fail(Errc::invalid, "starting the server: no handler");
  error_code ec;
  const auto address = asio::ip::make_address(options_.address, ec);
  if (ec) return fail(Errc::invalid, "starting the server: not an address", options_.address);
  const tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  if (!ec) acceptor_.listen(tcp::acceptor::max_listen_connections, ec);
  if (!ec) port_ = acceptor_.local_endpoint(ec).port();
  if (ec) {
    const std::string doing =
        "listening on " + options_.address + " port " + std::to_string(options_.port);
    return fail(Errc::io, doing, ec.message());
  }
  return {};
}

void Server::Core::serve() {
  asio::co_spawn(
      acceptor_.get_executor(), [self = shared_from_this()]() { return self->accept_loop(); },
      asio::detached);
  for (unsigned i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([self = this] { self->ioc_.run(); });
  }
}

asio::awaitable<void> Server::Core::accept_loop() {
  while (acceptor_.is_open()) {
    tcp::socket socket(in_turn());
    const auto [ec] = co_await acceptor_.async_accept(socket, kAwait);
    if (ec == asio::error::operation_aborted) break;
    if (ec) {  // out of descriptors, most likely: let others end first
      gate_.count(Refusal::accept_failed);
      pause_.expires_after(std::chrono::milliseconds(50));
      [[maybe_unused]] const auto [ignored] = co_await pause_.async_wait(kAwait);
      continue;
    }
    admit(std::move(socket));
  }
}

void Server::Core::admit(tcp::socket socket) {
  error_code ec;
  const auto remote = socket.remote_endpoint(ec);
  if (ec) return gate_.count(Refusal::peer_left);
  socket.set_option(tcp::no_delay(true), ec);
  socket.non_blocking(true, ec);
  Peer peer = peer_of(remote.data());
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  if (gate_.enter(peer.group) != Refusal::none) return turn_away(socket);
  auto session = std::make_shared<Session>(shared_from_this(), std::move(socket), std::move(peer));
  sessions_.emplace(session.get(), session);
  session->begin();
}

/// One try at saying why, without waiting; then the socket closes.
void Server::Core::turn_away(tcp::socket& socket) {
  Response response = problem(503, "too many connections");
  response.headers.set("Retry-After", "1");
  const std::string text = response_head(response, {.close = true, .date = {}}) + response.body;
  [[maybe_unused]] const auto n =
      ::send(socket.native_handle(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  error_code ignored;
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void Server::Core::forget(Session* session, const std::string& group) {
  gate_.leave(group);
  const std::lock_guard lock(mutex_);
  sessions_.erase(session);
}

void Server::Core::stop() {
  std::vector<std::shared_ptr<Session>> open;
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    threads.swap(threads_);
    for (const auto& [key, session] : sessions_) {
      if (auto alive = session.lock()) open.push_back(std::move(alive));
    }
  }
  // The listening socket last: while it is open the threads have work, so nothing is posted to a
  // dead loop.
  for (const auto& session : open) session->begin_stop();
  asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
    error_code ignored;
    self->acceptor_.close(ignored);
    self->pause_.cancel();
  });
  open.clear();
  for (std::thread& thread : threads) thread.join();  // they run out of work
}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
  auto core = std::make_shared<Core>(std::move(options), std::move(handler));
  if (auto listening = core->listen(); !listening) return tl::unexpected(listening.error());
  core->serve();
  return std::unique_ptr<Server>(new Server(std::move(core)));
}

Server::Server(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Server::~Server() { stop(); }
std::uint16_t Server::port() const noexcept { return core_->port(); }
ServerStats Server::stats() const { return core_->gate().stats(); }
void Server::stop() { core_->stop(); }

}  // namespace sidedish::net
