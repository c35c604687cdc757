#pragma once
// When baskets are rung up that were to be rung up before today: over four weeks, at the shop's own
// hours. Shop time everywhere; pure.
#include "rules/base/result.hpp"
#include "sim/shops/basket.hpp"
#include "sim/shops/catalogue.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sidedish::sim {

inline constexpr int kPlannedDays = 28;

/// Midnight of the business day that a moment belongs to: days begin at 04:00.
LocalSeconds business_day(LocalSeconds at) noexcept;

/// One basket: which receipt, and when.
struct PlannedSale {
  std::size_t receipt = 0;  ///< its place in Plan::receipts
  std::uint32_t copy = 0;   ///< 0: who is on the receipt; above: somebody else with the same basket
  LocalSeconds at = 0;
};

struct Plan {
  std::vector<Receipt> receipts;
  /// Ascending; on the 28 business days before `today`, on every one of them when there are enough.
  std::vector<PlannedSale> sales;
};

/// `sales` baskets of these receipts, none when there are no receipts. `today`: midnight of the
/// running business day. A receipt without a time comes on any weekday from 09:00 to 18:00.
Plan plan_receipts(std::vector<Receipt> receipts, std::uint64_t sales, LocalSeconds today);

/// `sales` orders of a burger bar's store. Beyond 2,000 orders a day an order comes again, with
/// another person behind it. not_found: the catalogue lacks a product of the menu.
Result<Plan> plan_orders(const Catalogue& catalogue, std::string store, std::uint64_t seed,
                         std::uint64_t sales, LocalSeconds today);

}  // namespace sidedish::sim
