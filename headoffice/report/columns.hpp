#pragma once
// Text in columns, for people at a terminal.
#include <cstddef>
#include <string>
#include <vector>

namespace sidedish::headoffice {

/// The first row is the header; rows are as long as it. The first `left` columns and the last stand
/// to the left, figures to the right.
std::string in_columns(const std::vector<std::vector<std::string>>& cells, std::size_t left);

}  // namespace sidedish::headoffice
