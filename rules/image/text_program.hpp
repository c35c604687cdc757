#pragma once
// Headlines and reasons whose numbers are filled in when they are handed out. Such a text is still
// plain UTF-8: what is not literal is written with control characters, which no author may use.
//
//   program     = alternative *( kOr alternative )          the first that can be said is said
//   alternative = *( literal | slot | plural | until )
//   slot        = kSlot NAME                                NAME: one of kSlotNames
//   plural      = kPlural NAME 1*( kCase CLASS *( literal | slot ) ) kEnd     NAME: 'l' or 'q';
//                 CLASS: '0'..'5' as PluralClass, ascending, the last one '5' (other)
//   until       = kUntil 5DIGIT                             said through this local day since 1970
//
// A text without any of these is itself what is said.
#include <cstdint>
#include <string_view>

namespace sidedish::image {

inline constexpr char kOr = '\x01';
inline constexpr char kSlot = '\x02';
inline constexpr char kPlural = '\x03';
inline constexpr char kCase = '\x04';
inline constexpr char kEnd = '\x05';
inline constexpr char kUntil = '\x06';

inline constexpr char kSlotPrice = 'p';     ///< what the basket grows by; money above zero
inline constexpr char kSlotSaving = 's';    ///< money above zero
inline constexpr char kSlotLeft = 'l';      ///< units left in a store that is low on it, 1..99
inline constexpr char kSlotQuantity = 'q';  ///< whole units offered, 1..999
inline constexpr std::string_view kSlotNames = "pslq";

enum class PluralClass : std::uint8_t { zero = 0, one = 1, two = 2, few = 3, many = 4, other = 5 };

/// Whether the text has anything to fill in. Cost: its length.
constexpr bool is_program(std::string_view text) noexcept {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) return true;
  }
  return false;
}

/// Whether a text is literal or a program as above.
bool good_program(std::string_view text) noexcept;

}  // namespace sidedish::image
