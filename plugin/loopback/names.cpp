#include "plugin/loopback/names.hpp"

namespace sidedish::loopback {

Names::Names(lane::Rules& rules, std::string_view store, std::string_view language,
             const lane::Masks& masks)
    : rules_(rules), loaded_(rules.acquire()), masks_(masks) {
  if (loaded_ == nullptr) return;
  const image::Image& image = loaded_->image;
  const std::uint32_t home = image.find_store(store);
  if (home < image.stores().size()) language_ = image.stores()[home].language;
  if (!language.empty()) language_ = image.find_language(language, language_);
}

Names::~Names() { rules_.release(loaded_); }

std::string_view Names::of(std::string_view product) const {
  if (loaded_ == nullptr || product.empty()) return {};
  const image::Image& image = loaded_->image;
  lane::Label label;
  std::uint32_t index = image::kNone;
  (void)lane::find_product(image, masks_, product, index, label);
  if (index >= image.products().size() || language_ >= image.languages().size()) return {};
  return image.text(image.indices()[image.products()[index].names + language_]);
}

}  // namespace sidedish::loopback
