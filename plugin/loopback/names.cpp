#include "plugin/loopback/names.hpp"

namespace sidedish::loopback {

Names::Names(lane::Rules& rules, const lane::Loaded* loaded, std::string_view store,
             std::string_view language, const lane::Masks& masks, const HasPicture& has_picture)
    : say::Names(
          loaded != nullptr ? &loaded->image : nullptr, store, language,
          [&masks](const image::Image& image, std::string_view product) {
            std::uint32_t index = image::kNone;
            lane::Label label;
            (void)lane::find_product(image, masks, product, index, label);
            return index;
          },
          has_picture, "/pictures/"),
      rules_(rules),
      loaded_(loaded) {}

Why Names::why(const lane::Offered& prompt, std::span<const lane::OfferedPart> parts,
               const lane::Snapshot& basket) const {
  auto line = basket.lines.begin();
  return say::Names::why(prompt, parts, basket.looking_at, [&]() -> std::string_view {
    for (; line != basket.lines.end(); ++line) {
      const bool sold = line->kind == LineKind::goods && (line->flags & kLineVoided) == 0;
      if (sold && !line->product.empty()) return (line++)->product;
    }
    return {};
  });
}

}  // namespace sidedish::loopback
