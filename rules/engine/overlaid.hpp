#pragma once
// Products and rules as the overlay leaves them. It only takes away: the worse stock class, the
// smaller score, and where a guard compares a price, the price that is worse for the offer.
// Internal.
#include "rules/engine/situation.hpp"

namespace sidedish::engine {

/// What an offered product costs and whether it may be offered at all.
struct Terms {
  Minor price;     ///< per unit, what the customer pays
  Minor dearest;   ///< of the image's and the overlay's price: what a spend-jump guard takes
  Minor cheapest;  ///< what a margin guard takes
  Stock stock;     ///< the worse of the two
  Stock told;      ///< the image's: a condition on stock must hold for both
  bool recalled;
  std::uint32_t left;  ///< whole units in stock, when `counted`
  bool counted;
};

/// Cost: without an overlay one record; with one a binary search.
Terms terms_of(const Situation& now, std::uint32_t product) noexcept;

/// Whether the overlay pauses this rule.
bool is_paused(const Situation& now, const image::Rule& rule) noexcept;

/// An offer's score, never above the image's: the smaller of that and what the offer is worth at
/// the overlay's price.
std::int64_t score_of(const Situation& now, const image::Rule& rule, const image::Offer& offer,
                      const Terms& terms) noexcept;

}  // namespace sidedish::engine
