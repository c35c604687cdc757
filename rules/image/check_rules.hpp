#pragma once
// Rules, offers, conditions, texts, postings: the tables that decide() runs on. Internal.
#include "rules/image/checker.hpp"

namespace sidedish::image {

/// Conditions and gate of one rule. `code` is where its words begin in kCode, then where they end.
bool check_conditions(const Image& image, Checker& check, std::size_t rule,
                      std::uint64_t& code) noexcept;
bool check_rules(const Image& image, Checker& check) noexcept;
/// After check_rules(): what upsells and bundles name beyond conditions and offers.
bool check_bundles(const Image& image, Checker& check) noexcept;
/// After all others: the image's own test, where it has one.
bool check_vectors(const Image& image, Checker& check) noexcept;

}  // namespace sidedish::image
