#include "headoffice/store/sequence.hpp"

#include "headoffice/store/wide.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>

using namespace sidedish::headoffice;

TEST_CASE("sequence: what lies between the mark and a new id is a gap until it comes",
          "[headoffice]") {
  SequenceSet set;
  set.add(1);
  set.add(5);
  CHECK(set.high_water() == 5);
  CHECK(set.gaps() == SequenceSet::Gaps{{2, 4}});
  CHECK_FALSE(set.has(3));
  set.add(3);
  CHECK(set.gaps() == SequenceSet::Gaps{{2, 2}, {4, 4}});
  set.add(2);
  set.add(4);
  CHECK(set.gaps().empty());
  CHECK(set.missing() == 0);
  CHECK_FALSE(set.has(6));
  CHECK_FALSE(set.has(0));
}

// Fails when close() forgets the rest of a gap, or add() joins what it should split.
TEST_CASE("sequence: any order, any repetition and any closing agree with a plain set of numbers",
          "[headoffice]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    SequenceSet set;
    std::set<std::uint64_t> here;
    std::uint64_t high = 0;
    for (int step = 0; step < 80; ++step) {
      if (high > 1 && random() % 6 == 0) {
        const std::uint64_t first = 1 + random() % (high - 1);
        const std::uint64_t last = std::min(high - 1, first + random() % 9);
        std::uint64_t already = 0;
        for (std::uint64_t i = first; i <= last; ++i) already += here.insert(i).second ? 0U : 1U;
        REQUIRE(set.close(first, last) == already);
      } else {
        const std::uint64_t seq = 1 + random() % 60;
        REQUIRE(set.has(seq) == here.contains(seq));
        if (!set.has(seq)) set.add(seq);
        here.insert(seq);
        high = std::max(high, seq);
      }
      REQUIRE(set.high_water() == high);
      REQUIRE(set.missing() == high - here.size());
      for (std::uint64_t i = 0; i <= 62; ++i) REQUIRE(set.has(i) == here.contains(i));
      std::uint64_t end = 0;
      for (const auto& [first, last] : set.gaps()) {
        REQUIRE((end == 0 || first > end + 1));
        REQUIRE(last >= first);
        end = last;
      }
    }
  }
}

TEST_CASE("wide: 128 bits go to decimal text and back", "[headoffice]") {
  CHECK(to_text(0) == "0");
  CHECK(to_text(square(-9'223'372'036'854'775'807LL - 1)) ==
        "85070591730234615865843651857942052864");
  CHECK(to_text(*parse_wide("340282366920938463463374607431768211455")) ==
        "340282366920938463463374607431768211455");
  CHECK_FALSE(parse_wide("340282366920938463463374607431768211456"));
  CHECK_FALSE(parse_wide(""));
  CHECK_FALSE(parse_wide("-1"));
}
