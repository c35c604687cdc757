#include "plugin/net/server.hpp"

#include "plugin/net/body_reader.hpp"
#include "plugin/net/gate.hpp"
#include "plugin/net/http_date.hpp"
#include "plugin/net/peer.hpp"
#include "plugin/net/problem.hpp"
#include "plugin/net/reply_slot.hpp"
#include "plugin/net/second_reader.hpp"
#include "plugin/net/stream.hpp"
#include "plugin/net/wire.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cerrno>
#include <mutex>
#include <optional>
#include <sys/socket.h>
#include <thread>
#include <unordered_map>

namespace sidedish::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Time = std::chrono::steady_clock;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::size_t kBodyRead = 64 * 1024;
constexpr std::size_t kReadAhead =
    128 * 1024;  // of one connection, beyond the head: chunk lines, pipelined requests
constexpr std::size_t kSlowestReader = 4096;  // bytes a second
constexpr auto kAgain = std::chrono::milliseconds(20);
constexpr std::size_t kLinger =
    16 * 1024 * 1024;  // bytes read and forgotten, within `left_grace`, so that a refusal is read

}  // namespace

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

asio::awaitable<void> Server::Session::run() {
  bool first = true;
  for (;;) {
    const bool again = co_await exchange(first);
    if (!again) break;
    first = false;
  }
}

/// One request and its answer; false when the connection is over.
asio::awaitable<bool> Server::Session::exchange(bool first) {
  std::string_view head;
  const bool whole = co_await read_head(first, head);
  if (!whole) co_return false;
  const HeadFacts facts = check_head(head);
  if (facts.refusal != Refusal::none) {
    co_return co_await refuse(facts.refusal, facts.status, name_of(facts.refusal));
  }
  Request request;
  http11_ = facts.http11;
  request.method = facts.method;
  request.target = facts.target;
  request.peer = peer_.address;
  const bool read = co_await read_body(facts, head, request);
  if (!read) co_return false;
  const bool head_request = request.method == "HEAD";
  ++core_->gate().requests;
  Response response = co_await answer(std::move(request));
  if (gone_) {
    core_->gate().count(Refusal::peer_left);
    co_return false;
  }
  if (response.stream && !head_request && sendable(response)) {
    co_await go_on(std::move(response));
    co_return false;
  }
  if (response.stream) response.stream->leave();
  const bool keep = facts.keep_alive && !stopping_ && !timed_out_ && !half_closed_;
  co_return co_await write(std::move(response), head_request, keep);
}

/// True when the buffer begins with a whole head; false when the connection is over.
asio::awaitable<bool> Server::Session::read_head(bool first, std::string_view& head) {
  const ServerOptions& options = core_->options();
  HeadScanner scanner(options.max_head);
  bool empty_line_seen = false;
  idle_ = buffer_.size() == 0;
  arm(first || !idle_ ? options.header_timeout : options.idle_timeout);
  for (;;) {
    std::string_view got(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    if (!empty_line_seen && got.starts_with("\r\n")) {  // RFC 9112, 2.2: one is forgiven
      empty_line_seen = true;
      buffer_.consume(2);
      got.remove_prefix(2);
      scanner = HeadScanner(options.max_head);
    }
    const HeadScanner::Seen seen = scanner.scan(got);
    if (seen.refusal != Refusal::none) {
      const int status = seen.refusal == Refusal::too_large_head ? 431 : 400;
      co_return co_await refuse(seen.refusal, status, name_of(seen.refusal));
    }
    if (seen.head > 0) {
      head = got.substr(0, seen.head);
      idle_ = false;
      co_return true;
    }
    if (stopping_ && got.empty()) co_return false;

    const auto [ec, n] = co_await socket_.async_read_some(buffer_.prepare(kReadSize), kAwait);
    if (ec) {
      if (timed_out_ && !stopping_) {
        if (!got.empty()) {
          co_return co_await refuse(Refusal::header_timeout, 408,
                                    "the request's head came too slowly");
        }
        if (first) {
          core_->gate().count(Refusal::header_timeout);
        } else {
          ++core_->gate().idle_closed;
        }
      } else if (!got.empty()) {
        core_->gate().count(stopping_ ? Refusal::shutting_down : Refusal::peer_left);
      }
      co_return false;
    }
    buffer_.commit(n);
    if (idle_) {
      idle_ = false;
      if (!first) arm(options.header_timeout);
    }
  }
}

/// Reads fields and body into the request; false when the connection is over.
asio::awaitable<bool> Server::Session::read_body(const HeadFacts& facts, std::string_view head,
                                                 Request& request) {
  const std::size_t limit = core_->options().body_limit(request.target);
  if (facts.content_length.value_or(0) > limit) {
    co_return co_await refuse(Refusal::body_limit, 413, "the request's body is too large");
  }
  if (!read_again(head, facts, core_->options().max_head, request.headers)) {
    co_return co_await refuse(Refusal::malformed, 400, name_of(Refusal::malformed));
  }
  buffer_.consume(head.size());
  BodyReader body = facts.chunked ? BodyReader::in_chunks(limit, BodyReader::Extras::refuse)
                                  : BodyReader::of_length(facts.content_length.value_or(0), limit);
  arm(core_->options().body_timeout);
  bool invite = facts.expect_continue && buffer_.size() == 0;
  for (;;) {
    std::string_view got(static_cast<const char*>(buffer_.data().data()), buffer_.size());
    const auto state = body.feed(got);
    buffer_.consume(buffer_.size() - got.size());
    if (state == BodyReader::State::done) break;
    if (state == BodyReader::State::too_large) {
      co_return co_await refuse(Refusal::body_limit, 413, "the request's body is too large");
    }
    if (state == BodyReader::State::bad) {
      co_return co_await refuse(Refusal::bad_chunk, 400, name_of(Refusal::bad_chunk));
    }
    error_code failed;
    if (invite) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto [error, n] = co_await asio::async_write(socket_, asio::buffer(kContinue), kAwait);
      failed = error;
      invite = false;
    }
    if (!failed) {
      const auto [error, n] = co_await socket_.async_read_some(buffer_.prepare(kBodyRead), kAwait);
      failed = error;
      buffer_.commit(n);
    }
    if (!failed) continue;
    if (timed_out_ && !stopping_) {
      co_return co_await refuse(Refusal::body_timeout, 408, "the request's body came too slowly");
    }
    core_->gate().count(stopping_ ? Refusal::shutting_down : Refusal::peer_left);
    co_return false;
  }
  request.body = body.take();
  co_return true;
}

asio::awaitable<Response> Server::Session::answer(Request request) {
  answer_.reset();
  arm(core_->options().reply_deadline);
  // While the slot is open this coroutine is there, so the loop has work and takes what is
  // dispatched to it.
  const auto slot = std::make_shared<ReplySlot>(
      [self = shared_from_this()](Response response) {
        asio::dispatch(self->socket_.get_executor(),
                       [self, response = std::move(response)]() mutable {
                         self->answer_ = std::move(response);
                         self->signal_.cancel();
                       });
      },
      [self = shared_from_this()] { self->core_->gate().count(Refusal::reply_dropped); });
  {
    const Reply reply(slot);
    try {
      core_->handler()(std::move(request), reply);
    } catch (...) {  // the fence: whatever a handler throws ends here
      if (reply.send(problem(500, "this request could not be handled"))) {
        core_->gate().count(Refusal::handler_threw);
      }
    }
  }
  if (!answer_) {
    half_closed_ = false;
    watching_ = slot;
    watch_peer();
    while (!answer_ && !timed_out_ && !gone_) {
      signal_.expires_at(Time::time_point::max());
      [[maybe_unused]] const auto [ignored] = co_await signal_.async_wait(kAwait);
    }
    watching_.reset();
    error_code ignored;
    socket_.cancel(ignored);  // ends watch_peer
  }
  slot->close();
  if (answer_) {
    timed_out_ = false;
    co_return std::move(*answer_);
  }
  if (half_closed_ && !stopping_) gone_ = true;
  if (!gone_) core_->gate().count(stopping_ ? Refusal::shutting_down : Refusal::reply_deadline);
  Response late = problem(503, "no answer was ready in time");
  late.headers.set("Retry-After", "1");
  co_return late;
}

/// While the handler thinks: has the client left? Bytes of a next request end the watch, they are
/// read later.
void Server::Session::watch_peer() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code ec) {
    const std::shared_ptr<ReplySlot> slot = self->watching_.lock();
    if (ec || !slot) return;
    char byte = 0;
    const auto n = ::recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n > 0) return;
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return self->watch_peer();
    slot->peer_left();
    if (n < 0) {
      self->gone_ = true;
      self->signal_.cancel();
      return;
    }
    // Half closed: it may still read, but most often it has left.
    self->half_closed_ = true;
    self->deadline_ = std::min(self->deadline_, Time::now() + self->core_->options().left_grace);
    self->watch_clock();
  });
}

asio::awaitable<bool> Server::Session::write(Response response, bool head_request, bool keep) {
  if (!sendable(response)) {
    core_->gate().count(Refusal::bad_response);
    response = problem(500, "the answer made for this request cannot be sent");
  }
  for (const std::string_view value : response.headers.all("Connection")) {
    if (lists_token(value, "close")) keep = false;
  }
  std::string date;
  if (const Clock* clock = core_->options().clock) date = format_http_date(clock->now());
  const ResponseFrame frame{.head_request = head_request, .close = !keep, .date = date};
  const std::string head = response_head(response, frame);
  const std::size_t body = has_body(response, frame) ? response.body.size() : 0;
  const std::array<asio::const_buffer, 2> buffers = {
      asio::buffer(head), asio::const_buffer(response.body.data(), body)};
  arm_last_word(core_->options().write_timeout + std::chrono::seconds(body / kSlowestReader));
  error_code ec;
  std::size_t sent = 0;
  // Most answers fit into the socket's buffer, and nobody has to wait for it. When the next request is
  // here already, others have their turn first.
  if (buffer_.size() == 0) sent = socket_.write_some(buffers, ec);
  if (ec == asio::error::would_block) ec = {};
  if (!ec && sent < asio::buffer_size(buffers)) {
    const std::array<asio::const_buffer, 2> rest = {
        buffers[0] + sent, buffers[1] + (sent - std::min(sent, head.size()))};
    const auto [failed, n] = co_await asio::async_write(socket_, rest, kAwait);
    ec = failed;
  }
  if (ec) {
    core_->gate().count(timed_out_ ? Refusal::write_timeout : Refusal::peer_left);
    co_return false;
  }
  ++core_->gate().responses;
  if (!keep) co_await linger();
  co_return keep;
}

/// An answer whose body comes bit by bit, until it ends, the reader leaves or the server stops.
asio::awaitable<void> Server::Session::go_on(Response response) {
  const std::shared_ptr<Stream> stream = response.stream;
  std::string date;
  if (const Clock* clock = core_->options().clock) date = format_http_date(clock->now());
  std::string out = response_head(response, {.close = true, .date = date, .chunked = http11_});
  if (!response.body.empty()) out += http11_ ? chunk(response.body) : response.body;
  streaming_ = true;
  ++core_->gate().streams;
  stream->attach([self = shared_from_this()] {
    asio::dispatch(self->socket_.get_executor(), [self] { self->signal_.cancel(); });
  });
  watch_reader();
  Refusal cut = Refusal::none;
  bool over = false;
  while (!gone_ && cut == Refusal::none && !(over && out.empty())) {
    if (!out.empty()) {
      arm_last_word(core_->options().write_timeout +
                    std::chrono::seconds(out.size() / kSlowestReader));
      const auto [ec, n] = co_await asio::async_write(socket_, asio::buffer(out), kAwait);
      deadline_ = Time::time_point::max();
      if (ec) cut = timed_out_ ? Refusal::write_timeout : Refusal::peer_left;
      out.clear();
      continue;
    }
    Stream::Piece piece = stream->take(http11_, stopping_);
    over = piece.end != Stream::End::open;
    if (piece.end == Stream::End::overrun) cut = Refusal::slow_reader;
    out = std::move(piece.bytes);
    if (out.empty() && !over) {
      signal_.expires_at(Time::time_point::max());
      [[maybe_unused]] const auto [ignored] = co_await signal_.async_wait(kAwait);
    }
  }
  stream->leave();
  --core_->gate().streams;
  if (cut != Refusal::none) co_return core_->gate().count(cut);
  ++core_->gate().responses;
}

/// While a stream goes on: a reader that closes, or half closes, has left.
void Server::Session::watch_reader() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code ec) {
    if (ec || self->finished_) return;
    char byte = 0;
    const auto n = ::recv(self->socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n > 0) return;  // a next request, which will not be read
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return self->watch_reader();
    self->gone_ = true;
    self->signal_.cancel();
  });
}

asio::awaitable<bool> Server::Session::refuse(Refusal refusal, int status,
                                              std::string_view detail) {
  core_->gate().count(refusal);
  idle_ = false;
  Response response = problem(status, detail);
  co_return co_await write(std::move(response), false, false);
}

/// Closing with unread input would reset the connection and could take the answer with it.
asio::awaitable<void> Server::Session::linger() {
  error_code ec;
  socket_.shutdown(tcp::socket::shutdown_send, ec);
  if (ec || half_closed_) co_return;
  arm_last_word(core_->options().left_grace);
  std::array<char, kReadSize> rest;
  for (std::size_t total = 0; total < kLinger;) {
    const auto [failed, n] = co_await socket_.async_read_some(asio::buffer(rest), kAwait);
    if (failed) co_return;
    total += n;
  }
}

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
