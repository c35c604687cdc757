#pragma once
// Rules, offers, conditions, texts, postings: the tables that decide() runs on. Internal.
#include "rules/image/checker.hpp"

namespace sidedish::image {

bool check_rules(const Image& image, Checker& check) noexcept;
/// After check_rules(): what upsells and bundles name beyond conditions and offers.
bool check_bundles(const Image& image, Checker& check) noexcept;

}  // namespace sidedish::image
