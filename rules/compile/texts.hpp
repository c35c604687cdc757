#pragma once
// What a prompt says, expanded to literals per language and surface.
#include "rules/compile/names.hpp"
#include "rules/compile/pattern.hpp"

#include <array>
#include <string>

namespace sidedish::compile {

enum class Surface : std::uint8_t { cashier = 0, kiosk = 1 };
inline constexpr std::array kSurfaces{Surface::cashier, Surface::kiosk};

struct TextLimits {
  std::size_t headline;
  std::size_t reason;
};
constexpr TextLimits text_limits(Surface surface) {
  return surface == Surface::cashier ? TextLimits{30, 60} : TextLimits{40, 80};
}
inline constexpr std::size_t kPoleLine = 20;

/// A product's name in a language: its own, else the pack's first language's, else the
/// alphabetically first.
std::string_view name_in(const model::Product& product, const model::Pack& pack,
                         std::string_view language);

/// Where the text of a rule comes from; `member` is "text" or "kiosk_text" (of a conversion,
/// "complete_text" for both surfaces). Null when the rule has
/// no text in that language or the pack's first.
struct Source {
  const model::PromptText* text = nullptr;
  std::string_view member;
  std::string_view language;
};
Source text_source(const model::Rule& rule, const model::Pack& pack, std::string_view language,
                   Surface surface, bool conversion = false);

/// Counts on fewer baskets back no claim; counts older than this many days neither.
inline constexpr std::int64_t kLeastBaskets = 200;
inline constexpr std::int64_t kEvidenceDays = 180;

/// What was counted about an offer: its evidence, or a pair's counts when the rule says of which day
/// they are.
std::optional<model::Evidence> evidence_of(const model::Rule& rule, const model::OfferSpec& offer);

/// What a rule has behind the slots of its texts when it offers this product.
Backing backing_of(const Names& names, const model::Rule& rule, std::uint32_t product,
                   std::string_view language);
/// The program of all ways that have something behind their slots; empty when none has.
std::string program_of(const model::Ways& ways, const Backing& backing);
/// The first way that is literal, without direction marks; empty when there is none.
std::string literal_of(const model::Ways& ways, const Backing& backing);

/// Two lines of at most 20 characters for a pole display: the headline broken at a blank, or, when
/// it fits one line, the offered product's name on the second.
std::array<std::string, 2> pole_lines(std::string_view headline, std::string_view offer);

}  // namespace sidedish::compile
