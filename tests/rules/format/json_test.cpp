#include "rules/format/json.hpp"

#include "rules/format/documents.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <pthread.h>

using namespace sidedish::format;

namespace {

/// Runs it on a thread with a stack of 256 KiB.
void on_small_stack(std::function<void()> work) {
  pthread_attr_t attributes;
  REQUIRE(pthread_attr_init(&attributes) == 0);
  REQUIRE(pthread_attr_setstacksize(&attributes, std::size_t{256} * 1024) == 0);
  pthread_t thread{};
  const auto run = [](void* p) -> void* {
    (*static_cast<std::function<void()>*>(p))();
    return nullptr;
  };
  REQUIRE(pthread_create(&thread, &attributes, run, &work) == 0);
  REQUIRE(pthread_join(thread, nullptr) == 0);
  pthread_attr_destroy(&attributes);
}

std::string first_error(std::string_view text, const JsonLimits& limits = {}) {
  const auto document = JsonDocument::parse(text, limits);
  return document.errors().empty()
             ? ""
             : document.errors()[0].pointer + "|" + document.errors()[0].message;
}

std::string repeat(std::string_view what, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += what;
  return out;
}

}  // namespace

TEST_CASE("json: values keep their types, order and places") {
  const auto d = JsonDocument::parse(R"({"a/b": [1, -2, "x", true, null, {}], "c": {"d": []}})");
  REQUIRE(d.complete());
  REQUIRE(d.errors().empty());
  const Json list = d.root().find("a/b");
  CHECK(list.size() == 6);
  std::vector<Json> items;
  for (const Json item : list) items.push_back(item);
  CHECK(items.at(0).integer() == 1);
  CHECK(items.at(1).integer() == -2);
  CHECK(items.at(2).text() == "x");
  CHECK(items.at(3).boolean());
  CHECK(items.at(4).is(Json::Type::null));
  CHECK(items.at(5).is(Json::Type::object));
  CHECK(items.at(5).pointer() == "/a~1b/5");
  CHECK(d.root().find("c").find("d").pointer() == "/c/d");
  CHECK(!d.root().find("e"));
  CHECK(d.root().find("e").find("f").text().empty());
}

TEST_CASE("json: nesting of any depth is refused on a stack of 256 KiB") {
  on_small_stack([] {
    for (const std::size_t depth : {33U, 1'000U, 200'000U}) {
      const auto arrays = JsonDocument::parse(repeat("[", depth) + repeat("]", depth));
      CHECK(!arrays.complete());
      const auto objects = JsonDocument::parse(repeat("{\"a\":", depth) + "1" + repeat("}", depth));
      CHECK(!objects.complete());
      CHECK(!parse_rules(repeat("[", depth)).value);
    }
    CHECK(JsonDocument::parse(repeat("[", 32) + repeat("]", 32)).complete());
  });
}

TEST_CASE("json: what no strict reader takes is refused with its place") {
  CHECK(first_error("") != "");
  CHECK(first_error("{} x") != "");
  CHECK(first_error("{\"a\": 1, \"b\": 2, \"a\": 3}").starts_with("/a|expected member names"));
  std::string many = "{";
  for (int i = 0; i < 50; ++i) many += "\"k" + std::to_string(i) + "\": 0, ";
  CHECK(first_error(many + "\"k7\": 1}").starts_with("/k7|expected member names"));
  CHECK(first_error(many + "\"k50\": 1}").empty());
  CHECK(first_error("[1.0]").starts_with("/0|expected an integer"));
  CHECK(first_error("[1e3]").starts_with("/0|expected an integer"));
  CHECK(first_error("[9223372036854775807]").empty());
  CHECK(first_error("[9223372036854775808]").starts_with("/0|expected an integer"));
  CHECK(first_error("[-9223372036854775809]").starts_with("/0|expected an integer"));
  CHECK(first_error("[1e999]") != "");
  CHECK(first_error("[0, NaN]").starts_with("/1|"));
  CHECK(first_error("[\"\\ud800\"]").starts_with("/0|expected JSON"));
  CHECK(first_error("[\"\\udc00x\"]") != "");
  CHECK(first_error("[\"\\ud83d\\ude00\"]").empty());
  CHECK(first_error("[\"\xC0\xAF\"]") != "");
  CHECK(first_error("[\"\xED\xA0\x80\"]") != "");
  CHECK(first_error("[\"a\\u0000b\"]").starts_with("/0|expected a text without"));
  CHECK(first_error(std::string_view("[\"a\0b\"]", 7)) != "");
  CHECK(first_error(std::string_view("[]\0", 3)) != "");
  CHECK(first_error("{\"a\\u0000\": 1}") != "");
  CHECK(first_error("\xEF\xBB\xBF{}").starts_with("|expected JSON without a byte order mark"));
  CHECK(first_error("{\"a\": [1, 2,]}").find("line 1, column 13") != std::string::npos);
}

TEST_CASE("json: limits hold to the last allowed one") {
  const auto list = [](std::size_t n) { return "[0" + repeat(",0", n - 1) + "]"; };
  CHECK(first_error(list(10'000)).empty());
  CHECK(first_error(list(10'001)).starts_with("|expected at most 10000 items"));
  JsonLimits limits;
  limits.long_arrays = {"/rules"};
  limits.long_items = 20'000;
  CHECK(first_error("{\"rules\":" + list(20'000) + "}", limits).empty());
  CHECK(first_error("{\"rules\":" + list(20'001) + "}", limits).starts_with("/rules|"));
  CHECK(first_error("{\"others\":" + list(20'000) + "}", limits).starts_with("/others|"));
  CHECK(first_error("[\"" + repeat("x", 4096) + "\"]").empty());
  CHECK(first_error("[\"" + repeat("x", 4097) + "\"]").starts_with("/0|expected texts of at most"));
  CHECK(first_error("{\"" + repeat("x", 4097) + "\":0}") != "");
  limits.bytes = 10;
  CHECK(first_error("[1,2,3,4]", limits).empty());
  CHECK(first_error("[1,2,3,4,5]", limits).starts_with("|expected at most 10 bytes"));
}
