#pragma once
// What a prompt says, with today's numbers in it. Not part of the decision: a text never changes
// what is decided, and nothing here is in a record.
#include "rules/engine/decide.hpp"
#include "rules/image/text_program.hpp"

#include <span>
#include <string_view>

namespace sidedish::engine {

/// Characters that a host's surface shows; direction marks and isolates take no place.
struct TextLimits {
  std::uint32_t headline;
  std::uint32_t reason;
};
constexpr TextLimits text_limits(Channel channel) noexcept {
  return channel == Channel::kiosk ? TextLimits{40, 80} : TextLimits{30, 60};
}

/// Enough for any reason of a kiosk: 80 characters and as many marks as slots can bring.
inline constexpr std::size_t kRenderBytes = 512;

/// What slots are filled with. Values out of range of their slot leave it unsaid.
struct Live {
  Minor price = 0;
  Minor saving = 0;
  Milli quantity = 0;
  std::int64_t left = -1;  ///< units left where the product is low; -1: not known, or too old
  std::int64_t day = 0;    ///< local day since 1970-01-01
};

/// Stock counts older than this are nobody's promise.
inline constexpr UtcMs kStockFreshMs = 30 * 60 * 1000;

/// A prompt's own values; what is left comes from the overlay, when it is low, counted and fresh.
Live live_of(const image::Image& image, const image::Overlay& overlay, const Context& context,
             const Prompt& prompt) noexcept;

/// A headline or reason of the image in one of its languages: the first alternative that every slot
/// can back and that fits `limit` characters, else empty. Literal texts are the image's own bytes
/// and are not copied; others are written into `out`, at least kRenderBytes. Cost: the text's length.
std::string_view render(const image::Image& image, image::TextRef text, std::uint32_t language,
                        const Live& live, std::uint32_t limit, std::span<char> out) noexcept;

/// Plural class of a whole number in a language of the image.
image::PluralClass plural_class(const image::Image& image, const image::Locale& locale,
                                std::uint32_t number) noexcept;

}  // namespace sidedish::engine
