// U09 whole: a real head office, a real agent and a lane. What is paused on the command line is so at the till within
// five seconds, also after either program was started again, and for an agent that was away.
#include "rules/format/documents.hpp"
#include "tests/plugin/abi/till.hpp"
#include "tests/plugin/hosts/process.hpp"

#include <iostream>

using namespace tills;
using namespace processes;
namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

namespace {

constexpr double kPromised = 5.0;  ///< seconds, from the order to the till
/// An agent that cannot reach head office asks again within 20 s: with margin.
constexpr double kBack = 40.0;

double since(Steady::time_point begin) {
  return std::chrono::duration<double>(Steady::now() - begin).count();
}

/// One store: head office, its terminal's agent, and the folder they are in.
class House {
 public:
  House() {
    std::ofstream(config_) << "{}";
    std::ofstream(rules_) << format::write_rules(pack());
    start_office("0");
    REQUIRE(order({"publish", rules_.string()}));
    start_agent();
    REQUIRE(until([&] { return fs::exists(state() / "current") || !agent_->runs(); }));
  }
  fs::path state() const { return folder_.path() / "state"; }
  fs::path run() const { return folder_.path() / "run"; }
  std::string port() const {
    std::string text = text_of(folder_.path() / "office.port");
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }

  void start_office(const std::string& port) {
    fs::remove(folder_.path() / "office.port");
    office_.emplace(std::vector<std::string>{SIDEDISH_HEADOFFICE, "serve", "--db",
                                             database_.string(), "--port", port, "--port-file",
                                             (folder_.path() / "office.port").string()});
    REQUIRE(until([&] { return text_of(folder_.path() / "office.port").ends_with("\n"); }));
  }
  void stop_office() { CHECK(office_->end() == 0); }
  void start_agent() {
    fs::remove(folder_.path() / "agent.port");
    agent_.emplace(std::vector<std::string>{
        SIDEDISH_AGENT, "run", "--config", config_.string(), "--state-dir", state().string(),
        "--run-dir", run().string(), "--store", "mitte", "--terminal", "t1", "--head-office",
        "http://127.0.0.1:" + port(), "--port", "0", "--port-file",
        (folder_.path() / "agent.port").string()});
    REQUIRE(until([&] { return text_of(folder_.path() / "agent.port").ends_with("\n"); }));
  }
  void stop_agent() { CHECK(agent_->end() == 0); }

  /// A command of head office's, ended well.
  bool order(std::vector<std::string> words) {
    words.insert(words.begin(), SIDEDISH_HEADOFFICE);
    words.insert(words.end(), {"--db", database_.string()});
    return Process(words).wait() == 0;
  }
  bool pause() { return order({"pause", "burger-bar", "burger-fries", "--why", "fryer broken"}); }
  bool resume() { return order({"resume", "burger-bar", "burger-fries", "--why", "mended"}); }

 private:
  test::RunFolder folder_;
  fs::path config_ = folder_.path() / "agent.json";
  fs::path rules_ = folder_.path() / "rules.json";
  fs::path database_ = folder_.path() / "h.db";
  std::optional<Process> office_;
  std::optional<Process> agent_;
};

/// A host's process: each sale is a burger.
class Host {
 public:
  explicit Host(const House& house) : state_(house.state().string()), run_(house.run().string()) {
    sidedish_config config{};
    config.struct_size = sizeof config;
    config.abi_major = SIDEDISH_ABI_MAJOR;
    config.state_dir = text(state_);
    config.run_dir = text(run_);
    sidedish_lane_config lc{};
    lc.struct_size = sizeof lc;
    lc.capabilities = SIDEDISH_CAN_ADD | SIDEDISH_REPORTS_COMPLETION;
    lc.store = text("mitte");
    lc.terminal = text("t1");
    REQUIRE(lib_.open(&config, &host_) == SIDEDISH_OK);
    REQUIRE(lib_.lane_open(host_, &lc, &lane_) == SIDEDISH_OK);
  }
  ~Host() { lib_.close(host_); }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  bool speaks() {
    const std::string id = "B-" + std::to_string(++sales_);
    sidedish_line line{};
    line.struct_size = sizeof line;
    line.product = text("sku:BURGER");
    line.quantity = 1000;
    line.unit_price = 590;
    sidedish_snapshot s{};
    s.struct_size = sizeof s;
    s.basket = text(id);
    s.seq = 1;
    s.now_utc_ms = kMorning + static_cast<std::int64_t>(sales_) * 60'000;
    s.now_steady_ms = static_cast<std::int64_t>(sales_) * 60'000;
    std::memcpy(s.currency, "EUR", 4);
    s.prices_include_tax = -1;
    s.lines = &line;
    s.line_count = 1;
    sidedish_prompt out[4] = {};
    out[0].struct_size = sizeof out[0];
    std::uint32_t n = 4;
    REQUIRE(lib_.basket_update(lane_, &s, out, &n) == SIDEDISH_OK);
    sidedish_event e{};
    e.struct_size = sizeof e;
    e.type = SIDEDISH_EVENT_COMPLETED;
    e.basket = text(id);
    e.now_utc_ms = s.now_utc_ms;
    REQUIRE(lib_.basket_event(lane_, &e) == SIDEDISH_OK);
    return n > 0;
  }
  /// Seconds until a sale says something (or nothing) again.
  double until_it(bool speaking, Steady::time_point begin) {
    REQUIRE(until([&] { return speaks() == speaking; }));
    return since(begin);
  }

 private:
  Library lib_;
  std::string state_;
  std::string run_;
  sidedish_host* host_ = nullptr;
  sidedish_lane* lane_ = nullptr;
  std::uint64_t sales_ = 0;
};

}  // namespace

// Proved by an agent that does not look at the manifest's overlay, and by a head office that does not wake those who
// wait: then a pause takes the half minute of a long poll.
TEST_CASE(
    "U09: a pause reaches a connected lane within 5 s, across restarts, and an agent that was away",
    "[hosts][U09]") {
  House house;
  Host host(house);
  REQUIRE(host.speaks());
  std::vector<double> connected;
  const auto order_and_see = [&](bool pause) {
    const auto begin = Steady::now();
    REQUIRE((pause ? house.pause() : house.resume()));
    connected.push_back(host.until_it(!pause, begin));
  };
  for (int i = 0; i < 3; ++i) {
    order_and_see(true);
    order_and_see(false);
  }

  // Head office is started again: the agent comes back by itself, and then it is as before.
  const std::string port = house.port();
  house.stop_office();
  house.start_office(port);
  auto begin = Steady::now();
  REQUIRE(house.pause());
  const double back = host.until_it(false, begin);
  order_and_see(false);

  // The agent is started again, with head office away: what was paused is so from the disk.
  order_and_see(true);
  house.stop_agent();
  house.stop_office();
  house.start_agent();
  {
    Host fresh(house);
    CHECK_FALSE(fresh.speaks());
  }
  house.start_office(port);
  begin = Steady::now();
  REQUIRE(house.resume());
  const double both = host.until_it(true, begin);
  order_and_see(true);

  // An agent that was away when it was ordered hears of it when it is back.
  house.stop_agent();
  REQUIRE(house.resume());
  CHECK_FALSE(host.speaks());
  begin = Steady::now();
  house.start_agent();
  const double away = host.until_it(true, begin);

  const double worst = *std::max_element(connected.begin(), connected.end());
  std::cout << "U09: " << connected.size() << " orders to a connected lane, the slowest after "
            << worst << " s; after a restart of head office " << back << " s, of both " << both
            << " s; an agent that was away " << away << " s after its start\n";
  CHECK(worst <= kPromised);
  CHECK(back <= kBack);
  CHECK(both <= kBack);
  CHECK(away <= kPromised);
}
