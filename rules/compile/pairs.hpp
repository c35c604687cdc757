#pragma once
// What a rule of kind also_bought asks about: pairs that somebody approved, or that reach its bar.
#include "rules/compile/findings.hpp"
#include "rules/compile/names.hpp"

namespace sidedish::compile {

inline constexpr std::size_t kMostPairsOfOne = 64;  ///< with the same `given`

/// Whether the engine may ask it: approved, or at or above the bar.
bool is_asked(const model::Rule& rule, const model::OfferSpec& pair);

/// What must hold for a rule: its `when`, and of also_bought that the `given` of an asked pair is in
/// the basket (pointer "/pairs").
model::Condition condition_of(const model::Rule& rule);

/// Names that do not resolve, a pair twice or with itself, more baskets together than there are, too
/// many pairs for one product. `pointer` is the rule's.
void check_pairs(const Names& names, const model::Rule& rule, const std::string& pointer,
                 Findings& out);

}  // namespace sidedish::compile
