// The C++ wrapper over the library it is linked with, and the C example as it is told to be run.
#include "tests/plugin/abi/till.hpp"

#include <cstdio>
#include <sidedish/sidedish.hpp>

using namespace tills;

TEST_CASE("wrapper: a sale from opening to the end, in C++", "[sdk]") {
  const State state;
  const std::string state_dir = state.dir().string();
  const std::string run_dir = state.run.path().string();
  sidedish_config config = sidedish_sdk::Host::config();
  config.state_dir = sidedish_sdk::text(state_dir);
  config.run_dir = sidedish_sdk::text(run_dir);
  sidedish_sdk::Host host;
  REQUIRE(host.open(config));
  sidedish_sdk::Lane lane;
  REQUIRE(host.open_lane("mitte", "t1", SIDEDISH_CAN_ADD, lane));
  const sidedish_line lines[] = {sidedish_sdk::line("sku:BURGER", 1000, 590)};
  sidedish_sdk::Prompts prompts;
  sidedish_snapshot basket = sidedish_sdk::snapshot("B-1", 1, "EUR");
  basket.now_utc_ms = kMorning;
  REQUIRE(lane.update(basket, lines, prompts));
  REQUIRE(prompts.size() == 1);
  CHECK(sidedish_sdk::view(prompts[0].rule) == "burger-fries");
  CHECK(lane.answer(prompts[0].id, SIDEDISH_ACCEPTED, SIDEDISH_BY_STAFF));
  const sidedish_sdk::Status again = lane.update(basket, lines, prompts);
  CHECK(again.code == SIDEDISH_E_STALE);
  CHECK(again.name() == "E_STALE");
  CHECK(prompts.empty());
  CHECK_FALSE(lane.error().empty());
  std::array<std::byte, 256> token;
  CHECK(lane.token("B-1", token));
  CHECK(lane.replaced("B-1", "B-2"));
  CHECK(lane.event(SIDEDISH_EVENT_PARKED, "B-2"));
  CHECK(lane.resumed("B-2", token));
  CHECK(lane.completed("B-2", 590));
  CHECK(lane.refresh());
  sidedish_status status;
  CHECK(lane.status(status));
  CHECK(status.shown == 1);
  sidedish_sdk::Lane moved = std::move(lane);
  CHECK(moved.get() != nullptr);
  CHECK_FALSE(lane.update(basket, lines, prompts));
}

namespace {

/// What a program prints, errors included; its status must be 0.
std::string said_by(const std::string& command) {
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string said;
  char piece[256];
  while (std::fgets(piece, sizeof piece, pipe) != nullptr) said += piece;
  CHECK(::pclose(pipe) == 0);
  return said;
}
std::string shell_word(std::string_view word) { return " '" + std::string(word) + "'"; }

}  // namespace

TEST_CASE("example: the smallest till in C asks, answers and ends its sale", "[sdk]") {
  const State state;
  const std::string said =
      said_by(shell_word(SIDEDISH_MINIMAL_TILL) + shell_word(state.image(1).string()) +
              shell_word(state.run.path().string()));
  INFO(said);
  CHECK(said.find("update: OK, 1 prompts\nSomething else?") != std::string::npos);
  CHECK(said.find("accepted: OK\ncompleted: OK\n") != std::string::npos);
}

TEST_CASE("example: the till in C++ sells, adds after a yes alone, and sells without rules too",
          "[sdk]") {
  const State state;
  const std::string scans =
      R"(printf 'sku:BURGER 590\n\nsku:COLA 250\n+\npay\nsku:BURGER 590\n-\npay\n' |)";
  const std::string said =
      said_by(scans + shell_word(SIDEDISH_CPP_TILL) + shell_word(state.image(1).string()) +
              shell_word(state.run.path().string()));
  CHECK(said ==
        "  sku:BURGER  590\n    Something else?  +350  (+ or -)\n"
        "  sku:COLA  250\n    Something else?  +350  (+ or -)\n"
        "  sku:FRIES-L  350\npaid 1190\n"
        "  sku:BURGER  590\n    Something else?  +350  (+ or -)\npaid 590\n");
  CHECK(said_by(scans + shell_word(SIDEDISH_CPP_TILL) + " /proc/nowhere /proc/nowhere") ==
        "  sku:BURGER  590\n  sku:COLA  250\npaid 840\n  sku:BURGER  590\npaid 590\n");
}
