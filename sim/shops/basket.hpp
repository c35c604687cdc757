#pragma once
// What a shop rings up is what rules/receipts reads from a shop's files: the simulation's words for
// baskets are those.
#include "rules/receipts/reader.hpp"

namespace sidedish::sim {

using receipts::CsvReader;
using receipts::format_local;
using receipts::is_purchase;
using receipts::Item;
using receipts::LineKind;
using receipts::local_seconds;
using receipts::local_time;
using receipts::LocalSeconds;
using receipts::LocalTime;
using receipts::parse_local;
using receipts::read_items;
using receipts::Receipt;
using receipts::ReceiptCounts;
using receipts::ReceiptLine;
using receipts::ReceiptOptions;
using receipts::ReceiptReader;
using receipts::SaleMode;

}  // namespace sidedish::sim
