#pragma once
// Reads a folder of receipts: lines.csv.gz or receipts.csv.gz (also without .gz), nine columns and
// perhaps more (basket_id, timestamp, store, customer, sku, name, category, quantity, unit_price),
// beside items.csv (sku, name, category, parent_category, list_price, ...) or catalogue.json.
// What real shops leave in such files survives reading: returns, write-offs, nameless lines, prices
// of 0, duplicates, fees among the goods. It is named and counted, never repaired in silence.
#include "rules/base/result.hpp"
#include "rules/receipts/csv.hpp"
#include "rules/receipts/receipt.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sidedish::receipts {

struct ReceiptOptions {
  unsigned exponent =
      2;  ///< decimals of the shop's currency; more of them are rounded half to even
  std::size_t max_lines_per_receipt = 10'000;
  std::uint64_t max_lines = 10'000'000;
  std::size_t max_items = 100'000;
};

/// One row of items.csv.
struct Item {
  std::string sku;
  std::string name;
  std::string category;
  std::string parent_category;
  std::optional<Minor> list_price;
};

/// What was met so far. Every line is counted once in exactly one of goods, returned, fees,
/// discounts, logs or zero_quantity.
struct ReceiptCounts {
  std::uint64_t receipts = 0;
  std::uint64_t lines = 0;
  std::uint64_t goods = 0;     ///< sold
  std::uint64_t returned = 0;  ///< goods with a negative quantity
  std::uint64_t fees = 0;      ///< postage, manual lines, bank charges ...
  std::uint64_t discounts = 0;
  std::uint64_t logs = 0;           ///< no money, or no product: write-offs, notes, missing names
  std::uint64_t zero_quantity = 0;  ///< not in the receipt at all
  std::uint64_t nameless = 0;
  std::uint64_t unpriced = 0;        ///< the source has no price for the line
  std::uint64_t rounded_prices = 0;  ///< had more decimals than the currency
  std::uint64_t untimed = 0;         ///< receipts without a time
  std::uint64_t scattered = 0;       ///< receipts whose lines did not stand together in the file
};

/// Reads items.csv. Errors name file:line. A repeated SKU or an empty one is an error.
Result<std::vector<Item>> read_items(const std::filesystem::path& file,
                                     const ReceiptOptions& options);

/// Receipts of one folder, in the order of their first lines. All lines with one basket_id are one
/// receipt, wherever they stand. Reads the file twice: first only the numbers, to know when a
/// receipt is complete; memory is the numbers and the receipts that are not complete yet.
/// One thread per object.
class ReceiptReader {
 public:
  /// Opens the lines file and reads the SKUs beside it. Where four of five SKUs are five digits and
  /// at most two letters, a SKU of another form is no product (POST, BANK CHARGES, M).
  /// io, limit, or what is wrong with the CSV as such, with file:line.
  static Result<ReceiptReader> open(const std::filesystem::path& folder,
                                    const ReceiptOptions& options);
  static Result<ReceiptReader> open(const std::filesystem::path& folder) {
    return open(folder, ReceiptOptions{});
  }

  /// The next receipt; nothing at the end. Structural damage (columns, numbers that are none, a cut
  /// gzip stream) is an error with file:line, and stays one.
  Result<std::optional<Receipt>> next();

  const ReceiptCounts& counts() const noexcept { return counts_; }
  /// Receipts in the whole file, known from the start.
  std::uint64_t receipts() const noexcept { return lines_of_.size(); }
  /// The latest time in the file, known from the start; nothing when no receipt has one.
  std::optional<LocalSeconds> latest() const noexcept { return latest_; }
  /// Empty when the folder has a catalogue.json instead.
  const std::vector<Item>& items() const noexcept { return items_; }

 private:
  struct Row {
    std::string basket_id;
    std::optional<LocalSeconds> time;
    std::string store;
    std::string customer;
    ReceiptLine line;
  };
  struct Pending {
    Receipt receipt;
    std::uint64_t missing = 0;  // lines still to come
    std::uint64_t last_row = 0;
    bool scattered = false;
    bool sold = false;
    bool brought_back = false;
  };
  ReceiptReader(CsvReader csv, const ReceiptOptions& options);
  Result<std::optional<Receipt>> read_receipt();
  /// False at the end of the file.
  Result<bool> read_row(Row& row);
  LineKind kind_of(std::string_view sku, std::string_view name, bool worthless) const;

  CsvReader csv_;
  ReceiptOptions options_;
  bool coded_ = false;
  std::optional<LocalSeconds> latest_;
  std::vector<Item> items_;
  std::unordered_map<std::string, std::uint64_t> lines_of_;  // from the first reading
  std::unordered_map<std::string, Pending> pending_;
  std::deque<std::string> order_;  // of first lines
  std::optional<Error> broken_;
  std::vector<std::string> fields_;
  ReceiptCounts counts_;
};

}  // namespace sidedish::receipts
