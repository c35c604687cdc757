#include "headoffice/report/columns.hpp"

#include "rules/base/text.hpp"

#include <algorithm>

namespace sidedish::headoffice {

std::string in_columns(const std::vector<std::vector<std::string>>& cells, std::size_t left) {
  std::vector<std::size_t> widths(cells[0].size());
  for (const auto& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], count_characters(row[i]));
    }
  }
  std::string out;
  for (std::size_t r = 0; r < cells.size(); ++r) {
    std::string text;
    for (std::size_t i = 0; i < cells[r].size(); ++i) {
      const std::string pad(widths[i] - count_characters(cells[r][i]), ' ');
      const bool starts = i < left || i + 1 == cells[r].size();
      text += (i > 0 ? "   " : "") + (starts ? cells[r][i] + pad : pad + cells[r][i]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
    if (r == 0) {
      std::size_t width = 0;
      for (std::size_t i = 0; i < widths.size(); ++i) width += widths[i] + (i > 0 ? 3 : 0);
      out += std::string(width, '-') + "\n";
    }
  }
  return out;
}

}  // namespace sidedish::headoffice
