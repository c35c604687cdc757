// A pack of 2,000 rules in the list.
#include "tests/headoffice/book/desk.hpp"

#include <algorithm>
#include <chrono>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

constexpr int kRules = 2'000;

/// The shortest of five runs.
template <class Work>
std::chrono::nanoseconds shortest(Work&& work) {
  auto out = std::chrono::nanoseconds::max();
  for (int i = 0; i < 5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    out = std::min(out, std::chrono::nanoseconds(std::chrono::steady_clock::now() - begin));
  }
  return out;
}

}  // namespace

// Proved by linting the rule of each entry by itself: the list took 400 times the reading.
TEST_CASE("book: a list of 2,000 rules costs no more than a few readings of their document",
          "[headoffice]") {
  Desk desk;
  const model::Rule pattern = desk.pack.rules[0];
  desk.pack.rules.clear();
  for (int i = 0; i < kRules; ++i) {
    desk.pack.rules.push_back(pattern);
    desk.pack.rules.back().id = "rule-" + std::to_string(i);
  }
  const std::string rules = format::write_rules(desk.pack);
  Publication publication;
  publication.pack_id = desk.pack.id;
  publication.pack_version = 1;
  publication.rules = rules;
  publication.published_at = kNoon;
  REQUIRE(desk.store->publish(publication, [](auto, auto, const auto&) { return ManifestRow{}; }));
  const auto list = [&] {
    const auto done = desk.book.rules(desk.edna, desk.pack.id);
    REQUIRE(done);
    return done->size();
  };
  CHECK(list() > kRules * pattern.id.size());
  const auto listing = shortest(list);
  const auto reading = shortest([&] { REQUIRE(format::parse_rules(rules).value); });
  INFO(listing.count() << " ns for the list, " << reading.count() << " ns for its document");
  CHECK(listing < 5 * reading);
}
