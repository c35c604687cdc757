#pragma once
// What a shop rings up: one receipt, line by line. Units: money in minor units of the shop's
// currency, quantities in thousandths.
#include "rules/base/money.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidedish::receipts {

/// Seconds since 1970-01-01T00:00:00 on the shop's own clock; no zone, no DST.
using LocalSeconds = std::int64_t;

/// The calendar day and time of a LocalSeconds value.
struct LocalTime {
  int year = 1970;
  int month = 1;  ///< 1..12
  int day = 1;    ///< 1..31
  int hour = 0;
  int minute = 0;
  int second = 0;
  int weekday = 3;  ///< Monday = 0; 1970-01-01 was a Thursday
};
LocalTime local_time(LocalSeconds at) noexcept;
/// Proleptic Gregorian; month 1..12, day 1..31.
LocalSeconds local_seconds(int year, int month, int day, int hour, int minute, int second) noexcept;
/// "YYYY-MM-DDTHH:MM:SS"; nothing when it is not exactly that or no such date exists.
std::optional<LocalSeconds> parse_local(std::string_view text) noexcept;
std::string format_local(LocalSeconds at);

/// The words of sdk/include for lines and baskets, as far as receipts know them.
enum class LineKind : std::uint8_t { goods, fee, discount, log };
enum class SaleMode : std::uint8_t { sale, return_ };

struct ReceiptLine {
  std::string product;  ///< namespaced key, "sku:..."; never empty
  std::string name;     ///< as on the receipt; may be empty
  LineKind kind = LineKind::goods;
  Milli quantity = kOne;            ///< either sign, never 0
  std::optional<Minor> unit_price;  ///< absent: the source has none, use the catalogue's
  std::optional<Minor> total;       ///< of all units; absent: quantity times price
  bool voided = false;              ///< rung up, then taken off again before the total
};

struct Receipt {
  std::string id;
  std::optional<LocalSeconds> time;  ///< of the first line
  std::string store;                 ///< store code; empty when the shop has one
  std::string customer;              ///< empty when unknown
  SaleMode mode = SaleMode::sale;
  std::vector<std::pair<std::string, std::string>>
      facts;                       ///< name = value, for the till to pass on
  std::vector<ReceiptLine> lines;  ///< in the order they were rung up
};

/// Evidence of a purchase: goods, sold, not voided, in a sale (the sale-line filter).
inline bool is_purchase(const Receipt& receipt, const ReceiptLine& line) noexcept {
  return receipt.mode == SaleMode::sale && line.kind == LineKind::goods && line.quantity > 0 &&
         !line.voided;
}

}  // namespace sidedish::receipts
