#pragma once
// What people call a product and how it looks, by an image.
#include "rules/engine/offered.hpp"
#include "rules/image/image.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::say {

/// Whether the picture of this digest can be had now. Any thread; cheap: asked for every product that
/// is told. Empty: there are none.
using HasPicture = std::function<bool(std::string_view sha256)>;

/// Why a prompt is there, for whoever asks; what cannot be said is empty.
struct Why {
  std::string_view trigger;           ///< key of a product in the basket, or of the one looked at
  std::optional<std::int64_t> until;  ///< last day of the rule, days since 1970-01-01
};

/// What it is given outlives it. Any thread.
class Names {
 public:
  /// Index of a product in the image, however a host writes it; kNone: the rules do not know it.
  using Find = std::function<std::uint32_t(const image::Image& image, std::string_view product)>;
  /// The next product that is sold, as the host wrote it; empty: that was all.
  using Sold = std::function<std::string_view()>;

  /// `image` may be nullptr: nothing is known then. `language`: BCP 47, empty for the store's.
  /// `picture_path`: what stands before a digest in a picture's URL.
  Names(const image::Image* image, std::string_view store, std::string_view language, Find find,
        const HasPicture& has_picture, std::string_view picture_path);

  /// Empty when the rules do not know it. Lives as long as the image.
  std::string_view of(std::string_view product) const;
  image::PictureNames pictures_of(std::string_view product) const;
  /// Those of them that are there.
  image::PictureNames there(image::PictureNames named) const;
  /// As the catalogue has them; none at all where it does not say.
  std::optional<std::vector<std::string_view>> allergens_of(std::string_view product) const;
  std::string picture_path() const { return std::string(picture_path_); }
  /// Nothing when these are not the rules that the prompt was made by. Looks up what is sold, until
  /// the cause is found.
  Why why(const engine::Offered& prompt, std::span<const engine::OfferedPart> parts,
          std::string_view looking_at, const Sold& sold) const;

 private:
  const image::Product* find(std::string_view product) const;
  std::uint32_t index_of(std::string_view product) const;

  const image::Image* image_;
  Find find_;
  const HasPicture& has_picture_;
  std::string_view picture_path_;
  std::uint32_t language_ = 0;
};

}  // namespace sidedish::say
