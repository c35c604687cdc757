#pragma once
// The overlay: what changes between two publishes. It silences and reprices; it never adds.
#include "rules/image/image.hpp"

namespace sidedish::image {

class Overlay {
 public:
  Overlay() = default;  ///< none: nothing is paused, recalled or repriced

  bool loaded() const noexcept { return !bytes_.empty(); }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace sidedish::image
