#pragma once
// A CSV of products against the catalogue that stands: what it would change, row by row, before
// anything is changed.
#include "headoffice/catalogue/catalogues.hpp"
#include "headoffice/catalogue/columns.hpp"
#include "headoffice/catalogue/csv.hpp"

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

enum class RowKind : std::uint8_t { fresh, changed, unchanged, refused };
/// "new", "changed", "unchanged", "refused".
std::string_view name_of(RowKind kind) noexcept;
std::optional<RowKind> row_kind(std::string_view name) noexcept;

struct CellChange {
  std::string column;
  std::string from;  ///< as the export writes it
  std::string to;
};
struct RowProblem {
  std::string column;     ///< empty: the row
  std::string_view code;  ///< stable: "amount", "missing", "category", ...
  std::string expected;
  std::string found;
};
struct ImportRow {
  std::uint64_t line = 0;
  RowKind what = RowKind::unchanged;
  std::string key;
  std::string name;  ///< any of its names
  std::vector<CellChange> changes;
  std::vector<RowProblem> problems;
};

/// Everything a file would do. Refused rows do nothing; the others all, or none of them.
struct Import {
  std::string id;  ///< of file, person and catalogue: the same again gives the same
  std::string pack;
  std::string who;
  std::uint64_t version = 0;  ///< of the catalogue it was compared with
  std::vector<std::string> columns;
  std::vector<std::string> unknown_columns;
  std::array<std::size_t, 4> counts{};  ///< by RowKind
  std::vector<ImportRow> rows;          ///< as in the file
  std::vector<ProductRow> puts;         ///< what is new or changed
};

struct ImportOrder {
  std::string_view csv;
  std::string locale;  ///< whose decimals (BCP 47)
  std::string who;
  bool may_release = false;  ///< take "restricted" off a product
};
/// One of: report; problem (the file as a whole cannot be read).
struct ImportRead {
  std::shared_ptr<const Import> report;
  CsvProblem problem;
};
struct ImportApplied {
  std::size_t fresh = 0;
  std::size_t changed = 0;
  std::uint64_t version = 0;
};

/// Reads imports, keeps the last few reports until they are applied. Thread-safe.
class Imports {
 public:
  static constexpr std::size_t kKept = 4;

  Imports(Catalogues& catalogues, CatalogueStore& store, const Clock& clock)
      : catalogues_(catalogues), store_(store), clock_(clock) {}

  /// not_found: no such pack.
  Result<ImportRead> read(std::string_view pack, const ImportOrder& order);
  /// Null: it is over (others came, head office was started anew), or another person's.
  std::shared_ptr<const Import> find(std::string_view pack, std::string_view id,
                                     std::string_view who);
  /// All of it or nothing, with the log of changes; CatalogueStore::put_products() says what
  /// `between` is. conflict: the catalogue is another by now.
  Result<ImportApplied> apply(const Import& import, std::string_view why,
                              const std::function<void()>& between = {});

 private:
  Catalogues& catalogues_;
  CatalogueStore& store_;
  const Clock& clock_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const Import>> kept_;  ///< the oldest first
};

/// All products with everything that the document says of them but pictures, as append_cell() writes;
/// where decimals are a comma, cells are set apart by semicolons, as spreadsheets there want it.
std::string export_csv(const model::Catalogue& catalogue, std::string_view locale);

}  // namespace sidedish::headoffice
