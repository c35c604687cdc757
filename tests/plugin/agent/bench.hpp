#pragma once
// A terminal in a folder: rings on tmpfs, an outbox, and a head office made of a function.
#include "plugin/agent/drain.hpp"
#include "plugin/agent/images.hpp"
#include "plugin/agent/report.hpp"
#include "plugin/lane/ring.hpp"
#include "plugin/net/digest.hpp"
#include "plugin/net/gzip.hpp"
#include "rules/format/exchange.hpp"
#include "tests/support/scratch.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <random>
#include <set>
#include <unistd.h>

namespace sidedish::agent::test {

struct TestClock final : Clock {
  UtcMs at = 1'795'260'725'120;
  UtcMs now() const noexcept override { return at; }
  MonoMs steady() const noexcept override { return at; }
};

struct Folder {
  std::filesystem::path path;
  Folder(const std::filesystem::path& base, std::string_view kind)
      : path(sidedish::test::make_scratch(base, kind)) {
    REQUIRE_FALSE(path.empty());
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

/// Answers every request by a function; a nullopt is no answer at all.
struct FakeSender final : net::Sender {
  std::function<std::optional<net::Response>(const net::Request&)> answer;
  unsigned requests = 0;
  unsigned hung_up = 0;
  void hang_up() noexcept override { ++hung_up; }
  Result<net::Response> send(const net::Request& request, std::chrono::milliseconds,
                             net::Repeat) override {
    ++requests;
    if (auto response = answer(request)) return std::move(*response);
    return fail(Errc::network, "no answer");
  }
};

inline std::vector<format::Event> events_of(const net::Request& request) {
  const auto json = net::gunzip(request.body, 1 << 20, 1000);
  REQUIRE(json);
  format::WireFindings findings;
  auto events = format::read_batch(*json, findings);
  for (const auto& finding : findings) UNSCOPED_INFO(finding.pointer << " " << finding.detail);
  REQUIRE(findings.empty());
  return events;
}

inline net::Response json(int status, std::string body) {
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

inline net::Response yes(const net::Request& request) {
  format::ReportAnswer answer;
  answer.digest = std::string(request.headers.get("Content-Digest").value_or(""));
  answer.accepted = events_of(request).size();
  return json(200, format::write(answer));
}

struct Bench {
  Folder state{std::filesystem::temp_directory_path(), "agent"};
  Folder run{"/dev/shm", "agent"};
  TestClock clock;
  std::mt19937_64 random{std::random_device{}()};
  std::unique_ptr<SharedOutbox> box;
  std::unique_ptr<Records> records;
  FakeSender sender;
  std::unique_ptr<Reporter> reporter;
  int rings = -1;

  Bench() {
    REQUIRE(make_folders(state.path, run.path));
    rings = ::open((run.path / "rings").c_str(), O_DIRECTORY | O_RDONLY);
    open();
  }
  ~Bench() { ::close(rings); }
  void open() {
    reporter.reset();
    box.reset();
    outbox::OutboxOptions options;
    options.file = state.path / "outbox.db";
    auto opened = outbox::Outbox::open(options, clock, [this] { return random(); });
    if (!opened) FAIL(opened.error().text());
    box = std::make_unique<SharedOutbox>(std::move(*opened));
    records = std::make_unique<Records>(state.path / "records", 5);
    reporter = std::make_unique<Reporter>(*box, sender, clock);
  }
  std::uint64_t pending() {
    return box->with([](auto& b) { return b.status().pending; });
  }
  std::uint64_t counter(const std::string& name) {
    return box->with([&](auto& b) { return (*b.counters())[name]; });
  }
  std::size_t ring_files() const {
    std::size_t n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(run.path / "rings")) {
      n += entry.path().extension() == ".ring" ? 1U : 0U;
    }
    return n;
  }
  lane::RingIdentity identity(std::uint64_t epoch = 7) const {
    lane::RingIdentity id;
    const auto self = lane::this_process();
    REQUIRE(self);
    id.process = *self;
    id.epoch = epoch;
    id.store = "mitte";
    id.terminal = "t1";
    return id;
  }
};

inline model::Outcome shown(std::uint64_t counter, std::string_view rule = "burger-fries") {
  model::Outcome o;
  o.kind = OutcomeKind::shown;
  o.record = {7, counter};
  o.at = 1'795'260'725'120;
  o.store = "mitte";
  o.terminal = "t1";
  o.basket = "B-1";
  o.prompt = counter;
  o.rule = rule;
  o.rule_stable = 1;
  o.offer = "sku:FRIES-M";
  o.arm = Arm::treated;
  o.quantity = 1000;
  o.price_effect = 290;
  std::memcpy(o.currency, "EUR", 3);
  return o;
}

inline void record(lane::Ring& ring, std::uint64_t from, std::uint64_t count) {
  for (std::uint64_t i = from; i < from + count; ++i) {
    REQUIRE(ring.append(shown(i + 1)));
    if (i % 50 == 49) ring.publish();
  }
  ring.publish();
}

}  // namespace sidedish::agent::test
