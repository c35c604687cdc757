#include "plugin/net/server.hpp"

#include "plugin/net/client.hpp"
#include "plugin/net/problem.hpp"
#include "tests/plugin/net/raw.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

using namespace sidedish;
using namespace sidedish::net;
using namespace sidedish::net::test;
using namespace std::chrono_literals;

namespace {

Response text(std::string body) {
  Response response;
  response.headers.set("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

/// Answers every request with method, target and body.
void echo(Request request, Reply reply) {
  reply.send(text(request.method + ' ' + request.target + ' ' + request.body));
}

std::unique_ptr<Server> serve(Handler handler, ServerOptions options = {}) {
  auto server = Server::start(std::move(options), std::move(handler));
  REQUIRE(server.has_value());
  return std::move(*server);
}

/// Keeps replies until a test thread takes them.
class Parked {
 public:
  void operator()(Request, Reply reply) {
    const std::lock_guard lock(mutex_);
    replies_.push_back(std::move(reply));
    arrived_.notify_all();
  }
  Reply take() {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, 10s, [&] { return !replies_.empty(); })) FAIL("no request came");
    Reply reply = std::move(replies_.front());
    replies_.erase(replies_.begin());
    return reply;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Reply> replies_;
};

/// Counters move a moment after the bytes: waits for the value, ten seconds at most.
template <class Read>
bool becomes(Read read, std::uint64_t value) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (read() != value && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  return read() == value;
}

bool refused(const Server& server, Refusal refusal, std::uint64_t times = 1) {
  return becomes([&] { return server.stats().of(refusal); }, times);
}

}  // namespace

TEST_CASE("server: a request is answered and the connection is kept", "[net]") {
  const auto server = serve(echo);
  Raw client(server->port());
  client.write("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.read_answer() ==
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nGET /a?b=c ");
  client.write("POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  CHECK(body_of(client.read_answer()) == "POST /d hello");
  CHECK(server->stats().connections == 1);
  CHECK(server->stats().requests == 2);
}

TEST_CASE("server: pipelined requests are answered in order", "[net]") {
  const auto server = serve(echo);
  Raw client(server->port());
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
    all += "\r\n";  // an empty line between requests is forgiven (RFC 9112, 2.2)
  }
  client.write(all);
  for (int i = 0; i < 50; ++i) {
    CHECK(body_of(client.read_answer()) == "POST /" + std::to_string(i) + " abc");
  }
}

TEST_CASE("server: a reply may come later, from any thread", "[net]") {
  Parked parked;
  const auto server = serve(std::ref(parked));
  Raw client(server->port());
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const Reply reply = parked.take();
  CHECK(reply.waiting());
  std::thread([&] { CHECK(reply.send(text("late"))); }).join();
  CHECK(body_of(client.read_answer()) == "late");
  CHECK_FALSE(reply.send(text("twice")));
  CHECK_FALSE(reply.waiting());
}

TEST_CASE("server: a head that is too large gets 431 and the connection is closed", "[net]") {
  const auto server = serve(echo);
  Raw client(server->port());
  client.write("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(9000, 'a'));
  CHECK(status_of(client.read_all()) == 431);
  CHECK(refused(*server, Refusal::too_large_head));
}

TEST_CASE("client: sends to our server and reuses the connection", "[net]") {
  const auto server = serve(echo);
  auto client =
      Client::create({.base_url = "http://127.0.0.1:" + std::to_string(server->port()) + "/api/"});
  REQUIRE(client.has_value());
  for (int i = 0; i < 3; ++i) {
    Request request;
    request.method = "POST";
    request.target = "/v1/things";
    request.body = std::string(100'000, 'x');
    const auto response = (*client)->send(request, 5s, Repeat::never);
    REQUIRE(response.has_value());
    CHECK(response->status == 200);
    CHECK(response->body == "POST /api/v1/things " + request.body);
  }
  CHECK((*client)->connects() == 1);
}
