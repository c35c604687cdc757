#include "plugin/agent/teller.hpp"

#include "tests/plugin/agent/bench.hpp"

using namespace sidedish;
using namespace sidedish::agent;
using namespace sidedish::agent::test;

namespace {

AgentStatus fine() {
  AgentStatus out;
  out.store = "mitte";
  out.terminal = "t/1";
  out.now = 1'795'260'725'120;
  out.image.sha256 = std::string(64, 'a');
  out.outbox.pending = 7;
  out.pictures.wanted = out.pictures.present = 3;
  out.live = 2;
  return out;
}
std::vector<std::string> codes_of(const AgentStatus& status) {
  std::vector<std::string> out;
  for (const auto& alarm : health_of(status, "1").alarms) out.push_back(alarm.code);
  return out;
}

}  // namespace

TEST_CASE(
    "teller: a terminal that is well raises no alarm, and its figures are those of the status",
    "[agent]") {
  const format::Health health = health_of(fine(), "0.1.0");
  CHECK(health.alarms.empty());
  CHECK(health.agent == "0.1.0");
  CHECK(health.time == fine().now);
  CHECK(health.pending == 7);
  CHECK(health.quarantined == 0);
  CHECK(health.pictures_wanted == 3);
  CHECK(health.pictures_present == 3);
  CHECK(health.lanes == 2);
}

TEST_CASE("teller: every trouble of the status is an alarm with its own word", "[agent]") {
  AgentStatus status = fine();
  status.outbox.disk_full = status.outbox.degraded = true;
  status.drain_trouble = "a ring";
  status.report.alarm = "head office answered 403";
  status.report.trouble = "no answer";  // the line may be down: that is no alarm
  status.image.trouble = "at its test vector 3";
  status.image.sha256.clear();
  status.overlay.trouble = "size";
  status.pictures.trouble = "digest";
  status.now = 0;
  std::vector<std::string> all(std::begin(format::kAlarms), std::end(format::kAlarms));
  std::vector<std::string> raised = codes_of(status);
  CHECK(raised.front() == "disk_full");
  std::sort(all.begin(), all.end());
  std::sort(raised.begin(), raised.end());
  CHECK(raised == all);
  for (const auto& alarm : health_of(status, "1").alarms) CHECK_FALSE(alarm.detail.empty());
}

TEST_CASE("teller: health is told at once, every minute, and sooner when something is wrong",
          "[agent]") {
  TestClock clock;
  FakeSender sender;
  net::Request last;
  int status = 204;
  sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
    last = request;
    if (status == 0) return std::nullopt;
    net::Response response;
    response.status = status;
    return response;
  };
  Teller teller(sender, clock, "mitte", "t/1");
  format::Health health = health_of(fine(), "0.1.0");
  CHECK_FALSE(teller.resting());
  REQUIRE(teller.due(health));
  CHECK(teller.attempt(health));
  CHECK(last.method == "PUT");
  CHECK(last.target == "/v1/stores/mitte/terminals/t%2F1/health");
  CHECK(last.body == format::write(health));

  clock.at += Teller::kAtMost;
  CHECK_FALSE(teller.resting());
  health.pending = 900;  // counts up and down with every sale
  CHECK_FALSE(teller.due(health));
  health.alarms = {{"rules", "at its test vector 3"}};
  CHECK(teller.due(health));
  CHECK(teller.attempt(health));
  CHECK(teller.resting());
  clock.at += Teller::kEvery - 1;
  CHECK_FALSE(teller.due(health));
  clock.at += 1;
  CHECK(teller.due(health));

  // Not taken, or no answer: not before the next minute, news or not.
  for (const int refusal : {404, 0}) {
    status = refusal;
    CHECK_FALSE(teller.attempt(health));
    health.quarantined += 1;
    clock.at += Teller::kEvery - 1;
    CHECK_FALSE(teller.due(health));
    clock.at += 1;
    CHECK(teller.due(health));
  }
  CHECK(sender.hung_up == 1);
}
