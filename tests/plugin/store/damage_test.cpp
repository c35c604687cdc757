#include "plugin/store/row.hpp"
#include "tests/plugin/store/world.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sqlite3.h>

using namespace sidedish;
using namespace sidedish::outbox;
using namespace sidedish::outbox::test;

namespace {

std::string slurp(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void spill(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

/// Lane records of every row with a good checksum, wherever it lies.
std::set<std::uint64_t> readable(const std::string& bytes) {
  std::set<std::uint64_t> found;
  const std::string mark(kRowMagic, sizeof kRowMagic);
  for (std::size_t at = bytes.find(mark); at != std::string::npos; at = bytes.find(mark, at + 1)) {
    const auto row = decode(std::as_bytes(std::span(bytes)).subspan(at));
    if (row) found.insert(row->record.counter);
  }
  return found;
}

std::string broken_of(const World& world) {
  for (const auto& entry : std::filesystem::directory_iterator(world.folder)) {
    if (entry.path().string().find(".broken-") != std::string::npos) return entry.path().string();
  }
  return {};
}

}  // namespace

// R09. Fails when a log that is damaged before its end is taken up to the damage, or when closing a
// broken file writes its log back.
TEST_CASE("R09: whatever bytes of database and log are damaged, readable rows are delivered",
          "[R09]") {
  // The quick set has one seed: about one round in 1,000 still loses rows of the log's last sure
  // transactions with nothing set aside (seed 88040905, round 84; seed 2748351113, round 218 of the
  // whole row), and that is open. The long row draws its seed and shows it.
  const std::uint64_t seed =
      std::getenv("SIDEDISH_LONG") == nullptr ? 1 : sidedish::test::seed_of("R09");
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  World origin(seed);
  origin.options.vfs.clear();
  REQUIRE(origin.open());
  origin.record(300);
  REQUIRE(origin.keep());
  REQUIRE(origin.open());  // closed in between: these are in the file, what follows in the log
  for (int i = 0; i < 25; ++i) {
    origin.record(12);
    REQUIRE(origin.keep());
  }
  // Damage inside the last transaction, or where the one before it ends, cannot be told from a
  // power cut.
  const std::uint64_t sure = origin.kept;
  for (int i = 0; i < 2; ++i) {
    origin.record(4);
    REQUIRE(origin.keep());
  }
  const std::string file = slurp(origin.options.file);
  const std::string log = slurp(origin.options.file.string() + "-wal");
  REQUIRE(log.size() > 200'000);
  unsigned broken = 0;
  const unsigned rounds = sidedish::test::effort(120, 300, 1000);
  for (unsigned round = 0; round < rounds; ++round) {
    std::string bytes = file;
    std::string log_bytes = log;
    for (std::uint64_t hits = 1 + random() % 3; hits > 0; --hits) {
      std::string& where = random() % 2 == 0 ? bytes : log_bytes;
      const std::size_t size = random() % 4 == 0 ? 512 : 1;
      const std::size_t at =
          random() % 8 == 0 ? random() % 64 : static_cast<std::size_t>(random() % where.size());
      for (std::size_t i = at; i < std::min(at + size, where.size()); ++i) {
        where[i] = static_cast<char>(random());
      }
    }
    World world(seed + round);
    world.options.vfs.clear();
    spill(world.options.file, bytes);
    spill(world.options.file.string() + "-wal", log_bytes);
    const bool up = world.open();
    INFO("round " << round << " " << world.trouble);
    if (!up) {
      // The one byte that says "a newer build wrote this": refused, and left as it was.
      REQUIRE(world.trouble.find("newer build") != std::string::npos);
      CHECK(slurp(world.options.file) == bytes);
      continue;
    }
    INFO("broken " << world.box->status().broken_file);
    if (!world.box->status().broken_file.empty()) {
      ++broken;
      CHECK(std::filesystem::exists(world.box->status().broken_file));
    }
    std::set<std::uint64_t> good = readable(bytes);
    good.merge(readable(log_bytes));
    for (;;) {
      const auto batch = world.box->next(500);
      REQUIRE(batch);
      if (batch->events.empty()) break;
      for (const Pending& event : batch->events) {
        const auto* body = std::get_if<std::vector<std::byte>>(&event.body);
        if (body == nullptr) continue;  // a tombstone
        const std::string text(reinterpret_cast<const char*>(body->data()), body->size());
        good.erase(std::strtoull(text.c_str(), nullptr, 10));
      }
      REQUIRE(world.box->acknowledge(batch->source, batch->events.front().sequence,
                                     batch->events.back().sequence));
    }
    std::size_t missing = 0;
    for (const std::uint64_t record : good) missing += record <= sure ? 1U : 0U;
    // A row that is damaged where it lies is told, even if an older copy of its page is whole.
    CHECK(missing <= world.box->status().quarantined);
  }
  CHECK(broken > rounds / 8);
  std::cout << "R09: " << rounds << " damaged outboxes, " << broken << " set aside\n";
}

// Fails when the broken file is renamed before what it holds is written elsewhere.
TEST_CASE("salvage: whichever write or sync of it fails, the next start has every row", "[store]") {
  World origin(1);
  origin.options.vfs.clear();
  REQUIRE(origin.open());
  origin.record(60);
  REQUIRE(origin.keep());
  origin.box.reset();
  std::string bytes = slurp(origin.options.file);
  std::memset(bytes.data(), 0xAA, 100);
  for (const int code : {SQLITE_IOERR, SQLITE_FULL}) {
    for (std::uint64_t nth = 1;; ++nth) {
      INFO("call " << nth);
      World world(nth);
      spill(world.options.file, bytes);
      world.disk.fail(nth, code, true);
      const bool up = world.open();
      const bool fired = world.disk.fired();
      if (up) world.box.reset();
      world.disk.heal();
      REQUIRE(world.open());
      CHECK(world.box->status().pending == 60);
      CHECK_FALSE(broken_of(world).empty());
      if (!fired) break;
    }
  }
}

TEST_CASE("salvage: killed between the renames, the next start finishes", "[store]") {
  for (const bool moved : {false, true}) {
    World world(1);
    REQUIRE(world.open());
    world.record(60);
    REQUIRE(world.keep());
    world.box.reset();
    std::string bytes = slurp(world.options.file);
    std::memset(bytes.data(), 0xAA, 100);
    spill(world.options.file, bytes);
    REQUIRE(world.open());
    world.box.reset();
    const std::string file = world.options.file.string();
    std::filesystem::rename(file, file + ".salvaged");
    if (!moved) std::filesystem::rename(broken_of(world), file);
    REQUIRE(world.open());
    CHECK(world.box->status().pending == 60);
    CHECK_FALSE(std::filesystem::exists(file + ".salvaged"));
    CHECK_FALSE(broken_of(world).empty());
  }
}
