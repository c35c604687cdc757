// Two web tills at once over HTTP, a thousand updates with answers, drained by the agent's own drain:
// what the tills were told was recorded is what the outbox holds, each once. The oracle is kept by
// the tills.
#include "plugin/loopback/writing.hpp"
#include "plugin/net/client.hpp"
#include "plugin/net/server.hpp"
#include "tests/plugin/agent/bench.hpp"
#include "tests/plugin/loopback/web.hpp"

#include <mutex>
#include <thread>

using namespace web;
using namespace std::chrono_literals;

namespace {

struct PassingClock final : Clock {
  UtcMs now() const noexcept override { return tills::kMorning + steady(); }
  // Time passes by requests: the pace of a lane is never the test's.
  MonoMs steady() const noexcept override { return at += 5; }
  mutable std::atomic<MonoMs> at{1'000};
};

/// What a till knows was recorded.
struct Said {
  std::mutex mutex;
  std::map<std::string, int> kinds;
  std::set<std::string> prompts;
  int wrong = 0;
  void add(const char* kind) {
    const std::lock_guard lock(mutex);
    ++kinds[kind];
  }
};

class HttpTill {
 public:
  HttpTill(std::uint16_t port, std::string lane, Said& said) : lane_(std::move(lane)), said_(said) {
    auto made = net::Client::create({.base_url = "http://127.0.0.1:" + std::to_string(port)});
    REQUIRE(made.has_value());
    client_ = std::move(*made);
  }
  Answer call(std::string method, std::string target, std::string body) {
    net::Request r = Web::request(std::move(method), std::move(target), std::move(body));
    r.headers.remove("Host");
    auto answer = client_->send(r, 20s, net::Repeat::idempotent);
    if (!answer) return {0, {}, std::string(answer.error().text())};
    return {answer->status, std::move(answer->headers), std::move(answer->body)};
  }
  void expect(const Answer& answer, int status) {
    if (answer.status == status) return;
    const std::lock_guard lock(said_.mutex);
    ++said_.wrong;
    UNSCOPED_INFO(answer.status << " " << answer.body);
  }
  Answer ring(const std::string& basket, std::uint64_t seq, const std::string& lines) {
    return call("POST", "/v1/lanes/" + lane_ + "/basket",
                R"({"basket":")" + basket + R"(","seq":)" + std::to_string(seq) +
                    R"(,"currency":"EUR","deadline_ms":60000,"lines":[)" + lines + "]}");
  }

  /// Sales of five updates each: every other one takes what is offered.
  void sell(int sales) {
    expect(call("PUT", "/v1/lanes/" + lane_, std::string(kLane1)), 201);
    for (int sale = 0; sale < sales; ++sale) {
      const std::string basket = lane_ + "-" + std::to_string(sale);
      std::string prompt;
      std::string lines = kBurger;
      for (std::uint64_t seq = 1; seq <= 5; ++seq) {
        const Answer answer = ring(basket, seq, lines);
        expect(answer, 200);
        expect(ring(basket, seq, lines), 200);  // sent twice: nothing more is recorded
        if (answer.at("/prompts") == "[1]" && answer.at("/prompts/0/fresh") == "true") {
          prompt = answer.at("/prompts/0/id");
          said_.add("prompt.shown");
          const std::lock_guard lock(said_.mutex);
          if (!said_.prompts.insert(prompt).second) ++said_.wrong;
        }
        if (seq == 2 && !prompt.empty()) {
          const std::string outcome = sale % 2 == 0 ? "accepted" : "declined";
          for (int twice = 0; twice < 2; ++twice) {
            expect(call("POST", "/v1/prompts/" + prompt + "/outcome",
                        R"({"lane":")" + lane_ + R"(","outcome":")" + outcome + "\"}"),
                   200);
          }
          said_.add(sale % 2 == 0 ? "prompt.accepted" : "prompt.declined");
          if (sale % 2 == 0) {
            lines += R"(,{"product":"sku:FRIES-L","quantity":"1","unit_price":350})";
            said_.add("prompt.kept");
          }
        }
        lines += "," + kCola;
      }
      expect(call("POST", "/v1/lanes/" + lane_ + "/events",
                  R"({"type":"completed","basket":")" + basket + "\"}"),
             200);
      said_.add("basket.closed");
    }
  }

 private:
  const std::string lane_;
  Said& said_;
  std::unique_ptr<net::Client> client_;
};

/// What reaches head office, by kind; every event of every batch.
std::map<std::string, int> reported(agent::test::Bench& bench, std::set<std::string>& prompts) {
  std::map<std::string, int> kinds;
  std::set<std::string> ids;
  bench.sender.answer = [&](const net::Request& request) {
    for (const format::Event& event : agent::test::events_of(request)) {
      CHECK(ids.insert(std::to_string(event.sequence)).second);
      ++kinds[std::string(event.type())];
      if (event.type() == "prompt.shown") {
        const auto& outcome = std::get<format::OwnedOutcome>(event.body);
        CHECK(prompts.insert(loopback::prompt_id(outcome.value.prompt)).second);
      }
    }
    return agent::test::yes(request);
  };
  while (bench.pending() > 0) {
    REQUIRE(bench.reporter->attempt().what == agent::ReportResult::What::progress);
  }
  return kinds;
}

}  // namespace

TEST_CASE(
    "soak: a thousand updates of two web tills, each sent twice: the outbox holds what was said",
    "[loopback]") {
  const State state;
  agent::test::Bench bench;
  const PassingClock clock;
  Said said;
  {
    // The tills' rings are where this terminal's drain looks.
    loopback::Api api({.lanes = {"mitte", "t1", state.dir(), bench.run.path, {}},
                       .token = kToken,
                       .origins = {},
                       .version = "0"},
                      clock);
    net::ServerOptions options;
    options.threads = 2;
    auto server = net::Server::start(
        options, [&](net::Request q, const net::Reply& r) { api(std::move(q), r); });
    REQUIRE(server.has_value());
    api.serve_on((*server)->port());
    HttpTill one((*server)->port(), "1", said);
    HttpTill two((*server)->port(), "2", said);
    agent::Drain drain(bench.run.path / "rings", *bench.box, *bench.records);
    std::atomic<bool> over{false};
    std::thread draining([&] {
      while (!over) {
        drain.once();
        api.tick();
      }
    });
    std::thread first([&] { one.sell(100); });
    two.sell(100);
    first.join();
    (*server)->stop();
    api.stop();
    over = true;
    draining.join();
    while (drain.once().rings > 0) {
    }
  }
  CHECK(said.wrong == 0);
  CHECK(said.kinds["prompt.shown"] == 200);
  std::set<std::string> prompts;
  const auto kinds = reported(bench, prompts);
  CHECK(kinds == said.kinds);
  CHECK(prompts == said.prompts);
}
