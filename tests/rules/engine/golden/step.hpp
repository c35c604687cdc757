#pragma once
// One decision of a random sale as a record: what the golden corpus is made of, and what the tests
// of records take apart.
#include "tests/rules/engine/random_shop.hpp"

#include <stdexcept>

namespace sidedish::testing {

struct Made {
  std::vector<std::uint64_t> words;
  std::size_t size;
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(words)).first(size); }
};

// One decision of a random sale, as a record.
inline Made step(Shop& shop, Dice& dice) {
  shop.context = random_context(dice);
  const auto items = random_items(dice);
  const engine::Basket basket = Shop::basket(items);
  const engine::Memory before = shop.memory;
  shop.decide(basket);
  Made made{std::vector<std::uint64_t>(engine::record_size(items.size()) / 8),
            engine::record_size(items.size())};
  const auto size = engine::encode_record({}, {}, shop.context, basket, true, before, shop.decision,
                                          std::as_writable_bytes(std::span(made.words)));
  if (!size || *size != made.size) throw std::runtime_error("a record of another size");
  return made;
}

}  // namespace sidedish::testing
