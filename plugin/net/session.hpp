#pragma once
// Of the server's own files only: the server's threads and its connections.
#include "plugin/net/gate.hpp"
#include "plugin/net/peer.hpp"
#include "plugin/net/reply_slot.hpp"
#include "plugin/net/server.hpp"
#include "plugin/net/wire.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace sidedish::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Time = std::chrono::steady_clock;

inline constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
inline constexpr std::size_t kReadAhead =
    128 * 1024;  ///< of one connection, beyond the head: chunk lines, pipelined requests
inline constexpr auto kAgain = std::chrono::milliseconds(20);

/// The threads, the listening socket and the connections that are open.
class Server::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(ServerOptions options, Handler handler)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        gate_(options_.max_connections, options_.max_connections_per_peer),
        ioc_(static_cast<int>(options_.threads)),
        acceptor_(in_turn()),
        pause_(acceptor_.get_executor()) {}

  Result<void> listen();
  void serve();
  void stop();

  const ServerOptions& options() const noexcept { return options_; }
  const Handler& handler() const noexcept { return handler_; }
  std::uint16_t port() const noexcept { return port_; }
  Gate& gate() noexcept { return gate_; }
  void forget(Session* session, const std::string& group);

 private:
  /// Runs one thing after the other: a strand, but for a single thread, which cannot do otherwise.
  asio::any_io_executor in_turn() {
    if (options_.threads == 1) return ioc_.get_executor();
    return asio::make_strand(ioc_);
  }
  asio::awaitable<void> accept_loop();
  void admit(tcp::socket socket);
  static void turn_away(tcp::socket& socket);

  const ServerOptions options_;
  const Handler handler_;
  Gate gate_;
  asio::io_context ioc_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_;  // guards what follows
  std::unordered_map<Session*, std::weak_ptr<Session>> sessions_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

/// One connection: a coroutine on its own executor, where everything of it happens.
class Server::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Core> core, tcp::socket socket, Peer peer)
      : core_(std::move(core)),
        socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        signal_(socket_.get_executor()),
        buffer_(core_->options().max_head + kReadAhead),
        peer_(std::move(peer)) {}

  void begin() {
    asio::co_spawn(socket_.get_executor(), run(),
                   [self = shared_from_this()](const std::exception_ptr&) { self->finish(); });
  }
  void begin_stop() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->stop_here(); });
  }

 private:
  using Answer = std::optional<Response>;

  /// Every wait has an end: at `deadline` the socket's operation or the wait for a reply is
  /// cancelled.
  void arm(Time::duration in) {
    timed_out_ = false;
    deadline_ = std::min(Time::now() + in, stop_at_);
    watch_clock();
  }
  /// For the last bytes to a client: they get their moment even when stop()'s grace is over.
  void arm_last_word(Time::duration in) {
    timed_out_ = false;
    const auto now = Time::now();
    deadline_ = std::min(now + in, std::max(stop_at_, now + core_->options().left_grace));
    watch_clock();
  }
  /// Set anew only when it would ring too late: a request passes several deadlines, and every setting
  /// costs a system call.
  void watch_clock() {
    if (rings_at_ > deadline_) ring_at(deadline_);
  }
  void ring_at(Time::time_point when) {
    rings_at_ = when;
    timer_.expires_at(when);
    timer_.async_wait([self = shared_from_this()](error_code ec) {
      if (ec || self->finished_) return;
      self->rings_at_ = Time::time_point::max();
      if (Time::now() < self->deadline_) return self->watch_clock();
      self->timed_out_ = true;
      self->interrupt();
      // An operation that had just completed is not cancelled by this, and the next one would wait
      // for ever.
      self->ring_at(Time::now() + kAgain);
    });
  }
  void interrupt() {
    error_code ignored;
    socket_.cancel(ignored);
    signal_.cancel();
  }
  void stop_here() {
    if (finished_) return;
    stopping_ = true;
    stop_at_ = Time::now() + core_->options().stop_grace;
    if (idle_) {
      interrupt();
    } else if (deadline_ > stop_at_) {
      deadline_ = stop_at_;
      watch_clock();
    }
    if (streaming_) signal_.cancel();
  }
  void finish() {
    error_code ignored;
    finished_ = true;
    timer_.cancel();
    socket_.close(ignored);
    core_->forget(this, peer_.group);
  }

  asio::awaitable<void> run();
  asio::awaitable<bool> exchange(bool first);
  asio::awaitable<bool> read_head(bool first, std::string_view& head);
  asio::awaitable<bool> read_body(const HeadFacts& facts, std::string_view head, Request& request);
  asio::awaitable<Response> answer(Request request);
  asio::awaitable<bool> write(Response response, bool head_request, bool keep);
  asio::awaitable<void> go_on(Response response);
  asio::awaitable<bool> refuse(Refusal refusal, int status, std::string_view detail);
  asio::awaitable<void> linger();
  void watch_peer();
  void watch_reader();

  std::shared_ptr<Core> core_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  asio::steady_timer signal_;  // never expires: cancelled when the answer is there
  boost::beast::flat_buffer buffer_;
  const Peer peer_;
  Time::time_point deadline_ = Time::time_point::max();
  Time::time_point rings_at_ = Time::time_point::max();  // when the timer looks at the deadline
  Time::time_point stop_at_ = Time::time_point::max();
  Answer answer_;
  std::weak_ptr<ReplySlot> watching_;
  bool http11_ = true;  // of the request in hand
  bool streaming_ = false;
  bool idle_ = false;  // between requests: may be closed at any time
  bool timed_out_ = false;
  bool stopping_ = false;
  bool finished_ = false;     // nothing waits any more, and nothing may begin to
  bool half_closed_ = false;  // the peer sends no more
  bool gone_ = false;         // nobody reads the answer
};

}  // namespace sidedish::net
