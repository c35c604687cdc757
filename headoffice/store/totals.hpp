#pragma once
// The totals a transaction touches: read once, added to in memory with every overflow noticed,
// written once.
#include "headoffice/store/database.hpp"
#include "headoffice/store/events.hpp"
#include "headoffice/store/wide.hpp"

#include <array>
#include <map>
#include <string>
#include <tuple>

namespace sidedish::headoffice {

class Totals {
 public:
  explicit Totals(Database& db) : db_(db) {}

  /// false: a sum would no longer fit; nothing was added.
  bool add(BusinessDay day, std::int64_t store, const PromptFacts& facts);
  bool add(BusinessDay day, std::int64_t store, const BasketFacts& facts);
  void save();

 private:
  // day, store, rule, arm, kind, currency, channel
  using PromptKey = std::tuple<BusinessDay, std::int64_t, std::string, std::string, std::string,
                               std::string, std::string>;
  // day, store, rule, arm, currency, channel, mode, ended, eligible
  using BasketKey = std::tuple<BusinessDay, std::int64_t, std::string, std::string, std::string,
                               std::string, std::string, std::string, std::int64_t>;
  using PromptSums = std::array<std::int64_t, 4>;
  struct BasketSums {
    std::array<std::int64_t, 12> plain{};
    std::array<Wide, 3> squares{};
  };

  PromptSums load(const PromptKey& key);
  BasketSums load(const BasketKey& key);

  Database& db_;
  std::map<PromptKey, PromptSums> prompts_;
  std::map<BasketKey, BasketSums> baskets_;
};

}  // namespace sidedish::headoffice
