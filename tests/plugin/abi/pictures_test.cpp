// Pictures of what is offered, through the C header.
#include "tests/plugin/abi/till.hpp"

#include <cstddef>

using namespace tills;

namespace {

const std::string kSmall(64, 'a');
const std::string kLarge(64, 'b');

/// The burger bar; its fries have pictures.
model::Pack pictured() {
  model::Pack p = pack();
  p.catalogue->products[1].pictures = {kSmall, kLarge};
  return p;
}

/// A burger as a host sends it whose prompts are `size` bytes long.
sidedish_prompt prompt_for_burger(Till& till, std::uint32_t size) {
  sidedish_line line{};
  line.struct_size = sizeof line;
  line.kind = SIDEDISH_LINE_GOODS;
  line.product = text("sku:BURGER");
  line.quantity = 1000;
  line.unit_price = 590;
  sidedish_snapshot s = till.base;
  s.struct_size = sizeof s;
  s.basket = text("B-1");
  s.seq = ++till.seq;
  s.now_utc_ms = kMorning;
  s.now_steady_ms = 1;
  s.lines = &line;
  s.line_count = 1;
  sidedish_prompt room{};
  std::memset(&room, 0x5A, sizeof room);
  room.struct_size = size;
  std::uint32_t n = 1;
  REQUIRE(till.lib.basket_update(till.lane, &s, &room, &n) == SIDEDISH_OK);
  REQUIRE(n == 1);
  return room;
}

}  // namespace

// Proved by leaving the two texts out of sidedish_basket_update().
TEST_CASE("abi: a prompt names the pictures of what it offers, by digest", "[abi]") {
  const State state(pictured());
  Till till(state);
  const sidedish_prompt prompt = prompt_for_burger(till, sizeof(sidedish_prompt));
  CHECK(str(prompt.product) == "sku:FRIES-L");
  CHECK(str(prompt.picture_small) == kSmall);
  CHECK(str(prompt.picture_large) == kLarge);
}

TEST_CASE("abi: a product without pictures has none in its prompt", "[abi]") {
  const State state;
  Till till(state);
  const sidedish_prompt prompt = prompt_for_burger(till, sizeof(sidedish_prompt));
  CHECK(prompt.picture_small.size == 0);
  CHECK(prompt.picture_large.size == 0);
}

TEST_CASE("abi: a host of ABI 1.1, whose prompt ends before the pictures, is served", "[abi]") {
  const State state(pictured());
  Till till(state);
  const sidedish_prompt prompt = prompt_for_burger(till, offsetof(sidedish_prompt, picture_small));
  CHECK(str(prompt.product) == "sku:FRIES-L");
  std::byte beyond[sizeof prompt.picture_small];
  std::memcpy(beyond, &prompt.picture_small, sizeof beyond);
  for (const std::byte b : beyond) CHECK(b == std::byte{0x5A});
}
