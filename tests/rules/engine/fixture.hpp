#pragma once
// A shop small enough to reason about, and decisions in one line.
#include "rules/engine/decide.hpp"
#include "rules/engine/explain.hpp"
#include "rules/engine/record.hpp"
#include "tests/support/image_builder.hpp"
#include "tests/support/overlay_builder.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace sidedish::testing {

/// Monday 2026-11-23 12:00:00 UTC.
inline constexpr UtcMs kNoon = 1'795'435'200'000;
inline constexpr UtcMs kHour = 3'600'000;

inline engine::Context context_at(UtcMs now) {
  engine::Context c{};
  c.now = now;
  c.capabilities = kCanAdd;
  c.looking_at = image::kNone;
  std::memcpy(c.currency, "EUR", 4);
  return c;
}

using Units = std::vector<std::pair<std::uint32_t, std::int64_t>>;  ///< product, units

class Shop {
 public:
  explicit Shop(ImageBuilder builder) : bytes_(builder.build()) {
    auto opened = image::Image::open(bytes_.span());
    if (!opened) throw std::runtime_error(std::string(opened.error().text()));
    image = *opened;
    scratch.resize(engine::scratch_bytes(image) / 8 + 1);
    memory = {engine::open_basket(77, kNoon), engine::open_lane()};
    context = context_at(kNoon);
  }

  /// A basket's items; each costs `value` minor units a unit.
  static std::vector<engine::Item> items(const Units& list, Minor value = 1000) {
    std::vector<engine::Item> out;
    for (const auto& [product, units] : list) {
      out.push_back({product, product + 1, units * kOne, units * value});
    }
    return out;
  }
  static engine::Basket basket(const std::vector<engine::Item>& items) {
    Minor total = 0;
    for (const auto& i : items) total += i.value;
    return {items, total, static_cast<std::uint32_t>(items.size()), 0};
  }
  const engine::Decision& decide(const Units& list, bool changed = true) {
    const auto lines = items(list);
    return decide(basket(lines), changed);
  }
  const engine::Decision& decide(const engine::Basket& b, bool changed = true) {
    engine::decide(image, overlay, context, b, changed, memory, room(), decision);
    return decision;
  }
  std::vector<engine::Verdict> explain(const Units& list) {
    const auto lines = items(list);
    std::vector<engine::Verdict> out(image.rules().size());
    engine::explain(image, overlay, context, basket(lines), true, memory, room(), decision, out);
    return out;
  }
  void lay(OverlayBuilder builder) {
    overlay_bytes_ = builder.build();
    auto opened = image::Overlay::open(overlay_bytes_.span());
    INFO((opened ? "" : std::string(opened.error().text())));
    REQUIRE(opened);
    overlay = *opened;
  }
  std::span<std::byte> room() { return std::as_writable_bytes(std::span(scratch)); }
  std::uint32_t rule(std::string_view id) const { return image.find_rule(id); }
  void new_sale(std::uint64_t unit) { memory.basket = engine::open_basket(unit, context.now); }

  image::Image image;
  image::Overlay overlay;
  engine::Context context{};
  engine::Memory memory{};
  engine::Decision decision{};
  std::vector<std::uint64_t> scratch;

 private:
  ImageBuilder::Bytes bytes_;
  OverlayBuilder::Bytes overlay_bytes_;
};

/// Products 0 burger, 1 fries, 2 cola, 3 cake, 4 large fries (counts as fries), 5 coffee.
inline ImageBuilder burger_bar() {
  ImageBuilder b;
  for (const char* key : {"burger", "fries", "cola", "cake", "large-fries", "coffee"}) {
    b.products.push_back({std::string("sku:") + key, 200, image::kNone, {}, 0});
  }
  b.products[1].substitutes = {4};
  b.set({0});
  b.set({1});
  b.rules.push_back({"burger-fries", all({has(0), lacks(1)}), {{1, 9'000'000}}, rule_defaults()});
  return b;
}

}  // namespace sidedish::testing
