#pragma once
// What an image weighs, by what makes it heavier (rules/image/README.md, "Sizes").
#include "rules/image/image.hpp"

#include <cstddef>

namespace sidedish::compile {

/// Bytes; they add up to the file but for its head and padding.
struct Sizes {
  std::size_t index = 0;     ///< what rules cost to be found and judged, without offers
  std::size_t offers = 0;    ///< what they offer, bundles and their slots included
  std::size_t texts = 0;     ///< all words, pooled, and who says which
  std::size_t products = 0;  ///< whatever rules there are: records, keys, postings, categories
  std::size_t rest = 0;      ///< settings, stores, languages

  /// Of index and offers; 0 without rules.
  double a_rule(const image::Image& image) const;
};

Sizes sizes_of(const image::Image& image);

}  // namespace sidedish::compile
