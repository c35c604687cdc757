#pragma once
// Rows of a file, one by one, beside the products that stand.
#include "headoffice/catalogue/import.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sidedish::headoffice {

/// A row that would put a product, until something is found wrong with it.
struct Candidate {
  std::size_t row = 0;  ///< in Import::rows
  model::Product product;
  std::string before;  ///< its JSON as it stands; empty: it is new
};

/// Takes the rows of a file in order. Not thread-safe.
class Comparison {
 public:
  Comparison(const model::Catalogue& stands, const ImportOrder& order, Import& out);

  /// The first one names the columns. False: problem() says why the file is refused.
  bool take(CsvRow&& row);
  const std::optional<CsvProblem>& problem() const noexcept { return problem_; }
  std::vector<Candidate>& candidates() noexcept { return candidates_; }
  const Manner& manner() const noexcept { return manner_; }

  /// What a finding about the Nth candidate is to whoever wrote the row.
  static void refuse(ImportRow& row, RowProblem problem);

 private:
  void take_titles(const CsvRow& row);
  void take_cells(const CsvRow& row, ImportRow& out, model::Product& product,
                  const model::Product* old) const;

  const model::Catalogue& stands_;
  const ImportOrder& order_;
  Import& out_;
  Manner manner_;
  std::vector<std::optional<Column>> columns_;  ///< as in the file; none: not ours
  std::size_t key_ = 0;
  bool titled_ = false;
  std::unordered_map<std::string, std::size_t> known_;    ///< key -> place in stands_
  std::unordered_map<std::string, std::uint64_t> lines_;  ///< key -> line in the file
  std::vector<Candidate> candidates_;
  std::optional<CsvProblem> problem_;
};

}  // namespace sidedish::headoffice
