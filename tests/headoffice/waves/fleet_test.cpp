// What people see of stores and terminals, and of a pack's history.
#include "headoffice/waves/fleet.hpp"

#include "headoffice/waves/waves.hpp"
#include "rules/format/wire_json.hpp"
#include "tests/headoffice/overlay/shop.hpp"

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

class Office : public Shop {
 public:
  Office() {
    publish();
    for (const char* id : {"t1", "t2", "t3"}) {
      REQUIRE(storage->put_terminal("mitte", id, clock.now()));
    }
    REQUIRE(storage->put_store({"nord", "Nord", "Europe/London", clock.now(), 0}));
    REQUIRE(storage->put_terminal("nord", "n1", clock.now()));
    image = manifest("mitte").image_sha256;
  }
  Fleet fleet() { return {*storage, clock}; }
  Waves waves() { return {*storage, clock}; }
  std::string image;

  std::string begin(RolloutOrder order) {
    ++pack.version;
    Publisher publisher(*storage, *storage, clock, packs::zone_file, [&](auto, auto) {
      return PackRead{pack, pack.catalogue, {}};
    });
    const auto done = publisher.publish("{}", "{}", order);
    REQUIRE(done);
    REQUIRE(done->published);
    return done->published->image_sha256;
  }
  format::JsonDocument view(std::vector<std::string> own = {}) {
    const auto json = fleet().view(own);
    REQUIRE(json);
    format::WireFindings findings;
    auto tree = format::parse_wire(*json, {}, findings);
    REQUIRE(tree);
    return std::move(*tree);
  }
  /// Of store "mitte", which stands first.
  static format::Json terminal(const format::JsonDocument& tree, std::size_t at) {
    for (const format::Json one : (*tree.root().find("stores").begin()).find("terminals")) {
      if (at-- == 0) return one;
    }
    return {};
  }
  std::string state(std::size_t at) {
    return std::string(terminal(view(), at).find("state").text());
  }
};

FleetTerminal heard(const std::string& running) {
  FleetTerminal out;
  out.id = "t1";
  out.last_at = kNoon;
  out.health = HealthRow{running, "", "", kNoon};
  out.report = HealthReport{kNoon, 0, {}};
  return out;
}

}  // namespace

TEST_CASE("fleet: how a terminal is stands in one word, the worst first", "[headoffice]") {
  using State = TerminalState;
  const std::string told(64, 'a'), other(64, 'b');
  CHECK(state_of({}, told, kNoon) == State::never);
  FleetTerminal terminal = heard(told);
  CHECK(state_of(terminal, told, kNoon) == State::fine);
  CHECK(state_of(terminal, "", kNoon) == State::fine);
  CHECK(state_of(terminal, other, kNoon) == State::behind);
  terminal.report->clock_ms = kClockOff;
  CHECK(state_of(terminal, told, kNoon) == State::fine);
  terminal.report->clock_ms = -kClockOff - 1;
  CHECK(state_of(terminal, other, kNoon) == State::alarm);
  terminal = heard(told);
  terminal.report->health.quarantined = 1;
  CHECK(state_of(terminal, told, kNoon) == State::alarm);
  terminal = heard(told);
  terminal.report->health.alarms = {{"pictures", "x"}};
  CHECK(state_of(terminal, told, kNoon) == State::alarm);
  terminal.health->refused = other;  // not what it may have now
  CHECK(state_of(terminal, told, kNoon) == State::alarm);
  CHECK(state_of(terminal, other, kNoon) == State::refused);
  CHECK(state_of(terminal, other, kNoon + kSilentAfter - 1) == State::refused);
  CHECK(state_of(terminal, other, kNoon + kSilentAfter) == State::silent);
}

TEST_CASE("fleet: what terminals said of themselves is shown as they said it", "[headoffice]") {
  Office office;
  CHECK(office.state(0) == "never");
  format::Health health;
  health.time = office.clock.now() - 4000;
  health.agent = "0.1.0";
  health.pending = 12;
  health.pictures_wanted = 9;
  health.pictures_present = 8;
  health.lanes = 2;
  REQUIRE(office.fleet().report("mitte", "t1", health) == true);
  CHECK(office.fleet().report("mitte", "nobody", health) == false);
  CHECK(office.state(0) == "behind");
  REQUIRE(office.waves().hear("mitte", {"t1", office.image, "", ""}));
  const auto tree = office.view();
  const format::Json one = Office::terminal(tree, 0);
  CHECK(one.find("state").text() == "fine");
  CHECK(one.find("told").integer() == 1);
  CHECK(one.find("running").find("version").integer() == 1);
  const format::Json report = one.find("report");
  CHECK(report.find("clock_ms").integer() == -4000);
  CHECK(report.find("outbox").find("pending").integer() == 12);
  CHECK(report.find("pictures").find("present").integer() == 8);
  CHECK(report.find("lanes").integer() == 2);
  CHECK(report.find("alarms").size() == 0);
  health.alarms = {{"disk_full", "no room"}};
  REQUIRE(office.fleet().report("mitte", "t1", health) == true);
  CHECK(office.state(0) == "alarm");
  office.clock.time += kSilentAfter;
  CHECK(office.state(0) == "silent");
  CHECK(office.state(1) == "never");
}

TEST_CASE("fleet: whoever has own stores sees those alone, also in what is on its way",
          "[headoffice]") {
  Office office;
  office.begin({R"([{"terminals":["mitte/t1"]},"all"])", true, 60'000, "ana", "new", 0});
  CHECK(office.view().root().find("stores").size() == 2);
  CHECK(office.view().root().find("rollouts").size() == 1);
  const auto own = office.view({"nord"});
  CHECK(own.root().find("stores").size() == 1);
  CHECK((*own.root().find("stores").begin()).find("id").text() == "nord");
  CHECK(own.root().find("rollouts").size() == 0);
  CHECK(office.view({"elsewhere"}).root().find("stores").size() == 0);
}

TEST_CASE(
    "fleet: of a rollout it is seen who has it, who refused it, who waits, whose turn is later",
    "[headoffice]") {
  Office office;
  REQUIRE(office.waves().hear("mitte", {"t3", office.image, "", ""}));
  const std::string next = office.begin(
      {R"([{"terminals":["mitte/t1","mitte/t2"]},"all"])", true, 60'000, "ana", "new", 0});
  const auto stand = [&](std::size_t at) {
    const auto tree = office.view();
    const format::Json one = *Office::terminal(tree, at).find("rollouts").begin();
    return std::to_string(one.find("wave").integer()) + " " + std::string(one.find("state").text());
  };
  CHECK(stand(0) == "1 waiting");
  CHECK(stand(2) == "2 later");
  CHECK(office.state(2) == "fine");  // it has what it may have
  REQUIRE(office.waves().hear("mitte", {"t1", next, "", ""}));
  REQUIRE(office.waves().hear("mitte", {"t2", office.image, next, "at its test vector 3"}));
  CHECK(stand(0) == "1 has");
  CHECK(stand(1) == "1 refused");
  CHECK(office.state(1) == "refused");
  REQUIRE(office.waves().tick());
  const auto tree = office.view();
  const format::Json rollout = *tree.root().find("rollouts").begin();
  CHECK(rollout.find("state").text() == "halted");
  CHECK(rollout.find("why").text() == "mitte/t2 refused it: at its test vector 3");
  CHECK(rollout.find("terminals").integer() == 2);
  CHECK(rollout.find("healthy").integer() == 1);
  CHECK(rollout.find("refused").integer() == 1);
  CHECK(Office::terminal(tree, 1).find("refused").find("version").integer() == 2);
}

TEST_CASE(
    "fleet: a pack's history says who, why and how far, and going back is a new version in it",
    "[headoffice]") {
  Office office;
  const std::string second =
      office.begin({R"([{"percent":10},"all"])", true, 60'000, "ana", "a new meal", 0});
  office.clock.time += 1000;
  RolloutOrder back{std::string(kAllAtOnce), true, 0, "root", "it confuses", 1};
  --office.pack.version;  // what was published as version 1
  --office.pack.version;
  CHECK(office.begin(back) == office.image);
  const auto rows = office.storage->versions(office.pack.id, 10);
  REQUIRE(rows);
  REQUIRE(rows->size() == 3);
  CHECK(rows->at(0).version == 3);
  CHECK(rows->at(0).who == "root");
  CHECK(rows->at(0).why == "it confuses");
  CHECK(rows->at(1).rollout->state == RolloutState::superseded);
  CHECK(rows->at(2).who.empty());
  CHECK_FALSE(rows->at(2).rollout);
  const auto& [first, next] = std::pair(rows->at(2).rules_changed, rows->at(1).rules_changed);
  REQUIRE(first);
  CHECK(first->size() == office.pack.rules.size());
  CHECK(first->front().second == RuleChanged::added);
  REQUIRE(next);
  CHECK(next->empty());
  CHECK(office.storage->versions("nothing", 10).error().code() == Errc::not_found);
  const auto json = office.fleet().versions(office.pack.id);
  REQUIRE(json);
  CHECK(json->find("\"wave\":null") != std::string::npos);
  const auto log = office.storage->changes({});
  REQUIRE(log);
  CHECK(log->at(0).change.what == "publication.rolled-back");
  CHECK(log->at(0).change.who == "root");
  CHECK(log->at(0).change.before == R"({"version":2})");
  CHECK(log->at(0).change.after == R"({"version":3,"again":1,"waves":["all"]})");
  // A terminal that runs the old image runs the newest version of it.
  REQUIRE(office.waves().hear("mitte", {"t1", office.image, "", ""}));
  CHECK(Office::terminal(office.view(), 0).find("running").find("version").integer() == 3);
}
