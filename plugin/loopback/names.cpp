#include "plugin/loopback/names.hpp"

#include "rules/image/code.hpp"
#include "rules/image/set_view.hpp"

#include <algorithm>

namespace sidedish::loopback {
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

Names::Names(lane::Rules& rules, std::string_view store, std::string_view language,
             const lane::Masks& masks, const HasPicture& has_picture)
    : rules_(rules), loaded_(rules.acquire()), masks_(masks), has_picture_(has_picture) {
  if (loaded_ == nullptr) return;
  const image::Image& image = loaded_->image;
  const std::uint32_t home = image.find_store(store);
  if (home < image.stores().size()) language_ = image.stores()[home].language;
  if (!language.empty()) language_ = image.find_language(language, language_);
}

Names::~Names() { rules_.release(loaded_); }

std::uint32_t Names::index_of(std::string_view product) const {
  std::uint32_t index = image::kNone;
  if (loaded_ == nullptr || product.empty()) return index;
  lane::Label label;
  (void)lane::find_product(loaded_->image, masks_, product, index, label);
  return index < loaded_->image.products().size() ? index : image::kNone;
}

const image::Product* Names::find(std::string_view product) const {
  const std::uint32_t index = index_of(product);
  return index != image::kNone ? &loaded_->image.products()[index] : nullptr;
}

std::string_view Names::of(std::string_view product) const {
  const image::Product* const found = find(product);
  if (found == nullptr || language_ >= loaded_->image.languages().size()) return {};
  return loaded_->image.text(loaded_->image.indices()[found->names + language_]);
}

image::PictureNames Names::pictures_of(std::string_view product) const {
  const image::Product* const found = find(product);
  return found != nullptr ? there(loaded_->image.pictures(*found)) : image::PictureNames{};
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
  for (const image::Avoid& avoid : loaded_->image.avoid()) {
    const std::string_view word = loaded_->image.text(avoid.word);
    if ((found->avoided & bit) != 0 && !word.starts_with("diet:")) out.push_back(word);
    bit <<= 1U;
  }
  return out;
}

Why Names::why(const lane::Offered& prompt, std::span<const lane::OfferedPart> parts,
               const lane::Snapshot& basket) const {
  Why out;
  if (loaded_ == nullptr || prompt.rule_index >= loaded_->image.rules().size()) return out;
  const image::Image& image = loaded_->image;
  const image::Rule& rule = image.rules()[prompt.rule_index];
  if (image.text(rule.id) != prompt.rule) return out;
  out.until = last_day(image, image.gates()[prompt.rule_index]);
  if (prompt.kind == Kind::upsell) {
    out.trigger = prompt.replaces;
  } else if (prompt.kind == Kind::bundle) {
    const auto there = std::ranges::find(parts, false, &lane::OfferedPart::added);
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
    if (prompt.moment == Moment::browse && is_cause(index_of(basket.looking_at))) {
      out.trigger = basket.looking_at;
    }
    for (const lane::Line& line : basket.lines) {
      if (!out.trigger.empty()) break;
      const bool sold = line.kind == LineKind::goods && (line.flags & kLineVoided) == 0;
      if (sold && is_cause(index_of(line.product))) out.trigger = line.product;
    }
  }
  return out;
}

}  // namespace sidedish::loopback
