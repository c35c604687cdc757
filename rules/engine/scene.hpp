#pragma once
// What a decision is asked of: the basket, an item looked at on a kiosk, or the receipt. Internal.
#include "rules/engine/situation.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace sidedish::engine {

/// Three places to speak, each with prompts of its own: the moments basket and checkout share one,
/// browse is the page of one item, receipt comes after payment began.
enum class Stage : std::uint8_t { basket = 0, page = 1, receipt = 2 };

constexpr Stage stage_of(Moment moment) noexcept {
  return moment == Moment::browse    ? Stage::page
         : moment == Moment::receipt ? Stage::receipt
                                     : Stage::basket;
}

/// On an item's page rules see the basket as if one of that item were in it; what stands in the
/// basket goes on seeing the basket as it is. References are the caller's.
class Scene {
 public:
  /// `scratch` of at least bytes(), 8-byte aligned, or no page is seen.
  Scene(const image::Image& image, const image::Overlay& overlay, const Context& context,
        const Basket& basket, std::span<std::byte> scratch) noexcept;
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  static std::size_t bytes() noexcept;

  Stage stage() const noexcept { return stage_; }
  const Situation& basket() const noexcept { return basket_; }
  /// What fresh prompts are decided from.
  const Situation& asked() const noexcept { return page_ ? *page_ : basket_; }
  /// Stable id of the item looked at, 0 = none.
  std::uint32_t looking_at() const noexcept { return looking_at_; }
  /// Whether channel, moment and item fit together: a page is a kiosk's and has a known item, a
  /// receipt is printed at the moment receipt.
  bool sound() const noexcept { return sound_; }

 private:
  const Context& seen(const Context& context) noexcept;

  Stage stage_;
  std::uint32_t looking_at_ = 0;
  bool sound_ = true;
  Context without_page_;  ///< only on a page: the same at moment basket
  Situation basket_;
  Basket with_item_{};
  std::optional<Situation> page_;
};

}  // namespace sidedish::engine
