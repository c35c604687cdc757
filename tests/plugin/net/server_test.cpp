#include "plugin/net/server.hpp"

#include "plugin/net/client.hpp"
#include "plugin/net/problem.hpp"
#include "tests/plugin/net/raw.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
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
  std::optional<Reply> poll() {
    const std::lock_guard lock(mutex_);
    if (replies_.empty()) return std::nullopt;
    std::optional<Reply> reply = std::move(replies_.front());
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

TEST_CASE("server: an answer to HEAD tells the length and has no body; 204 and 304 have neither",
          "[net]") {
  const auto server = serve([](const Request& request, const Reply& reply) {
    Response response = text("hello");
    if (request.target != "/") response.status = std::stoi(request.target.substr(1));
    reply.send(std::move(response));
  });
  Raw client(server->port());
  client.write("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(client.read_answer(true).ends_with("\r\nContent-Length: 5\r\n\r\n"));
  for (const char* status : {"204", "304"}) {
    client.write(std::string("GET /") + status + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = client.read_until("\r\n\r\n");
    CHECK(answer.find("Content-Length") == std::string::npos);
  }
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(body_of(client.read_answer()) ==
        "hello");  // nothing of the bodies before was left in between
}

TEST_CASE(
    "server: Expect: 100-continue is answered before the body, and not when the body came along",
    "[net]") {
  const auto server = serve(echo);
  Raw client(server->port());
  const std::string head =
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n";
  client.write(head);
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.write("abc");
  CHECK(body_of(client.read_answer()) == "POST / abc");
  client.write(head + "abc");
  CHECK(body_of(client.read_answer()) == "POST / abc");
  client.write(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\nExpect: 100-continue\r\n\r\n");
  CHECK(status_of(client.read_all()) == 413);
}

TEST_CASE("server: a body may be as large as its path allows, told or in chunks", "[net]") {
  ServerOptions options;
  options.max_body = 10;
  options.body_limits = {{"/up", 100}, {"/up/er", 5}};
  const auto server = serve(echo, options);
  const auto status = [&](const std::string& path, std::size_t size, bool chunks) {
    Raw client(server->port());
    const std::string body(size, 'b');
    std::string bytes = "POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    if (chunks) {
      bytes += "Transfer-Encoding: chunked\r\n\r\n";
      for (std::size_t i = 0; i < size; ++i) bytes += "1\r\nb\r\n";
      bytes += "0\r\n\r\n";
    } else {
      bytes += "Content-Length: " + std::to_string(size) + "\r\n\r\n" + body;
    }
    client.write(bytes);
    return status_of(client.read_all());
  };
  for (const bool chunks : {false, true}) {
    CHECK(status("/", 10, chunks) == 200);
    CHECK(status("/", 11, chunks) == 413);
    CHECK(status("/upload", 100, chunks) == 200);
    CHECK(status("/upload", 101, chunks) == 413);
    CHECK(status("/up/er", 6, chunks) == 413);
    CHECK(status("/%75p", 11, chunks) == 413);
  }
  CHECK(refused(*server, Refusal::body_limit, 8));
}

TEST_CASE("server: who sends far too much reads why, however late it looks", "[net]") {
  const auto server = serve(echo);
  Raw client(server->port());
  client.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n");
  const std::string part(1'000'000, 'b');
  for (int i = 0; i < 8; ++i) REQUIRE(client.write(part));
  CHECK(status_of(client.read_all()) == 413);
}

TEST_CASE("server: a chunk line or a trailer without end is cut off", "[net]") {
  const auto server = serve(echo);
  for (const char* start : {"3;", "0\r\nX: "}) {
    Raw client(server->port());
    client.write(std::string("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n") +
                 start);
    const std::string more(65'536, 'a');
    for (int i = 0; i < 8 && client.write(more); ++i) continue;
    CHECK(status_of(client.read_all()) == 400);
  }
  CHECK(refused(*server, Refusal::bad_chunk, 2));
}

TEST_CASE("server: who is slow with the head or the body gets 408", "[net]") {
  ServerOptions options;
  options.header_timeout = 30ms;
  options.body_timeout = 30ms;
  const auto server = serve(echo, options);
  for (const char* head : {"G", "GET / HTTP/1.1\r\nHost: x\r\n"}) {
    Raw client(server->port());
    client.write(head);
    CHECK(status_of(client.read_all()) == 408);
  }
  CHECK(refused(*server, Refusal::header_timeout, 2));
  Raw silent(server->port());
  CHECK(silent.read_all().empty());
  CHECK(refused(*server, Refusal::header_timeout, 3));
  for (const char* body :
       {"Content-Length: 3\r\n\r\nab", "Transfer-Encoding: chunked\r\n\r\n3\r\nab"}) {
    Raw client(server->port());
    client.write(std::string("POST / HTTP/1.1\r\nHost: x\r\n") + body);
    CHECK(status_of(client.read_all()) == 408);
  }
  CHECK(refused(*server, Refusal::body_timeout, 2));
  CHECK(becomes([&] { return server->stats().open; }, 0));
}

TEST_CASE("server: a head that trickles in is cut off at its time, however often a byte comes",
          "[net]") {
  ServerOptions options;
  options.header_timeout = 50ms;
  options.max_head = 1024 * 1024;
  const auto server = serve(echo, options);
  Raw client(server->port());
  client.write("GET / HTTP/1.1\r\nHost: x\r\nX: ");
  while (server->stats().of(Refusal::header_timeout) == 0 && client.write("a"))
    std::this_thread::yield();
  CHECK(refused(*server, Refusal::header_timeout));
}

TEST_CASE("server: an idle connection is closed without a word", "[net]") {
  ServerOptions options;
  options.idle_timeout = 20ms;
  const auto server = serve(echo, options);
  Raw client(server->port());
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(status_of(client.read_answer()) == 200);
  CHECK(client.at_end());
  CHECK(becomes([&] { return server->stats().idle_closed; }, 1));
  CHECK(server->stats().of(Refusal::header_timeout) == 0);
}

TEST_CASE("server: who does not read its answer is cut off", "[net]") {
  ServerOptions options;
  options.write_timeout = 20ms;
  options.left_grace = 20ms;
  const auto server =
      serve([](const Request&, const Reply& reply) { reply.send(text(std::string(3'000, 'x'))); },
            options);
  Raw client(server->port());
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  client.write(many);  // 60 MB of answers, more than any socket buffer takes
  CHECK(refused(*server, Refusal::write_timeout));
  CHECK(becomes([&] { return server->stats().open; }, 0));
}

TEST_CASE("server: connections are capped for each peer and in total, and slots come back",
          "[net]") {
  const bool total = GENERATE(false, true);
  ServerOptions options;
  options.max_connections = total ? 3 : 10;
  options.max_connections_per_peer = total ? 10 : 3;
  const Refusal refusal = total ? Refusal::connections_total : Refusal::connections_per_peer;
  const auto server = serve(echo, options);
  {
    std::vector<Raw> in;
    for (int i = 0; i < 3; ++i) {
      in.emplace_back(server->port());
      in.back().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      CHECK(status_of(in.back().read_answer()) == 200);
    }
    Raw out(server->port());
    const std::string answer = out.read_all();
    CHECK(status_of(answer) == 503);
    CHECK(answer.find("\r\nRetry-After: 1\r\n") != std::string::npos);
    CHECK(refused(*server, refusal));
    in[0].write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(status_of(in[0].read_answer()) == 200);
  }
  CHECK(becomes([&] { return server->stats().open; }, 0));
  Raw again(server->port());
  again.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(status_of(again.read_answer()) == 200);
  CHECK(server->stats().connections == 4);
}

TEST_CASE("server: a handler that throws, lets go or is late still gives an answer", "[net]") {
  Parked parked;
  ServerOptions options;
  options.reply_deadline = 30ms;
  const auto server = serve(
      [&](Request request, Reply reply) {
        if (request.target == "/throw") throw std::runtime_error("secret path");
        if (request.target == "/late") parked(std::move(request), std::move(reply));
        if (request.target == "/bad")
          reply.send({.status = 200, .headers = Headers().set("A", "b\r\nc"), .body = {}});
      },
      options);
  Raw client(server->port());
  for (const char* target : {"/throw", "/drop", "/bad"}) {
    client.write(std::string("GET ") + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string answer = client.read_answer();
    CHECK(status_of(answer) == 500);
    CHECK(answer.find("secret") == std::string::npos);
  }
  client.write("GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(status_of(client.read_all()) == 503);
  const Reply late = parked.take();
  CHECK_FALSE(late.waiting());
  CHECK_FALSE(late.send({}));
  for (const Refusal refusal : {Refusal::handler_threw, Refusal::reply_dropped,
                                Refusal::bad_response, Refusal::reply_deadline}) {
    CHECK(refused(*server, refusal));
  }
}

TEST_CASE("server: a long poll learns that its client has left", "[net]") {
  const bool hard = GENERATE(false, true);
  Parked parked;
  ServerOptions options;
  options.left_grace = 10ms;
  const auto server = serve(std::ref(parked), options);
  Raw client(server->port());
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const Reply reply = parked.take();
  CHECK(reply.waiting());
  hard ? client.reset() : client.half_close();
  CHECK(becomes([&] { return reply.waiting() ? 1U : 0U; }, 0));
  CHECK(refused(*server, Refusal::peer_left));
  CHECK(becomes([&] { return server->stats().open; }, 0));
  CHECK_FALSE(reply.send({}));
}

TEST_CASE("server: a client that closed its side right after asking is still answered", "[net]") {
  Parked parked;
  const auto server = serve(std::ref(parked));
  Raw client(server->port());
  client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.half_close();
  const Reply reply = parked.take();
  CHECK(becomes([&] { return reply.waiting() ? 1U : 0U; }, 0));
  CHECK(reply.send(text("yes")));
  CHECK(body_of(client.read_all()) == "yes");
}

TEST_CASE("server: a request behind a long poll waits for its turn", "[net]") {
  Parked parked;
  const auto server = serve(std::ref(parked));
  Raw client(server->port());
  client.write("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
  const Reply first = parked.take();
  client.write("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  first.send(text("one"));
  CHECK(body_of(client.read_answer()) == "one");
  parked.take().send(text("two"));
  CHECK(body_of(client.read_answer()) == "two");
}

TEST_CASE("server: stop() answers what is in hand, closes what is idle and returns", "[net]") {
  Parked parked;
  ServerOptions options;
  options.stop_grace = 200ms;
  options.left_grace = 50ms;
  const auto server = serve(std::ref(parked), options);
  Raw idle(server->port());
  Raw answered(server->port());
  Raw forgotten(server->port());
  for (Raw* client : {&answered, &forgotten}) client->write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const Reply first = parked.take();
  const Reply second = parked.take();
  std::thread stopping([&] { server->stop(); });
  CHECK(idle.read_all().empty());
  CHECK(first.send(text("in time")));
  const std::string a = answered.read_all();
  const std::string b = forgotten.read_all();
  stopping.join();
  CHECK(status_of(a) + status_of(b) == 200 + 503);
  CHECK(a.find("Connection: close") != std::string::npos);
  CHECK(server->stats().of(Refusal::shutting_down) == 1);
  CHECK(server->stats().open == 0);
  CHECK_FALSE(second.send({}));
  server->stop();  // repeating it does nothing
}

TEST_CASE("server: a reply may outlive the server", "[net]") {
  Parked parked;
  ServerOptions options;
  options.stop_grace = 1ms;
  options.left_grace = 1ms;
  std::optional<Reply> reply;
  {
    const auto server = serve(std::ref(parked), options);
    Raw client(server->port());
    client.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    reply = parked.take();
  }
  CHECK_FALSE(reply->waiting());
  CHECK_FALSE(reply->send({}));
}

// For ThreadSanitizer: replies from foreign threads, clients that leave, stop() in the middle.
TEST_CASE(
    "server: many clients, replies from other threads and a stop in between do not meet badly",
    "[net]") {
  for (int round = 0; round < 5; ++round) {
    Parked parked;
    ServerOptions options;
    options.threads = 3;
    options.stop_grace = 20ms;
    options.left_grace = 5ms;
    const auto server = serve(std::ref(parked), options);
    std::atomic<bool> over = false;
    std::vector<std::thread> threads;
    std::atomic<int> answers = 0;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&, i] {
        auto client =
            Client::create({.base_url = "http://127.0.0.1:" + std::to_string(server->port())});
        Request request;
        request.method = "GET";
        request.target = "/";
        while (!over) {
          const auto response =
              (*client)->send(request, i == 0 ? 1ms : 2'000ms, Repeat::idempotent);
          if (response && response->status == 200) ++answers;
          if (!response && i != 0) break;
        }
      });
    }
    while (answers < 50) parked.take().send(text("x"));
    std::thread replier([&] {
      while (!over) {
        if (auto reply = parked.poll()) reply->send(text("y"));
        std::this_thread::yield();
      }
    });
    server->stop();
    over = true;
    replier.join();
    for (std::thread& thread : threads) thread.join();
    CHECK(server->stats().open == 0);
  }
}

TEST_CASE("server: a port in use, a bad address and useless limits are errors", "[net]") {
  const auto server = serve(echo);
  ServerOptions taken;
  taken.port = server->port();
  CHECK(Server::start(taken, echo).error().code() == Errc::io);
  ServerOptions nowhere;
  nowhere.address = "localhost";
  CHECK(Server::start(nowhere, echo).error().code() == Errc::invalid);
  ServerOptions none;
  none.threads = 0;
  CHECK(Server::start(none, echo).error().code() == Errc::invalid);
  CHECK(Server::start({}, {}).error().code() == Errc::invalid);
}

TEST_CASE("server: with a clock, answers carry the date", "[net]") {
  struct Fixed final : Clock {
    UtcMs now() const noexcept override { return 784'111'777'000; }
    MonoMs steady() const noexcept override { return 0; }
  } clock;
  ServerOptions options;
  options.clock = &clock;
  const auto server = serve(echo, options);
  Raw client(server->port());
  client.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(client.read_all().find("\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n") != std::string::npos);
}

TEST_CASE("server: every refusal has its own name", "[net]") {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kRefusals; ++i) names.push_back(name_of(static_cast<Refusal>(i)));
  CHECK(std::find(names.begin(), names.end(), "unknown") == names.end());
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}
