#include "tests/faults/line/line.hpp"

namespace sidedish::line {

void Office::open() {
  auto opened = headoffice::SqliteStorage::open(file());
  REQUIRE(opened);
  storage = std::move(*opened);
  REQUIRE(storage->put_store({"mitte", "Mitte", "Europe/Berlin", clock.now(), 0}));
  REQUIRE(storage->put_terminal("mitte", "t1", clock.now()));
  ingest = std::make_unique<headoffice::Ingest>(*storage, days, clock, 0);
}

void Office::close() {
  ingest.reset();
  storage.reset();
}

std::int64_t Office::shown() const {
  const auto rows = storage->prompt_totals({-1'000'000, 1'000'000, {}, ""});
  REQUIRE(rows);
  std::int64_t n = 0;
  for (const auto& row : *rows) n += row.sum.kind == "shown" ? row.sum.n : 0;
  return n;
}

std::vector<headoffice::SourceRow> Office::sources() const {
  const auto terminals = storage->terminals("mitte");
  REQUIRE(terminals);
  REQUIRE(terminals->size() == 1);
  return terminals->front().sources;
}

void Office::check(std::uint64_t expected) const {
  const auto counted = storage->records(true);
  REQUIRE(counted);
  CHECK(counted->records + counted->tallied == expected);
  CHECK(counted->duplicates == 0);
  CHECK(shown() == static_cast<std::int64_t>(expected));
  const auto whole = storage->completeness({});
  REQUIRE(whole);
  CHECK(whole->missing == 0);
  CHECK(whole->rejected == 0);
}

Terminal::Terminal(net::Sender& sender, std::uint64_t seed, std::uint64_t quota)
    : sender_(sender), random_(seed), quota_(quota) {
  open();
}

void Terminal::close() {
  reporter_.reset();
  box_.reset();
}

void Terminal::open() {
  outbox::OutboxOptions options;
  options.file = folder.path / "outbox.db";
  options.quota = quota_;
  auto opened = outbox::Outbox::open(options, clock, [this] { return random_(); });
  if (!opened) FAIL(opened.error().text());
  box_ = std::make_unique<agent::SharedOutbox>(std::move(*opened));
  reporter_ = std::make_unique<agent::Reporter>(*box_, sender_, clock);
}

void Terminal::keep(std::uint64_t count, std::uint64_t lane_epoch) {
  while (count > 0) {
    std::vector<std::vector<std::byte>> bodies;
    bodies.reserve(outbox::kMaxGroup);
    outbox::Group group;
    for (; count > 0 && bodies.size() < outbox::kMaxGroup; --count) {
      model::Outcome o = agent::test::shown(++kept);
      o.record.epoch = lane_epoch;
      o.at = clock.now();
      std::vector<std::byte> body(1024);
      const auto size = model::encode(o, body);
      REQUIRE(size);
      body.resize(*size);
      outbox::NewOutcome add;
      add.store = "mitte";
      add.terminal = "t1";
      add.kind = o.kind;
      add.record = o.record;
      add.at = o.at;
      add.arm = o.arm;
      add.rule = o.rule;
      std::memcpy(add.currency, o.currency, sizeof(add.currency));
      add.amount = o.price_effect;
      add.body = bodies.emplace_back(std::move(body));
      group.outcomes.push_back(add);
    }
    REQUIRE(box_->with([&](auto& b) { return b.append(group); }));
  }
}

ReportResult Terminal::attempt(std::chrono::milliseconds timeout) {
  return reporter_->attempt(timeout);
}

unsigned Terminal::drain(unsigned most) {
  for (unsigned attempts = 1; attempts <= most; ++attempts) {
    if (attempt().what == ReportResult::What::idle) return attempts;
  }
  FAIL("still pending after " << most << " attempts: " << pending());
  return most;
}

std::uint64_t Terminal::pending() {
  return box_->with([](auto& b) { return b.status().pending; });
}

}  // namespace sidedish::line
