#pragma once
// An overlay in words: what rules/format reads out of the document and rules/compile turns into the
// flat file. Not part of the plugin.
#include "rules/base/clock.hpp"
#include "rules/base/money.hpp"
#include "rules/model/words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sidedish::model {

struct StockNow {
  std::string product;
  Stock stock = Stock::in;
  std::optional<std::uint32_t> left;  ///< whole units
};

struct PriceNow {
  std::string product;
  Minor price = 0;
};

struct OverlaySpec {
  std::string pack;
  std::uint64_t version = 0;
  Currency currency;
  std::vector<std::string> paused;    ///< rule ids
  std::vector<std::string> recalled;  ///< product keys
  std::vector<PriceNow> prices;
  UtcMs stock_as_of = 0;  ///< 0: no stock
  std::vector<StockNow> stock;
};

}  // namespace sidedish::model
