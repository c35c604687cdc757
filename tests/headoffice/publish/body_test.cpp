#include "headoffice/publish/publish.hpp"

#include <catch2/catch.hpp>

using namespace sidedish;
using namespace sidedish::headoffice;

TEST_CASE("publish: the two documents are cut out as they were written", "[headoffice]") {
  const auto both = split_publish_body(
      " {\"rules\" : {\"a\": \"}\\\"{\", \"b\": [1, {}]},\n\"catalogue\":{ } } ");
  REQUIRE(both);
  CHECK(both->rules == "{\"a\": \"}\\\"{\", \"b\": [1, {}]}");
  CHECK(both->catalogue == "{ }");
  CHECK(split_publish_body("{\"rules\":{}}")->catalogue.empty());
}

TEST_CASE("publish: a body of any other shape is refused", "[headoffice]") {
  for (const char* bad : {"", "{", "{}", "[]", "{\"rules\":[]}", "{\"rules\":{}", "{\"rules\":{}}x",
                          "{\"rules\":{},}", "{\"rules\":{},\"rules\":{}}", "{\"catalogue\":{}}",
                          "{\"rules\":{},\"more\":{}}", "{\"rules\":{\"a\":\"}",
                          "{\"rules\":{\"a\":\"\\", "{rules:{}}", "{\"rules\" {}}", "null"}) {
    INFO(bad);
    CHECK_FALSE(split_publish_body(bad));
  }
}
