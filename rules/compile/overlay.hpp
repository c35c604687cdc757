#pragma once
// An overlay's words -> the flat file that terminals obey (rules/image/overlay.hpp).
#include "rules/image/image.hpp"
#include "rules/model/overlay.hpp"
#include "rules/model/pack.hpp"

#include <cstddef>
#include <vector>

namespace sidedish::compile {

/// Bytes, or everything that is wrong with it against this image: another pack or currency, rules
/// and products that the image does not have, a product named twice, a price below the pack's margin
/// floor. Never both. Pure.
struct MadeOverlay {
  std::vector<std::byte> bytes;
  std::vector<model::Finding> errors;
};
MadeOverlay make_overlay(const model::OverlaySpec& spec, const image::Image& image);

}  // namespace sidedish::compile
