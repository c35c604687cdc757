#pragma once
// The parts of check(): each adds what it finds.
#include "rules/compile/compile.hpp"
#include "rules/compile/findings.hpp"
#include "rules/compile/names.hpp"

namespace sidedish::compile {

void check_catalogue(const Names& names, Findings& out);
void check_head(const Names& names, const ZoneFile& zones, Findings& out);
void check_rules(const Names& names, Findings& out);

/// Adds a finding when both bounds are there and min is above max; `what` as in "a quantity".
void check_range(const model::Range& range, std::string_view id, const std::string& pointer,
                 const char* what, Findings& out);
/// A SELECT whose place in the document is `pointer`: its names resolve, it chooses in one way.
void check_select(const Names& names, const model::Select& select, std::string_view id,
                  const std::string& pointer, Findings& out);

/// A rule of kind bundle, and one of kind upsell; `pointer` is the rule's.
void check_bundle(const Names& names, const model::Rule& rule, const std::string& pointer,
                  Findings& out);
void check_swap(const Names& names, const model::Rule& rule, const std::string& pointer,
                Findings& out);

/// Adds a finding unless least <= value <= most.
template <class Int>
void check_between(Int value, Int least, Int most, std::string_view id, const std::string& pointer,
                   Findings& out) {
  if (value >= least && value <= most) return;
  out.add("out-of-range", id, pointer,
          "expected " + std::to_string(least) + " to " + std::to_string(most) + ", found " +
              std::to_string(value));
}

}  // namespace sidedish::compile
