#include "tests/plugin/agent/bench.hpp"
#include "tests/support/effort.hpp"

#include <array>
#include <iostream>

using namespace sidedish;
using namespace sidedish::agent;
using namespace sidedish::agent::test;

namespace {

void keep(Bench& bench, std::uint64_t count, std::uint64_t from = 0) {
  std::vector<std::vector<std::byte>> bodies;
  outbox::Group group;
  for (std::uint64_t i = from; i < from + count; ++i) {
    std::vector<std::byte> body(1024);
    const model::Outcome o = shown(i + 1);
    const auto size = model::encode(o, body);
    REQUIRE(size);
    body.resize(*size);
    bodies.push_back(std::move(body));
    outbox::NewOutcome add;
    add.store = "mitte";
    add.terminal = "t1";
    add.kind = o.kind;
    add.record = o.record;
    add.at = o.at;
    add.rule = o.rule;
    add.body = bodies.back();
    group.outcomes.push_back(add);
  }
  REQUIRE(bench.box->with([&](auto& b) { return b.append(group); }));
}

}  // namespace

TEST_CASE("report: a batch is a strict CloudEvents batch and is acknowledged once", "[agent]") {
  Bench bench;
  keep(bench, 3);
  bench.sender.answer = [](const net::Request& request) -> std::optional<net::Response> {
    CHECK(request.headers.get("Content-Type") == format::kBatchMediaType);
    CHECK(request.headers.get("Content-Digest") == net::content_digest(request.body));
    const auto events = events_of(request);
    CHECK(events.size() == 3);
    CHECK(events[0].type() == "prompt.shown");
    CHECK(events[0].source.store == "mitte");
    return yes(request);
  };
  CHECK(bench.reporter->attempt().accepted == 3);
  CHECK(bench.pending() == 0);
  CHECK(bench.reporter->attempt().what == ReportResult::What::idle);
  CHECK(bench.sender.requests == 1);
}

TEST_CASE("report: every status from 200 to 599, and no answer, keeps every row", "[agent][R14]") {
  for (int status = 199; status <= 599; ++status) {
    INFO("status " << status);
    CHECK((action_for(status) == agent::Action::acknowledge) == (status == 200));
  }
  Bench bench;
  keep(bench, 2);
  for (int status = 199; status <= 599; ++status) {
    if (status == 413 || status == 400 || status == 422) continue;  // see the poison event
    bench.sender.answer = [&](const net::Request&) -> std::optional<net::Response> {
      if (status == 199) return std::nullopt;
      return json(status, "{}");
    };
    INFO("status " << status);
    const ReportResult result = bench.reporter->attempt();
    REQUIRE(result.what == ReportResult::What::failed);
    REQUIRE(bench.pending() == 2);
    const auto delay = bench.reporter->next_delay(result, 0.999);
    CHECK(delay <= std::chrono::seconds(300));
    if (action_for(status) == agent::Action::hold) {
      CHECK(delay >= std::chrono::seconds(30));
      CHECK_FALSE(bench.reporter->status().alarm.empty());
    }
  }
  std::cout << "R14: 400 statuses and no answer, " << bench.pending() << " of 2 rows kept\n";
}

TEST_CASE("report: a captive portal acknowledges nothing", "[agent]") {
  Bench bench;
  keep(bench, 2);
  const auto refused = [&](net::Response response) {
    bench.sender.answer = [&](const net::Request&) { return response; };
    const unsigned before = bench.sender.hung_up;
    CHECK(bench.reporter->attempt().what == ReportResult::What::failed);
    CHECK(bench.pending() == 2);
    CHECK(bench.sender.hung_up == before + 1);
  };
  net::Response page;
  page.headers.set("Content-Type", "text/html");
  page.body = "<html>Please log in</html>";
  refused(page);
  page.status = 302;
  refused(page);
  format::ReportAnswer answer;
  answer.digest = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
  answer.accepted = 2;
  refused(json(200, format::write(answer)));
  refused(json(200, "{}"));
  refused(json(200, "not json"));
  // The right digest with the wrong counts, ids or media type.
  const auto with = [&](std::uint64_t accepted, std::vector<format::Rejected> rejected,
                        const char* type) {
    bench.sender.answer = [=](const net::Request& request) -> std::optional<net::Response> {
      format::ReportAnswer a;
      a.digest = std::string(*request.headers.get("Content-Digest"));
      a.accepted = accepted;
      a.rejected = rejected;
      auto response = json(200, format::write(a));
      response.headers.set("Content-Type", type);
      return response;
    };
    CHECK(bench.reporter->attempt().what == ReportResult::What::failed);
    CHECK(bench.pending() == 2);
  };
  with(1, {}, "application/json");
  with(3, {}, "application/json");
  with(1, {{99, "?"}}, "application/json");
  with(2, {}, "text/plain");
}

TEST_CASE("report: one poison event of 500 is quarantined in at most 20 requests", "[agent][R15]") {
  const std::uint64_t seed = sidedish::test::seed_of("R15");
  std::mt19937_64 random(seed);
  unsigned most_requests = 0;
  const unsigned rounds = 3 * sidedish::test::effort(1, 10, 60);
  for (unsigned round = 0; round < rounds; ++round) {
    const int status = std::array{400, 422, 413}[round % 3];
    Bench bench;
    keep(bench, 500);
    const std::uint64_t poison = 1 + random() % 500;
    INFO("seed " << seed << " poison " << poison << " status " << status);
    std::set<std::uint64_t> accepted;
    bench.sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
      const auto events = events_of(request);
      for (const auto& e : events) {
        if (e.sequence == poison) return json(status, "{}");
      }
      for (const auto& e : events) accepted.insert(e.sequence);
      return yes(request);
    };
    std::uint64_t quarantined = 0;
    unsigned until = 0;
    for (;;) {
      const ReportResult result = bench.reporter->attempt();
      if (result.what == ReportResult::What::idle) break;
      REQUIRE(result.what == ReportResult::What::progress);
      quarantined += result.quarantined;
      if (quarantined == 1 && until == 0) until = bench.sender.requests;
      REQUIRE(bench.sender.requests < 100);
    }
    CHECK(quarantined == 1);
    if (status != 413) {
      CHECK(until <= 20);
      most_requests = std::max(most_requests, until);
    }
    CHECK(accepted.size() == 500);  // 499 and the tombstone
    CHECK_FALSE(accepted.contains(poison));
    CHECK(bench.pending() == 0);
  }
  std::cout << "R15: " << rounds << " poison events, found in at most " << most_requests
            << " requests\n";
}

TEST_CASE("report: a clone gets a new epoch, nothing is lost and nothing merged", "[agent]") {
  Bench bench;
  keep(bench, 10);
  std::map<std::string, std::set<std::uint64_t>> counted;
  bool conflict = true;
  bench.sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
    const auto events = events_of(request);
    if (conflict) {
      conflict = false;
      auto response = json(409, R"({"type":"https://sidedish.invalid/problems/source-conflict",)"
                                R"("title":"?","status":409,"first":"4"})");
      return response;
    }
    for (const auto& e : events) counted[format::to_uri(e.source)].insert(e.sequence);
    return yes(request);
  };
  const auto old = bench.box->with([](auto& b) { return b.next(1)->source; });
  while (bench.reporter->attempt().what == ReportResult::What::progress) {
  }
  REQUIRE(counted.size() == 1);
  CHECK(counted.begin()->first != format::to_uri(old));
  CHECK(counted.begin()->second.size() == 7);
  CHECK(bench.pending() == 0);
}

TEST_CASE("report: an agent among failing servers asks at most 1.1 times a minute",
          "[agent][R19]") {
  // The bound is of a mean over random waits: the same waits every time.
  constexpr std::uint64_t kSeed = 19;
  INFO("seed " << kSeed);
  std::mt19937_64 waits(kSeed);
  Bench bench;
  keep(bench, 1);
  bench.sender.answer = [](const net::Request&) { return json(503, "{}"); };
  double requests = 0;
  constexpr int kAgents = 100;
  for (int agent = 0; agent < kAgents; ++agent) {
    bench.open();
    const UtcMs start = bench.clock.at;
    while (bench.clock.at - start < 600'000) {
      const auto result = bench.reporter->attempt();
      if (bench.clock.at != start) requests += 1;
      const double jitter = static_cast<double>(waits() % 1000) / 1000.0;
      bench.clock.at +=
          std::max<std::int64_t>(1, bench.reporter->next_delay(result, jitter).count());
    }
  }
  CHECK(requests / kAgents / 10 <= 1.1);
  std::cout << "R19: " << requests / kAgents / 10 << " requests per agent-minute\n";
}

TEST_CASE("report: Retry-After is obeyed and the drain rate is kept", "[agent]") {
  Bench bench;
  keep(bench, 100);
  bench.sender.answer = [](const net::Request&) -> std::optional<net::Response> {
    auto response = json(429, "{}");
    response.headers.set("Retry-After", "77");
    return response;
  };
  const auto refused = bench.reporter->attempt();
  CHECK(bench.reporter->next_delay(refused, 0.0) >= std::chrono::seconds(77));
  bench.sender.answer = [](const net::Request& request) -> std::optional<net::Response> {
    format::ReportAnswer answer;
    answer.digest = std::string(*request.headers.get("Content-Digest"));
    answer.accepted = events_of(request).size();
    answer.drain_rate = 50;
    return json(200, format::write(answer));
  };
  const auto taken = bench.reporter->attempt();
  CHECK(bench.reporter->next_delay(taken, 0.5) == std::chrono::seconds(2));
}

// Proved by taking the day of a start for the one whose audit is due, as it was once: a terminal that is off at midnight never told.
TEST_CASE("report: a terminal that is off at midnight tells its day's audit when it is on again",
          "[agent]") {
  Bench bench;
  std::vector<std::string> types;
  bench.sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
    for (const auto& event : events_of(request)) types.emplace_back(event.type());
    return yes(request);
  };
  const auto report = [&] {
    while (bench.reporter->attempt().what == ReportResult::What::progress) {
    }
  };
  keep(bench, 2);
  report();
  bench.clock.at += 3 * std::int64_t{86'400'000};
  bench.open();
  keep(bench, 1, 2);
  report();
  report();
  CHECK(types == std::vector<std::string>{"prompt.shown", "prompt.shown", "prompt.shown", "audit"});
  bench.open();
  report();
  CHECK(types.size() == 4);
  bench.clock.at += 86'400'000;
  report();
  CHECK(types.size() == 5);
}
