// Who may ask: every refused request changes nothing and shows nothing (quality.md, S06 to S12).
#include "tests/plugin/loopback/web.hpp"

using namespace web;

namespace {

/// An update as a browser or a program would send it, with other headers.
net::Request update(const std::vector<std::pair<std::string, std::string>>& headers) {
  static std::uint64_t seq = 0;
  net::Request r = Web::request(
      "POST", "/v1/lanes/1/basket",
      R"({"basket":"B-1","seq":)" + std::to_string(++seq) + R"(,"currency":"EUR","lines":[]})");
  for (const auto& [name, value] : headers) {
    r.headers.remove(name);
    r.headers.add(name, value);
  }
  return r;
}

/// Refused, with nothing changed and nothing to read.
void check_refused(Web& web, const net::Request& request, int status, std::string_view slug) {
  const auto before = web.api.counts().updates;
  const Answer answer = web.send(request);
  CHECK(answer.status == status);
  CHECK(answer.at("/type") == "/problems/" + std::string(slug));
  CHECK(answer.header("Access-Control-Allow-Origin").empty());
  CHECK(answer.body.find(kToken) == std::string::npos);
  CHECK(web.api.counts().updates == before);
}

}  // namespace

// Proved by comparing without case, and by comparing the beginning only.
TEST_CASE("defences: the host is one of three spellings with our port, exactly", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  for (const char* host : {"127.0.0.1:7410", "localhost:7410", "[::1]:7410"}) {
    INFO(host);
    CHECK(web.send(update({{"Host", host}})).status == 200);
  }
  const std::vector<std::string> others = {"",
                                           "127.0.0.1",
                                           "localhost",
                                           "[::1]",
                                           "127.0.0.1:7411",
                                           "127.0.0.1:07410",
                                           "127.0.0.1:74100",
                                           "127.0.0.1:",
                                           "127.0.0.1:7410.",
                                           "127.0.0.1.:7410",
                                           "localhost.:7410",
                                           "LOCALHOST:7410",
                                           "Localhost:7410",
                                           "localhost:7410 ",
                                           " localhost:7410",
                                           "127.1:7410",
                                           "127.0.1:7410",
                                           "2130706433:7410",
                                           "0x7f000001:7410",
                                           "0x7f.0.0.1:7410",
                                           "0177.0.0.1:7410",
                                           "127.0.0.2:7410",
                                           "0.0.0.0:7410",
                                           "0:7410",
                                           "[::]:7410",
                                           "::1:7410",
                                           "[0:0:0:0:0:0:0:1]:7410",
                                           "[::ffff:127.0.0.1]:7410",
                                           "[::1%lo]:7410",
                                           "localhost.example:7410",
                                           "localhost:7410.example",
                                           "evil.example",
                                           "evil.example:7410",
                                           "127.0.0.1.nip.io:7410",
                                           "localtest.me:7410",
                                           "user@localhost:7410",
                                           "localhost:7410@evil.example",
                                           "localhost:7410,evil.example",
                                           "http://localhost:7410",
                                           "localhost/:7410",
                                           "ip6-localhost:7410",
                                           "xn--localhost:7410"};
  CHECK(others.size() >= 40);
  for (const std::string& host : others) {
    INFO(host);
    check_refused(web, update({{"Host", host}}), 403, "wrong-host");
  }
  net::Request two = update({});
  two.headers.remove("Host");
  check_refused(web, two, 403, "wrong-host");
  CHECK(web.refused(loopback::Refused::wrong_host) == others.size() + 1);
}

// Proved by comparing hosts without ports, and by letting "null" pass.
TEST_CASE("defences: an origin is our own or one of the list, exactly", "[loopback]") {
  const State state;
  Web web(state, {"https://pos.example", "http://till.shop.example:8080"});
  web.open();
  for (const char* origin :
       {"http://127.0.0.1:7410", "https://pos.example", "http://till.shop.example:8080"}) {
    INFO(origin);
    CHECK(web.send(update({{"Origin", origin}})).status == 200);
  }
  CHECK(web.send(update({{"Host", "[::1]:7410"}, {"Origin", "http://[::1]:7410"}})).status == 200);
  const std::vector<std::string> others = {"null",
                                           "",
                                           "*",
                                           "evil.example",
                                           "http://evil.example",
                                           "https://evil.example",
                                           "https://127.0.0.1:7410",
                                           "http://127.0.0.1",
                                           "http://127.0.0.1:7411",
                                           "http://127.0.0.1:07410",
                                           "http://localhost:7410",
                                           "http://[::1]:7410",
                                           "http://localhost",
                                           "http://127.0.0.1:7410/",
                                           "http://127.0.0.1:7410 ",
                                           " http://127.0.0.1:7410",
                                           "HTTP://127.0.0.1:7410",
                                           "http://127.0.0.1:7410.evil.example",
                                           "http://127.0.0.1:7410@evil.example",
                                           "http://evil.example/127.0.0.1:7410",
                                           "http://evil.example#127.0.0.1:7410",
                                           "http://evil.example?127.0.0.1:7410",
                                           "ws://127.0.0.1:7410",
                                           "file://",
                                           "file:///",
                                           "data:",
                                           "blob:http://127.0.0.1:7410",
                                           "chrome-extension://abcdef",
                                           "moz-extension://abcdef",
                                           "about:blank",
                                           "javascript:",
                                           "http://127.1:7410",
                                           "http://2130706433:7410",
                                           "http://0x7f.0.0.1:7410",
                                           "http://127.0.0.2:7410",
                                           "http://0.0.0.0:7410",
                                           "http://[::ffff:127.0.0.1]:7410",
                                           "http://pos.example",
                                           "https://pos.example:443",
                                           "https://pos.example:8443",
                                           "https://pos.example.",
                                           "https://pos.example/",
                                           "https://POS.example",
                                           "https://Pos.Example",
                                           "https://pos.example.evil.example",
                                           "https://xpos.example",
                                           "https://pos-example",
                                           "https://posxexample",
                                           "https://evil.example.pos.example.evil",
                                           "https://sub.pos.example",
                                           "https://pos.example@evil.example",
                                           "https://pos.example%00",
                                           "https://pos.example\t",
                                           "https://pos.example, https://evil.example",
                                           "https://pos.example https://evil.example",
                                           "http://till.shop.example",
                                           "http://till.shop.example:8081",
                                           "https://till.shop.example:8080",
                                           "http://till.shop.example:80800",
                                           "http://127.0.0.1:7410,https://pos.example",
                                           "https://p\xd0\xbes.example",
                                           "http://localhost:7410\r"};
  CHECK(others.size() >= 60);
  for (const std::string& origin : others) {
    INFO(origin);
    check_refused(web, update({{"Origin", origin}}), 403, "foreign-origin");
  }
  net::Request two = update({{"Origin", "https://pos.example"}});
  two.headers.add("Origin", "https://pos.example");
  check_refused(web, two, 403, "foreign-origin");
}

TEST_CASE("defences: the browser's word that a request comes from elsewhere counts", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  for (const char* site : {"same-origin", "none"}) {
    CHECK(web.send(update({{"Sec-Fetch-Site", site}})).status == 200);
  }
  for (const char* site : {"cross-site", "same-site", "", "nonsense", "Same-Origin"}) {
    INFO(site);
    check_refused(web, update({{"Sec-Fetch-Site", site}}), 403, "foreign-origin");
    // A page of an allowed origin says who it is.
    CHECK(web.send(update({{"Sec-Fetch-Site", site}, {"Origin", "https://pos.example"}})).status ==
          200);
  }
  // An image or script of another site, without an Origin: not even the open paths.
  net::Request image = Web::request("GET", "/v1/lanes/1");
  image.headers.set("Sec-Fetch-Site", "cross-site").set("Sec-Fetch-Mode", "no-cors");
  check_refused(web, image, 403, "foreign-origin");
}

TEST_CASE("defences: without the token nothing but the open paths answers", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  const std::vector<std::string> tokens = {std::string(),
                                           "Bearer",
                                           "Bearer ",
                                           "Bearer " + kToken.substr(1),
                                           "Bearer " + kToken + "a",
                                           "Bearer  " + kToken,
                                           "Basic " + kToken,
                                           kToken,
                                           "Bearer " + std::string(64, 'A'),
                                           "Bearer \"" + kToken + "\""};
  for (const std::string& given : tokens) {
    INFO(given);
    net::Request r = update({});
    r.headers.remove("Authorization");
    if (!given.empty()) r.headers.set("Authorization", given);
    check_refused(web, r, 401, "token");
  }
  net::Request twice = update({});
  twice.headers.add("Authorization", "Bearer " + kToken);
  check_refused(web, twice, 401, "token");
  net::Request cookie = update({{"Cookie", "sidedish=" + kToken}});
  cookie.headers.remove("Authorization");
  check_refused(web, cookie, 401, "token");
  for (const auto& [method, target] : std::vector<std::pair<std::string, std::string>>{
           {"PUT", "/v1/lanes/2"},
           {"GET", "/v1/lanes/1"},
           {"GET", "/v1/lanes/1/events"},
           {"GET", "/v1/lanes/1/prompts"},
           {"POST", "/v1/lanes/1/events"},
           {"POST", "/v1/lanes/1/returns"},
           {"POST", "/v1/prompts/0123456789abcdef/outcome"},
           {"GET", "/v1/pages/config"}}) {
    INFO(target);
    net::Request r = Web::request(method, target, "{}");
    r.headers.remove("Authorization");
    check_refused(web, r, 401, "token");
  }
  CHECK(web.send(update({{"Authorization", "bearer " + kToken}})).status == 200);
}

TEST_CASE("defences: hello gives the token to pages of allowed origins and to nobody else",
          "[loopback]") {
  const State state;
  Web web(state);
  net::Request r = Web::request("GET", "/v1/hello");
  r.headers.remove("Authorization");
  check_refused(web, r, 403, "foreign-origin");
  r.headers.set("Origin", "http://127.0.0.1:7410");  // our own pages have it in their HTML
  check_refused(web, r, 403, "foreign-origin");
  r.headers.set("Origin", "https://evil.example");
  check_refused(web, r, 403, "foreign-origin");
  r.headers.set("Origin", "https://pos.example").set("Sec-Fetch-Site", "cross-site");
  const Answer answer = web.send(r);
  CHECK(answer.status == 200);
  CHECK(answer.at("/token") == kToken);
  CHECK(answer.at("/api") == "1");
  CHECK(answer.at("/agent") == "0.1.0");
  CHECK(answer.header("Access-Control-Allow-Origin") == "https://pos.example");
  CHECK(answer.header("Vary") == "Origin");
  CHECK(answer.header("Cache-Control") == "no-store");
}

TEST_CASE("defences: a browser that asks first is answered for allowed origins alone",
          "[loopback]") {
  const State state;
  Web web(state);
  net::Request ask = Web::request("OPTIONS", "/v1/lanes/1/basket");
  ask.headers.remove("Authorization");
  ask.headers.set("Access-Control-Request-Method", "POST")
      .set("Access-Control-Request-Headers", "authorization,content-type")
      .set("Origin", "https://pos.example");
  Answer answer = web.send(ask);
  CHECK(answer.status == 204);
  CHECK(answer.header("Access-Control-Allow-Origin") == "https://pos.example");
  CHECK(answer.header("Access-Control-Allow-Headers").find("Authorization") != std::string::npos);
  CHECK(answer.header("Access-Control-Allow-Private-Network").empty());
  for (const std::string kind : {"Private-Network", "Local-Network"}) {
    net::Request local = ask;
    local.headers.set("Access-Control-Request-" + kind, "true");
    CHECK(web.send(local).header("Access-Control-Allow-" + kind) == "true");
    local.headers.set("Origin", "https://evil.example");
    CHECK(web.send(local).status == 403);
    CHECK(web.send(local).header("Access-Control-Allow-" + kind).empty());
  }
  ask.headers.set("Origin", "https://evil.example");
  check_refused(web, ask, 403, "foreign-origin");
  // Refusals can be read by allowed pages too, and no answer ever says "*".
  const Answer refused = web.send([&] {
    net::Request r = update({{"Origin", "https://pos.example"}});
    r.headers.remove("Authorization");
    return r;
  }());
  CHECK(refused.status == 401);
  CHECK(refused.header("Access-Control-Allow-Origin") == "https://pos.example");
}

// Proved by leaving the media type unchecked.
TEST_CASE("defences: a form of another page changes nothing, whatever it sends", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  for (const char* type : {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                           "text/plain", "text/plain;charset=UTF-8", "application/csp-report", "",
                           "application/json, text/plain", "application/jsonp", "text/json"}) {
    INFO(type);
    // As a browser sends it, and with a token that such a page cannot have.
    check_refused(web, update({{"Content-Type", type}}), 415, "media-type");
    check_refused(web, update({{"Content-Type", type}, {"Origin", "https://evil.example"}}), 403,
                  "foreign-origin");
  }
  CHECK(web.send(update({{"Content-Type", "Application/JSON; charset=utf-8"}})).status == 200);
  check_refused(web, update({{"Content-Encoding", "gzip"}}), 415, "media-type");
}

TEST_CASE("defences: an origin in the options is one that a browser can send", "[loopback]") {
  for (const char* good : {"https://pos.example", "http://127.0.0.1:8080", "http://[::1]:80"}) {
    CHECK(loopback::is_origin(good));
  }
  for (const char* bad :
       {"", "*", "null", "pos.example", "https://", "https://pos.example/", "https://Pos.example",
        "ftp://pos.example", "https://a b", "https://pos.example;x"}) {
    INFO(bad);
    CHECK_FALSE(loopback::is_origin(bad));
  }
}

TEST_CASE("defences: the token is 64 digits drawn anew, in a file for our group", "[loopback]") {
  const State state;
  std::uint64_t next = 0x0123456789abcdef;
  const std::string token = loopback::draw_token([&] { return next++; });
  CHECK(token.size() == 64);
  CHECK(token.starts_with("fedcba9876543210"));
  REQUIRE(loopback::write_token(state.run.path(), "old").has_value());
  REQUIRE(loopback::write_token(state.run.path(), token).has_value());
  std::string line;
  std::getline(std::ifstream(state.run.path() / "token") >> std::ws, line);
  CHECK(line == token);
  struct stat facts {};
  REQUIRE(::stat((state.run.path() / "token").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 07777U) == 0640);
  CHECK_FALSE(loopback::write_token(state.run.path() / "no such folder", token).has_value());
}
