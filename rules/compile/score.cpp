#include "rules/compile/score.hpp"

#include "rules/image/worth.hpp"

namespace sidedish::compile {

__extension__ using Wide = __int128;

std::int64_t gain_of(const model::Product& product, const model::Pack& pack) {
  image::Settings settings{};
  settings.exponent = pack.currency.exponent;
  settings.objective = static_cast<image::Objective>(pack.settings.objective);
  settings.assumed_margin_permille =
      static_cast<std::uint16_t>(pack.settings.assumed_margin_percent * 10);
  return image::gain_of(settings, product.price, product.cost.has_value(),
                        product.cost.value_or(0));
}

std::optional<std::int64_t> score_of(std::uint32_t prior_ppm, std::int64_t gain, int priority) {
  const Wide product = Wide{prior_ppm} * gain * priority;
  Wide score = product / 50;
  if (product % 50 < 0) --score;
  if (score > INT64_MAX || score < INT64_MIN) return std::nullopt;
  return static_cast<std::int64_t>(score);
}

}  // namespace sidedish::compile
