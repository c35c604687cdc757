// Proved by breaking it: with the left over given to the first lines, or with the classes ignored,
// a case fails.
#include "rules/base/split.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <numeric>
#include <random>
#include <vector>

using namespace sidedish;

namespace {

__extension__ using Wide = __int128;

std::vector<Minor> parts(Minor total, const std::vector<Minor>& weights) {
  std::vector<Minor> out(weights.size(), -7);
  split(total, weights, out);
  return out;
}

// Rounded down or up, never further: |part x sum - total x weight| < sum.
bool is_fair(Minor part, Minor total, Minor weight, Minor sum) {
  const Wide off = Wide{part} * sum - Wide{total} * weight;
  return off < sum && off > -Wide{sum};
}

}  // namespace

TEST_CASE("split: the largest remainders get what is left over", "[base]") {
  CHECK(parts(790, {590, 290, 250}) == std::vector<Minor>{412, 203, 175});
  CHECK(parts(100, {1, 1, 1}) == std::vector<Minor>{34, 33, 33});
  CHECK(parts(2, {1, 1, 1}) == std::vector<Minor>{1, 1, 0});
  CHECK(parts(5, {0, 10, 0}) == std::vector<Minor>{0, 5, 0});
  CHECK(parts(7, {0, 0}) == std::vector<Minor>{4, 3});
  CHECK(parts(0, {3, 4}) == std::vector<Minor>{0, 0});
  CHECK(parts(-100, {1, 1, 1}) == std::vector<Minor>{-33, -33, -34});
  CHECK(parts(kMaxAmount, {kMaxAmount, kMaxAmount}) ==
        std::vector<Minor>{kMaxAmount / 2, kMaxAmount / 2});
  CHECK(parts(5, {}).empty());
}

TEST_CASE("split: the parts add up for every total, and each is its share rounded down or up",
          "[base]") {
  std::mt19937_64 dice(3);
  for (int round = 0; round < 5000; ++round) {
    CAPTURE(round);
    std::vector<Minor> weights(1 + dice() % 12);
    // Yen, cents and fils: the same prices in minor units of exponents 0, 2 and 3.
    const std::uint64_t scale = round % 3 == 0 ? 1 : round % 3 == 1 ? 100 : 1000;
    for (Minor& w : weights) w = static_cast<Minor>(dice() % (40 * scale + 1));
    const auto total = static_cast<Minor>(dice() % (200 * scale));
    const auto out = parts(total, weights);
    REQUIRE(std::accumulate(out.begin(), out.end(), Minor{0}) == total);
    const Minor sum = std::accumulate(weights.begin(), weights.end(), Minor{0});
    for (std::size_t i = 0; sum > 0 && i < out.size(); ++i) {
      REQUIRE(is_fair(out[i], total, weights[i], sum));
    }
  }
}

TEST_CASE("split: every tax class gets its own exact share, and the lines of a class add up to it",
          "[base]") {
  std::mt19937_64 dice(4);
  for (int round = 0; round < 3000; ++round) {
    CAPTURE(round);
    const std::size_t lines = 1 + dice() % 14;
    std::vector<Minor> weights(lines);
    std::vector<std::uint16_t> classes(lines);
    std::map<std::uint16_t, Minor> class_weight;
    for (std::size_t i = 0; i < lines; ++i) {
      weights[i] = static_cast<Minor>(dice() % 900);
      classes[i] = static_cast<std::uint16_t>(dice() % 4);
      class_weight[classes[i]] += weights[i];
    }
    const auto total = static_cast<Minor>(dice() % 5000);
    std::vector<Minor> out(lines);
    split_by_class(total, weights, classes, out);
    REQUIRE(std::accumulate(out.begin(), out.end(), Minor{0}) == total);
    const Minor sum = std::accumulate(weights.begin(), weights.end(), Minor{0});
    if (sum == 0) continue;
    std::map<std::uint16_t, Minor> class_part;
    for (std::size_t i = 0; i < lines; ++i) class_part[classes[i]] += out[i];
    for (const auto& [which, weight] : class_weight) {
      REQUIRE(is_fair(class_part[which], total, weight, sum));
      for (std::size_t i = 0; i < lines; ++i) {
        if (classes[i] == which && weight > 0)
          REQUIRE(is_fair(out[i], class_part[which], weights[i], weight));
      }
    }
  }
}
