#pragma once
// The words of the field as they are spelled on the wire (OUTCOMES.md), both ways. Any thread.
#include "rules/model/outcome.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace sidedish::format {

/// In the order of Unit.
inline constexpr std::array<std::string_view, kUnits> kUnitNames{"basket", "customer",
                                                                 "terminal_day", "store_day"};

std::string_view name_of(Arm arm) noexcept;
std::string_view name_of(Channel channel) noexcept;
std::string_view name_of(Moment moment) noexcept;
std::string_view name_of(Mode mode) noexcept;
std::string_view name_of(By by) noexcept;
std::string_view name_of(End end) noexcept;
std::string_view name_of(Unit unit) noexcept;
std::string_view name_of(model::ClockQuality quality) noexcept;
/// What stands behind "com.sidedish.": "prompt.accepted", "basket.closed", "tally", "audit". Empty
/// for kinds that never travel (decision).
std::string_view type_of(OutcomeKind kind) noexcept;
/// True for the thirteen "prompt." kinds.
bool is_prompt(OutcomeKind kind) noexcept;

/// nullopt: no such word.
template <class Word>
std::optional<Word> word(std::string_view name) noexcept;
extern template std::optional<Arm> word<Arm>(std::string_view) noexcept;
extern template std::optional<Channel> word<Channel>(std::string_view) noexcept;
extern template std::optional<Moment> word<Moment>(std::string_view) noexcept;
extern template std::optional<Mode> word<Mode>(std::string_view) noexcept;
extern template std::optional<By> word<By>(std::string_view) noexcept;
extern template std::optional<End> word<End>(std::string_view) noexcept;
extern template std::optional<Unit> word<Unit>(std::string_view) noexcept;
extern template std::optional<model::ClockQuality> word<model::ClockQuality>(
    std::string_view) noexcept;
/// By type suffix: "prompt.shown" -> shown.
extern template std::optional<OutcomeKind> word<OutcomeKind>(std::string_view) noexcept;

}  // namespace sidedish::format
