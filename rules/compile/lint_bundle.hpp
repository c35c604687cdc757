#pragma once
// What lint() sees in a bundle: parts that nobody can complete, conditions that its own parts break.
#include "rules/compile/lint_rule.hpp"

namespace sidedish::compile {

/// `rule` is of kind bundle, enabled, and stands at `pointer`.
void lint_bundle(const LintScene& scene, const model::Rule& rule, const std::string& pointer,
                 Findings& out);

}  // namespace sidedish::compile
