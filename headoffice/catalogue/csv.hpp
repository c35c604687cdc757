#pragma once
// CSV as spreadsheets write it (RFC 4180), read while it comes, and written so that it is no program.
// A reader of our own: Debian 12 packages no C++ CSV library that is fed pieces and names the line.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

struct CsvRow {
  std::uint64_t line = 0;  ///< where it begins, from 1
  std::vector<std::string> cells;
};

/// Why nothing from this line on can be believed.
struct CsvProblem {
  std::uint64_t line = 0;
  std::string expected;
};

struct CsvLimits {
  std::size_t rows = 100'001;  ///< with the one of names
  std::size_t cells = 200;     ///< of a row
  std::size_t cell = 8'192;    ///< bytes
};

/// Takes bytes in pieces of any size. A byte order mark is left out; the separator is whichever of
/// comma, semicolon and tab the first row has most of; lines end with CRLF, LF or CR; quotes within a
/// cell that does not begin with one are text. Empty lines are no rows. Not thread-safe.
class CsvReader {
 public:
  using Take = std::function<void(CsvRow&&)>;
  explicit CsvReader(Take take, CsvLimits limits = {}) : take_(std::move(take)), limits_(limits) {}

  /// False: see problem(); nothing is taken any more.
  bool feed(std::string_view bytes);
  /// After the last piece.
  bool finish();
  const CsvProblem& problem() const noexcept { return problem_; }
  char separator() const noexcept { return separator_; }

 private:
  enum class State : std::uint8_t { begin, plain, quoted, quote, bad };
  bool detect(bool end);
  void take(char c);
  void end_cell();
  void end_row();
  void fail(std::uint64_t line, std::string expected);

  Take take_;
  CsvLimits limits_;
  std::string first_;  ///< until the separator is known
  char separator_ = '\0';
  State state_ = State::begin;
  bool after_cr_ = false;
  std::uint64_t line_ = 1;
  std::size_t rows_ = 0;
  std::string cell_;
  CsvRow row_{1, {}};
  CsvProblem problem_;
};

/// What a spreadsheet would run begins with an apostrophe: cells that begin with = + - @, tab or line
/// end, or a wide form of the four, after any apostrophes (OWASP, "CSV Injection").
std::string defused(std::string_view text);
/// The text of which defused() made this; anything else as it is.
std::string_view fused(std::string_view cell);

/// The cell, defused and quoted where it must be, without a separator.
void append_cell(std::string& out, std::string_view text, char separator);

}  // namespace sidedish::headoffice
