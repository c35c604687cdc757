#pragma once
// What people call a product and how it looks, by the rules that are current.
#include "plugin/lane/normalise.hpp"
#include "plugin/lane/rules.hpp"

#include <functional>
#include <string_view>

namespace sidedish::loopback {

/// Whether GET /pictures/{sha256} has it now. Any thread; cheap: asked for every product that is
/// told. Empty: there are none.
using HasPicture = std::function<bool(std::string_view sha256)>;

/// Holds the rules while it lives. One thread.
class Names {
 public:
  /// `language`: BCP 47, empty for the store's.
  Names(lane::Rules& rules, std::string_view store, std::string_view language,
        const lane::Masks& masks, const HasPicture& has_picture);
  ~Names();
  Names(const Names&) = delete;
  Names& operator=(const Names&) = delete;

  /// Empty when the rules do not know it. Lives as long as this.
  std::string_view of(std::string_view product) const;
  image::PictureNames pictures_of(std::string_view product) const;
  /// Those of them that are there.
  image::PictureNames there(image::PictureNames named) const;

 private:
  const image::Product* find(std::string_view product) const;

  lane::Rules& rules_;
  const lane::Loaded* loaded_;
  const lane::Masks& masks_;
  const HasPicture& has_picture_;
  std::uint32_t language_ = 0;
};

}  // namespace sidedish::loopback
