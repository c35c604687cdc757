#pragma once
// A text as an author writes it, with slots like {price} and
// {left, plural, one {only {left} left} other {only {left} left}}, and the program an image holds.
#include "rules/compile/locale.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sidedish::compile {

enum class SlotName : std::uint8_t {
  offer,     ///< the offered product's name
  from,      ///< upsell: what is swapped, where that is one product
  price,     ///< what the basket grows by
  more,      ///< upsell: the same, as a difference
  saving,    ///< bundle: what the customer saves
  quantity,  ///< units offered
  left,      ///< units left of a product the store is low on
  share,     ///< of ten baskets so many took it as well
  until,     ///< last day of the rule's dates
};
/// Whether it may be unsayable today: a text that must be there cannot rest on it alone.
constexpr bool may_vanish(SlotName slot) {
  return slot == SlotName::left || slot == SlotName::share || slot == SlotName::until ||
         slot == SlotName::from;
}

/// By image::PluralClass.
inline constexpr std::array<std::string_view, 6> kPluralClasses = {"zero", "one",  "two",
                                                                   "few",  "many", "other"};

struct Piece {
  enum class Type : std::uint8_t { literal, slot, plural };
  using Branch = std::pair<image::PluralClass, std::vector<Piece>>;
  Type type = Type::literal;
  std::string text;                 ///< literal
  SlotName slot = SlotName::offer;  ///< slot, plural (quantity or left)
  std::vector<Branch> branches;     ///< plural; ascending, the last one is other
};
using Pattern = std::vector<Piece>;

/// Nothing, and a sentence in `wrong`, when it is no pattern.
std::optional<Pattern> parse_pattern(std::string_view text, std::string& wrong);

/// Calls `use(slot)` for every slot and plural.
template <class Use>
void each_slot(const Pattern& pattern, const Use& use) {
  for (const Piece& piece : pattern) {
    if (piece.type != Piece::Type::literal) use(piece.slot);
    for (const auto& [cls, branch] : piece.branches) each_slot(branch, use);
  }
}

/// What one offer of a rule has behind its slots, in one language.
struct Backing {
  std::string_view tag;  ///< language
  Currency currency;
  std::string_view offer;
  std::string_view from;  ///< empty: not one product
  Minor most_price = 0;   ///< as wide as the price will get
  Minor most_saving = 0;
  int most_units = 1;
  std::optional<int> share;      ///< of ten
  std::int64_t share_until = 0;  ///< local day
  std::optional<std::int64_t> until;
};

/// The program of rules/image/text_program.hpp; nothing when a slot has nothing behind it.
std::optional<std::string> encode(const Pattern& pattern, const Backing& backing);
/// Visible characters with the longest values; 0 when a slot has nothing behind it.
std::size_t widest(const Pattern& pattern, const Backing& backing);
/// Product names in a text of the other direction stand in isolates.
std::string isolated(std::string_view name, const LocaleData& locale);
/// The same without isolates, for displays that know no directions.
std::string without_marks(std::string_view text);

}  // namespace sidedish::compile
