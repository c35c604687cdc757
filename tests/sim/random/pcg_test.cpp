#include "sim/random/pcg.hpp"

#include <array>
#include <catch2/catch.hpp>

using sidedish::sim::Pcg;

TEST_CASE("pcg: gives the numbers of the reference implementation", "[sim]") {
  // pcg32-demo of the PCG library: seed 42, stream 54.
  Pcg dice(42, 54);
  for (const std::uint32_t expected :
       {0xa15c02b7U, 0x7b47f409U, 0xba1d3330U, 0x83d2f293U, 0xbfa4784bU, 0xcbed606eU}) {
    CHECK(dice.next() == expected);
  }
}

TEST_CASE("pcg: below() reaches every face about equally often", "[sim]") {
  Pcg dice(7);
  std::array<int, 6> faces{};
  for (int i = 0; i < 60'000; ++i) ++faces[dice.below(6)];
  for (const int n : faces) CHECK((n > 9'500 && n < 10'500));
  CHECK(dice.below(0) == 0);
  CHECK(dice.below(1) == 0);
}

TEST_CASE("pcg: normal() has the mean and the deviation it was asked for", "[sim]") {
  Pcg dice(11);
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  constexpr int kDraws = 100'000;
  for (int i = 0; i < kDraws; ++i) {
    const std::int64_t x = dice.normal(1000);
    sum += x;
    squares += x * x;
  }
  CHECK((sum / kDraws > -15 && sum / kDraws < 15));
  const std::int64_t variance = squares / kDraws;
  CHECK((variance > 970'000 && variance < 1'030'000));
}

TEST_CASE("pcg: weighted picks follow their weights and dice of other names are other dice",
          "[sim]") {
  Pcg dice(3);
  const std::array<std::uint32_t, 3> weights = {1, 0, 3};
  std::array<int, 3> hits{};
  for (int i = 0; i < 40'000; ++i) ++hits[dice.pick(weights)];
  CHECK(hits[1] == 0);
  CHECK((hits[0] > 9'500 && hits[0] < 10'500));
  CHECK(sidedish::sim::pcg_for(1, "a").next() != sidedish::sim::pcg_for(1, "b").next());
  CHECK(sidedish::sim::pcg_for(1, "a").next() == sidedish::sim::pcg_for(1, "a").next());
}
