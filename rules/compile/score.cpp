#include "rules/compile/score.hpp"

namespace sidedish::compile {

__extension__ using Wide = __int128;

std::int64_t gain_of(const model::Product& product, const model::Pack& pack) {
  switch (pack.settings.objective) {
    case model::Objective::revenue:
      return product.price;
    case model::Objective::units: {
      std::int64_t major = 1;
      for (int i = 0; i < pack.currency.exponent; ++i) major *= 10;
      return major;
    }
    case model::Objective::margin:
      break;
  }
  if (product.cost) return product.price - *product.cost;
  return mul_div(product.price, pack.settings.assumed_margin_percent, 100).value_or(0);
}

std::optional<std::int64_t> score_of(std::uint32_t prior_ppm, std::int64_t gain, int priority) {
  const Wide product = Wide{prior_ppm} * gain * priority;
  Wide score = product / 50;
  if (product % 50 < 0) --score;
  if (score > INT64_MAX || score < INT64_MIN) return std::nullopt;
  return static_cast<std::int64_t>(score);
}

}  // namespace sidedish::compile
