#include "plugin/agent/files.hpp"
#include "tests/plugin/agent/bench.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>

using namespace sidedish;
using namespace sidedish::agent;
using namespace sidedish::agent::test;

TEST_CASE("drain: what a lane published is kept, and only then its room is given back", "[agent]") {
  Bench bench;
  lane::Ring ring;
  REQUIRE(ring.create(bench.rings, bench.identity()));
  record(ring, 0, 700);
  Drain drain(bench.run.path / "rings", *bench.box, *bench.records);
  DrainReport report = drain.once();
  CHECK(report.outcomes == outbox::kMaxGroup);
  CHECK(report.more);
  CHECK(report.live == 1);
  CHECK(ring.used() > 0);
  report = drain.once();
  CHECK(report.outcomes == 200);
  CHECK_FALSE(report.more);
  CHECK(ring.used() == 0);
  CHECK(bench.pending() == 700);
  CHECK(bench.counter("kept") == 700);
  CHECK(drain.once().outcomes == 0);
}

TEST_CASE("drain: after a restart of the agent nothing is read twice", "[agent]") {
  Bench bench;
  lane::Ring ring;
  REQUIRE(ring.create(bench.rings, bench.identity()));
  record(ring, 0, 10);
  { CHECK(Drain(bench.run.path / "rings", *bench.box, *bench.records).once().outcomes == 10); }
  record(ring, 10, 5);
  bench.open();
  CHECK(Drain(bench.run.path / "rings", *bench.box, *bench.records).once().outcomes == 5);
  CHECK(bench.pending() == 15);
}

TEST_CASE("drain: a ring is drained many times round without loss", "[agent]") {
  Bench bench;
  lane::Ring ring;
  REQUIRE(ring.create(bench.rings, bench.identity()));
  Drain drain(bench.run.path / "rings", *bench.box, *bench.records);
  std::uint64_t n = 0;
  std::uint64_t kept = 0;
  while (n < 60'000) {
    std::uint64_t burst = 1 + bench.random() % 900;
    while (burst-- > 0 && ring.append(shown(++n))) {
    }
    ring.publish();
    DrainReport report;
    do {
      report = drain.once();
      REQUIRE(report.trouble.empty());
      kept += report.outcomes;
    } while (report.more);
  }
  CHECK(kept == ring.published());
  CHECK(bench.counter("ring_damaged") == 0);
}

TEST_CASE("drain: the ring of a killed process is adopted, emptied and removed", "[agent]") {
  Bench bench;
  int pipe_ends[2];
  REQUIRE(::pipe(pipe_ends) == 0);
  const ::pid_t child = ::fork();
  if (child == 0) {
    lane::Ring ring;
    if (!ring.create(bench.rings, bench.identity())) ::_exit(1);
    for (std::uint64_t i = 1; i <= 40; ++i) static_cast<void>(ring.append(shown(i)));
    ring.publish();
    static_cast<void>(ring.append(shown(41)));  // reserved, never published: lost, that call only
    static_cast<void>(::write(pipe_ends[1], "x", 1));
    for (;;) ::pause();
  }
  char ready = 0;
  REQUIRE(::read(pipe_ends[0], &ready, 1) == 1);
  Drain drain(bench.run.path / "rings", *bench.box, *bench.records);
  REQUIRE(bench.ring_files() == 1);
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  const DrainReport report = drain.once();
  CHECK(report.outcomes == 40);
  CHECK(report.removed == 1);
  CHECK(bench.ring_files() == 0);
  CHECK(bench.pending() == 40);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

// Without remove_unfinished() all three stay for ever, 4 MiB of memory each.
TEST_CASE("drain: a ring whose maker died before its header was written is removed", "[agent]") {
  Bench bench;
  const std::string boot = "01234567-89ab-cdef-0123-456789abcdef";
  const auto make = [&](const std::string& name, std::uint64_t size) {
    const auto file = bench.run.path / "rings" / (boot + name);
    std::ofstream(file).close();
    std::filesystem::resize_file(file, size);
  };
  make(".100.7.0.ring", 0);
  make(".100.7.1.ring", lane::kRingFileBytes / 2);
  make(".100.7.2.ring", lane::kRingFileBytes);
  make(".200.7.0.ring", lane::kRingFileBytes);  // its maker still lives: it will be finished
  make(".100.7.x.ring", 0);                     // no ring's name: not ours to remove
  Drain drain(bench.run.path / "rings", *bench.box, *bench.records, [&](const RingName& name) {
    CHECK(name.boot_id == boot);
    CHECK(name.start_time == 7);
    return name.pid == 200;
  });
  CHECK(drain.once().removed == 3);
  CHECK(bench.ring_files() == 2);
  CHECK(bench.counter("rings_unfinished") == 3);
  CHECK(drain.once().removed == 0);
}

TEST_CASE("drain: totals of a full ring are added up once", "[agent]") {
  Bench bench;
  lane::Ring ring;
  REQUIRE(ring.create(bench.rings, bench.identity()));
  Drain drain(bench.run.path / "rings", *bench.box, *bench.records);
  lane::TallyKey key{498'000, 0x123, {'E', 'U', 'R', 0}, Arm::treated, OutcomeKind::shown};
  ring.fold(key, 3, 870);
  drain.once();
  ring.fold(key, 2, 580);
  drain.once();
  drain.once();
  REQUIRE(bench.box->with([](auto& b) { return b.flush_tallies(); }) == 1U);
  const auto batch = bench.box->with([](auto& b) { return b.next(10); });
  const auto& tally = std::get<format::Tally>(batch->events.at(0).body);
  CHECK(tally.count == 5);
  CHECK(tally.sum == 1450);
  CHECK(tally.rule == "#00000123");
  CHECK(bench.counter("folded_in_ring") == 5);
}

TEST_CASE("drain: whatever bytes a ring holds, the agent goes on", "[agent]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  Bench bench;
  Drain drain(bench.run.path / "rings", *bench.box, *bench.records,
              [](const RingName&) { return false; });
  for (int round = 0; round < 150; ++round) {
    std::string file;
    {
      lane::Ring ring;
      REQUIRE(ring.create(bench.rings, bench.identity(static_cast<std::uint64_t>(round) + 100)));
      record(ring, 0, 30);
      ring.fold({1, 1, {'E', 'U', 'R', 0}, Arm::none, OutcomeKind::shown}, 1, 1);
      for (const auto& entry : std::filesystem::directory_iterator(bench.run.path / "rings")) {
        file = entry.path().string();
      }
    }
    const int fd = ::open(file.c_str(), O_RDWR);
    REQUIRE(fd >= 0);
    for (std::uint64_t hits = 1 + random() % 3; hits > 0; --hits) {
      const std::uint64_t value = random() % 4 == 0 ? random() % 65536 : random();
      // Counters, tally page or the first frames: where something is.
      const std::uint64_t from[] = {256, 4096, lane::kDataOffset};
      const std::uint64_t size[] = {512, 400, 4000};
      const auto part = random() % 3;
      REQUIRE(::pwrite(fd, &value, 8, static_cast<off_t>(from[part] + random() % size[part])) == 8);
    }
    if (random() % 10 == 0) REQUIRE(::ftruncate(fd, static_cast<off_t>(random() % 5'000'000)) == 0);
    ::close(fd);
    for (int i = 0; i < 5; ++i) drain.once();
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
  }
  bench.sender.answer = yes;
  while (bench.reporter->attempt().what == ReportResult::What::progress) {
  }
  CHECK(bench.pending() == 0);
}

TEST_CASE("drain: decision records become files, the last few of each lane", "[agent]") {
  Bench bench;
  lane::Ring ring;
  REQUIRE(ring.create(bench.rings, bench.identity()));
  const std::string text(20'000, 'r');
  const auto bytes = std::as_bytes(std::span(text));
  for (int i = 0; i < 7; ++i) {
    for (std::uint16_t part = 0; part < 2; ++part) {
      model::Outcome o = shown(1);
      o.kind = OutcomeKind::decision;
      o.part = part;
      o.parts = 2;
      o.decision = part == 0 ? bytes.first(12'000) : bytes.subspan(12'000);
      REQUIRE(ring.append(o));
    }
    ring.publish();
  }
  Drain drain(bench.run.path / "rings", *bench.box, *bench.records);
  CHECK(drain.once().records == 7);
  const auto list = Records::list(bench.state.path / "records");
  REQUIRE(list.size() == 5);
  CHECK(list[0].size == text.size());
  CHECK(bench.pending() == 0);
}

// Proved by writing records as they are found, as it was once: each try took the place of older ones.
TEST_CASE(
    "drain: while the outbox cannot be written, decision records are not written over and over",
    "[agent]") {
  Bench bench;
  lane::Ring ring;
  REQUIRE(ring.create(bench.rings, bench.identity()));
  const std::string text(20'000, 'r');
  const auto decide = [&](char first) {
    std::string made = text;
    made[0] = first;
    for (std::uint16_t part = 0; part < 2; ++part) {
      model::Outcome o = shown(1);
      o.kind = OutcomeKind::decision;
      o.part = part;
      o.parts = 2;
      const auto all = std::as_bytes(std::span(made));
      o.decision = part == 0 ? all.first(12'000) : all.subspan(12'000);
      REQUIRE(ring.append(o));
    }
    ring.publish();
  };
  Drain drain(bench.run.path / "rings", *bench.box, *bench.records);
  record(ring, 0, 500);  // its log is larger than what is allowed below
  decide('a');
  decide('b');
  while (drain.once().more) {
  }
  const auto kept = [&] {
    std::string out;
    for (const auto& entry : Records::list(bench.state.path / "records")) {
      out += read_file(entry.file, 1 << 20).value_or("?").substr(0, 1);
    }
    std::sort(out.begin(), out.end());
    return out;
  };
  REQUIRE(kept() == "ab");

  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  rlimit small = before;
  small.rlim_cur = 64 * 1024;  // a record fits, another page of the log does not
  for (const char name : {'c', 'd', 'e'}) decide(name);
  record(ring, 500, 1);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  std::string trouble;
  std::uint64_t written = 0;
  for (int i = 0; i < 20; ++i) {
    const DrainReport report = drain.once();
    trouble = report.trouble;
    written += report.records;
  }
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK_FALSE(trouble.empty());
  CHECK(written == 0);
  CHECK(kept() == "ab");
  for (int i = 0; i < 10 && !drain.once().trouble.empty(); ++i) {
  }
  CHECK(kept() == "abcde");
  CHECK(bench.counter("decision_records_incomplete") == 0);
  CHECK(bench.pending() == 501);
}
