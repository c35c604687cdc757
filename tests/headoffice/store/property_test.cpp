#include "tests/headoffice/support/support.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

// Fails when totals are added for duplicates, when marks move without rows, or when a batch that
// was rolled back leaves something behind.
TEST_CASE("ingest: any order, repetition and cut into batches gives the totals of the raw rows",
          "[headoffice]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 4; ++round) {
    const Folder folder;
    std::vector<IncomingEvent> all;
    std::vector<IncomingEvent> to_send;
    {
      auto storage = open(folder.file("h.db"));
      add_places(*storage);
      for (const char* terminal : {"t1", "t2"}) {
        for (std::uint64_t seq = 1; seq <= 250; ++seq) {
          IncomingEvent made = random_event(random, seq);
          made.terminal = terminal;
          all.push_back(made);
        }
      }
      for (const IncomingEvent& event : all) {
        for (std::uint64_t copies = 1 + random() % 3; copies > 0; --copies)
          to_send.push_back(event);
      }
      std::shuffle(to_send.begin(), to_send.end(), random);
      std::set<std::pair<std::string, std::uint64_t>> sent;
      for (std::size_t at = 0; at < to_send.size();) {
        const std::size_t n = std::min<std::size_t>(to_send.size() - at, 1 + random() % 60);
        std::vector<IncomingEvent> part(to_send.begin() + static_cast<std::ptrdiff_t>(at),
                                        to_send.begin() + static_cast<std::ptrdiff_t>(at + n));
        std::uint64_t fresh = 0;
        for (const auto& event : part) {
          fresh += sent.insert({event.terminal, event.seq}).second ? 1U : 0U;
        }
        if (random() % 5 == 0) {  // a batch that fails as a whole
          auto spoilt = part;
          spoilt.push_back(event(1, shown(), "stranger"));
          REQUIRE_FALSE(storage->ingest(batch(spoilt)));
        }
        const auto result = storage->ingest(batch(part));
        REQUIRE(result);
        REQUIRE(result->accepted == fresh);
        REQUIRE(result->duplicate == n - fresh);
        std::uint64_t missing = 0;
        for (const char* terminal : {"t1", "t2"}) {
          std::uint64_t high = 0;
          std::uint64_t count = 0;
          for (const auto& [t, seq] : sent) {
            if (t == terminal) {
              high = std::max(high, seq);
              ++count;
            }
          }
          missing += high - count;
        }
        REQUIRE(storage->completeness({})->missing == missing);
        at += n;
      }
      REQUIRE(sheet_of_totals(*storage) == sheet_of(all));
      REQUIRE(storage->completeness({})->missing == 0);
    }
    REQUIRE(sheet_of_raw_rows(folder.file("h.db")) == sheet_of(all));
  }
}
