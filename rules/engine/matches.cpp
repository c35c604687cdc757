#include "rules/engine/matches.hpp"

#include "rules/engine/conditions.hpp"
#include "rules/engine/decide.hpp"
#include "rules/engine/merge.hpp"

namespace sidedish::engine {

std::uint32_t matches(const image::Image& image, const Context& context, const Basket& basket,
                      std::span<std::byte> scratch, std::span<std::uint32_t> out) noexcept {
  if (!image.loaded() || scratch.size() < scratch_bytes(image)) return 0;
  const image::Overlay none;
  const Situation now(image, none, context, basket);
  std::uint32_t count = 0;
  Merge merge(now, scratch);
  for (std::uint32_t index = merge.next(); index != image::kNone; index = merge.next()) {
    if (!reached(now, index)) continue;
    if (count < out.size()) out[count] = index;
    ++count;
  }
  return count;
}

}  // namespace sidedish::engine
