// Answers that go on: what is pushed arrives as it is pushed, and whoever does not read costs little.
#include "plugin/net/stream.hpp"

#include "plugin/net/server.hpp"
#include "tests/plugin/net/raw.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

using namespace sidedish;
using namespace sidedish::net;
using namespace sidedish::net::test;
using namespace std::chrono_literals;

namespace {

/// Answers every request with a stream that the test pushes into.
class Streams {
 public:
  explicit Streams(std::size_t max_waiting = 256 * 1024) : max_waiting_(max_waiting) {}
  void operator()(const Request&, const Reply& reply) {
    Response response;
    response.headers.set("Content-Type", "text/event-stream");
    response.body = "first\n";
    response.stream = std::make_shared<Stream>(max_waiting_);
    const std::lock_guard lock(mutex_);
    streams_.push_back(response.stream);
    arrived_.notify_all();
    reply.send(std::move(response));
  }
  std::shared_ptr<Stream> take() {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, 10s, [&] { return !streams_.empty(); })) FAIL("no request came");
    auto stream = streams_.front();
    streams_.erase(streams_.begin());
    return stream;
  }

 private:
  const std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::shared_ptr<Stream>> streams_;
};

std::unique_ptr<Server> serve(Streams& streams, ServerOptions options = {}) {
  auto server =
      Server::start(std::move(options), [&](const Request& q, const Reply& r) { streams(q, r); });
  REQUIRE(server.has_value());
  return std::move(*server);
}

template <class Read>
bool becomes(Read read, std::uint64_t value) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (read() != value && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  return read() == value;
}

constexpr std::string_view kAsk = "GET /s HTTP/1.1\r\nHost: localhost\r\n\r\n";

}  // namespace

TEST_CASE("stream: what is pushed arrives at once, in order, and has an end", "[net]") {
  Streams streams;
  const auto server = serve(streams);
  Raw client(server->port());
  client.write(kAsk);
  const auto stream = streams.take();
  const std::string head = client.read_until("\r\n\r\n");
  CHECK(head.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(head.find("Content-Length") == std::string::npos);
  CHECK(client.read_until("first\n\r\n") == "6\r\nfirst\n\r\n");
  CHECK(server->stats().streams == 1);
  for (const std::string word : {"one", "two", "three"}) {
    CHECK(stream->push(word));
    CHECK(client.read_until(word + "\r\n") == std::to_string(word.size()) + "\r\n" + word + "\r\n");
  }
  stream->finish();
  CHECK_FALSE(stream->push("too late"));
  CHECK(client.read_all() == "0\r\n\r\n");
  CHECK(becomes([&] { return server->stats().streams; }, 0));
}

TEST_CASE(
    "stream: to HTTP/1.0 it goes plainly until the connection closes; HEAD has the head alone",
    "[net]") {
  Streams streams;
  const auto server = serve(streams);
  Raw old(server->port());
  old.write("GET /s HTTP/1.0\r\nHost: localhost\r\n\r\n");
  const auto stream = streams.take();
  stream->push("more\n");
  stream->finish();
  CHECK(body_of(old.read_all()) == "first\nmore\n");
  Raw head(server->port());
  head.write("HEAD /s HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(body_of(head.read_answer(true)).empty());
  CHECK_FALSE(streams.take()->open());
}

TEST_CASE("stream: a reader that leaves is noticed without a word to it", "[net]") {
  for (const bool reset : {false, true}) {
    Streams streams;
    const auto server = serve(streams);
    Raw client(server->port());
    client.write(kAsk);
    const auto stream = streams.take();
    client.read_until("first\n");
    if (reset) {
      client.reset();
    } else {
      client.half_close();
    }
    CHECK(becomes([&] { return stream->open() ? 1U : 0U; }, 0));
    CHECK_FALSE(stream->push("nobody"));
    CHECK(becomes([&] { return server->stats().open; }, 0));
  }
}

TEST_CASE("stream: a reader that is too slow is cut off and counted", "[net]") {
  Streams streams(64 * 1024);
  const auto server = serve(streams);
  Raw client(server->port());
  client.write(kAsk);
  const auto stream = streams.take();
  const std::string block(16 * 1024, 'x');
  // The kernel takes some MB before the server has to keep anything.
  int pushed = 0;
  while (pushed < 100'000 && stream->push(block)) ++pushed;
  CHECK(pushed < 100'000);
  CHECK_FALSE(stream->open());
  CHECK(becomes(
      [&] {
        return server->stats().of(Refusal::slow_reader) +
               server->stats().of(Refusal::write_timeout);
      },
      1));
}

TEST_CASE("stream: a server that stops ends its streams at once", "[net]") {
  Streams streams;
  ServerOptions options;
  options.stop_grace = 60s;  // not waited for
  const auto server = serve(streams, options);
  Raw client(server->port());
  client.write(kAsk);
  const auto stream = streams.take();
  client.read_until("first\n\r\n");
  server->stop();
  CHECK(client.read_all() == "0\r\n\r\n");
  CHECK_FALSE(stream->push("late"));
}

TEST_CASE("stream: it counts against the caps on connections", "[net]") {
  Streams streams;
  ServerOptions options;
  options.max_connections = 1;
  const auto server = serve(streams, options);
  Raw client(server->port());
  client.write(kAsk);
  const auto stream = streams.take();
  client.read_until("first\n");
  Raw second(server->port());
  CHECK(status_of(second.read_all()) == 503);
  stream->finish();
  client.read_all();
}

TEST_CASE("stream: pushed from many threads, every piece arrives whole", "[net]") {
  Streams streams(1 << 22);
  const auto server = serve(streams);
  Raw client(server->port());
  client.write("GET /s HTTP/1.0\r\nHost: localhost\r\n\r\n");
  const auto stream = streams.take();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) stream->push(std::string(1, static_cast<char>('a' + t)) + "\n");
    });
  }
  for (auto& thread : threads) thread.join();
  stream->finish();
  const std::string body = body_of(client.read_all());
  CHECK(body.size() == 6 + 4 * 500 * 2);
  for (int t = 0; t < 4; ++t) CHECK(std::count(body.begin() + 6, body.end(), 'a' + t) == 500);
}
