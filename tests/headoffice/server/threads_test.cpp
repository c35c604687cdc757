// Head office's threads, all of them at work: terminals wait for rules and send outcomes, people publish, pause and look.
// Worth its time under ThreadSanitizer; elsewhere it proves that every wait ends and every outcome counts once.
// Proved by a Waiters::add() without its lock, which ThreadSanitizer reports.
#include "headoffice/publish/documents.hpp"
#include "headoffice/server/server.hpp"
#include "headoffice/store/sqlite_storage.hpp"
#include "plugin/net/client.hpp"
#include "plugin/net/digest.hpp"
#include "rules/format/outcomes.hpp"
#include "tests/headoffice/support/support.hpp"
#include "tests/support/places.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>

using namespace sidedish;
using namespace sidedish::headoffice;
using std::chrono::milliseconds;

namespace {

struct RealClock final : Clock {
  UtcMs now() const noexcept override {
    return std::chrono::duration_cast<milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  MonoMs steady() const noexcept override {
    return std::chrono::duration_cast<milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
};

/// The rules of the recorded conversations with another version.
std::string publication(int version) {
  std::ifstream in(tests::source_dir() + "/tests/contract/conversations/pack.json");
  std::string rules{std::istreambuf_iterator<char>(in), {}};
  const std::string was = "\"version\": 1";
  rules.replace(rules.find(was), was.size(), "\"version\": " + std::to_string(version));
  return "{\"rules\":" + rules + "}";
}

struct Asking {
  std::unique_ptr<net::Client> client;
  unsigned wrong = 0;
  explicit Asking(unsigned port) {
    auto made = net::Client::create({.base_url = "http://127.0.0.1:" + std::to_string(port)});
    if (made) client = std::move(*made);
  }
  /// Status 0: no answer.
  net::Response send(net::Request request) {
    const auto answer = client->send(request, milliseconds(120'000), net::Repeat::never);
    net::Response none;
    none.status = 0;
    return answer ? *answer : none;
  }
  net::Response ask(const char* method, std::string target, std::string json = {}) {
    net::Request request;
    request.method = method;
    request.target = std::move(target);
    if (!json.empty()) request.headers.set("Content-Type", "application/json");
    request.body = std::move(json);
    net::Response answer = send(std::move(request));
    if (answer.status < 200 || answer.status >= 400) ++wrong;
    return answer;
  }
};

/// Ten outcomes of a terminal, from this sequence number on.
net::Request outcomes(const std::string& terminal, std::uint64_t first, UtcMs now) {
  format::BatchWriter writer;
  for (std::uint64_t sequence = first; sequence < first + 10; ++sequence) {
    model::Outcome o;
    o.kind = OutcomeKind::shown;
    o.record = {7, sequence};
    o.at = now;
    o.basket = "B-1";
    o.rule = "burger-fries";
    o.offer = "sku:FRIES-M";
    o.arm = Arm::treated;
    o.prompt = sequence;
    std::memcpy(o.currency, "EUR", 3);
    std::string event;
    format::append_event(event, {"mitte", terminal, 0xe1}, sequence, o);
    (void)writer.add(event);
  }
  net::Request request;
  request.method = "POST";
  request.target = "/v1/outcomes";
  request.body = writer.take();
  request.headers.set("Content-Type", format::kBatchMediaType)
      .set("Content-Digest", net::content_digest(request.body));
  return request;
}

}  // namespace

TEST_CASE("server: terminals wait and report while rules are published, paused and looked at",
          "[headoffice]") {
  constexpr unsigned kTerminals = 3;
  constexpr unsigned kBatches = 25;
  constexpr int kVersions = 5;
  const testing::Folder folder;
  const auto storage = testing::open(folder.file("h.db"));
  const RealClock clock;
  BusinessDays days(zone_files("/usr/share/zoneinfo"));
  Publisher publisher(*storage, *storage, clock, zone_files("/usr/share/zoneinfo"), read_documents);
  Book book({*storage, *storage, *storage, *storage, publisher, days, clock,
             zone_files("/usr/share/zoneinfo"), true});
  Replays replays({book, *storage, *storage, days, clock, zone_files("/usr/share/zoneinfo")});
  const Passwords passwords;
  People people(*storage, passwords, clock);
  net::ServerOptions http;
  http.threads = 4;
  http.clock = &clock;
  auto started =
      HeadOffice::start(http, {*storage, *storage, *storage, *storage, days, publisher, book,
                               replays, people, *storage, clock, 1'000'000, "token"});
  REQUIRE(started);
  HeadOffice& office = **started;
  Asking first(office.port());
  REQUIRE(first.ask("POST", "/v1/publish", publication(2)).status == 201);

  std::atomic<unsigned> wrong = 0;
  std::atomic<unsigned> heard = 0;
  std::atomic<unsigned> ended = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kTerminals; ++i) {
    const std::string terminal = "t" + std::to_string(i);
    REQUIRE(first.ask("PUT", "/v1/stores/mitte/terminals/" + terminal, "{}").status == 201);
    threads.emplace_back([&, terminal] {
      Asking waiting(office.port());
      net::Request request;
      request.method = "GET";
      request.target = "/v1/stores/mitte/manifest?terminal=" + terminal;
      request.headers.set("Prefer", "wait=60");
      for (;;) {  // the last wait is ended by stop()
        const net::Response manifest = waiting.send(request);
        if (manifest.status != 200) break;
        request.headers.set("If-None-Match", manifest.headers.get("ETag").value_or(""));
        ++heard;
      }
      ++ended;
    });
    threads.emplace_back([&, terminal] {
      Asking reporting(office.port());
      for (unsigned batch = 0; batch < kBatches; ++batch) {
        const auto answer = reporting.send(outcomes(terminal, batch * 10 + 1, clock.now()));
        wrong += answer.status == 200 ? 0 : 1;
      }
    });
  }
  threads.emplace_back([&] {
    Asking looking(office.port());
    for (int i = 0; i < 30; ++i) {
      for (const char* at : {"/v1/stores", "/v1/stores/mitte/terminals", "/v1/stores/mitte/overlay",
                             "/v1/waves", "/v1/reports/outcomes", "/metrics", "/readyz"}) {
        (void)looking.ask("GET", at);
      }
    }
    wrong += looking.wrong;
  });
  Asking people_at_work(office.port());
  for (int version = 3; version < 3 + kVersions; ++version) {
    (void)people_at_work.ask("POST", "/v1/publish", publication(version));
    const std::string what = version % 2 == 0 ? "clear" : "set";
    (void)people_at_work.ask("POST", "/v1/stores/mitte/overlay/changes",
                             R"({"who":"Ana","why":"of the test","changes":[{")" + what +
                                 R"(":"paused","subject":"burger-fries"}]})");
  }
  wrong += people_at_work.wrong;
  // All but the waiting ones come to an end by themselves.
  for (std::size_t i = 0; i < threads.size(); ++i) {
    if (i % 2 == 1 || i == kTerminals * 2) threads[i].join();
  }
  CHECK(ended == 0);
  office.stop();
  for (std::thread& thread : threads) {
    if (thread.joinable()) thread.join();
  }
  CHECK(wrong == 0);
  CHECK(ended == kTerminals);
  CHECK(heard >= kTerminals * 2);
  const auto rows = storage->prompt_totals({-1'000'000, 1'000'000, {}, ""});
  REQUIRE(rows);
  std::int64_t shown = 0;
  for (const auto& row : *rows) shown += row.sum.kind == "shown" ? row.sum.n : 0;
  CHECK(shown == kTerminals * kBatches * 10);
}
