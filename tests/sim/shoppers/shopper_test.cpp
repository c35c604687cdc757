#include "sim/shoppers/shopper.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace sidedish;
using namespace sidedish::sim;

namespace {

Product product(std::string key, Minor price) {
  Product p;
  p.key = std::move(key);
  p.category = "sides";
  p.price = price;
  p.cost = price / 4;
  return p;
}

Shopper person(int i) { return {5, "p" + std::to_string(i), "r" + std::to_string(i)}; }

int accepted(const Product& p, unsigned prompts_before, int people = 4000) {
  int n = 0;
  for (int i = 0; i < people; ++i) {
    n += person(i).respond({.product = &p, .prompts_before = prompts_before}).answer ==
                 Answer::accept
             ? 1
             : 0;
  }
  return n;
}

}  // namespace

TEST_CASE("shoppers: the same seed answers the same on every compiler", "[sim]") {
  std::uint64_t hash = 0;
  for (int i = 0; i < 500; ++i) {
    const Product p = product("sku:A" + std::to_string(i % 7), 100 + i);
    const Response r = person(i).respond({.product = &p, .on_receipt = i % 5 == 0});
    hash = hash64(std::to_string(static_cast<int>(r.answer)) + std::to_string(r.think_ms) +
                      (r.undone ? "u" : "") + (r.voided_later ? "v" : "") +
                      (r.arrives_later ? "l" : ""),
                  hash);
  }
  CHECK(hash == 0x90EADFDD575D37C0ULL);
}

TEST_CASE("shoppers: what the receipt brings is in the basket in both worlds", "[sim]") {
  const Product p = product("sku:FRIES", 320);
  int yes = 0;
  for (int i = 0; i < 2000; ++i) {
    const Encounter met{.product = &p, .on_receipt = true};
    const auto both = person(i).outcomes(met);
    CHECK(both.if_withheld);
    CHECK(both.if_shown);
    yes += person(i).respond(met).answer == Answer::accept ? 1 : 0;
  }
  CHECK((yes > 1100 && yes < 1600));  // they say yes all the same: acceptance is not lift
}

TEST_CASE("shoppers: outcomes are what the response leads to", "[sim]") {
  const Product p = product("sku:DIP", 90);
  int undone = 0, voided = 0, later = 0, unasked = 0;
  for (int i = 0; i < 8000; ++i) {
    const Encounter met{.product = &p};
    const Response r = person(i).respond(met);
    const auto both = person(i).outcomes(met);
    const bool kept = r.answer == Answer::accept && !r.undone && !r.voided_later;
    CHECK(both.if_shown == (kept || r.arrives_later));
    CHECK(both.if_withheld == person(i).buys_unasked(p));
    CHECK((r.think_ms >= 400 && r.think_ms <= 9000));
    if (r.undone || r.voided_later) CHECK(r.answer == Answer::accept);
    undone += r.undone ? 1 : 0;
    voided += r.voided_later ? 1 : 0;
    later += r.arrives_later ? 1 : 0;
    unasked += both.if_withheld ? 1 : 0;
  }
  CHECK(undone > 0);
  CHECK(voided > 0);
  CHECK(later > 0);
  CHECK((unasked > 10 && unasked < 400));
}

TEST_CASE("shoppers: dear things, repeated prompts and strange tastes are accepted less", "[sim]") {
  const int cheap = accepted(product("sku:X", 90), 0);
  CHECK(accepted(product("sku:X", 1800), 0) * 10 < cheap * 8);
  CHECK(accepted(product("sku:X", 90), 2) * 10 < cheap * 7);
  CHECK((cheap > 200 && cheap < 1600));
  const Product p = product("sku:X", 90);
  int liked = 0, liked_yes = 0, disliked = 0, disliked_yes = 0;
  for (int i = 0; i < 4000; ++i) {
    const bool yes = person(i).respond({.product = &p}).answer == Answer::accept;
    (person(i).affinity(p) > 0 ? liked : disliked)++;
    if (yes) (person(i).affinity(p) > 0 ? liked_yes : disliked_yes)++;
  }
  CHECK(liked_yes * disliked > 2 * disliked_yes * liked);
}

TEST_CASE("shoppers: tastes stay with the person from receipt to receipt", "[sim]") {
  const Product p = product("sku:X", 90);
  CHECK(Shopper(5, "7", "monday").affinity(p) == Shopper(5, "7", "tuesday").affinity(p));
  CHECK(Shopper(5, "7", "monday").affinity(p) != Shopper(5, "8", "monday").affinity(p));
}

TEST_CASE("shoppers: the truth is the difference of both worlds, and a random half estimates it",
          "[sim]") {
  const Product p = product("sku:X", 200);
  Truth truth;
  std::int64_t treated = 0, treated_adds = 0, control = 0, control_adds = 0;
  for (int i = 0; i < 40'000; ++i) {
    const Encounter met{.product = &p, .on_receipt = i % 10 == 0};
    const auto both = person(i).outcomes(met);
    truth.add(met, both);
    if (pcg_for(99, std::to_string(i)).next() % 2 == 0) {
      ++treated;
      treated_adds += both.if_shown ? 1 : 0;
    } else {
      ++control;
      control_adds += both.if_withheld ? 1 : 0;
    }
  }
  CHECK(truth.eligible == 40'000);
  CHECK(truth.revenue == (truth.in_basket_if_shown - truth.in_basket_if_withheld) * 200);
  CHECK(truth.margin * 4 == truth.revenue * 3);
  CHECK(truth.incremental_ppm() > 10'000);
  const std::int64_t estimate =
      treated_adds * 1'000'000 / treated - control_adds * 1'000'000 / control;
  CHECK(
      (estimate - truth.incremental_ppm() < 15'000 && truth.incremental_ppm() - estimate < 15'000));
}

TEST_CASE("shoppers: the logistic table is monotone and symmetric", "[sim]") {
  for (std::int64_t x = -9000; x < 9000; x += 50) {
    CHECK(logistic_ppm(x) <= logistic_ppm(x + 50));
    CHECK(logistic_ppm(x) + logistic_ppm(-x) == 1'000'000);
  }
}
