#pragma once
#include "rules/model/pack.hpp"

#include <cstdint>
#include <optional>

namespace sidedish::compile {

/// Minor units that one accepted unit is worth under the pack's objective. margin: price - cost, or
/// the assumed margin of the price (half to even); revenue: the price; units: one major unit of the
/// currency, whatever it costs.
std::int64_t gain_of(const model::Product& product, const model::Pack& pack);

/// prior_ppm * gain * priority / 50, rounded down; nothing beyond 64 bits.
std::optional<std::int64_t> score_of(std::uint32_t prior_ppm, std::int64_t gain, int priority);

inline std::uint32_t prior_ppm_of(const model::Rule& rule, const model::OfferSpec& offer) {
  return static_cast<std::uint32_t>(offer.extra_adds_per_1000.value_or(rule.extra_adds_per_1000)) *
         1000U;
}

}  // namespace sidedish::compile
