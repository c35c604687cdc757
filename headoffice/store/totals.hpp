#pragma once
// The totals a transaction touches: read once, added to in memory with every overflow noticed,
// written once.
#include "headoffice/store/database.hpp"
#include "headoffice/store/events.hpp"
#include "headoffice/store/storage.hpp"
#include "headoffice/store/wide.hpp"

#include <array>
#include <map>
#include <string>
#include <tuple>

namespace sidedish::headoffice {

/// What eligible sales brought, for lifts of money: capped, net of returns. Also a difference of two
/// such: its squares are then modulo 2^128, and right again once they are added.
struct Brought {
  KeptSums revenue;
  KeptSums margin;
  std::int64_t given_back = 0;
  std::int64_t accepted_back = 0;
};
Brought operator+(const Brought& a, const Brought& b);
Brought operator-(const Brought& a, const Brought& b);

/// The sums of prompt_total: n, quantity, price_effect, saving.
using PromptSums = std::array<std::int64_t, 4>;

/// The sums of basket_total, as its columns stand in kBasketSums.
struct BasketSums {
  std::array<std::int64_t, 20> plain{};
  std::array<Wide, 6> squares{};
};
/// Their columns, separated by commas: first `plain`, then `squares`.
inline constexpr std::string_view kBasketSums =
    "baskets, attached, total, margin_known, margin, items, lines, shown, withheld, accepted,"
    " tendered, open_ms, capped_open_n, capped_open, capped_n, capped, capped_margin_n,"
    " capped_margin, given_back, accepted_back,"
    " total_sq, margin_sq, open_ms_sq, capped_open_sq, capped_sq, capped_margin_sq";
/// An eligible sale of an experiment: what lifts are made of.
bool in_experiment(const BasketFacts& facts);

/// The sums of unit_total, in the order of its columns.
using UnitSums = std::array<std::int64_t, 9>;

/// Of a row whose columns from `first` on are those.
BasketSums read_sums(const Run& row, int first);

class Totals {
 public:
  explicit Totals(Database& db) : db_(db) {}

  /// false: a sum would no longer fit; nothing was added. What is remarked on a prompt
  /// counts with its reason too.
  bool add(BusinessDay day, std::int64_t store, const PromptFacts& facts);
  bool add(BusinessDay day, std::int64_t store, const BasketFacts& facts);
  /// To the rows that `facts` went into. Fits: a cap is at most kMostCap.
  void add(BusinessDay day, std::int64_t store, const BasketFacts& facts, const Brought& more);
  void save();

 private:
  // daypart, day, store, rule, arm, kind, currency, channel
  using PromptKey = std::tuple<std::string, BusinessDay, std::int64_t, std::string, std::string,
                               std::string, std::string, std::string>;
  // daypart, day, store, rule, arm, currency, channel, mode, ended, eligible
  using BasketKey = std::tuple<std::string, BusinessDay, std::int64_t, std::string, std::string,
                               std::string, std::string, std::string, std::string, std::int64_t>;
  // day, store, rule, channel, daypart, kind, remark
  using RemarkKey = std::tuple<BusinessDay, std::int64_t, std::string, std::string, std::string,
                               std::string, std::string>;

  // day, store, rule, unit_of, unit, arm, currency, channel, daypart
  using UnitKey = std::tuple<BusinessDay, std::int64_t, std::string, std::string, std::int64_t,
                             std::string, std::string, std::string, std::string>;

  PromptSums& at(std::string_view daypart, BusinessDay day, std::int64_t store,
                 const PromptFacts& facts);
  BasketSums& at(std::string_view daypart, BusinessDay day, std::int64_t store,
                 const BasketFacts& facts);
  /// To the whole day's row and its daypart's, or to neither.
  template <class Facts, class Sums>
  bool add_to_both(BusinessDay day, std::int64_t store, const Facts& facts, const Sums& more);
  /// Of one unit: none, where the basket is what is held out. Fits: a sale adds at most kMostCap.
  void add_to_unit(BusinessDay day, std::int64_t store, const BasketFacts& facts,
                   const UnitSums& more);
  PromptSums load(const PromptKey& key);
  BasketSums load(const BasketKey& key);

  Database& db_;
  std::map<PromptKey, PromptSums> prompts_;
  std::map<BasketKey, BasketSums> baskets_;
  std::map<RemarkKey, std::int64_t> remarks_;  ///< more of them
  std::map<UnitKey, UnitSums> units_;          ///< likewise
};

}  // namespace sidedish::headoffice
