#include "rules/format/wire_words.hpp"

#include <array>
#include <cstddef>

namespace sidedish::format {
namespace {

using std::string_view;

constexpr std::array<string_view, 4> kArms = {"none", "treated", "control", "global_control"};
constexpr std::array<string_view, 3> kChannels = {"cashier", "kiosk", "receipt"};
constexpr std::array<string_view, 4> kMoments = {"basket", "checkout", "browse", "receipt"};
constexpr std::array<string_view, 5> kModes = {"sale", "return", "exchange", "training",
                                               "price_check"};
constexpr std::array<string_view, 3> kBys = {"unknown", "staff", "customer"};
constexpr std::array<string_view, 6> kEnds = {"open",     "completed", "voided",
                                              "inferred", "unknown",   "replaced"};
constexpr std::array<string_view, 3> kClocks = {"good", "went_back", "unset"};
constexpr std::array<string_view, 18> kTypes = {"",
                                                "prompt.shown",
                                                "prompt.withheld",
                                                "prompt.accepted",
                                                "prompt.declined",
                                                "prompt.undone",
                                                "prompt.withdrawn",
                                                "prompt.lapsed",
                                                "prompt.arrived",
                                                "prompt.kept",
                                                "prompt.voided",
                                                "prompt.returned",
                                                "prompt.not_a_fit",
                                                "prompt.accept_failed",
                                                "basket.closed",
                                                "",
                                                "tally",
                                                "audit"};

template <class Word>
constexpr const auto& table() noexcept {
  if constexpr (std::is_same_v<Word, Arm>)
    return kArms;
  else if constexpr (std::is_same_v<Word, Channel>)
    return kChannels;
  else if constexpr (std::is_same_v<Word, Moment>)
    return kMoments;
  else if constexpr (std::is_same_v<Word, Mode>)
    return kModes;
  else if constexpr (std::is_same_v<Word, By>)
    return kBys;
  else if constexpr (std::is_same_v<Word, End>)
    return kEnds;
  else if constexpr (std::is_same_v<Word, Unit>)
    return kUnitNames;
  else if constexpr (std::is_same_v<Word, OutcomeKind>)
    return kTypes;
  else
    return kClocks;
}

/// A number outside the table (a newer lane's word) reads as the table's last entry that means
/// "don't know", or its first.
template <class Word>
string_view spell(Word value, std::size_t fallback) noexcept {
  const auto& names = table<Word>();
  const auto index = static_cast<std::size_t>(value);
  return index < names.size() ? names[index] : names[fallback];
}

}  // namespace

string_view name_of(Arm arm) noexcept { return spell(arm, 0); }
string_view name_of(Channel channel) noexcept { return spell(channel, 0); }
string_view name_of(Moment moment) noexcept { return spell(moment, 0); }
string_view name_of(Mode mode) noexcept { return spell(mode, 0); }
string_view name_of(By by) noexcept { return spell(by, 0); }
string_view name_of(End end) noexcept { return spell(end, 4); }
string_view name_of(Unit unit) noexcept { return spell(unit, 0); }
string_view name_of(model::ClockQuality quality) noexcept { return spell(quality, 2); }
string_view type_of(OutcomeKind kind) noexcept { return spell(kind, 0); }

bool is_prompt(OutcomeKind kind) noexcept {
  return kind >= OutcomeKind::shown && kind <= OutcomeKind::accept_failed;
}

template <class Word>
std::optional<Word> word(string_view name) noexcept {
  const auto& names = table<Word>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!names[i].empty() && names[i] == name) return static_cast<Word>(i);
  }
  return std::nullopt;
}
template std::optional<Arm> word<Arm>(string_view) noexcept;
template std::optional<Channel> word<Channel>(string_view) noexcept;
template std::optional<Moment> word<Moment>(string_view) noexcept;
template std::optional<Mode> word<Mode>(string_view) noexcept;
template std::optional<By> word<By>(string_view) noexcept;
template std::optional<End> word<End>(string_view) noexcept;
template std::optional<Unit> word<Unit>(string_view) noexcept;
template std::optional<model::ClockQuality> word<model::ClockQuality>(string_view) noexcept;
template std::optional<OutcomeKind> word<OutcomeKind>(string_view) noexcept;

}  // namespace sidedish::format
