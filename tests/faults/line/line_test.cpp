#include "tests/faults/line/line.hpp"

#include "plugin/net/client.hpp"
#include "plugin/net/server.hpp"
#include "tests/faults/line/proxy.hpp"
#include "tests/support/effort.hpp"

#include <fstream>
#include <iostream>
#include <sqlite3.h>

using namespace sidedish;
using namespace sidedish::line;
using agent::test::FakeSender;

namespace {

constexpr UtcMs kDay = 86'400'000;
constexpr UtcMs kHour = 3'600'000;

/// AddressSanitizer keeps what was freed, some 256 MiB of it: its peaks are its own.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kKeepsFreed = true;
#else
constexpr bool kKeepsFreed = false;
#endif

/// The most memory this process ever had, KiB.
std::uint64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::strtoull(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

}  // namespace

// To see it fail: let SqliteStorage::ingest() count an id below the high-water mark again.
TEST_CASE("a line that breaks at every byte loses and doubles nothing", "[R12]") {
  const std::uint64_t seed = sidedish::test::seed_of("R12");
  std::mt19937_64 random(seed);
  INFO("seed " << seed);
  Office office;
  net::ServerOptions one_thread;
  one_thread.threads = 1;
  auto server = net::Server::start(one_thread, [&](net::Request request, net::Reply reply) {
    reply.send(office.post(request));
  });
  REQUIRE(server);
  Proxy proxy((*server)->port());
  auto client =
      net::Client::create({.base_url = "http://127.0.0.1:" + std::to_string(proxy.port())});
  REQUIRE(client);
  Terminal terminal(**client, seed);

  // How long an exchange is, so that every offset of it is met in turn.
  terminal.keep(2);
  REQUIRE(terminal.attempt().accepted == 2);
  const std::size_t request = proxy.request_bytes();
  const std::size_t response = proxy.response_bytes();
  const unsigned requests = sidedish::test::effort(250, 1'500, 5'000);
  std::size_t request_at = 0;
  std::size_t response_at = 0;
  if (requests < 5'000) {  // a part: begin anywhere
    request_at = random() % request;
    response_at = random() % response;
  }
  std::map<Fault::Kind, unsigned> failed;
  for (unsigned i = 0; i < requests; ++i) {
    using Kind = Fault::Kind;
    constexpr Kind kKinds[] = {Kind::cut_request,  Kind::cut_response, Kind::end_response,
                               Kind::cut_request,  Kind::cut_response, Kind::none,
                               Kind::twice,        Kind::cut_request,  Kind::pieces,
                               Kind::cut_response, Kind::late};
    Fault fault;
    fault.kind = kKinds[i % std::size(kKinds)];
    auto timeout = std::chrono::milliseconds(10'000);
    switch (fault.kind) {
      case Kind::cut_request:
        fault.at = request_at++ % (request + 8);
        break;
      case Kind::cut_response:
      case Kind::end_response:
        fault.at = response_at++ % response;
        break;
      case Kind::pieces:
        fault.at = random() % 40;
        break;
      case Kind::late:
        timeout = std::chrono::milliseconds(15);
        fault.delay = std::chrono::milliseconds(i % 2 == 0 ? 30 : 3);
        break;
      case Kind::none:
      case Kind::twice:
        break;
    }
    proxy.next(fault);
    // Few are pending at a time: requests stay about as long as the first.
    if (terminal.pending() < 3) terminal.keep(1 + random() % 3);
    const ReportResult result = terminal.attempt(timeout);
    if (result.what == ReportResult::What::failed) ++failed[fault.kind];
    REQUIRE(result.quarantined == 0);
    REQUIRE(result.rejected == 0);
    // Nothing is forgotten before it is counted.
    REQUIRE(static_cast<std::uint64_t>(office.shown()) + terminal.pending() >= terminal.kept);
  }
  proxy.next({});
  const unsigned until = terminal.drain(20);
  office.check(terminal.kept);
  CHECK(failed[Fault::Kind::cut_response] > 0);
  CHECK(failed[Fault::Kind::cut_request] > 0);
  CHECK(failed[Fault::Kind::pieces] == 0);
  std::cout << "R12: " << requests << " requests, " << terminal.kept << " outcomes, "
            << failed[Fault::Kind::cut_request] + failed[Fault::Kind::cut_response] +
                   failed[Fault::Kind::end_response] + failed[Fault::Kind::late]
            << " failed, drained " << until
            << " attempts after the last fault, 0 lost, 0 doubled\n";
}

// To see it fail: let Reporter::attempt() set aside what failed ten times.
TEST_CASE("three days without a line end with every outcome counted", "[R10]") {
  const unsigned outcomes = sidedish::test::effort(5'000, 20'000, 100'000);
  Office office;
  FakeSender sender;
  sender.answer = [](const net::Request&) { return std::nullopt; };
  Terminal terminal(sender, 10);
  std::mt19937_64 random(10);
  const UtcMs end = terminal.clock.at + 72 * kHour;
  UtcMs asked = terminal.clock.at;
  const std::uint64_t before = peak_memory();
  constexpr unsigned kSteps = 72 * 12;
  for (unsigned step = 0; step < kSteps; ++step) {
    terminal.keep(outcomes * (step + 1) / kSteps - outcomes * step / kSteps);
    while (asked <= terminal.clock.at) {
      const auto result = terminal.attempt();
      const double jitter = static_cast<double>(random() % 1'000) / 1'000.0;
      asked += std::max<UtcMs>(1, terminal.reporter().next_delay(result, jitter).count());
    }
    terminal.clock.at += 5 * 60'000;
  }
  REQUIRE(terminal.clock.at >= end);
  const unsigned offline = sender.requests;
  sender.answer = [&](const net::Request& request) { return office.post(request); };
  office.clock.at = terminal.clock.at;
  terminal.drain();
  const std::uint64_t grown = peak_memory() - before;
  office.check(outcomes);
  CHECK(terminal.pending() == 0);
  if (!kKeepsFreed) CHECK(grown <= 64 * 1024);
  std::cout << "R10: " << outcomes << " outcomes over 72 h without a line, " << offline
            << " attempts in vain, then all counted; " << grown / 1024 << " MiB more memory\n";
}

// To see it fail: let SqliteStorage::ingest() skip the comparison of digests.
TEST_CASE("two copies of one terminal part ways at the first conflict", "[R16]") {
  const std::uint64_t seed = sidedish::test::seed_of("R16");
  std::mt19937_64 random(seed);
  std::uint64_t conflicts = 0;
  const unsigned rounds = sidedish::test::effort(5, 20, 100);
  for (unsigned round = 0; round < rounds; ++round) {
    INFO("seed " << seed << " round " << round);
    Office office;
    FakeSender sender;
    sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
      net::Response response = office.post(request);
      conflicts += response.status == 409 ? 1U : 0U;
      return response;
    };
    Terminal first(sender, random());
    first.keep(1 + random() % 20);
    if (random() % 2 == 0) first.drain();
    const std::uint64_t shared = first.kept;
    first.close();
    Terminal second(sender, random());
    second.close();
    std::filesystem::copy_file(first.folder.path / "outbox.db", second.folder.path / "outbox.db",
                               std::filesystem::copy_options::overwrite_existing);
    for (const char* more : {"outbox.db-wal", "outbox.db-shm"}) {
      std::filesystem::remove(second.folder.path / more);
      if (!std::filesystem::exists(first.folder.path / more)) continue;
      std::filesystem::copy_file(first.folder.path / more, second.folder.path / more);
    }
    first.open();
    second.open();
    second.kept = shared;
    for (unsigned step = 0; step < 12; ++step) {
      Terminal& one = random() % 2 == 0 ? first : second;
      one.keep(random() % 9, &one == &first ? 7 : 8);  // each machine has lanes of its own
      if (random() % 3 != 0) one.attempt();
    }
    first.drain(50);
    second.drain(50);
    office.check(first.kept + second.kept - shared);
    const auto sources = office.sources();
    std::uint64_t refused = 0;
    for (const auto& source : sources) refused += source.conflicts;
    if (first.kept > shared && second.kept > shared) {
      CHECK(sources.size() >= 2);
      CHECK(refused >= 1);
    }
  }
  CHECK(conflicts > 0);
  std::cout << "R16: " << rounds << " clones, " << conflicts << " conflicts, 0 lost, 0 merged\n";
}

// To see it fail: let SqliteStorage::ingest() look for repeats among the stored events alone.
TEST_CASE("batches of a year ago count once, and remembering them costs one row", "[R17]") {
  const unsigned batches = sidedish::test::effort(100, 300, 1'000);
  Office office;
  std::vector<net::Request> sent;
  FakeSender sender;
  sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
    sent.push_back(request);
    return office.post(request);
  };
  Terminal terminal(sender, 17);
  for (unsigned i = 0; i < batches; ++i) {
    terminal.keep(20);
    REQUIRE(terminal.attempt().accepted == 20);
    terminal.clock.at += 365 * kDay / batches;
    office.clock.at = terminal.clock.at;
    terminal.drain(4);  // the day's audit
  }
  // Long after, without the events themselves: totals and marks are what is left of a year.
  office.close();
  {
    sqlite3* raw = nullptr;
    REQUIRE(sqlite3_open(office.file().c_str(), &raw) == SQLITE_OK);
    CHECK(sqlite3_exec(raw, "DELETE FROM event", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(raw);
  }
  office.open();
  const std::int64_t counted = office.shown();
  CHECK(counted == static_cast<std::int64_t>(terminal.kept));
  for (const net::Request& request : sent) {
    const net::Response again = office.post(request);
    REQUIRE(again.status == 200);
    format::WireFindings findings;
    const auto answer = format::read_report_answer(again.body, findings);
    REQUIRE(answer);
    CHECK(answer->accepted == 0);
    CHECK(answer->rejected.empty());
  }
  CHECK(office.shown() == counted);
  const auto sources = office.sources();
  REQUIRE(sources.size() == 1);
  CHECK(sources[0].gaps.empty());
  office.close();
  std::int64_t bytes = -1;
  {
    sqlite3* raw = nullptr;
    REQUIRE(sqlite3_open(office.file().c_str(), &raw) == SQLITE_OK);
    sqlite3_stmt* sum = nullptr;
    REQUIRE(sqlite3_prepare_v2(raw,
                               "SELECT (SELECT sum(8*6+length(epoch)) FROM source)"
                               "+(SELECT 24*count(*) FROM gap)+(SELECT 24*count(*) FROM tombstone)"
                               "+(SELECT coalesce(sum(16+length(type)),0) FROM type_count)",
                               -1, &sum, nullptr) == SQLITE_OK);
    if (sqlite3_step(sum) == SQLITE_ROW) bytes = sqlite3_column_int64(sum, 0);
    sqlite3_finalize(sum);
    sqlite3_close(raw);
  }
  CHECK(bytes > 0);
  CHECK(bytes <= 1024);
  std::cout << "R17: " << sent.size() << " batches of a year sent again, " << counted
            << " prompts as before; " << bytes << " bytes remember them\n";
}

// To see it fail: let Reporter::acknowledge() take an answer with another digest.
TEST_CASE("after a week of every fault the terminal's audit and head office agree", "[R20]") {
  const unsigned seeds = sidedish::test::effort(2, 6, 20);
  const std::uint64_t first = sidedish::test::seed_of("R20");
  std::uint64_t outcomes = 0;
  unsigned faults = 0;
  // Found once: detail that was counted, its answer lost, was folded, and its total counted again.
  std::vector<std::uint64_t> weeks{1'779'786'307};
  for (unsigned s = 0; s < seeds; ++s) weeks.push_back(first + s);
  for (const std::uint64_t seed : weeks) {
    std::mt19937_64 random(seed);
    INFO("seed " << seed);
    Office office;
    FakeSender sender;
    bool broken = true;
    sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
      const auto kind = broken ? random() % 12 : 11;
      faults += kind < 6 ? 1U : 0U;
      switch (kind) {
        case 0:
          return std::nullopt;  // never arrived
        case 1:
          (void)office.post(request);
          return std::nullopt;  // the answer was lost
        case 2:
          return agent::test::json(503, "{}");
        case 3:
          return agent::test::json(200, "<html>please log in</html>");
        case 4: {  // somebody's answer to somebody else, though the counts would fit
          format::ReportAnswer stale;
          stale.digest = net::content_digest("another request");
          stale.accepted = agent::test::events_of(request).size();
          return agent::test::json(200, format::write(stale));
        }
        case 5: {  // head office was started anew after it had counted
          net::Response lost = office.post(request);
          office.close();
          office.open();
          return std::nullopt;
        }
        default:
          return office.post(request);
      }
    };
    // A small quota: some of the detail folds into totals, which count as well.
    Terminal terminal(sender, random(), 400);
    for (unsigned day = 0; day < 7; ++day) {
      for (unsigned hour = 0; hour < 24; ++hour) {
        terminal.keep(random() % 60);
        for (unsigned tries = random() % 4; tries > 0; --tries) (void)terminal.attempt();
        if (random() % 20 == 0) {
          terminal.close();
          terminal.open();
        }
        terminal.clock.at += kHour;
        office.clock.at = terminal.clock.at;
      }
    }
    broken = false;
    terminal.drain();
    terminal.clock.at += kDay;
    office.clock.at = terminal.clock.at;
    terminal.drain();
    office.check(terminal.kept);
    for (const auto& source : office.sources()) {
      CHECK_FALSE(source.audit_day.empty());
      for (const auto& difference : source.audit_differences) {
        FAIL_CHECK(difference.type << ": sent " << difference.sent << ", counted "
                                   << difference.counted);
      }
    }
    outcomes += terminal.kept;
  }
  std::cout << "R20: " << weeks.size() << " weeks, " << outcomes << " outcomes, " << faults
            << " faults, no difference in any kind\n";
}

// To see it fail: order the outbox by time, or let head office refuse times it does not believe.
TEST_CASE("a clock that lies changes neither the order nor the count", "[R22]") {
  const std::uint64_t seed = sidedish::test::seed_of("R22");
  std::mt19937_64 random(seed);
  INFO("seed " << seed);
  Office office;
  FakeSender sender;
  std::vector<std::uint64_t> order;  // the lane's own counter, by the outbox's sequence
  sender.answer = [&](const net::Request& request) -> std::optional<net::Response> {
    for (const auto& event : agent::test::events_of(request)) {
      if (const auto* outcome = std::get_if<format::OwnedOutcome>(&event.body)) {
        order.push_back(outcome->value.record.counter);
      }
    }
    return office.post(request);
  };
  Terminal terminal(sender, seed);
  const UtcMs truth = terminal.clock.at;
  const UtcMs lies[] = {
      truth - 3652 * kDay,  // ten years back
      truth + 3652 * kDay,  // and ahead
      0,                    // 1970: no battery
      1'774'746'000'000,    // 2026-03-29T01:00:00Z, the hour that does not exist in Berlin
      1'792'890'000'000,    // 2026-10-25T01:00:00Z, the hour that comes twice
      1'483'228'799'999,    // the last leap second, 2016-12-31T23:59:60Z
      truth,
  };
  const unsigned requests = sidedish::test::effort(200, 500, 2'000);
  for (unsigned i = 0; i < requests; ++i) {
    terminal.clock.at = lies[random() % std::size(lies)] + static_cast<UtcMs>(random() % 10'000);
    terminal.keep(random() % 5);
    if (random() % 10 == 0) {
      terminal.close();
      terminal.open();
    }
    const ReportResult result = terminal.attempt();
    REQUIRE(result.rejected == 0);
    REQUIRE(result.quarantined == 0);
    REQUIRE(terminal.reporter().next_delay(result, 0.999) <= std::chrono::minutes(5));
  }
  // The time is right again: nothing waits for the years between.
  terminal.clock.at = truth;
  terminal.keep(1);
  terminal.drain(5);
  CHECK(terminal.pending() == 0);
  office.check(terminal.kept);
  REQUIRE(order.size() == terminal.kept);
  CHECK(std::is_sorted(order.begin(), order.end()));
  std::cout << "R22: " << requests << " requests at seven times, " << terminal.kept
            << " outcomes in order, 0 lost\n";
}
