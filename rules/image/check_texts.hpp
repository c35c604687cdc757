#pragma once
// What prompts say, and how numbers are written in it. Internal to the room.
#include "rules/image/checker.hpp"

namespace sidedish::image {

inline constexpr std::size_t kMaxAffix = 32;  ///< bytes of a separator or a currency's place

/// Headlines and reasons are literals or programs (text_program.hpp).
bool check_texts(const Image& image, Checker& check) noexcept;
/// One locale per language.
bool check_locales(const Image& image, Checker& check) noexcept;

}  // namespace sidedish::image
