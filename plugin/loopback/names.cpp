#include "plugin/loopback/names.hpp"

namespace sidedish::loopback {

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

const image::Product* Names::find(std::string_view product) const {
  if (loaded_ == nullptr || product.empty()) return nullptr;
  const image::Image& image = loaded_->image;
  lane::Label label;
  std::uint32_t index = image::kNone;
  (void)lane::find_product(image, masks_, product, index, label);
  return index < image.products().size() ? &image.products()[index] : nullptr;
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

}  // namespace sidedish::loopback
