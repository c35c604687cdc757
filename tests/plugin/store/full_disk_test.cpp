#include "tests/plugin/store/world.hpp"
#include "tests/support/skip.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

using namespace sidedish;
using namespace sidedish::outbox;
using namespace sidedish::outbox::test;

// R07. Fails when a full disk blocks acknowledgements (no ballast), or when totals are added before
// they are kept.
TEST_CASE("R07: on a really full disk totals stay exact and what is acknowledged makes room",
          "[R07]") {
  World world(7);
  if (::unshare(CLONE_NEWNS) != 0 ||
      ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", world.folder.c_str(), "tmpfs", 0, "size=4m") != 0) {
    sidedish::test::skipped("mounting a tmpfs needs root");
    return;
  }
  world.options.vfs.clear();
  world.options.ballast = 1 << 20;
  REQUIRE(world.open());
  REQUIRE(world.box->status().ballast);
  const std::string body(400, 'b');
  std::uint64_t detail = 0;
  std::uint64_t refused = 0;
  format::Tally folded;  // what a full ring does: its totals go on
  for (std::uint64_t n = 0; n < 10'000; n += 100) {
    Group group;
    for (std::uint64_t i = 0; i < 100; ++i) {
      NewOutcome o;
      o.store = "mitte";
      o.terminal = "t1";
      o.record = {1, n + i + 1};
      o.at = world.clock.at;
      o.amount = 3;
      o.body = std::as_bytes(std::span(body));
      group.outcomes.push_back(o);
    }
    const auto kept = world.box->append(group);
    if (kept) {
      detail += 100;
      continue;
    }
    REQUIRE(kept.error().code() == Errc::limit);
    CHECK(world.box->status().disk_full);
    refused += 100;
    folded.count += 100;
    folded.sum += 300;
  }
  CHECK(detail > 1000);
  CHECK(refused > 1000);
  // To the last byte, so that only the ballast can help.
  const int filler =
      ::open((world.folder / "filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::string page(4096, 'f');
  while (::write(filler, page.data(), page.size()) > 0) {
  }
  std::uint64_t rows = 0;
  const auto drain = [&](std::uint64_t& tallied, std::int64_t& sum) {
    for (;;) {
      const auto batch = world.box->next(500);
      REQUIRE(batch);
      if (batch->events.empty()) return;
      for (const Pending& event : batch->events) {
        if (const auto* tally = std::get_if<format::Tally>(&event.body)) {
          tallied += tally->count;
          sum += tally->sum;
        } else {
          ++rows;
        }
      }
      const auto done = world.box->acknowledge(batch->source, batch->events.front().sequence,
                                               batch->events.back().sequence);
      if (!done) FAIL(done.error().text());
    }
  };
  std::uint64_t tallied = 0;
  std::int64_t sum = 0;
  drain(tallied, sum);
  CHECK(rows == detail);
  ::close(filler);
  std::filesystem::remove(world.folder / "filler");  // space again
  Group group;
  group.tallies.push_back({"mitte", "t1", folded});
  group.counters["folded_in_ring"] = folded.count;
  REQUIRE(world.box->append(group));
  CHECK_FALSE(world.box->status().disk_full);
  CHECK(world.box->status().ballast);
  REQUIRE(world.box->flush_tallies());
  drain(tallied, sum);
  CHECK(rows + tallied == 10'000);
  CHECK(sum == static_cast<std::int64_t>(refused) * 3);
  const auto counters = world.box->counters();
  REQUIRE(counters);
  CHECK(counters->at("folded_in_ring") == refused);
  world.check_integrity();
  std::cout << "R07: " << rows << " in detail, " << tallied << " as totals\n";
  ::umount(world.folder.c_str());
}
