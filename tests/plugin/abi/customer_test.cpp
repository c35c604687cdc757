// What a host says of its customer: where a snapshot ends before it, it is served as ever; what is
// declared to be avoided stops offers; nothing of a wrong list is taken.
#include "tests/plugin/abi/till.hpp"

#include <array>
#include <cstddef>

using namespace tills;

namespace {

const Row kBurger{"sku:BURGER", 1000, 590};

sidedish_bought bought(std::string_view product, std::uint32_t days) {
  return {sizeof(sidedish_bought), days, text(product)};
}

}  // namespace

TEST_CASE("abi: a host of ABI 1.1, whose snapshot ends before the customer, is served", "[abi]") {
  const State state;
  Till till(state);
  const std::array<sidedish_text, 1> avoid{text("milk")};
  till.base.avoid = avoid.data();  // beyond what the host says it has: not read
  till.base.avoid_count = 1;
  till.size = offsetof(sidedish_snapshot, customer_id);
  CHECK(till.ring({kBurger}).size() == 1);
  CHECK(till.status == SIDEDISH_OK);
  till.size = sizeof(sidedish_snapshot);
  CHECK(till.ring({kBurger}).empty());
}

// Proved by leaving Guard::avoid_unknown out of product_guard(): the prompt stays.
TEST_CASE("abi: a prompt goes at once when the customer declares something the rules do not know",
          "[abi]") {
  const State state;
  Till till(state);
  REQUIRE(till.ring({kBurger}).size() == 1);
  const std::array<sidedish_text, 1> avoid{text("moonlight")};
  till.base.avoid = avoid.data();
  till.base.avoid_count = 1;
  CHECK(till.ring({kBurger}).empty());
  CHECK(till.status == SIDEDISH_OK);
  CHECK(till.kinds() == std::vector{OutcomeKind::shown, OutcomeKind::withdrawn});
}

TEST_CASE("abi: a customer with one thing wrong is refused, and changes nothing", "[abi]") {
  const State state;
  Till till(state);
  const sidedish_snapshot before = till.base;
  const std::string long_name(65, 'x');
  std::array<sidedish_text, 1> name{text("gold")};
  std::array<sidedish_bought, 2> list{bought("sku:COLA", 3), bought("sku:BURGER", 0)};
  const auto refused = [&](auto&& spoil, std::int32_t status = SIDEDISH_E_INVALID) {
    till.base = before;
    spoil(till.base);
    const bool silent = till.ring({kBurger}).empty();
    const bool good = silent && till.status == status && !till.error().empty();
    name = {text("gold")};
    list = {bought("sku:COLA", 3), bought("sku:BURGER", 0)};
    return good;
  };
  using S = sidedish_snapshot;
  CHECK(refused([](S& s) { s.customer_id = {nullptr, 3}; }));
  CHECK(refused([](S& s) { s.customer_id = text("\xC0\xAF"); }));
  CHECK(refused([](S& s) { s.segment_count = 1; }));
  CHECK(refused([](S& s) { s.avoid_count = 1; }));
  CHECK(refused([](S& s) { s.bought_count = 1; }));
  CHECK(refused([](S& s) { s.segment_count = 9; }, SIDEDISH_E_LIMIT));
  CHECK(refused([](S& s) { s.avoid_count = 17; }, SIDEDISH_E_LIMIT));
  CHECK(refused([](S& s) { s.bought_count = 33; }, SIDEDISH_E_LIMIT));
  for (const std::string_view bad : {std::string_view(), std::string_view("a\nb"),
                                     std::string_view("\xFF"), std::string_view(long_name)}) {
    const auto one = [&](S& s) {
      name = {text(bad)};
      s.segments = name.data();
      s.segment_count = 1;
    };
    CHECK(refused(one));
    CHECK(refused([&](S& s) {
      one(s);
      s.avoid = s.segments;
      s.avoid_count = 1;
      s.segment_count = 0;
    }));
  }
  const auto purchases = [&](S& s) {
    s.bought = list.data();
    s.bought_count = 2;
  };
  CHECK(refused([&](S& s) {
    purchases(s);
    list[0].product = {nullptr, 0};
  }));
  CHECK(refused([&](S& s) {
    purchases(s);
    list[1].struct_size = sizeof(sidedish_bought) + 8;
  }));
  CHECK(refused(
      [&](S& s) {
        purchases(s);
        list[0].struct_size = 8;
      },
      SIDEDISH_E_VERSION));
  CHECK(till.kinds().empty());
  till.base = before;
  name = {text("gold")};
  till.base.segments = name.data();
  till.base.segment_count = 1;
  till.base.customer_id = text("card 4711");
  till.base.visit = 7;  // a later header's word: not said
  purchases(till.base);
  CHECK(till.ring({kBurger}).size() == 1);
}
