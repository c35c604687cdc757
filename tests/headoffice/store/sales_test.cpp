#include "headoffice/store/sales.hpp"

#include "rules/base/hash.hpp"
#include "tests/headoffice/support/support.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

constexpr UtcMs kDayMs = 86'400'000;
constexpr Minor kCap = 5'000;

/// An office with one rule, whose sales count at most kCap.
struct Office {
  Folder folder;
  std::unique_ptr<SqliteStorage> storage = open(folder.file("h.db"));
  std::uint64_t seq = 0;

  Office() {
    add_places(*storage);
    publish(kCap);
  }
  void publish(Minor cap) {
    Publication publication;
    publication.published_at = kNoon;
    publication.currency = "EUR";
    publication.money_cap = cap;
    publication.rule_names = {{"burger-fries", "Fries", stable_id("burger-fries"), 50}};
    REQUIRE(storage->publish(publication, [](std::string_view, std::uint64_t,
                                             const StandingState&) { return ManifestRow{}; }));
  }
  void send(Facts facts, UtcMs at = kNoon) {
    IncomingEvent made = event(++seq, std::move(facts));
    made.at = at;
    REQUIRE(storage->ingest(batch({made})));
  }
  /// Of all sales.
  Brought brought() {
    const auto totals = storage->basket_totals({kDay - 9, kDay + 9, {}, ""});
    REQUIRE(totals);
    Brought sum;
    for (const BasketTotal& total : *totals) {
      sum = sum + Brought{total.capped, total.capped_margin, total.given_back, total.accepted_back};
    }
    return sum;
  }
};

BasketFacts sale(const char* basket, Minor total, Minor margin, const char* ended = "completed") {
  return {.rule = "burger-fries",
          .arm = "treated",
          .currency = "EUR",
          .channel = "cashier",
          .mode = "sale",
          .ended = ended,
          .eligible = true,
          .attached = true,
          .margin_known = true,
          .total = total,
          .margin = margin,
          .accepted = 1,
          .basket = basket,
          .offer = "sku:FRIES-M"};
}

PromptFacts back(const char* basket, Minor value, const char* offer = "sku:FRIES-M") {
  PromptFacts facts = shown("");
  facts.kind = "returned";
  facts.arm = "none";
  facts.price_effect = -value;
  facts.sale = basket;
  facts.offer = offer;
  return facts;
}

}  // namespace

TEST_CASE("sales: each counts up to its cap, a voided one as nothing", "[headoffice]") {
  Office office;
  office.send(sale("B-1", 1'290, 600));
  office.send(sale("B-2", 90'000, 9'000));
  office.send(sale("B-3", -70'000, -9'000));
  office.send(sale("B-4", 1'000, 500, "voided"));
  office.send(sale("B-5", 1'000, 500, "replaced"));
  const Brought sum = office.brought();
  CHECK(sum.revenue == KeptSums{4, 1'290, square(1'290) + 2 * square(kCap)});
  CHECK(sum.margin == KeptSums{4, 600, square(600) + 2 * square(kCap)});
  CHECK(sum.given_back == 0);
}

TEST_CASE("sales: a cap is declared with the first publication and stays", "[headoffice]") {
  Office office;
  office.publish(90'000);
  office.send(sale("B-1", 7'000, 600));
  CHECK(office.brought().revenue == KeptSums{1, kCap, square(kCap)});
  BasketFacts unknown = sale("B-2", 7'000, 600);
  unknown.rule = "never-published";
  office.send(unknown);
  unknown = sale("B-3", 7'000, 600);
  unknown.currency = "CHF";
  office.send(unknown);
  CHECK(office.brought().revenue.n == 1);
  const auto caps = office.storage->money_caps();
  REQUIRE(caps);
  REQUIRE(caps->size() == 1);
  CHECK(caps->front().cap == kCap);
}

TEST_CASE("sales: what comes back within 14 days is taken off its own sale, in whatever order",
          "[headoffice]") {
  struct Told {
    Facts facts;
    UtcMs at;
  };
  const std::vector<Told> story = {
      {sale("B-1", 1'000, 400), kNoon},
      {back("B-1", 250), kNoon + 14 * kDayMs},      // a quarter of the margin
      {back("B-1", 100), kNoon + 14 * kDayMs + 1},  // too late
      {back("B-1", 100), kNoon - 1},                // before it was sold
      {sale("B-2", 20'000, 9'000), kNoon},          // of the whole, then capped
      {back("B-2", 16'000, "sku:OTHER"), kNoon + kDayMs},
      {sale("B-3", 700, 300), kNoon},  // more than all of it
      {back("B-3", 600), kNoon + kDayMs},
      {back("B-3", 600, "sku:OTHER"), kNoon + 2 * kDayMs},
      {sale("B-4", 500, 100), kNoon},
      {sale("B-4", 900, 200), kNoon + 2 * kDayMs},  // the same number again
      {back("B-4", 50), kNoon + kDayMs},
      {back("B-4", 90), kNoon + 3 * kDayMs},
  };
  std::vector<std::size_t> order(story.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::mt19937_64 random(5);
  for (int round = 0; round < 6; ++round) {
    Office office;
    for (const std::size_t i : order) office.send(story[i].facts, story[i].at);
    const Brought sum = office.brought();
    CHECK(sum.revenue.n == 5);
    CHECK(sum.revenue.sum == 750 + 4'000 + 0 + 450 + 810);
    CHECK(sum.revenue.squares == square(750) + square(4'000) + square(450) + square(810));
    CHECK(sum.margin.n == 5);
    CHECK(sum.margin.sum == 300 + 1'800 + 0 + 90 + 180);
    CHECK(sum.given_back == 5);
    CHECK(sum.accepted_back == 4);
    std::shuffle(order.begin(), order.end(), random);
  }
}
