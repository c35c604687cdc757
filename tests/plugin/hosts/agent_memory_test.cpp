// The agent beside a till with 10,000 rules: what it needs of a terminal's memory.
#include "tests/plugin/abi/till.hpp"
#include "tests/plugin/hosts/process.hpp"
#include "tests/support/big_pack.hpp"

#include <iostream>

using namespace tills;
using namespace processes;
namespace fs = std::filesystem;

// Proved by an agent that kept four copies of every image it checked: 89 MiB.
TEST_CASE("agent: with 10,000 rules, 5,000 products and a till's traffic it needs at most 40 MiB",
          "[agent]") {
  constexpr long kMost = 40 * 1024;
  const test::RunFolder folder;
  const fs::path state = folder.path() / "state", run = folder.path() / "run";
  const fs::path file = folder.path() / "big.image";
  const auto put = [&](std::uint32_t rules) {
    const auto image = test::big_image(rules, 5'000);
    const fs::path fresh = folder.path() / "fresh";
    std::ofstream(fresh, std::ios::binary)
        .write(reinterpret_cast<const char*>(image.data()),
               static_cast<std::streamsize>(image.size()));
    ::chmod(fresh.c_str(), 0644);
    fs::rename(fresh, file);
    return image.size();
  };
  const std::size_t size = put(10'000);
  const fs::path config_file = folder.path() / "agent.json";
  std::ofstream(config_file) << "{}";
  Process agent({SIDEDISH_AGENT, "run", "--config", config_file.string(), "--state-dir",
                 state.string(), "--run-dir", run.string(), "--store", "mitte", "--terminal", "t1",
                 "--image", file.string(), "--port", "0", "--port-file",
                 (folder.path() / "port").string()});
  REQUIRE(until([&] { return !agent.runs() || text_of(folder.path() / "port").size() > 1; }));
  REQUIRE(agent.runs());

  const Library lib;
  const std::string state_dir = state.string(), run_dir = run.string();
  sidedish_config config{};
  config.struct_size = sizeof config;
  config.abi_major = SIDEDISH_ABI_MAJOR;
  config.state_dir = text(state_dir);
  config.run_dir = text(run_dir);
  sidedish_lane_config lc{};
  lc.struct_size = sizeof lc;
  lc.capabilities = SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION;
  lc.store = text("mitte");
  lc.terminal = text("t1");
  sidedish_host* host = nullptr;
  sidedish_lane* lane = nullptr;
  REQUIRE(lib.open(&config, &host) == SIDEDISH_OK);
  REQUIRE(lib.lane_open(host, &lc, &lane) == SIDEDISH_OK);
  const auto look = [&] {
    sidedish_status s{};
    s.struct_size = sizeof s;
    REQUIRE(lib.lane_status(lane, &s) == SIDEDISH_OK);
    return s;
  };
  CHECK(look().image_generation == 1);

  std::vector<std::string> keys;
  for (std::uint32_t p = 0; p < 200; ++p) keys.push_back(test::big_key(p * 7));
  std::uint64_t shown = 0;
  for (std::uint32_t i = 0; i < 12'000; ++i) {
    if (i == 4'000 || i == 8'000) {  // new rules in the middle of the day
      put(10'000 + i / 4'000);
      const std::string before = text_of(state / "current");
      REQUIRE(until([&] { return text_of(state / "current") != before; }));
    }
    const std::string id = "B-" + std::to_string(i);
    std::vector<sidedish_line> lines(10);
    for (std::size_t k = 0; k < lines.size(); ++k) {
      lines[k].struct_size = sizeof lines[k];
      lines[k].product = text(keys[(i * 13 + k * k * 5) % keys.size()]);
      lines[k].quantity = 1000;
      lines[k].unit_price = 250;
    }
    sidedish_snapshot s{};
    s.struct_size = sizeof s;
    s.basket = text(id);
    s.seq = 1;
    s.now_utc_ms = kMorning + i;
    s.now_steady_ms = 1 + i;
    std::memcpy(s.currency, "EUR", 4);
    s.prices_include_tax = -1;
    s.lines = lines.data();
    s.line_count = static_cast<std::uint32_t>(lines.size());
    sidedish_prompt out[4] = {};
    out[0].struct_size = sizeof out[0];
    std::uint32_t n = 4;
    REQUIRE(lib.basket_update(lane, &s, out, &n) == SIDEDISH_OK);
    shown += n;
    sidedish_event e{};
    e.struct_size = sizeof e;
    e.type = SIDEDISH_EVENT_COMPLETED;
    e.basket = text(id);
    e.now_utc_ms = kMorning + i;
    REQUIRE(lib.basket_event(lane, &e) == SIDEDISH_OK);
    if (look().ring_used > lane::kDataBytes / 2) {
      REQUIRE(until([&] { return look().ring_used < lane::kDataBytes / 4 || !agent.runs(); }));
    }
  }
  REQUIRE(until([&] { return look().ring_used == 0 || !agent.runs(); }));
  REQUIRE(agent.runs());
  const sidedish_status s = look();
  CHECK(shown > 6'000);
  CHECK(s.folded == 0);
  CHECK(s.image_generation == 3);
  const long resident = agent.memory("VmRSS"), peak = agent.memory("VmHWM");
  std::cout << "agent: 10,000 rules, 5,000 products, image of " << size / 1024 << " KiB, "
            << s.recorded << " records drained: VmRSS " << resident << " KiB, VmHWM " << peak
            << " KiB\n";
  CHECK(resident > 0);
  CHECK(peak <= kMost);
  lib.close(host);
  CHECK(agent.end() == 0);
}
