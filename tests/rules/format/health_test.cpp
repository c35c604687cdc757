#include "rules/format/health.hpp"

#include <catch2/catch.hpp>

using namespace sidedish;
using namespace sidedish::format;

namespace {

Health sick() {
  Health out;
  out.time = 1'795'260'725'120;
  out.agent = "0.1.0";
  out.pending = 12;
  out.quarantined = 3;
  out.pictures_wanted = 40;
  out.pictures_present = 38;
  out.lanes = 2;
  out.alarms = {{"disk_full", "outcomes wait in the rings"}, {"rules", "\"quoted\" <b>"}};
  return out;
}

std::vector<std::string> pointers_of(std::string_view json) {
  WireFindings findings;
  CHECK_FALSE(read_health(json, findings));
  std::vector<std::string> out;
  for (const auto& finding : findings) out.push_back(finding.pointer);
  return out;
}

}  // namespace

TEST_CASE("health: what is written is read again as it was", "[format]") {
  WireFindings findings;
  const auto read = read_health(write(sick()), findings);
  REQUIRE(read);
  CHECK(read->time == sick().time);
  CHECK(read->agent == "0.1.0");
  CHECK(read->pending == 12);
  CHECK(read->quarantined == 3);
  CHECK(read->pictures_wanted == 40);
  CHECK(read->pictures_present == 38);
  CHECK(read->lanes == 2);
  CHECK(read->alarms == sick().alarms);
  const auto alarms = read_alarms(write_alarms(sick().alarms), findings);
  REQUIRE(alarms);
  CHECK(*alarms == sick().alarms);
}

TEST_CASE("health: long words are cut between characters, and many alarms to the most urgent",
          "[format]") {
  Health health = sick();
  health.alarms.assign(kMostAlarms + 5,
                       {"rules", std::string(kMaxAlarmDetail - 1, 'x') + "\u00fc"});
  WireFindings findings;
  const auto read = read_health(write(health), findings);
  REQUIRE(read);
  CHECK(read->alarms.size() == kMostAlarms);
  CHECK(read->alarms[0].detail == std::string(kMaxAlarmDetail - 1, 'x'));
}

TEST_CASE("health: every finding is named, and what nobody knows is refused", "[format]") {
  using Pointers = std::vector<std::string>;
  CHECK(pointers_of("[]") != Pointers{});
  CHECK(
      pointers_of(R"({"time":"yesterday","agent":"1","outbox":{"pending":-1,"quarantined":0,"x":1},
      "pictures":{"wanted":1,"present":1},"lanes":1,"alarms":[{"code":"BAD","detail":""}]})") ==
      Pointers{"/time", "/outbox/pending", "/outbox/x", "/alarms/0/code"});
  std::string json = write(sick());
  json.insert(1, "\"more\":1,");
  CHECK(pointers_of(json) == Pointers{"/more"});
}
