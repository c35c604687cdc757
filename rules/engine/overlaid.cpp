#include "rules/engine/overlaid.hpp"

#include "rules/image/worth.hpp"

#include <algorithm>

namespace sidedish::engine {

Terms terms_of(const Situation& now, std::uint32_t index) noexcept {
  const image::Product& product = now.products[index];
  const auto stock = static_cast<Stock>((product.flags & image::kStockMask) >> image::kStockShift);
  Terms out{product.price, product.price, product.price, stock, stock, false, 0, false};
  if (now.overlay == nullptr) return out;
  const image::OverlayProduct* change =
      now.overlay->find(product.key_id, now.image.text(product.key));
  if (change == nullptr) return out;
  out.recalled = (change->flags & image::kRecalled) != 0;
  if ((change->flags & image::kStocked) != 0) out.stock = std::max(stock, change->stock);
  out.counted = (change->flags & image::kCounted) != 0;
  out.left = change->left;
  if (now.repriced && (change->flags & image::kRepriced) != 0) {
    out.price = change->price;
    out.dearest = std::max(product.price, change->price);
    out.cheapest = std::min(product.price, change->price);
  }
  return out;
}

bool is_paused(const Situation& now, const image::Rule& rule) noexcept {
  return now.overlay != nullptr && now.overlay->is_paused(now.image.text(rule.id));
}

std::int64_t score_of(const Situation& now, const image::Rule& rule, const image::Offer& offer,
                      const Terms& terms) noexcept {
  const image::Product& product = now.products[offer.product];
  if (terms.price == product.price) return offer.score;
  const Minor gain = image::gain_of(now.settings, terms.price,
                                    (product.flags & image::kHasCost) != 0, product.cost);
  return std::min(offer.score, image::score_of(offer.prior_ppm, gain, rule.priority));
}

}  // namespace sidedish::engine
