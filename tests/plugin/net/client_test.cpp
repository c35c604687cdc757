#include "plugin/net/client.hpp"

#include "plugin/net/server.hpp"
#include "tests/plugin/net/raw.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <thread>

using namespace sidedish;
using namespace sidedish::net;
using namespace sidedish::net::test;
using namespace std::chrono_literals;

namespace {

Request get(std::string target = "/") {
  Request request;
  request.method = "GET";
  request.target = std::move(target);
  return request;
}

std::unique_ptr<Client> client_of(std::uint16_t port, ClientOptions options = {}) {
  options.base_url = "http://127.0.0.1:" + std::to_string(port);
  auto client = Client::create(std::move(options));
  REQUIRE(client.has_value());
  return std::move(*client);
}

/// Answers every request with method, target and body.
void echo(Request request, Reply reply) {
  Response response;
  response.body = request.method + ' ' + request.target + ' ' + request.body;
  reply.send(std::move(response));
}

/// A server of one thread that does what the test says with each connection, one after the other.
class Script {
 public:
  explicit Script(std::vector<std::function<void(Raw&)>> steps)
      : thread_([this, steps = std::move(steps)] {
          for (const auto& step : steps) {
            Raw connection = listener_.accept();
            step(connection);
          }
        }) {}
  ~Script() { thread_.join(); }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;
  std::uint16_t port() const { return listener_.port(); }

 private:
  Listener listener_;
  std::thread thread_;
};

/// Reads one request, answers with these bytes, closes.
std::function<void(Raw&)> answers(std::string bytes) {
  return [bytes = std::move(bytes)](Raw& connection) {
    connection.read_until("\r\n\r\n");
    connection.write(bytes);
  };
}

Result<Response> one_answer(const std::string& bytes, const Request& request = get(),
                            ClientOptions options = {}) {
  const Script server({answers(bytes)});
  return client_of(server.port(), std::move(options))->send(request, 5s, Repeat::idempotent);
}

}  // namespace

TEST_CASE("client: sends to our server and reuses the connection", "[net]") {
  const auto server = Server::start({}, echo);
  auto client = Client::create(
      {.base_url = "http://127.0.0.1:" + std::to_string((*server)->port()) + "/api/"});
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

TEST_CASE("client: a request is written as RFC 9112 wants", "[net]") {
  std::string seen;
  const Script server({[&](Raw& connection) {
    seen = connection.read_until("\r\n\r\n");
    seen += connection.read_exactly(2);
    connection.write("HTTP/1.1 204 No Content\r\n\r\n");
  }});
  Request request = get("/a?b");
  request.method = "PUT";
  request.headers.add("X-A", "1").add("X-B", "2");
  request.body = "hi";
  const auto client = client_of(server.port());
  CHECK(client->send(request, 5s, Repeat::never).value().status == 204);
  CHECK(seen == "PUT /a?b HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                    "\r\nX-A: 1\r\nX-B: 2\r\nContent-Length: 2\r\n\r\nhi");
}

TEST_CASE("client: answers of every shape that has an end are read", "[net]") {
  CHECK(one_answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").value().body == "hi");
  CHECK(one_answer("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
            .value()
            .body == "hi");
  CHECK(one_answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 201 "
                   "C\r\nContent-Length: 0\r\n\r\n")
            .value()
            .status == 201);
  CHECK(one_answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\nT: u\r\n\r\n")
            .value()
            .headers.size() == 1);
  CHECK(one_answer("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi").value().body == "hi");
  CHECK(one_answer("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\n")
            .value()
            .headers.get("etag") == "\"a\"");
  Request head = get();
  head.method = "HEAD";
  CHECK(one_answer("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", head).value().body.empty());
  const auto moved = one_answer(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  CHECK(moved.value().status == 302);  // not followed
}

// Quality R12, R13: half an answer must never pass for an answer.
TEST_CASE("client: garbage, halves and answers without an end are network errors", "[net]") {
  const std::string whole =
      "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 5\r\n\r\nhello";
  for (std::size_t n = 0; n < whole.size(); ++n) {
    INFO(n);
    CHECK(one_answer(whole.substr(0, n)).error().code() == Errc::network);
  }
  const std::string in_chunks =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  for (std::size_t n = 0; n < in_chunks.size(); ++n) {
    INFO(n);
    CHECK(one_answer(in_chunks.substr(0, n)).error().code() == Errc::network);
  }
  for (const char* bytes :
       {"HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.0 200 OK\r\n\r\nhello", "SSH-2.0-OpenSSH\r\n\r\n",
        "\x16\x03\x01 \r\n\r\n", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    INFO(bytes);
    const auto answer = one_answer(bytes);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code() == Errc::network);
  }
}

TEST_CASE("client: an answer that is too large is a limit error", "[net]") {
  ClientOptions small;
  small.max_head = 200;
  small.max_body = 10;
  CHECK(one_answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", get(), small)
            .has_value());
  CHECK(one_answer("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890", get(), small)
            .error()
            .code() == Errc::limit);
  CHECK(one_answer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n",
            get(), small)
            .error()
            .code() == Errc::limit);
  CHECK(one_answer("HTTP/1.1 200 OK\r\nX: " + std::string(300, 'x') + "\r\n\r\n", get(), small)
            .error()
            .code() == Errc::limit);
}

TEST_CASE("client: the deadline holds for connecting, for silence and for a trickle", "[net]") {
  const Listener silent;  // never accepts: the system does, nobody answers
  const auto start = std::chrono::steady_clock::now();
  const auto answer = client_of(silent.port())->send(get(), 50ms, Repeat::idempotent);
  CHECK(answer.error().code() == Errc::network);
  CHECK(answer.error().text().find("no answer in time") != std::string_view::npos);
  CHECK(std::chrono::steady_clock::now() - start >= 50ms);
  const Script trickle({[](Raw& connection) {
    connection.read_until("\r\n\r\n");
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n");
    while (connection.write("a")) std::this_thread::yield();
  }});
  CHECK(client_of(trickle.port())->send(get(), 50ms, Repeat::never).error().code() ==
        Errc::network);
}

TEST_CASE("client: cancel() from another thread ends a long poll, until resume()", "[net]") {
  std::unique_ptr<Client> client;
  const Script server({[&](Raw& connection) {
                         connection.read_until(
                             "\r\n\r\n");   // the request is there: send() waits for us
                         client->cancel();  // the server's thread is another thread
                         connection.at_end();
                       },
                       answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")});
  client = client_of(server.port());
  const auto cancelled = [](const Result<Response>& answer) {
    return !answer && answer.error().code() == Errc::network &&
           answer.error().text().find("cancelled") != std::string_view::npos;
  };
  CHECK(cancelled(client->send(get(), 60s, Repeat::idempotent)));
  CHECK(cancelled(client->send(get(), 60s, Repeat::idempotent)));
  client->resume();
  CHECK(client->send(get(), 5s, Repeat::never).value().status == 200);
}

TEST_CASE("client: a kept connection that the server has closed is not used again", "[net]") {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  const Script server({answers(ok), answers(ok)});
  const auto client = client_of(server.port());
  CHECK(client->send(get(), 5s, Repeat::never).has_value());
  CHECK(client->send(get(), 5s, Repeat::idempotent).has_value());
  CHECK(client->connects() == 2);
}

// The server closes after it has read the second request: the client could not have known.
TEST_CASE(
    "client: a repeatable request is sent once more when a kept connection dies before the answer",
    "[net]") {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  const auto answers_once_then = [&](std::string rest) {
    return [ok, rest](Raw& connection) {
      connection.read_until("\r\n\r\n");
      connection.write(ok);
      connection.read_until("\r\n\r\n");
      connection.write(rest);
    };
  };
  SECTION("and the second one is answered") {
    const Script server({answers_once_then(""), answers(ok)});
    const auto client = client_of(server.port());
    CHECK(client->send(get(), 5s, Repeat::idempotent).has_value());
    CHECK(client->send(get(), 5s, Repeat::idempotent).has_value());
    CHECK(client->connects() == 2);
  }
  SECTION("but not when it may be sent only once") {
    const Script server({answers_once_then("")});
    const auto client = client_of(server.port());
    CHECK(client->send(get(), 5s, Repeat::never).has_value());
    CHECK(client->send(get(), 5s, Repeat::never).error().code() == Errc::network);
    CHECK(client->connects() == 1);
  }
  SECTION("nor when a byte of an answer has come") {
    const Script server({answers_once_then("H")});
    const auto client = client_of(server.port());
    CHECK(client->send(get(), 5s, Repeat::idempotent).has_value());
    CHECK(client->send(get(), 5s, Repeat::idempotent).error().code() == Errc::network);
    CHECK(client->connects() == 1);
  }
  SECTION("nor on a new connection") {
    const Script server({answers("")});
    const auto client = client_of(server.port());
    CHECK(client->send(get(), 5s, Repeat::idempotent).error().code() == Errc::network);
    CHECK(client->connects() == 1);
  }
}

// A second answer to the request before, late: nothing in HTTP/1.1 says whose answer one is.
// To see it fail: let Client::hang_up() do nothing.
TEST_CASE("client: after it has hung up, a late answer is nobody's", "[net]") {
  const auto answer = [](std::string_view body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::string(body);
  };
  const Script server({[&](Raw& connection) {
                         connection.read_until("\r\n\r\n");
                         connection.write(answer("1"));
                         connection.read_until("\r\n\r\n");
                         connection.write(answer("1"));
                         connection.at_end();
                       },
                       answers(answer("3"))});
  const auto client = client_of(server.port());
  CHECK(client->send(get(), 5s, Repeat::never).value().body == "1");
  CHECK(client->send(get(), 5s, Repeat::never).value().body == "1");
  client->hang_up();
  CHECK(client->send(get(), 5s, Repeat::never).value().body == "3");
  CHECK(client->connects() == 2);
}

TEST_CASE("client: bytes nobody asked for end the connection, not the next answer", "[net]") {
  const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  const Script server({[&](Raw& connection) {
                         connection.read_until("\r\n\r\n");
                         connection.write(ok + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
                         connection.at_end();
                       },
                       answers("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")});
  const auto client = client_of(server.port());
  CHECK(client->send(get(), 5s, Repeat::never).has_value());
  CHECK(client->send(get(), 5s, Repeat::never).value().body == "good");
}

TEST_CASE("client: a refusal that comes before the body was taken is read", "[net]") {
  ServerOptions options;
  options.max_body = 10;
  const auto server = Server::start(options, echo);
  const auto client = client_of((*server)->port());
  Request request = get();
  request.method = "POST";
  request.body = std::string(100'000, 'x');
  CHECK(client->send(request, 5s, Repeat::never).value().status == 413);
  request.body = "x";
  CHECK(client->send(request, 5s, Repeat::never).value().status == 200);
}

TEST_CASE("client: a name is looked up, and one that is none is an error", "[net]") {
  const auto server = Server::start({}, echo);
  const auto at = [&](const std::string& host) {
    auto client =
        Client::create({.base_url = "http://" + host + ":" + std::to_string((*server)->port())});
    return (*client)->send(get("/x"), 5s, Repeat::never);
  };
  CHECK(at("localhost").value().body == "GET /x ");
  CHECK(at("no-such-host.invalid").error().code() == Errc::network);
}

TEST_CASE("client: nobody listening is a network error", "[net]") {
  std::uint16_t port = 0;
  {
    const Listener gone;
    port = gone.port();
  }
  CHECK(client_of(port)->send(get(), 5s, Repeat::idempotent).error().code() == Errc::network);
}

TEST_CASE("client: only http URLs without surprises are taken, https says why not", "[net]") {
  const auto code = [](const char* url) {
    auto client = Client::create({.base_url = url});
    REQUIRE_FALSE(client.has_value());
    return client.error().code();
  };
  CHECK(code("https://example.com") == Errc::unsupported);
  for (const char* bad : {"", "example.com", "ftp://x", "http://", "http://u:p@x", "http://x?q",
                          "http://x#f", "http://x:0", "http://x:99999", "http://x y", "/path"}) {
    INFO(bad);
    CHECK(code(bad) == Errc::invalid);
  }
  CHECK(Client::create({.base_url = "http://[::1]:8080/a/"}).has_value());
}

TEST_CASE("client: a request that could be read in two ways is not sent", "[net]") {
  const Listener nobody;
  const auto client = client_of(nobody.port());
  const auto code = [&](Request request) {
    return client->send(request, 1s, Repeat::never).error().code();
  };
  for (const char* target : {"", "x", "/a b", "/a\r\nX: y", "/\xC3\xA4", "/a#b", "*"}) {
    CHECK(code(get(target)) == Errc::invalid);
  }
  for (const char* name :
       {"Host", "content-length", "Transfer-Encoding", "Connection", "Expect", "A b", ""}) {
    Request request = get();
    request.headers.add(name, "1");
    CHECK(code(request) == Errc::invalid);
  }
  Request split = get();
  split.headers.add("X", "a\r\nHost: y");
  CHECK(code(split) == Errc::invalid);
  Request method = get();
  method.method = "G ET";
  CHECK(code(method) == Errc::invalid);
  CHECK(client->connects() == 0);
}
