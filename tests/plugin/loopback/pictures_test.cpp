// Pictures of what is offered, and of what is in the basket.
#include "tests/plugin/loopback/web.hpp"

using namespace web;

namespace {

const std::string kSmall(64, 'a');
const std::string kLarge(64, 'b');
const std::string kBurgerPicture(64, 'c');

/// The fries have two pictures, the burger a small one.
model::Pack pictured() {
  model::Pack p = tills::pack();
  p.catalogue->products[1].pictures = {kSmall, kLarge};
  p.catalogue->products[4].pictures = {kBurgerPicture, ""};
  return p;
}

}  // namespace

// Proved by telling a picture without asking whether it is there.
TEST_CASE("pictures: a prompt names the picture files that are there, and only these",
          "[loopback]") {
  const State state(pictured());
  std::set<std::string, std::less<>> there;
  Web web(state, {}, {}, [&](std::string_view digest) { return there.contains(digest); });
  REQUIRE(web.open().status == 201);
  CHECK(web.ring("B-1", 1, kBurger).at("/prompts/0/picture").empty());
  there.insert(kLarge);
  const Answer one = web.ring("B-1", 2, kBurger);
  CHECK(one.at("/prompts/0/picture") == "{1}");
  CHECK(one.at("/prompts/0/picture/large") == "/pictures/" + kLarge);
  there.insert(kSmall);
  const Answer both = web.ring("B-1", 3, kBurger);
  CHECK(both.at("/prompts/0/picture/small") == "/pictures/" + kSmall);
  CHECK(both.at("/prompts/0/picture/large") == "/pictures/" + kLarge);
}

TEST_CASE("pictures: a page hears the pictures of what is in the basket", "[loopback]") {
  const State state(pictured());
  Web web(state, {}, {}, [&](std::string_view digest) { return digest == kBurgerPicture; });
  REQUIRE(web.open().status == 201);
  const Answer page = web.listen();
  web.ring("B-1", 1, kBurger + "," + kFries);
  for (const Heard& heard : page.heard()) {
    if (heard.event != "basket") continue;
    CHECK(at(heard, "/lines/0/picture/small") == "/pictures/" + kBurgerPicture);
    CHECK(at(heard, "/lines/0/picture/large").empty());
    CHECK(at(heard, "/lines/1/picture").empty());
    return;
  }
  FAIL("no basket was heard");
}

TEST_CASE("pictures: an agent without pictures names none", "[loopback]") {
  const State state(pictured());
  Web web(state);
  REQUIRE(web.open().status == 201);
  CHECK(web.ring("B-1", 1, kBurger).at("/prompts/0/picture").empty());
}
