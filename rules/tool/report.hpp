#pragma once
// How findings are shown.
#include "rules/tool/files.hpp"

#include <ostream>
#include <span>

namespace sidedish::tool {

/// A line each: "error: rules.json: burger-fries: /rules/0/priority: expected ...".
void print_findings(std::ostream& out, std::string_view level, std::span<const Located> findings);
/// {"errors": [{"file", "id", "pointer", "detail"}], "warnings": [...]}
void print_json(std::ostream& out, std::span<const Located> errors,
                std::span<const Located> warnings);

}  // namespace sidedish::tool
