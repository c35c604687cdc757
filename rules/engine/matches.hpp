#pragma once
// Every rule whose conditions hold for a basket, through the same index as decide(): for explain,
// tests and comparisons. No guard, cap, moment of asking or memory is looked at.
#include "rules/engine/inputs.hpp"
#include "rules/image/image.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace sidedish::engine {

/// Writes the rules' indices, best bound first, as many as `out` has room for; returns how many
/// there are. `scratch` as for decide(). Cost: one evaluation per rule that the basket reaches.
std::uint32_t matches(const image::Image& image, const Context& context, const Basket& basket,
                      std::span<std::byte> scratch, std::span<std::uint32_t> out) noexcept;

}  // namespace sidedish::engine
