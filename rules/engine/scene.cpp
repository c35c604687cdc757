#include "rules/engine/scene.hpp"

#include "rules/engine/overlaid.hpp"
#include "rules/engine/record.hpp"

#include <algorithm>

namespace sidedish::engine {
namespace {

// The basket with one more of `product`, as it costs now; the items go to `room`.
Basket with_one(const Basket& basket, const image::Product& row, std::uint32_t product, Minor price,
                std::span<Item> room) noexcept {
  std::size_t count = 0;
  bool added = false;
  for (const Item& item : basket.items) {
    if (!added && item.product >= product) {
      room[count] = {product, row.stable, 0, 0};
      if (item.product == product) room[count] = item;
      room[count].quantity += kOne;
      room[count++].value += price;
      added = true;
      if (item.product == product) continue;
    }
    room[count++] = item;
  }
  if (!added) room[count++] = {product, row.stable, kOne, price};
  return {room.first(count), basket.total + price, basket.lines + 1, 0};
}

}  // namespace

std::size_t Scene::bytes() noexcept { return kMaxSeenItems * sizeof(Item); }

const Context& Scene::seen(const Context& context) noexcept {
  if (stage_ != Stage::page) return context;
  without_page_ = context;
  without_page_.moment = Moment::basket;
  without_page_.looking_at = image::kNone;
  return without_page_;
}

Scene::Scene(const image::Image& image, const image::Overlay& overlay, const Context& context,
             const Basket& basket, std::span<std::byte> scratch) noexcept
    : stage_(stage_of(context.moment)), basket_(image, overlay, seen(context), basket) {
  sound_ = (context.channel == Channel::receipt) == (stage_ == Stage::receipt);
  if (stage_ != Stage::page) return;
  sound_ = context.channel == Channel::kiosk && context.looking_at < basket_.products.size() &&
           basket.items.size() <= kMaxItems && scratch.size() >= bytes();
  if (!sound_) return;
  const image::Product& product = basket_.products[context.looking_at];
  looking_at_ = product.stable;
  with_item_ =
      with_one(basket, product, context.looking_at, terms_of(basket_, context.looking_at).price,
               {reinterpret_cast<Item*>(scratch.data()), kMaxSeenItems});
  page_.emplace(image, overlay, context, with_item_);
}

}  // namespace sidedish::engine
