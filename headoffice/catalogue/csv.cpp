#include "headoffice/catalogue/csv.hpp"

#include "rules/base/text.hpp"

#include <algorithm>
#include <array>

namespace sidedish::headoffice {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr std::size_t kLongestFirst = 64 * 1024;  // bytes of the row of names

/// Whether a spreadsheet may take it for a formula, apostrophes or not.
bool dangerous(std::string_view text) {
  while (text.starts_with('\'')) text.remove_prefix(1);
  constexpr std::array<std::string_view, 11> kBegins = {
      "=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  return std::any_of(kBegins.begin(), kBegins.end(),
                     [&](std::string_view one) { return text.starts_with(one); });
}

bool line_end(char c) { return c == '\r' || c == '\n'; }

}  // namespace

void CsvReader::fail(std::uint64_t line, std::string expected) {
  problem_ = {line, std::move(expected)};
  state_ = State::bad;
}

/// True: the separator is known, and first_ may be read.
bool CsvReader::detect(bool end) {
  if (!end && first_.size() < kMark.size()) return false;
  if (first_.starts_with(kMark)) first_.erase(0, kMark.size());
  std::size_t at = 0;
  std::array<std::size_t, 3> counts{};
  constexpr std::string_view kSeparators = ",;\t";
  for (bool quoted = false; at < first_.size() && (quoted || !line_end(first_[at])); ++at) {
    if (first_[at] == '"') quoted = !quoted;
    const std::size_t which = quoted ? std::string_view::npos : kSeparators.find(first_[at]);
    if (which != std::string_view::npos) ++counts[which];
  }
  if (at == first_.size() && !end && first_.size() < kLongestFirst) return false;
  const auto most = std::max_element(counts.begin(), counts.end());
  separator_ = kSeparators[static_cast<std::size_t>(most - counts.begin())];
  return true;
}

bool CsvReader::feed(std::string_view bytes) {
  if (state_ == State::bad) return false;
  std::string held;
  if (separator_ == '\0') {
    first_ += bytes;
    if (!detect(false)) return true;
    held = std::move(first_);
    bytes = held;
  }
  for (const char c : bytes) {
    take(c);
    if (state_ == State::bad) return false;
  }
  return true;
}

bool CsvReader::finish() {
  if (state_ != State::bad && separator_ == '\0') {
    detect(true);
    for (const char c : first_) {
      if (state_ != State::bad) take(c);
    }
  }
  if (state_ == State::quoted)
    fail(row_.line, "expected a quote at the end of a cell that began with one");
  if (state_ != State::bad && (!row_.cells.empty() || !cell_.empty() || state_ == State::quote)) {
    end_row();
  }
  return state_ != State::bad;
}

void CsvReader::take(char c) {
  const bool second = after_cr_ && c == '\n';  // of CRLF
  after_cr_ = c == '\r';
  if (state_ == State::quoted) {
    if (c == '"') {
      state_ = State::quote;
      return;
    }
    if (line_end(c) && !second) ++line_;
    cell_ += c;
  } else if (c == '"' && state_ == State::begin) {
    state_ = State::quoted;
  } else if (c == '"' && state_ == State::quote) {
    cell_ += c;
    state_ = State::quoted;
  } else if (c == separator_) {
    end_cell();
  } else if (line_end(c)) {
    if (second) {
      row_.line = line_;
      return;
    }
    end_row();
    row_.line = ++line_;
  } else if (state_ == State::quote) {
    fail(line_, "expected a separator or the end of the line after a cell in quotes");
  } else {
    state_ = State::plain;
    cell_ += c;
  }
  if (state_ != State::bad && cell_.size() > limits_.cell) {
    fail(row_.line, "expected a cell of at most " + std::to_string(limits_.cell) + " bytes");
  }
}

void CsvReader::end_cell() {
  if (!valid_utf8(cell_)) return fail(row_.line, "expected UTF-8: save the file as \"CSV UTF-8\"");
  row_.cells.emplace_back(fused(cell_));
  cell_.clear();
  state_ = State::begin;
  if (row_.cells.size() >= limits_.cells) {
    fail(row_.line, "expected fewer than " + std::to_string(limits_.cells) + " cells in a row");
  }
}

void CsvReader::end_row() {
  const bool empty = row_.cells.empty() && cell_.empty() && state_ != State::quote;
  if (empty) return;
  end_cell();
  if (state_ == State::bad) return;
  if (++rows_ > limits_.rows) {
    return fail(row_.line, "expected at most " + std::to_string(limits_.rows - 1) + " products");
  }
  take_(std::move(row_));
  row_ = {};
}

std::string defused(std::string_view text) {
  return dangerous(text) ? "'" + std::string(text) : std::string(text);
}

std::string_view fused(std::string_view cell) {
  return cell.starts_with('\'') && dangerous(cell.substr(1)) ? cell.substr(1) : cell;
}

void append_cell(std::string& out, std::string_view text, char separator) {
  const std::string safe = defused(text);
  const bool quoted =
      std::any_of(safe.begin(), safe.end(),
                  [&](char c) { return c == separator || c == '"' || line_end(c); }) ||
      safe.starts_with(' ') || safe.ends_with(' ');
  if (!quoted) {
    out += safe;
    return;
  }
  out += '"';
  for (const char c : safe) out.append(c == '"' ? 2 : 1, c);
  out += '"';
}

}  // namespace sidedish::headoffice
