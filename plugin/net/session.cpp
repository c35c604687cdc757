// A connection's way in: requests, one after the other.
#include "plugin/net/session.hpp"

#include "plugin/net/body_reader.hpp"
#include "plugin/net/second_reader.hpp"
#include "plugin/net/stream.hpp"

#include <boost/asio/write.hpp>

namespace sidedish::net {
namespace {

constexpr std::size_t kBodyRead = 64 * 1024;

}  // namespace

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

}  // namespace sidedish::net
