#include "rules/format/json.hpp"

#include "rules/base/text.hpp"
#include "rules/format/documents.hpp"
#include "rules/format/wire_json.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <pthread.h>
#include <random>

using namespace sidedish;
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

// The oracle: byte by byte, as RFC 8259 and RFC 3629 have it.
TEST_CASE(
    "json: a text of any bytes is written so that it reads back, what nobody takes replaced") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const std::string_view pieces[] = {{"\0", 1},
                                     "a",
                                     "plain words ",
                                     "\"",
                                     "\\",
                                     "\n",
                                     "\x01",
                                     "\x7F",
                                     "\xC3\xB6",
                                     "\xE2\x82\xAC",
                                     "\xF0\x9F\x8D\x94",
                                     "\xFF",
                                     "\xC3",
                                     "\xE2\x82"};
  for (int round = 0; round < 3'000; ++round) {
    std::string text;
    const bool whole = round % 2 == 0;  // without the broken ones at the end of the list
    for (auto n = random() % 12; n > 0; --n) {
      text += pieces[random() % (std::size(pieces) - (whole ? 3 : 0))];
    }
    std::string want;
    for (const char c : text) {
      if (c == '\0' || (static_cast<unsigned char>(c) >= 0x80 && !valid_utf8(text))) {
        want += "\xEF\xBF\xBD";
      } else {
        want += c;
      }
    }
    std::string written;
    append_json(written, text);
    CAPTURE(text, written);
    const auto document = JsonDocument::parse(written);
    REQUIRE(document.complete());
    REQUIRE(document.errors().empty());
    REQUIRE(document.root().text() == want);
  }
}

TEST_CASE(
    "json: names and texts are the same with escapes and without, and so is what is there twice") {
  const std::string_view same[] = {R"({"name":"text","other":1})",
                                   R"({"n\u0061me":"te\u0078t","\u006Fther":1})"};
  for (const std::string_view text : same) {
    const auto document = JsonDocument::parse(text);
    REQUIRE(document.errors().empty());
    CHECK(document.root().find("name").text() == "text");
    CHECK(document.root().find("other").integer() == 1);
  }
  for (const std::string_view text :
       {R"({"name":1,"name":2})", R"({"name":1,"n\u0061me":2})", R"({"":1,"":2})"}) {
    const auto document = JsonDocument::parse(text);
    CAPTURE(text);
    CHECK(document.errors().size() == 1);
  }
  // Names of one length with the same ends are still different names.
  CHECK(JsonDocument::parse(R"({"abc":1,"adc":2,"aec":3})").errors().empty());
  // U+0000 comes in by an escape only.
  CHECK(JsonDocument::parse(R"({"a":"b\u0000"})").errors().size() == 1);
  CHECK(JsonDocument::parse(R"({"a\u0000":"b"})").errors().size() == 1);
}
