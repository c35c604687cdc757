#pragma once
// An outbox on a disk that fails, a ring that keeps what was not kept, and a head office that counts.
#include "plugin/store/outbox.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/support/scratch.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <unistd.h>

namespace sidedish::outbox::test {

using sidedish::test::FaultVfs;

struct WorldClock final : Clock {
  UtcMs at = 1'795'260'725'120;
  UtcMs now() const noexcept override { return at; }
  MonoMs steady() const noexcept override { return at; }
};

class World {
 public:
  explicit World(std::uint64_t seed) : random(seed) {
    folder = sidedish::test::make_scratch("/dev/shm", "world");
    REQUIRE_FALSE(folder.empty());
    options.file = folder / "outbox.db";
    options.vfs = disk.name();
    options.ballast = 64 << 10;
  }
  ~World() {
    box.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  bool open() {
    box.reset();
    auto opened = Outbox::open(options, clock, [this] { return random(); });
    if (!opened) {
      trouble = opened.error().text();
      return false;
    }
    box = std::move(*opened);
    old_mark = MarkFile(options.file).read();
    return true;
  }

  /// What lanes publish next: it stays in the ring until it is kept.
  void record(std::uint64_t n) { recorded += n; }
  /// As the agent drains: the group is read from where the ring stands.
  bool keep() {
    Group group;
    group.ring = ring;
    const std::uint64_t upto = std::min(recorded, kept + kMaxGroup);
    std::vector<std::string> bodies;
    bodies.reserve(kMaxGroup);
    for (std::uint64_t i = kept + 1; i <= upto; ++i) {
      bodies.push_back(std::to_string(i) + std::string(i * 37 % 300, 'x'));
      NewOutcome o;
      o.store = "mitte";
      o.terminal = i % 3 == 0 ? "t2" : "t1";
      o.record = {1, i};
      o.at = clock.at;
      o.rule = "burger-fries";
      o.body = std::as_bytes(std::span(bodies.back()));
      group.outcomes.push_back(o);
    }
    group.position = upto;
    if (auto done = box->append(group); !done) {
      trouble = done.error().text();
      return false;
    }
    kept = upto;
    return true;
  }
  /// Sends one batch and, if head office is to be heard, acknowledges it. nullopt: trouble; else how
  /// many events there were.
  std::optional<std::size_t> send(bool answered = true, std::size_t most = 200) {
    const auto batch = box->next(most);
    if (!batch) {
      trouble = batch.error().text();
      return std::nullopt;
    }
    if (batch->events.empty()) return 0;
    for (const Pending& event : batch->events) count(batch->source, event);
    if (!answered) return batch->events.size();
    const auto done = box->acknowledge(batch->source, batch->events.front().sequence,
                                       batch->events.back().sequence);
    if (!done) {
      trouble = done.error().text();
      return std::nullopt;
    }
    return batch->events.size();
  }
  /// Everything that is there goes to head office.
  void drain() {
    for (;;) {
      const auto sent = send();
      INFO(trouble);
      REQUIRE(sent);
      if (*sent == 0) return;
    }
  }

  /// The machine loses power: memory and rings are gone; `kept` is what the agent was told.
  std::size_t power_cut(FaultVfs::Keep how = FaultVfs::Keep::any) {
    box.reset();
    const std::size_t lost = disk.crash(random, how);
    // The mark is not synced either: at times an older one is on disk.
    if (old_mark && random() % 2 == 0) MarkFile(options.file).write(*old_mark, false);
    // What was recorded and not kept is lost with the ring (or was kept by a hair): a new ring.
    for (std::uint64_t i = promised + 1; i <= kept; ++i) owed.insert(i);
    kept = promised = recorded;
    ring = "ring-" + std::to_string(++rings);
    return lost;
  }

  void check_all_arrived() {
    for (std::uint64_t i = promised + 1; i <= kept; ++i) owed.insert(i);
    promised = kept;
    std::size_t missing = 0;
    for (const std::uint64_t i : owed) missing += counted.contains(i) ? 0U : 1U;
    CHECK(missing == 0);
    CHECK(twice == 0);
    CHECK(rewritten_ids == 0);
    for (const auto& [source, ids] : at_head_office) {
      CHECK(ids.rbegin()->first == ids.size());  // no gap
    }
  }
  void check_integrity() {
    CHECK(box->status().broken_file.empty());
    box.reset();
    auto db = Connection::open(options.file.string(), "");
    REQUIRE(db);
    auto verdict = db->prepare("PRAGMA integrity_check");
    REQUIRE(verdict);
    REQUIRE(verdict->step());
    CHECK(verdict->text(0) == "ok");
  }

  FaultVfs disk;  // before what is open on it
  std::filesystem::path folder;
  WorldClock clock;
  std::mt19937_64 random;
  OutboxOptions options;
  std::unique_ptr<Outbox> box;
  std::string ring = "ring-0";
  unsigned rings = 0;
  std::optional<Mark> old_mark;
  std::string trouble;
  std::uint64_t recorded = 0;
  std::uint64_t kept = 0;
  std::uint64_t promised = 0;
  std::set<std::uint64_t> owed;
  std::set<std::uint64_t> counted;  ///< record counters at head office
  std::map<std::string, std::map<std::uint64_t, std::uint64_t>> at_head_office;
  std::size_t twice = 0;          ///< one record under two ids
  std::size_t rewritten_ids = 0;  ///< one id with two records: sent, lost, given again

 private:
  void count(const format::Source& source, const Pending& event) {
    const auto* body = std::get_if<std::vector<std::byte>>(&event.body);
    REQUIRE(body != nullptr);
    const std::string text(reinterpret_cast<const char*>(body->data()), body->size());
    const std::uint64_t record = std::strtoull(text.c_str(), nullptr, 10);
    auto& ids = at_head_office[format::to_uri(source)];
    const auto [at, fresh] = ids.try_emplace(event.sequence, record);
    if (!fresh) {
      rewritten_ids += at->second != record ? 1U : 0U;
      return;
    }
    twice += counted.insert(record).second ? 0U : 1U;
  }
};

}  // namespace sidedish::outbox::test
