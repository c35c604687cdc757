#include "tests/plugin/store/world.hpp"

#include <sqlite3.h>

using namespace sidedish;
using namespace sidedish::outbox;
using namespace sidedish::outbox::test;

// R05. Fails with synchronous=NORMAL, and when sequences are given before the commit.
TEST_CASE("R05: whatever a power cut leaves of unsynced sectors, nothing kept is lost", "[R05]") {
  const std::uint64_t seed = sidedish::test::seed_of("R05");
  INFO("seed " << seed);
  const unsigned wanted = sidedish::test::effort(200, 500, 2000);
  unsigned cuts = 0;
  std::size_t lost = 0;
  for (unsigned round = 0; cuts < wanted; ++round) {
    INFO("round " << round);
    World world(seed + round);
    for (int life = 0; life < 8; ++life) {
      world.disk.die_at(1 + world.random() % (life == 0 ? 60 : 400));
      bool up = world.open();
      while (up && !world.disk.dead()) {
        switch (world.random() % 4) {
          case 0:
          case 1:
            world.record(1 + world.random() % (world.random() % 8 == 0 ? 700 : 30));
            up = world.keep();
            break;
          default:
            up = world.send(world.random() % 3 != 0, 1 + world.random() % 200).has_value();
        }
      }
      INFO(world.trouble);
      REQUIRE(world.disk.dead());
      lost += world.power_cut();
      ++cuts;
    }
    const bool up = world.open();
    INFO(world.trouble);
    REQUIRE(up);
    world.record(3);
    REQUIRE(world.keep());
    world.drain();
    world.check_all_arrived();
    world.check_integrity();
  }
  CHECK(lost > cuts);  // the cuts have cut
  std::cout << "R05: " << cuts << " power cuts, " << lost << " sectors lost or torn\n";
}

namespace {

/// Everything an agent does in a few minutes. True: no call failed.
bool a_shift(World& world, unsigned first, unsigned groups) {
  bool good = true;
  for (unsigned i = first; i < groups; ++i) {
    world.record(i % 5 == 0 ? 120 : 9);
    good = world.keep() && good;
    if (i % 3 == 2) good = world.send(i % 2 == 0).has_value() && good;
    if (i % 7 == 6) good = world.box->count("looked").has_value() && good;
  }
  return good;
}

}  // namespace

// R06. Fails when a failed append is reported as kept, or when its log is read as committed.
TEST_CASE("R06: whichever write, sync or truncation fails, nothing kept is lost, and it ends",
          "[R06]") {
  const unsigned groups = sidedish::test::effort(8, 14, 40);
  std::size_t faults = 0;
  for (const int code : {SQLITE_IOERR, SQLITE_FULL}) {
    for (const bool persistent : {false, true}) {
      for (std::uint64_t nth = 1;; ++nth) {
        INFO("call " << nth << " code " << code << " persistent " << persistent);
        World world(nth);
        world.disk.fail(nth, code, persistent);
        bool up = world.open();
        if (!up) {
          if (persistent) REQUIRE_FALSE(world.open());
          world.disk.heal();
          up = world.open();
        }
        INFO(world.trouble);
        REQUIRE(up);
        a_shift(world, 0, groups);
        const bool fired = world.disk.fired();
        world.disk.heal();
        // The fault is over: normal again, at the latest with the second call.
        static_cast<void>(world.keep());
        REQUIRE(a_shift(world, 0, 4));
        CHECK_FALSE(world.box->status().degraded);
        world.drain();
        world.check_all_arrived();
        CHECK(world.counted.size() == world.recorded);
        world.check_integrity();
        if (!fired) break;
        ++faults;
      }
    }
  }
  CHECK(faults > 200);
  std::cout << "R06: " << faults << " faults\n";
}

// R08. Fails when the log of the failed commit is read back instead of emptied, or trusted at the
// next start without being written anew.
TEST_CASE("R08: after a failed fsync no row is sent before it is on disk", "[R08]") {
  std::size_t failed = 0;
  for (const bool restart : {false, true}) {
    for (std::uint64_t nth = 1;; ++nth) {
      INFO("sync " << nth << " restart " << restart);
      World world(nth);
      REQUIRE(world.open());
      world.disk.fail(nth, SQLITE_IOERR, restart, sidedish::test::Calls::syncs);
      bool good = true;
      for (unsigned i = 0; i < 6 && good; ++i) {
        world.record(20);
        good = world.keep();
        if (good && i % 2 == 1) good = world.send().has_value();
      }
      const bool fired = world.disk.fired();
      world.disk.heal();
      if (!good) CHECK(world.box->status().degraded);
      if (restart) {
        // Killed while the disk was failing: the next process reads what is in memory.
        world.disk.fail(1, SQLITE_IOERR, true);
        world.box.reset();
        world.disk.heal();
        REQUIRE(world.open());
        const auto cursor = world.box->cursor(world.ring);
        REQUIRE(cursor);
        world.kept = cursor->value_or(0);
      }
      world.record(5);
      REQUIRE(world.keep());
      CHECK_FALSE(world.box->status().degraded);
      while (world.send(false, 500).value_or(0) == 0) {
      }
      world.power_cut(FaultVfs::Keep::nothing);
      REQUIRE(world.open());
      world.record(30);
      REQUIRE(world.keep());
      world.drain();
      world.check_all_arrived();
      world.check_integrity();
      if (!fired) break;
      ++failed;
    }
  }
  CHECK(failed > 10);
  std::cout << "R08: " << failed << " failed syncs\n";
}
