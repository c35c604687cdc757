#include "plugin/net/router.hpp"

#include "plugin/net/problem.hpp"

#include <catch2/catch.hpp>

using namespace sidedish;
using namespace sidedish::net;

namespace {

Response ask(const Router& router, std::string method, std::string target) {
  Response got;
  Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  router(std::move(request), Reply::to([&](Response response) { got = std::move(response); }));
  return got;
}

/// Answers with the pattern, the parameters and the query.
void tell(Routed routed, Reply reply) {
  Response response;
  response.body = routed.pattern;
  for (const auto& [name, value] : routed.params) response.body += " " + name + "=" + value;
  for (const auto& [name, value] : routed.query) response.body += " ?" + name + "=" + value;
  reply.send(std::move(response));
}

Router shop() {
  Router router;
  router.add("GET", "/v1/stores/{store}/manifest", tell)
      .add("GET", "/v1/stores/{store}", tell)
      .add("PUT", "/v1/stores/{store}", tell)
      .add("GET", "/files/{path...}", tell)
      .add("GET", "/v1/stores/main", tell)
      .add("DELETE", "/v1/{kind}/main", tell)
      .add("GET", "/", tell);
  return router;
}

}  // namespace

TEST_CASE("router: a path finds its function, parameters and query", "[net]") {
  const Router router = shop();
  CHECK(ask(router, "GET", "/").body == "/");
  CHECK(ask(router, "GET", "/v1/stores/7/manifest").body == "/v1/stores/{store}/manifest store=7");
  CHECK(ask(router, "GET", "/v1/stores/K%C3%B6ln%20S%C3%BCd").body ==
        "/v1/stores/{store} store=K\u00f6ln S\u00fcd");
  CHECK(ask(router, "GET", "/v1/stores/a+b?q=a+b%2B&x&y=&x=2").body ==
        "/v1/stores/{store} store=a+b ?q=a b+ ?x= ?y= ?x=2");
  CHECK(ask(router, "GET", "/files/a/b/c.js").body == "/files/{path...} path=a/b/c.js");
}

TEST_CASE("router: the more exact pattern wins, but only with a function for the method", "[net]") {
  const Router router = shop();
  CHECK(ask(router, "GET", "/v1/stores/main").body == "/v1/stores/main");
  CHECK(ask(router, "PUT", "/v1/stores/main").body == "/v1/stores/{store} store=main");
  CHECK(ask(router, "DELETE", "/v1/stores/main").body == "/v1/{kind}/main kind=stores");
}

TEST_CASE("router: an unknown path is 404, a known one with another method is 405 with Allow",
          "[net]") {
  const Router router = shop();
  for (const char* target :
       {"/nothing", "/v1/stores", "/v1/stores/", "/v1/stores//manifest", "/v1/stores/7/", "/files/",
        "/files", "//", "/files/a//b", "/V1/stores/7"}) {
    INFO(target);
    const Response response = ask(router, "GET", target);
    CHECK(response.status == 404);
    CHECK(media_type(response.headers) == "application/problem+json");
  }
  const Response other = ask(router, "POST", "/v1/stores/7");
  CHECK(other.status == 405);
  CHECK(other.headers.get("Allow") == "GET, HEAD, OPTIONS, PUT");
  const Response options = ask(router, "OPTIONS", "/v1/stores/main");
  CHECK(options.status == 204);
  CHECK(options.headers.get("allow") == "DELETE, GET, HEAD, OPTIONS, PUT");
  CHECK(ask(router, "OPTIONS", "*").status == 204);
}

TEST_CASE("router: HEAD is answered by the function for GET", "[net]") {
  CHECK(ask(shop(), "HEAD", "/v1/stores/7").body == "/v1/stores/{store} store=7");
  CHECK(ask(shop(), "get", "/v1/stores/7").status == 405);
}

TEST_CASE("router: a path that could name something else for another reader is 400", "[net]") {
  const Router router = shop();
  for (const char* target : {"/files/../secret",
                             "/files/./a",
                             "/files/%2e%2e/secret",
                             "/files/.%2E/x",
                             "/files/..",
                             "/files/a%2fb",
                             "/files/a%2Fb",
                             "/files/..%2f..%2fetc",
                             "/files/a%5cb",
                             "/files/..%5c",
                             "/files/a\\b",
                             "/files/%00",
                             "/files/a%0d%0aSet-Cookie:x",
                             "/files/%",
                             "/files/%4",
                             "/files/%zz",
                             "/files/%c3",
                             "/files/%ff",
                             "/files/%c0%ae%c0%ae/x",
                             "/files/%ed%a0%80",
                             "/files/a?q=%ff",
                             "/files/a?q=%00",
                             "/files/a?%zz=1",
                             "/files/a#b",
                             "/files/a b",
                             "files/a",
                             "",
                             "http://x/files/a",
                             "/files/\"a",
                             "/files/<a>",
                             "/files/\xC3\xA4",
                             "/files/%7f"}) {
    INFO(target);
    CHECK(ask(router, "GET", target).status == 400);
  }
}

TEST_CASE("router: a plain path is taken apart as its percent-encoded twin is", "[net]") {
  for (const std::string_view plain :
       {"/", "/a", "/v1/lanes/1/basket", "/A-b_9/0", "//", "/a//b", "/a/", "//a", "a", "", "a/b"}) {
    // With one more letter at the end, encoded: that one is read by the book.
    const auto by_book = parse_target(std::string(plain) + "%78");
    const auto quick = parse_target(std::string(plain) + "x");
    CAPTURE(plain);
    REQUIRE(quick.has_value() == by_book.has_value());
    if (quick) CHECK(quick->segments == by_book->segments);
    CHECK((!quick || quick->query.empty()));
  }
  REQUIRE(parse_target("/"));
  CHECK(parse_target("/")->segments == std::vector<std::string>{""});
  REQUIRE(parse_target("/a/"));
  CHECK(parse_target("/a/")->segments == std::vector<std::string>{"a", ""});
}

TEST_CASE("router: queries are looked up by name", "[net]") {
  Routed routed;
  routed.query = {{"a", "1"}, {"b", ""}, {"a", "2"}};
  routed.params = {{"store", "7"}};
  CHECK(routed.query_value("a") == "1");
  CHECK(routed.query_value("b") == "");
  CHECK_FALSE(routed.query_value("c").has_value());
  CHECK(routed.param("store") == "7");
  CHECK(routed.param("other").empty());
}

TEST_CASE("problem: RFC 9457 members, escaped as RFC 8259 wants", "[net]") {
  const ProblemItem items[] = {{"/rules/0/id", "is \"taken\""}, {"", "x"}};
  const Response response =
      problem(422, "https://example.com/p", "Bad\nrule", "back\\slash \x01\x7f \xff\u00e4", items);
  CHECK(response.status == 422);
  CHECK(response.headers.get("content-type") == "application/problem+json");
  CHECK(response.body ==
        "{\"type\":\"https://example.com/p\",\"title\":\"Bad\\u000arule\",\"status\":422,"
        "\"detail\":\"back\\\\slash \\u0001\\u007f "
        "\uFFFD\u00e4\",\"errors\":[{\"pointer\":\"/rules/0/id\","
        "\"detail\":\"is \\\"taken\\\"\"},{\"pointer\":\"\",\"detail\":\"x\"}]}");
  CHECK(problem(404, "").body ==
        "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404}");
}

TEST_CASE("headers: names have no case, one may come twice", "[net]") {
  Headers headers;
  headers.add("Accept", "a").add("ACCEPT", "b").add("Host", "x");
  CHECK(headers.get("accept") == "a");
  CHECK(headers.all("Accept") == std::vector<std::string_view>{"a", "b"});
  headers.set("accept", *headers.get("Accept"));
  CHECK(headers.all("Accept") == std::vector<std::string_view>{"a"});
  CHECK(headers.remove("host") == 1);
  CHECK(headers.size() == 1);
  headers.set("Content-Type", "Application/JSON ; charset=utf-8");
  CHECK(media_type(headers) == "application/json");
}

TEST_CASE("reply: a dropped reply is a 500, a second answer is not taken", "[net]") {
  std::vector<int> statuses;
  const auto note = [&](Response response) { statuses.push_back(response.status); };
  { const Reply reply = Reply::to(note); }
  {
    const Reply reply = Reply::to(note);
    const Reply copy = reply;
    CHECK(reply.send({.status = 201, .headers = {}, .body = {}}));
    CHECK_FALSE(copy.send({}));
    CHECK_FALSE(copy.waiting());
  }
  CHECK(statuses == std::vector<int>{500, 201});
}
