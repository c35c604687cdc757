#pragma once
// The workload as a rule pack, and the image of it.
#include "rules/image/image.hpp"
#include "rules/model/pack.hpp"
#include "tests/bench/peer/workload.hpp"

#include <cstddef>
#include <vector>

namespace sidedish::bench {

inline constexpr std::int64_t kMidnight = 1'795'219'200'000;  // 2026-11-21 00:00 UTC
std::string sku_key(std::uint32_t sku);

/// Each rule offers a product of its own, whose declared substitute is the suggested SKU: so no two
/// rules offer the same, and none offers what is there. Offers are cheap, so that the spend-jump
/// guard never speaks; nothing is withheld. `explicit_lacks`: the rule says itself that the
/// suggested SKU must not be there, for the mode that looks at conditions only.
model::Pack make_pack(const Workload& work, bool explicit_lacks);

/// Throws std::runtime_error with the first finding.
std::vector<std::byte> make_image(const model::Pack& pack);

/// The workload's number of a rule of that pack.
std::uint32_t number_of(std::string_view rule_id);

}  // namespace sidedish::bench
