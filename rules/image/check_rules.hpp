#pragma once
// Rules, offers, conditions, texts, postings: the tables that decide() runs on. Internal.
#include "rules/image/checker.hpp"

namespace sidedish::image {

bool check_rules(const Image& image, Checker& check) noexcept;

}  // namespace sidedish::image
