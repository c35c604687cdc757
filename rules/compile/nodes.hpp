#pragma once
// A rule's condition tree -> nodes in postfix order, its anchor, and where it can speak at all.
#include "rules/compile/names.hpp"

#include <deque>
#include <map>
#include <string>
#include <utility>

namespace sidedish::compile {

/// Sets of products, each once. Categories are kept as ranges, everything else as lists.
class SetPool {
 public:
  std::uint32_t intern(const Members& members);
  std::size_t size() const { return sets_.size(); }
  Members operator[](std::size_t index) const { return sets_[index]; }

 private:
  std::deque<std::vector<std::uint32_t>> lists_;
  std::vector<Members> sets_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> ranges_;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_hash_;
};

/// A node whose references are still in words.
struct NodePlan {
  image::Op op = image::Op::all;
  std::uint16_t operands = 0;              ///< all, any, none
  const model::Condition* leaf = nullptr;  ///< the condition it comes from
};

/// Postfix order. Operands of long lists are combined in pairs when the plain form would need more
/// than image::kMaxStack waiting at once; all, any and none are associative, so nothing changes.
std::vector<NodePlan> plan_nodes(const model::Condition& when);
/// Operands waiting at once when `plan` is evaluated.
std::size_t stack_needed(const std::vector<NodePlan>& plan);

/// Bits of Channel and Moment in which the condition can hold at all.
struct Reach {
  std::uint8_t channels = 0;
  std::uint8_t moments = 0;
};
Reach reach_of(const model::Condition& when);
/// The same for a rule: an upsell without a moment condition asks early, not at checkout; kind
/// receipt speaks on the receipt alone.
Reach reach_of(const model::Rule& rule);

/// Products of which at least one is in the basket whenever the condition holds: of a `has`, its
/// products; of an `all`, the fewest of any operand; of an `any` whose every operand has such
/// products, all of theirs. Owns what it had to compute.
struct Anchor {
  Anchor() = default;
  Anchor(Anchor&&) = default;  // moving keeps `own` where `members` looks
  Anchor& operator=(Anchor&&) = default;

  bool found = false;
  Members members;
  std::vector<std::uint32_t> own;
};
Anchor anchor_of(const model::Condition& when, const Names& names);
/// The same for a rule: the fewest of its condition's, of what it swaps, of the parts its bundle
/// needs.
Anchor anchor_of(const model::Rule& rule, const Names& names);
/// What per_trigger counts and why-this names: the first operand of the outermost `all` that has
/// such products, in the document's order.
Anchor trigger_of(const model::Condition& when, const Names& names);
/// The same for a rule: of an upsell, what it swaps.
Anchor trigger_of(const model::Rule& rule, const Names& names);

}  // namespace sidedish::compile
