#include "rules/engine/offered.hpp"

namespace sidedish::engine {

Offered offered_of(const image::Image& image, const image::Overlay& overlay, const Context& context,
                   const Prompt& prompt, std::uint64_t basis_seq, SaidRoom& room) noexcept {
  const std::uint32_t languages = static_cast<std::uint32_t>(image.languages().size());
  const std::uint32_t language = context.language < languages ? context.language : 0;
  const std::uint32_t surface = context.channel == Channel::kiosk ? 1 : 0;
  const TextLimits limits = text_limits(context.channel);
  const Live live = live_of(image, overlay, context, prompt);
  const image::Rule& rule = image.rules()[prompt.rule];
  const image::Product& offered = image.products()[prompt.product];
  const image::Texts& texts =
      image.texts()[image.offers()[prompt.offer].texts + language * 2 + surface];
  Offered out{prompt.id,
              basis_seq,
              prompt.kind,
              prompt.moment,
              prompt.fresh != 0,
              prompt.quantity,
              prompt.price_effect,
              prompt.saving,
              image.text(offered.key),
              render(image, texts.headline, language, live, limits.headline, room.headline),
              render(image, texts.reason, language, live, limits.reason, room.reason),
              image.text(texts.line1),
              image.text(texts.line2),
              image.text(rule.id),
              image.text(rule.name)};
  out.action = prompt.action;
  out.bundles = prompt.times;
  out.rule_index = prompt.rule;
  out.plus_tax = image.settings().prices_include_tax == 0;
  if (prompt.quantity == 0) {
    out.product = {};  // a conversion adds nothing
  } else {
    const image::PictureNames pictures = image.pictures(offered);
    out.picture_small = pictures.small;
    out.picture_large = pictures.large;
  }
  if (prompt.action == Action::replace && prompt.also < image.products().size()) {
    out.replaces = image.text(image.products()[prompt.also].key);
  }
  return out;
}

OfferedPart part_of(const image::Image& image, const Part& part) noexcept {
  const bool in_slot = part.slot < image.slots().size();
  return {image.text(image.products()[part.product].key),
          in_slot ? image.text(image.slots()[part.slot].id) : std::string_view(), part.quantity,
          part.price, part.added != 0};
}

}  // namespace sidedish::engine
