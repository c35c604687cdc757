// What pages hear, and how they go on when their line broke.
#include "tests/plugin/loopback/web.hpp"

using namespace web;
using Topics = std::vector<std::string>;

TEST_CASE("stream: a page that comes hears how things are, then what happens", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  web.ring("B-1", 1, kBurger + R"(,{"product":"sku:?","quantity":"-1","flags":["voided"]})",
           R"(,"holds":["rush"],"language":"en","channel":"kiosk")");
  const Answer page = web.listen();
  REQUIRE(page.status == 200);
  CHECK(page.header("Content-Type") == "text/event-stream");
  CHECK(page.header("X-Content-Type-Options") == "nosniff");
  CHECK(page.header("Cache-Control") == "no-store");
  auto heard = page.heard();
  REQUIRE(topics(heard) == Topics{"state", "basket", "prompts"});
  CHECK(heard[0].data == R"({"open":true,"online":true,"recording":true,"rush":true})");
  CHECK(at(heard[1], "/basket") == "B-1");
  CHECK(at(heard[1], "/lines") == "[1]");
  CHECK(at(heard[1], "/lines/0/name") == "Name of sku:BURGER");
  CHECK(at(heard[1], "/lines/0/unit_price") == "590");
  CHECK(at(heard[1], "/total") == "590");
  CHECK(at(heard[1], "/holds/0") == "rush");
  CHECK(at(heard[1], "/channel") == "kiosk");
  CHECK(at(heard[1], "/tender") == "false");

  const Answer answer = web.ring("B-1", 2, kBurger, R"(,"total":600)");
  heard = page.heard();
  REQUIRE(topics(heard) == Topics{"state", "basket", "prompts"});
  CHECK(at(heard[1], "/total") == "600");
  CHECK(at(heard[2], "/seq") == "2");
  CHECK(at(heard[2], "/age_ms") == "0");
  const std::string prompt = at(heard[2], "/prompts/0/id");
  CHECK(prompt == answer.at("/prompts/0/id"));
  CHECK(at(heard[2], "/prompts/0/product_name") == "Name of sku:FRIES-L");

  web.answer(prompt, "accepted", R"(,"by":"staff")");
  heard = page.heard();
  REQUIRE(topics(heard) == Topics{"answered", "prompts"});
  CHECK(heard[0].data ==
        R"({"basket":"B-1","prompt":")" + prompt + R"(","outcome":"accepted","by":"staff"})");
  CHECK(at(heard[1], "/prompts") == "[0]");
  web.answer(prompt, "accepted");  // again: nothing has happened
  CHECK(page.heard().empty());

  web.event("tender_started", "B-1");
  heard = page.heard();
  REQUIRE(topics(heard) == Topics{"basket", "prompts"});
  CHECK(at(heard[0], "/tender") == "true");
  web.event("completed", "B-1", R"(,"total":600)");
  heard = page.heard();
  REQUIRE(topics(heard) == Topics{"closed", "prompts"});
  CHECK(heard[0].data == R"({"basket":"B-1","end":"completed"})");
  CHECK(topics(web.listen().heard()) == Topics{"state", "prompts"});
}

TEST_CASE("stream: a page whose line broke goes on where it was, hearing of each state the last",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  Answer page = web.listen();
  web.ring("B-1", 1, kBurger);
  const std::string seen = page.heard().back().id;
  page.stream->leave();
  const std::string prompt = web.ring("B-1", 2, kBurger).at("/prompts/0/id");
  web.answer(prompt, "declined");
  web.ring("B-1", 3, kBurger + "," + kCola);
  web.clock.at += 700;
  auto heard = web.listen(seen).heard();
  REQUIRE(topics(heard) == Topics{"answered", "basket", "prompts"});
  CHECK(at(heard[1], "/seq") == "3");
  CHECK(at(heard[2], "/seq") == "3");
  CHECK(at(heard[2], "/age_ms") == "700");  // how old the answer is that it stands for
  // Nothing was missed: nothing is said.
  CHECK(web.listen(heard.back().id).heard().empty());
  // Names of another start, of nothing, or that have not been: begin anew.
  for (const std::string id : {"1-1", "x", "-", "1780000001000-999", "1780000001000-1x"}) {
    INFO(id);
    CHECK(topics(web.listen(id).heard()) == Topics{"reset", "state", "basket", "prompts"});
  }
}

TEST_CASE("stream: beyond the last 64 happenings, or a minute without anybody, it begins anew",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  {
    const Answer page = web.listen();
    web.ring("B-1", 1, kBurger);
    const std::string seen = page.heard().back().id;
    for (std::uint64_t seq = 2; seq <= 33; ++seq) web.ring("B-1", seq, kBurger);
    CHECK(topics(web.listen(seen).heard()) == Topics{"basket", "prompts"});
    web.ring("B-1", 34, kBurger);
    CHECK(topics(web.listen(seen).heard()) == Topics{"reset", "state", "basket", "prompts"});
    page.stream->leave();
  }
  const Answer page = web.listen({}, "2");
  const std::string seen = page.heard().back().id;
  page.stream->leave();
  web.open("2");
  web.clock.at += 60'001;
  web.ring("B-1", 1, kBurger, {}, "2");  // nobody wrote that down
  CHECK(topics(web.listen(seen, "2").heard()) == Topics{"reset", "state", "basket", "prompts"});
}

TEST_CASE("stream: a page may come before its till, and hears when the lane opens", "[loopback]") {
  const State state;
  Web web(state);
  const Answer page = web.listen();
  auto heard = page.heard();
  REQUIRE(topics(heard) == Topics{"state"});
  CHECK(at(heard[0], "/open") == "false");
  web.open();
  heard = page.heard();
  REQUIRE(topics(heard) == Topics{"state"});
  CHECK(at(heard[0], "/open") == "true");
  web.ring("B-1", 1, kBurger);
  CHECK(topics(page.heard()) == Topics{"basket", "prompts"});
}

TEST_CASE("stream: a heartbeat every 15 s, a change of the line to head office at once",
          "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  const Answer page = web.listen();
  page.heard();
  web.clock.at += 14'999;
  web.api.tick();
  CHECK(page.heard().empty());
  web.clock.at += 1;
  web.api.tick();
  CHECK(topics(page.heard()) == Topics{"beat"});
  web.api.tick(false);
  const auto heard = page.heard();
  REQUIRE(topics(heard) == Topics{"state"});
  CHECK(at(heard[0], "/online") == "false");
  web.api.tick(false);
  CHECK(page.heard().empty());
}

TEST_CASE("stream: eight for a lane and 64 in all; who leaves makes room", "[loopback]") {
  const State state;
  Web web(state);
  std::vector<Answer> pages;
  for (int lane = 0; lane < 8; ++lane) {
    for (int i = 0; i < 8; ++i) pages.push_back(web.listen({}, std::to_string(lane)));
    if (lane == 0) {
      CHECK(web.listen({}, "0").at("/type") == "/problems/limit");
    }
  }
  CHECK(web.api.counts().streams == 64);
  CHECK(web.listen({}, "9").status == 409);
  pages[3].stream->leave();
  CHECK(web.listen({}, "9").status == 200);
  CHECK(web.listen({}, "0").status == 409);
  web.api.stop();
  CHECK(pages[0].stream->take(false).end == net::Stream::End::finished);
  CHECK(web.listen().status == 409);
}

TEST_CASE("stream: a basket of two thousand lines is told by its first two hundred", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  const Answer page = web.listen();
  page.heard();
  std::string lines = kBurger;
  for (int i = 1; i < 2000; ++i) lines += "," + kCola;
  REQUIRE(web.ring("B-1", 1, lines).status == 200);
  const auto heard = page.heard();
  REQUIRE(topics(heard) == Topics{"basket", "prompts"});
  CHECK(at(heard[0], "/lines") == "[200]");
  CHECK(at(heard[0], "/line_count") == "2000");
  CHECK(at(heard[0], "/total") == std::to_string(590 + 1999 * 250));
}

TEST_CASE("stream: a lane with a page on it is not closed for being quiet", "[loopback]") {
  const State state;
  Web web(state);
  web.open();
  const Answer page = web.listen();
  for (int i = 0; i < 5; ++i) {
    web.clock.at += 1'800'000;
    web.api.tick();
  }
  CHECK(web.api.lanes().size() == 1);
  page.stream->leave();
  web.clock.at += 60'001;
  web.api.tick();
  web.clock.at += 3'600'000;
  web.api.tick();
  CHECK(web.api.lanes().empty());
}
