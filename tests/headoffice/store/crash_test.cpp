#include "tests/headoffice/support/support.hpp"

#include <catch2/catch.hpp>
#include <ctime>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

/// The child counts the batches in order from `first` on, and tells each one's number when it is
/// acknowledged. Never returns.
[[noreturn]] void count_all(const std::string& file, const std::vector<IncomingBatch>& batches,
                            std::size_t first, int tell) {
  auto storage = SqliteStorage::open(file);
  if (!storage) _exit(3);
  for (std::size_t i = first; i < batches.size(); ++i) {
    if (!(*storage)->ingest(batches[i])) _exit(4);
    const auto number = static_cast<std::uint32_t>(i);
    if (write(tell, &number, sizeof number) != sizeof number) _exit(5);
  }
  _exit(0);
}

}  // namespace

// R03 in small. Fails when an answer is given before the commit, when totals and rows are two
// transactions, or when the mark moves before its rows.
TEST_CASE("ingest: killed at any moment, nothing acknowledged is missing and nothing counts twice",
          "[headoffice]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const Folder folder;
  const std::string file = folder.file("h.db");
  {
    auto storage = open(file);
    add_places(*storage);
  }
  std::vector<IncomingEvent> all;
  std::vector<IncomingBatch> batches;
  for (std::uint64_t seq = 1; seq <= 1200;) {
    std::vector<IncomingEvent> part;
    for (std::uint64_t n = 1 + random() % 30; n > 0 && seq <= 1200; --n, ++seq) {
      part.push_back(random_event(random, seq));
      all.push_back(part.back());
    }
    batches.push_back(batch(std::move(part)));
  }
  std::size_t acknowledged = 0;  // batches; the log outside the thing under test
  int kills = 0;
  while (acknowledged < batches.size()) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    // A batch whose answer was lost is sent again, with the one before it.
    const std::size_t first = acknowledged == 0 ? 0 : acknowledged - 1;
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      close(ends[0]);
      count_all(file, batches, first, ends[1]);
    }
    close(ends[1]);
    // Kill after some answers and a part of a batch more.
    const std::size_t wanted = 1 + random() % 6;
    std::size_t answers = 0;
    std::uint32_t number = 0;
    while (answers < wanted && read(ends[0], &number, sizeof number) == sizeof number) ++answers;
    pollfd more{ends[0], POLLIN, 0};
    const timespec moment{0, static_cast<long>(random() % 900'000)};
    ppoll(&more, 1, &moment, nullptr);
    kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) REQUIRE(WEXITSTATUS(status) == 0);
    kills += WIFSIGNALED(status) ? 1 : 0;
    std::size_t last = answers > 0 ? number + 1 : acknowledged;
    while (read(ends[0], &number, sizeof number) == sizeof number) last = number + 1;
    close(ends[0]);
    acknowledged = std::max(acknowledged, last);

    // What was acknowledged is there; what is there agrees with its totals.
    std::uint64_t promised = 0;
    for (std::size_t i = 0; i < acknowledged; ++i) promised += batches[i].events.size();
    const Sheet raw = sheet_of_raw_rows(file);
    auto storage = open(file);
    REQUIRE(sheet_of_totals(*storage) == raw);
    const auto terminals = storage->terminals("mitte");
    REQUIRE(terminals->at(0).sources.size() == 1);
    REQUIRE(terminals->at(0).sources[0].high_water >= promised);
    REQUIRE(terminals->at(0).sources[0].missing == 0);
  }
  auto storage = open(file);
  CHECK(sheet_of_totals(*storage) == sheet_of(all));
  CHECK(kills > 5);
}
