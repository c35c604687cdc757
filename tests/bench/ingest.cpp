// Outcomes per second into head office, durable, deduplicated and aggregated, beside bare batched
// inserts of the same rows. Both end each batch of 500 with a synced commit; compare the medians of
// one run, never one with another day's.
#include "headoffice/ingest/ingest.hpp"

#include "headoffice/ingest/events.hpp"
#include "headoffice/store/database.hpp"
#include "headoffice/store/sqlite_storage.hpp"
#include "plugin/net/digest.hpp"
#include "plugin/net/gzip.hpp"
#include "rules/format/outcomes.hpp"

#include <benchmark/benchmark.h>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace sidedish;
using namespace sidedish::headoffice;

constexpr UtcMs kNoon = 1'795'262'400'000;
constexpr std::uint64_t kBatch = 500;

struct StoppedClock final : Clock {
  UtcMs now() const noexcept override { return kNoon; }
  MonoMs steady() const noexcept override { return 0; }
};

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "sidedish-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file() const { return (path / "bench.db").string(); }
};

std::string batch(std::uint64_t first) {
  format::BatchWriter writer;
  const format::Source source{"mitte", "t1", 0xe1};
  for (std::uint64_t i = 0; i < kBatch; ++i) {
    const std::string rule = "rule-" + std::to_string(i % 20);
    const std::string basket = "B-" + std::to_string((first + i) / 4);
    model::Outcome o;
    o.kind = i % 2 == 0 ? OutcomeKind::shown : OutcomeKind::accepted;
    o.record = {7, first + i};
    o.at = kNoon;
    o.basket = basket;
    o.rule = rule;
    o.offer = "sku:FRIES-M";
    o.arm = Arm::treated;
    o.prompt = first + i;
    o.quantity = 1000;
    o.price_effect = 290;
    std::memcpy(o.currency, "EUR", 4);
    std::string event;
    format::append_event(event, source, first + i, o);
    if (!writer.add(event)) std::abort();
  }
  return writer.take();
}

void count_outcomes(benchmark::State& state) {
  const Folder folder;
  auto storage = SqliteStorage::open(folder.file());
  if (!storage || !(*storage)->put_store({"mitte", "Mitte", "UTC", kNoon, 0}) ||
      !(*storage)->put_terminal("mitte", "t1", kNoon)) {
    std::abort();
  }
  const StoppedClock clock;
  BusinessDays days([](std::string_view) { return std::vector<std::byte>(); });
  Ingest ingest(**storage, days, clock, 0);
  std::uint64_t next = 1;
  for (auto _ : state) {
    state.PauseTiming();
    net::Request request;
    request.headers.set("Content-Type", format::kBatchMediaType);
    request.headers.set("Content-Encoding", "gzip");
    request.body = net::gzip(batch(next));
    request.headers.set("Content-Digest", net::content_digest(request.body));
    next += kBatch;
    state.ResumeTiming();
    if (ingest.post(request).status != 200) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}

void bare_inserts(benchmark::State& state) {
  const Folder folder;
  Database db(folder.file());
  db.use_log();
  db.script(
      "CREATE TABLE event (event_id INTEGER PRIMARY KEY, source_id INTEGER NOT NULL, seq INTEGER "
      "NOT NULL,"
      " json TEXT NOT NULL, UNIQUE (source_id, seq)) STRICT");
  std::uint64_t next = 1;
  for (auto _ : state) {
    state.PauseTiming();
    format::WireFindings findings;
    format::JsonLimits limits;
    limits.bytes = format::kMaxBatchBytes;
    const auto tree = format::parse_wire(batch(next), limits, findings);
    std::vector<std::string> rows;
    for (const format::Json item : tree->root()) rows.push_back(canonical(item));
    state.ResumeTiming();
    Transaction transaction(db);
    for (const std::string& row : rows) {
      db.run("INSERT INTO event (source_id, seq, json) VALUES (1, ?, ?)")
          .with(static_cast<std::int64_t>(next++), row)
          .done();
    }
    transaction.commit();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatch));
}

BENCHMARK(count_outcomes)->UseRealTime()->Iterations(100);
BENCHMARK(bare_inserts)->UseRealTime()->Iterations(100);

}  // namespace

BENCHMARK_MAIN();
