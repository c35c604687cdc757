#include "rules/say/names.hpp"

#include "rules/image/code.hpp"
#include "rules/image/set_view.hpp"

#include <algorithm>

namespace sidedish::say {
namespace {

/// Last day on which conditions can hold: of all of them the first to end, of any the last, and what
/// must not hold ends nothing.
std::optional<std::int64_t> last_day(const image::Image& image, const image::Gate& gate) {
  image::Code code(image.code().data() + gate.code);
  std::vector<std::optional<std::int64_t>> stack;
  for (unsigned i = 0; i < gate.node_count; ++i) {
    const image::Node node = code.next();
    std::optional<std::int64_t> last;
    if (node.op == image::Op::dates && node.max != image::kNoMax) last = node.max;
    if (node.op == image::Op::all || node.op == image::Op::any || node.op == image::Op::none) {
      const auto operands = std::span(stack).last(std::min<std::size_t>(node.n, stack.size()));
      const bool all_end =
          std::ranges::all_of(operands, [](const auto& day) { return day.has_value(); });
      for (const auto& day : operands) {
        if (!day || node.op == image::Op::none || (node.op == image::Op::any && !all_end)) continue;
        const bool tighter = node.op == image::Op::all ? *day < last.value_or(INT64_MAX)
                                                       : *day > last.value_or(INT64_MIN);
        if (tighter) last = day;
      }
      stack.resize(stack.size() - operands.size());
    }
    stack.push_back(last);
  }
  return stack.empty() ? std::nullopt : stack.back();
}

}  // namespace

Names::Names(const image::Image* image, std::string_view store, std::string_view language,
             Find find, const HasPicture& has_picture, std::string_view picture_path)
    : image_(image),
      find_(std::move(find)),
      has_picture_(has_picture),
      picture_path_(picture_path) {
  if (image_ == nullptr) return;
  const std::uint32_t home = image_->find_store(store);
  if (home < image_->stores().size()) language_ = image_->stores()[home].language;
  if (!language.empty()) language_ = image_->find_language(language, language_);
}

std::uint32_t Names::index_of(std::string_view product) const {
  if (image_ == nullptr || product.empty()) return image::kNone;
  const std::uint32_t index = find_(*image_, product);
  return index < image_->products().size() ? index : image::kNone;
}

const image::Product* Names::find(std::string_view product) const {
  const std::uint32_t index = index_of(product);
  return index != image::kNone ? &image_->products()[index] : nullptr;
}

std::string_view Names::of(std::string_view product) const {
  const image::Product* const found = find(product);
  if (found == nullptr || language_ >= image_->languages().size()) return {};
  return image_->text(image_->indices()[found->names + language_]);
}

image::PictureNames Names::pictures_of(std::string_view product) const {
  const image::Product* const found = find(product);
  return found != nullptr ? there(image_->pictures(*found)) : image::PictureNames{};
}

image::PictureNames Names::there(image::PictureNames named) const {
  const auto has = [&](std::string_view digest) {
    return !digest.empty() && has_picture_ && has_picture_(digest);
  };
  if (!has(named.small)) named.small = {};
  if (!has(named.large)) named.large = {};
  return named;
}

std::optional<std::vector<std::string_view>> Names::allergens_of(std::string_view product) const {
  const image::Product* const found = find(product);
  if (found == nullptr || (found->flags & image::kAllergensKnown) == 0) return std::nullopt;
  std::vector<std::string_view> out;
  std::uint64_t bit = 1;
  for (const image::Avoid& avoid : image_->avoid()) {
    const std::string_view word = image_->text(avoid.word);
    if ((found->avoided & bit) != 0 && !word.starts_with("diet:")) out.push_back(word);
    bit <<= 1U;
  }
  return out;
}

Why Names::why(const engine::Offered& prompt, std::span<const engine::OfferedPart> parts,
               std::string_view looking_at, const Sold& sold) const {
  Why out;
  if (image_ == nullptr || prompt.rule_index >= image_->rules().size()) return out;
  const image::Image& image = *image_;
  const image::Rule& rule = image.rules()[prompt.rule_index];
  if (image.text(rule.id) != prompt.rule) return out;
  out.until = last_day(image, image.gates()[prompt.rule_index]);
  if (prompt.kind == Kind::upsell) {
    out.trigger = prompt.replaces;
  } else if (prompt.kind == Kind::bundle) {
    const auto there = std::ranges::find(parts, false, &engine::OfferedPart::added);
    if (there != parts.end()) out.trigger = there->product;
  } else {
    const std::uint32_t offered = index_of(prompt.product);
    const auto is_cause = [&](std::uint32_t product) {
      if (product == image::kNone) return false;
      if (prompt.kind == Kind::also_bought) {
        const auto offers = image.offers().subspan(rule.offers, rule.offer_count);
        return std::ranges::any_of(offers, [&](const image::Offer& offer) {
          return offer.product == offered && offer.given == product;
        });
      }
      return rule.detail < image.sets().size() &&
             image::SetView(image.sets()[rule.detail], image.indices().data()).has(product);
    };
    if (prompt.moment == Moment::browse && is_cause(index_of(looking_at))) {
      out.trigger = looking_at;
      return out;
    }
    for (std::string_view product = sold(); !product.empty(); product = sold()) {
      if (!is_cause(index_of(product))) continue;
      out.trigger = product;
      break;
    }
  }
  return out;
}

}  // namespace sidedish::say
