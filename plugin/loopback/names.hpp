#pragma once
// What people call a product and how it looks, by the rules that are current.
#include "plugin/lane/normalise.hpp"
#include "plugin/lane/rules.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sidedish::loopback {

/// Whether GET /pictures/{sha256} has it now. Any thread; cheap: asked for every product that is
/// told. Empty: there are none.
using HasPicture = std::function<bool(std::string_view sha256)>;

/// Why a prompt is there, for whoever asks; what cannot be said is empty.
struct Why {
  std::string_view trigger;           ///< key of a product in the basket, or of the one looked at
  std::optional<std::int64_t> until;  ///< last day of the rule, days since 1970-01-01
};

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
  /// As the catalogue has them; none at all where it does not say.
  std::optional<std::vector<std::string_view>> allergens_of(std::string_view product) const;
  /// Nothing when these are not the rules that it was made by. Looks up every line.
  Why why(const lane::Offered& prompt, std::span<const lane::OfferedPart> parts,
          const lane::Snapshot& basket) const;

 private:
  const image::Product* find(std::string_view product) const;
  /// kNone when the rules do not know it.
  std::uint32_t index_of(std::string_view product) const;

  lane::Rules& rules_;
  const lane::Loaded* loaded_;
  const lane::Masks& masks_;
  const HasPicture& has_picture_;
  std::uint32_t language_ = 0;
};

}  // namespace sidedish::loopback
