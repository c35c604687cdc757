#pragma once
// A shop nobody has described yet: catalogue and a small rule pack out of its receipts alone.
#include "rules/base/result.hpp"
#include "sim/shops/basket.hpp"
#include "sim/shops/catalogue.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace sidedish::sim {

struct DeriveOptions {
  std::uint64_t seed = 1;  ///< of invented prices and costs
  std::string currency = "GBP";
  std::string time_zone = "Europe/London";
  std::string language = "en";     ///< of the names in the data; the made-up texts are English
  std::uint32_t min_baskets = 20;  ///< a pair in fewer baskets is no rule
  std::int64_t min_confidence_ppm = 50'000;
  std::size_t max_rules = 24;
  std::size_t max_offers = 3;
  std::size_t max_items_per_basket = 100;  ///< larger baskets are no evidence of pairs
};

/// One ordered pair: of `trigger` baskets, `both` also hold the offer.
struct PairCount {
  std::string trigger;  ///< product keys
  std::string offer;
  std::uint32_t both = 0;
  std::uint32_t trigger_baskets = 0;
  std::uint32_t offer_baskets = 0;
};

struct DerivedShop {
  Catalogue catalogue;
  std::string rules_json;  ///< `sidedish-rules/1`, without an inline catalogue
  std::map<std::string, std::string>
      store_ids;                 ///< store code of the receipts ("" too) -> id in the rules
  std::vector<PairCount> pairs;  ///< those that became offers, in the order of the rules
  std::uint32_t baskets = 0;     ///< with at least one purchase
  std::vector<std::string>
      notes;  ///< everything that was invented or left out, for the user to read
};

/// The catalogue of items.csv. A price that is not there is seeded between 0.95 and 5.95 and the
/// note says for how many; costs are always seeded (35 to 65 % of the price). Names are cleaned of
/// markup and control characters; a nameless item is called by its SKU.
Result<Catalogue> derive_catalogue(const std::vector<Item>& items, const DeriveOptions& options,
                                   std::vector<std::string>& notes);

/// Reads the whole folder once and makes a shop of it: rules "A -> B" from pairs with at least
/// `min_baskets` baskets, confidence and lift > 1 (compared exactly, in integers), best by the
/// product of both counts' surplus over chance; at most one rule per trigger and never B -> A
/// beside A -> B. Cost: one pass; memory for the pairs of each basket (baskets over
/// max_items_per_basket are left out and noted).
Result<DerivedShop> derive_shop(const std::filesystem::path& folder, const DeriveOptions& options);

}  // namespace sidedish::sim
