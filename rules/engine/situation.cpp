#include "rules/engine/situation.hpp"

#include "rules/engine/record.hpp"

#include <algorithm>
#include <cstring>

namespace sidedish::engine {
namespace {

constexpr UtcMs kYear2000 = 946'684'800'000;

bool usable_time(const image::Settings& settings, UtcMs now) noexcept {
  return now >= kYear2000 && settings.time_begin <= now && now < settings.time_end;
}

}  // namespace

Situation::Situation(const image::Image& image_in, const image::Overlay& overlay_in,
                     const Context& context_in, const Basket& basket_in) noexcept
    : image(image_in),
      overlay(overlay_in.loaded() && image_in.loaded() && overlay_in.fits(image_in) ? &overlay_in
                                                                                    : nullptr),
      repriced(false),
      context(context_in),
      basket(basket_in),
      settings{},
      stores(image.stores()),
      products(image.products()),
      sets(image.sets()),
      gates(image.gates()),
      rules(image.rules()),
      offers(image.offers()),
      code(image.code()),
      postings(image.postings()),
      indices(image.indices()),
      hashes(image.hashes()),
      restricted(context.store < stores.size() ? stores[context.store].restricted : UINT64_MAX),
      placed(false),
      local{},
      units(0),
      distinct(0),
      negative(false),
      total(static_cast<std::uint32_t>(std::clamp<Minor>(basket_in.total, 0, UINT32_MAX))),
      asked(static_cast<std::uint8_t>(1U << static_cast<unsigned>(context_in.channel) |
                                      8U << static_cast<unsigned>(context_in.moment))),
      mask_(63) {
  if (image.loaded()) settings = image.settings();
  repriced = overlay != nullptr && overlay->header().pack_version >= settings.pack_version;
  placed = context.store < stores.size() && usable_time(settings, context.now);
  if (placed) {
    local = local_time(image, context.store, context.now);
  }
  const std::size_t bits = std::min(sizeof filter_ * 8, basket.items.size() * kBitsPerItem);
  while (mask_ + 1 < bits) mask_ = mask_ * 2 + 1;
  std::memset(filter_, 0, (mask_ + 1) / 8);
  for (const Item& item : basket.items) {
    units += item.quantity;
    distinct += item.quantity > 0 ? 1 : 0;
    negative |= item.quantity < 0;
    const std::uint32_t bit = item.product & mask_;
    filter_[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
}

const Item* Situation::from(std::uint32_t product) const noexcept {
  const Item* at = basket.items.data();
  std::size_t count = basket.items.size();
  if (count == 0) return at;
  while (count > 1) {  // without a branch that depends on the data
    const std::size_t half = count / 2;
    at += at[half - 1].product < product ? half : 0;
    count -= half;
  }
  return at + (at->product < product ? 1 : 0);
}

Milli Situation::find_quantity(std::uint32_t product) const noexcept {
  const Item* at = from(product);
  const Item* end = basket.items.data() + basket.items.size();
  return at != end && at->product == product ? at->quantity : 0;
}

Silence silence_of(const image::Image& image, const Situation& now,
                   const BasketMemory& memory) noexcept {
  const Context& c = now.context;
  // After tender has begun only the receipt speaks.
  if (c.tender_begun != 0 && c.moment != Moment::receipt) return Silence::tender;
  if (!image.loaded()) return Silence::no_image;
  if (now.basket.items.size() > kMaxItems || now.basket.lines > kMaxItems) {
    return Silence::too_large;
  }
  if (!usable_time(now.settings, c.now)) return Silence::clock;
  if (c.store >= now.stores.size()) return Silence::unknown_store;
  if (std::memcmp(c.currency, now.settings.currency, sizeof c.currency) != 0 ||
      (memory.currency[0] != '\0' &&
       std::memcmp(memory.currency, c.currency, sizeof c.currency) != 0)) {
    return Silence::currency;
  }
  // What things cost would be told, and compared, in another convention than the basket's.
  if (c.taxed != Taxed::unsaid &&
      (c.taxed == Taxed::included) != (now.settings.prices_include_tax != 0)) {
    return Silence::currency;
  }
  if (c.mode != Mode::sale) return Silence::not_sale;
  if ((c.holds & ~std::uint32_t{kHoldRush}) != 0) return Silence::hold;
  if (now.negative) return Silence::negative;
  return Silence::none;
}

}  // namespace sidedish::engine
