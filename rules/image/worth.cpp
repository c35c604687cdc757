#include "rules/image/worth.hpp"

namespace sidedish::image {
namespace {

__extension__ using Wide = __int128;

Minor assumed_margin(const Settings& settings, Minor price) noexcept {
  const auto margin = mul_div(price, settings.assumed_margin_permille, 1000);
  return margin ? *margin : 0;
}

}  // namespace

Minor gain_of(const Settings& settings, Minor price, bool has_cost, Minor cost) noexcept {
  if (settings.objective == Objective::revenue) return price;
  if (settings.objective == Objective::units) {
    Minor major = 1;
    for (unsigned i = 0; i < settings.exponent; ++i) major *= 10;
    return major;
  }
  return has_cost ? price - cost : assumed_margin(settings, price);
}

std::int64_t score_of(std::uint32_t prior_ppm, Minor gain, std::uint32_t priority) noexcept {
  const Wide product = Wide{prior_ppm} * gain * priority;
  const Wide score = product / 50 - (product % 50 < 0 ? 1 : 0);
  return score > INT64_MAX   ? INT64_MAX
         : score < INT64_MIN ? INT64_MIN
                             : static_cast<std::int64_t>(score);
}

bool above_margin_floor(Minor revenue, Minor cost, std::uint32_t floor_permille) noexcept {
  return (Wide{revenue} - cost) * 1000 >= Wide{revenue} * floor_permille;
}

Minor cost_of(const Settings& settings, const Product& product) noexcept {
  if ((product.flags & kHasCost) != 0) return product.cost;
  return product.price - assumed_margin(settings, product.price);
}

}  // namespace sidedish::image
