#pragma once
// Closed baskets as terminals sent them, read back in pages: what a draft is tried on.
#include "headoffice/store/storage.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sidedish::headoffice {

/// One event of type basket.closed. Of a basket of many products there are several, one a part.
struct ClosedBasketRow {
  std::int64_t event = 0;  ///< ascending as they came
  std::int64_t source = 0;
  std::string store;  ///< id
  std::string terminal;
  std::string json;  ///< the CloudEvent
};

/// Thread rules and errors are Storage's.
class BasketStore {
 public:
  BasketStore() = default;
  BasketStore(const BasketStore&) = delete;
  BasketStore& operator=(const BasketStore&) = delete;
  virtual ~BasketStore() = default;

  /// Events of those stores (ids; unknown ones have none) and business days, both inclusive.
  virtual Result<std::uint64_t> count_closed_baskets(std::span<const std::string> stores,
                                                     BusinessDay from, BusinessDay to) = 0;
  /// Of one business day, as they came, behind event `after`, at most `most`; none: that was all.
  /// Each event of the day is looked at once, however many stores there are.
  virtual Result<std::vector<ClosedBasketRow>> closed_baskets(std::span<const std::string> stores,
                                                              BusinessDay day, std::int64_t after,
                                                              std::size_t most) = 0;
};

}  // namespace sidedish::headoffice
