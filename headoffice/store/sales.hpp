#pragma once
// What eligible sales brought. A return names its sale, and comes from any terminal, later or
// earlier: whatever the order, the totals are those of all sales and returns that are here.
#include "headoffice/store/totals.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sidedish::headoffice {

/// Where and when something was counted. at = 0: a time that could not be believed.
struct Place {
  std::int64_t store = 0;
  std::int64_t source = 0;
  std::int64_t seq = 0;
  UtcMs at = 0;
  BusinessDay day = 0;
};

/// One transaction's work. Throws DbError.
class Sales {
 public:
  Sales(Database& db, Totals& totals) : db_(db), totals_(totals) {}

  /// Counts an eligible sale of an experiment whose rule has a cap; passes over any other basket.
  /// Two sales under one id: a return belongs to the last one before it.
  void closed(const Place& place, const BasketFacts& facts);
  /// A return that names its sale; up to kReturnDays after it, it is taken off.
  void came_back(const Place& place, const PromptFacts& facts);

 private:
  struct Sale {
    Place place;
    BasketFacts facts;  ///< the key of its totals, total, margin; `offer` only where accepted
    Minor cap = 0;
    Brought brought;
  };
  struct Goods {
    Place place;
    std::string currency;
    Minor value = 0;
    std::string offer;
  };

  Minor cap_of(const std::string& rule, const std::string& currency);
  std::vector<Sale> sales(std::int64_t store, const std::string& basket);
  std::vector<Goods> goods(std::int64_t store, const std::string& basket);
  /// Works out `brought` of each.
  static void settle(std::vector<Sale>& sales, const std::vector<Goods>& goods);
  void move(const std::vector<Sale>& before, const std::vector<Sale>& after);

  Database& db_;
  Totals& totals_;
  std::map<std::pair<std::string, std::string>, Minor> caps_;
};

}  // namespace sidedish::headoffice
