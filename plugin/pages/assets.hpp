#pragma once
#include "rules/base/web_asset.hpp"

namespace sidedish::pages {

using Asset = WebAsset;

/// Every file of the pages /till and /kiosk, sorted by path; empty when built with -D UI=OFF. Who serves an HTML file
/// replaces kTokenPlace in it by the token of this start. Any thread.
std::span<const Asset> assets();

/// The file at that path, or nullptr.
const Asset* find_asset(std::string_view path);

inline constexpr std::string_view kTokenPlace = "%SIDEDISH_TOKEN%";

}  // namespace sidedish::pages
