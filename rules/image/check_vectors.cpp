#include "rules/base/money.hpp"
#include "rules/image/check_rules.hpp"
#include "rules/model/words.hpp"

namespace sidedish::image {
namespace {

constexpr std::uint32_t kMostUnits = 100;
constexpr std::size_t kMostVectors = 1000;

bool check_items(const Image& image, Checker& check, std::size_t i) noexcept {
  const Vector& v = image.vectors()[i];
  const auto is = [&](bool good, const char* why) { return check.ok(good, "vectors", i, why); };
  for (unsigned k = 0; k < kVectorItems; ++k) {
    const VectorItem& item = v.items[k];
    if (k >= v.item_count) {
      if (!is(item.product == 0 && item.units == 0, "unused items are not zero")) return false;
      continue;
    }
    if (!is(item.product < image.products().size() && item.units >= 1 && item.units <= kMostUnits &&
                (k == 0 || v.items[k - 1].product < item.product),
            "product, units or order of items")) {
      return false;
    }
  }
  return true;
}

bool check_vector(const Image& image, Checker& check, std::size_t i) noexcept {
  const Vector& v = image.vectors()[i];
  const auto is = [&](bool good, const char* why) { return check.ok(good, "vectors", i, why); };
  if (!(is(v.store < image.stores().size(), "no such store") &&
        is(v.now >= image.settings().time_begin && v.now < image.settings().time_end,
           "a time without offsets") &&
        is(v.channel <= static_cast<std::uint8_t>(Channel::kiosk), "channel") &&
        is(v.moment == static_cast<std::uint8_t>(Moment::basket) ||
               v.moment == static_cast<std::uint8_t>(Moment::checkout),
           "moment") &&
        is(v.item_count <= kVectorItems && v.prompt_count <= kVectorPrompts && v.reserved == 0,
           "counts") &&
        check_items(image, check, i))) {
    return false;
  }
  for (unsigned k = 0; k < v.prompt_count; ++k) {
    const VectorPrompt& p = v.prompts[k];
    if (!is(p.rule < image.rules().size() && p.product < image.products().size(),
            "a prompt of no rule or product")) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool check_vectors(const Image& image, Checker& check) noexcept {
  if (!check.ok(image.vectors().size() <= kMostVectors, "vectors", 0, "too many")) return false;
  for (std::size_t i = 0; i < image.vectors().size(); ++i) {
    if (!check_vector(image, check, i)) return false;
  }
  return true;
}

}  // namespace sidedish::image
