// The ledger on a disk that fails and loses power. The oracle: the batches themselves, and how many
// of them were acknowledged.
#include "tests/headoffice/support/support.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/fault_vfs.hpp"

#include <catch2/catch.hpp>
#include <iostream>
#include <sqlite3.h>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;
using sidedish::test::FaultVfs;

namespace {

class Ledger {
 public:
  explicit Ledger(std::uint64_t seed, std::size_t size = 40) : random(seed) {
    std::uint64_t seq = 1;
    for (std::size_t i = 0; i < size; ++i) {
      std::vector<IncomingEvent> part;
      for (std::uint64_t n = 1 + random() % 12; n > 0; --n, ++seq) {
        part.push_back(random_event(random, seq));
        all.push_back(part.back());
      }
      batches.push_back(batch(std::move(part)));
    }
  }
  ~Ledger() { storage.reset(); }  // before its disk

  bool open() {
    storage.reset();
    auto opened = SqliteStorage::open(file, disk.name());
    if (!opened) {
      trouble = opened.error().text();
      return false;
    }
    storage = std::move(*opened);
    return true;
  }
  /// Places, or the next batch. True: acknowledged.
  bool step() {
    if (!placed) {
      for (const char* store : {"mitte", "nord"}) {
        if (!storage->put_store({store, store, "Europe/Berlin", kNoon, 0}) ||
            !storage->put_terminal(store, "t1", kNoon)) {
          return false;
        }
      }
      placed = storage->put_terminal("mitte", "t2", kNoon).has_value();
      return placed;
    }
    if (done()) return true;
    const auto counted = storage->ingest(batches[acknowledged]);
    if (!counted) {
      trouble = counted.error().text();
      return false;
    }
    ++acknowledged;
    return true;
  }
  bool done() const { return placed && acknowledged == batches.size(); }
  std::size_t power_cut(FaultVfs::Keep how = FaultVfs::Keep::any) {
    storage.reset();
    return disk.crash(random, how);
  }
  /// What was acknowledged is there, without gaps.
  void check_kept() {
    std::uint64_t promised = 0;
    for (std::size_t i = 0; i < acknowledged; ++i) promised += batches[i].events.size();
    if (promised == 0) return;
    const auto terminals = storage->terminals("mitte");
    INFO((terminals ? "" : terminals.error().text()));
    REQUIRE(terminals);
    REQUIRE(terminals->at(0).sources.size() == 1);
    CHECK(terminals->at(0).sources[0].high_water >= promised);
    CHECK(terminals->at(0).sources[0].missing == 0);
  }
  /// The rest is counted; every total is the sum of all batches, once.
  void check_whole() {
    while (!done()) {
      const bool counted = step();
      INFO(trouble);
      REQUIRE(counted);
    }
    CHECK(sheet_of_totals(*storage) == sheet_of(all));
    storage.reset();
    CHECK(sheet_of_raw_rows(file) == sheet_of(all));
    Database db(file);
    CHECK(db.line("PRAGMA integrity_check") == "ok");
  }

  FaultVfs disk;  // before what is open on it
  const Folder folder;
  const std::string file = folder.file("h.db");
  std::mt19937_64 random;
  std::vector<IncomingEvent> all;
  std::vector<IncomingBatch> batches;
  std::unique_ptr<SqliteStorage> storage;
  bool placed = false;
  std::size_t acknowledged = 0;
  std::string trouble;
};

}  // namespace

// R05 for the ledger. Fails with synchronous=NORMAL, and when a start copies a log into the file that
// is not on disk itself.
TEST_CASE("ledger: whatever a power cut leaves of unsynced sectors, nothing acknowledged is lost",
          "[headoffice][R05]") {
  const std::uint64_t seed = sidedish::test::seed_of("R05");
  INFO("seed " << seed);
  const unsigned wanted = sidedish::test::effort(60, 200, 2000);
  unsigned cuts = 0;
  unsigned failed = 0;
  std::size_t lost = 0;
  for (unsigned round = 0; cuts < wanted; ++round) {
    INFO("round " << round);
    Ledger ledger(seed + round);
    for (int life = 0; life < 8; ++life) {
      bool up = true;
      // Now and then a sync fails, and the process is killed while the disk fails on.
      if (ledger.random() % 2 == 0) {
        up = ledger.open();
        INFO(ledger.trouble);
        REQUIRE(up);
        ledger.disk.fail(1 + ledger.random() % 6, SQLITE_IOERR, true, sidedish::test::Calls::syncs);
        while (up && !ledger.done()) up = ledger.step();
        failed += ledger.disk.fired() ? 1U : 0U;
        ledger.disk.fail(1, SQLITE_IOERR, true);
        ledger.storage.reset();
        ledger.disk.heal();
      }
      ledger.disk.die_at(1 + ledger.random() % (ledger.random() % 2 == 0 ? 12 : 80));
      up = ledger.open();
      while (up && !ledger.disk.dead() && !ledger.done()) up = ledger.step();
      lost += ledger.power_cut();
      ++cuts;
      const bool again = ledger.open();
      INFO(ledger.trouble);
      REQUIRE(again);
      ledger.check_kept();
    }
    ledger.check_whole();
  }
  CHECK(lost > cuts / 2);
  CHECK(failed > 0);
  std::cout << "R05: head office: " << cuts << " power cuts, " << failed << " failed syncs before, "
            << lost << " sectors lost or torn\n";
}

// R06 for the ledger. Fails when a failed commit is believed, or when trouble of the disk outlives it.
TEST_CASE("ledger: whichever write, sync or truncation fails, it ends with the fault, sums exact",
          "[headoffice][R06]") {
  const std::size_t size = sidedish::test::effort(5, 8, 30);
  // Every call of the disk in the long row; elsewhere every fifth, which ones by the seed.
  const std::uint64_t stride = sidedish::test::effort(5, 3, 1);
  const std::uint64_t first = 1 + sidedish::test::seed_of("R06") % stride;
  std::size_t faults = 0;
  for (const int code : {SQLITE_IOERR, SQLITE_FULL}) {
    for (const bool persistent : {false, true}) {
      for (std::uint64_t nth = first;; nth += stride) {
        INFO("call " << nth << " code " << code << " persistent " << persistent);
        Ledger ledger(nth, size);
        ledger.disk.fail(nth, code, persistent);
        bool up = ledger.open();
        for (std::size_t i = 0; up && i < size + 2; ++i) ledger.step();
        const bool fired = ledger.disk.fired();
        ledger.disk.heal();
        if (!up) up = ledger.open();
        INFO(ledger.trouble);
        REQUIRE(up);
        ledger.check_kept();
        ledger.check_whole();
        if (!fired) break;
        ++faults;
      }
    }
  }
  CHECK(faults > 100);
  std::cout << "R06: head office: " << faults << " faults, sums exact after each\n";
}

// R08 for the ledger. Fails when the log of the failed commit is read back instead of emptied.
TEST_CASE("ledger: a commit whose sync failed has changed nothing", "[headoffice][R08]") {
  std::size_t failed = 0;
  for (std::uint64_t nth = 1;; ++nth) {
    INFO("sync " << nth);
    Ledger ledger(nth, 8);
    REQUIRE(ledger.open());
    REQUIRE(ledger.step());
    REQUIRE(ledger.step());
    ledger.disk.fail(nth, SQLITE_IOERR, false, sidedish::test::Calls::syncs);
    while (!ledger.done() && ledger.step()) {
    }
    const bool told = !ledger.done();
    const bool fired = ledger.disk.fired();
    ledger.disk.heal();
    std::uint64_t promised = 0;
    for (std::size_t i = 0; i < ledger.acknowledged; ++i) {
      promised += ledger.batches[i].events.size();
    }
    const auto terminals = ledger.storage->terminals("mitte");
    REQUIRE(terminals);
    CHECK(terminals->at(0).sources.at(0).high_water == promised);
    ledger.power_cut(FaultVfs::Keep::nothing);
    REQUIRE(ledger.open());
    ledger.check_kept();
    ledger.check_whole();
    if (!fired) break;
    failed += told ? 1U : 0U;
  }
  CHECK(failed > 3);
  std::cout << "R08: head office: " << failed << " failed syncs\n";
}
