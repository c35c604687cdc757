#pragma once
// A rule's offers for a basket. Internal.
#include "rules/engine/situation.hpp"

#include <algorithm>
#include <cstdint>

namespace sidedish::engine {

/// Calls visit(index) for the rule's offers that may be made of this basket: all, or of also_bought
/// those whose `given` is there. Cost: of also_bought a binary search per item, and what is found.
template <class Visit>
void each_offer(const Situation& now, const image::Rule& rule, Visit visit) noexcept {
  const image::Offer* const first = now.offers.data() + rule.offers;
  const image::Offer* const last = first + rule.offer_count;
  const auto index = [&](const image::Offer* offer) {
    return static_cast<std::uint32_t>(offer - now.offers.data());
  };
  if (rule.kind != static_cast<std::uint8_t>(Kind::also_bought)) {
    for (const image::Offer* offer = first; offer != last; ++offer) visit(index(offer));
    return;
  }
  const image::Offer* from = first;
  for (const Item& item : now.basket.items) {
    if (item.product >= now.products.size()) break;  // the unknown ones are last
    if (item.quantity <= 0) continue;
    from = std::lower_bound(
        from, last, item.product,
        [](const image::Offer& offer, std::uint32_t given) { return offer.given < given; });
    for (; from != last && from->given == item.product; ++from) visit(index(from));
  }
}

}  // namespace sidedish::engine
