#include "sim/till/histogram.hpp"

#include "sim/till/report.hpp"
#include "tests/support/effort.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

using namespace sidedish;
using namespace sidedish::sim;

namespace {

/// Times as calls have them: most short, a few very long.
std::vector<std::uint64_t> times(std::mt19937_64& random, std::size_t n) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < n; ++i) {
    out.push_back(100 + random() % (random() % 100 == 0 ? 1'000'000'000 : 5'000));
  }
  return out;
}

}  // namespace

TEST_CASE(
    "till: percentiles are those of the sorted times, to one percent, of many tills together") {
  const std::uint64_t seed = test::seed_of("histogram");
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  Histogram all;
  std::vector<std::uint64_t> sorted;
  for (int till = 0; till < 5; ++till) {
    Histogram one;
    for (const std::uint64_t ns : times(random, 4'000)) {
      one.add(ns);
      sorted.push_back(ns);
    }
    Histogram crossed;
    REQUIRE(crossed.read(one.write()));
    all.merge(crossed);
  }
  std::sort(sorted.begin(), sorted.end());
  CHECK(all.count() == sorted.size());
  for (const unsigned per_mille : {1U, 500U, 900U, 990U, 999U, 1000U}) {
    const std::size_t rank = (sorted.size() * per_mille + 999) / 1000;
    const std::uint64_t exact = sorted[rank - 1];
    INFO(per_mille << " per mille: " << all.percentile(per_mille) << " of " << exact);
    CHECK(all.percentile(per_mille) >= exact);
    CHECK(static_cast<double>(all.percentile(per_mille)) <= 1.01 * static_cast<double>(exact));
  }
  CHECK(static_cast<double>(all.max()) == Approx(static_cast<double>(sorted.back())).epsilon(0.01));
  CHECK(Histogram().percentile(500) == 0);
  Histogram broken;
  CHECK_FALSE(broken.read("1:2 x"));
  CHECK_FALSE(broken.read("99999999:1"));
}

TEST_CASE("till: what a till says of itself is read back as it was, and nothing else is") {
  TillReport report;
  report.shop = "burger bar";
  report.done = true;
  report.planned = 100;
  report.baskets = 99;
  report.recorded = 1'234;
  report.true_revenue = -5;
  report.last_prompt = "Fries with that? + 2.90";
  report.decide.add(700);
  const auto back = read_report(write_report(report));
  REQUIRE(back);
  CHECK(write_report(*back) == write_report(report));
  CHECK(back->last_prompt == report.last_prompt);
  CHECK(back->decide.count() == 1);
  CHECK_FALSE(read_report("sidedish: a line of a log"));
  CHECK_FALSE(read_report("{}"));
}
