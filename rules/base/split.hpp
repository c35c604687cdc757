#pragma once
// An amount split over lines so that the parts add up to it exactly.
#include "rules/base/money.hpp"

#include <cstdint>
#include <span>

namespace sidedish {

/// Splits `total` in proportion to `weights` by largest remainder (Hamilton's method): every part is
/// its exact share rounded down or up, and they add up to `total`; equal remainders go to the
/// earlier line. Weights at or below zero count nothing; when none counts, all lines count alike.
/// Amounts up to kMaxAmount, `out` as long as `weights`. Cost: lines x the units left over, which
/// are fewer than lines.
void split(Minor total, std::span<const Minor> weights, std::span<Minor> out) noexcept;

/// The same per tax class: first over the classes by the sum of their weights, then within each
/// class over its lines, so that a class's part of `total`, which its tax is reckoned from, is its
/// own exact share rounded and not a sum of rounded ones. `classes` and `out` as long as `weights`.
void split_by_class(Minor total, std::span<const Minor> weights,
                    std::span<const std::uint16_t> classes, std::span<Minor> out) noexcept;

}  // namespace sidedish
