#pragma once
// A rule pack over receipts: what it would have said, and why not.
#include "rules/engine/decide.hpp"
#include "rules/engine/explain.hpp"
#include "rules/receipts/receipt.hpp"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace sidedish::tool {

/// Baskets by what came of one rule in them; each basket once, judged when the total was pressed
/// unless the rule had spoken before.
struct RuleTally {
  std::uint64_t prompted = 0;  ///< shown or withheld
  std::uint64_t withheld = 0;  ///< of them: for a holdout
  std::uint64_t arrived = 0;   ///< of them: the item came without an answer
  std::uint64_t already = 0;   ///< the item, or what the rule takes for it, was bought anyway
  std::uint64_t unqualified = 0;
  std::uint64_t blocked = 0;
  std::uint64_t lost = 0;
  std::uint64_t silent = 0;  ///< the sale was silent before any rule was asked
  std::array<std::uint64_t, engine::kGuards> guards{};
  std::map<std::uint32_t, std::uint64_t> winners;  ///< rule index -> baskets
};

struct TrialCounts {
  std::uint64_t receipts = 0;
  std::uint64_t returns = 0;  ///< never prompted
  std::uint64_t empty = 0;    ///< nothing sold
  std::uint64_t untimed = 0;  ///< taken at noon of the last day
  std::uint64_t unknown = 0;  ///< lines of products that the rules do not know
  std::uint64_t baskets = 0;  ///< sales that were decided
  std::uint64_t decisions = 0;
  std::uint64_t prompted = 0;  ///< baskets with a prompt, shown or withheld
  std::uint64_t judged = 0;    ///< baskets in which every rule was asked why not
  std::array<std::uint64_t, kSilenceReasons>
      silences{};  ///< of baskets without a prompt, at the end
};

/// Rings up receipts line by line at one till. Memory: that of the image's rules.
class Trial {
 public:
  struct Place {
    std::uint32_t store = 0;
    Channel channel = Channel::cashier;
    receipts::LocalSeconds shift = 0;  ///< added to every time
    receipts::LocalSeconds noon = 0;   ///< of receipts without a time, after the shift
    std::uint64_t judge_every = 1;     ///< baskets; the rules are many and time is short
  };
  Trial(const image::Image& image, const Place& place);

  void ring_up(const receipts::Receipt& receipt);

  const TrialCounts& counts() const { return counts_; }
  const std::vector<RuleTally>& rules() const { return rules_; }
  /// Baskets by the first condition that failed: per node of the image; the last entry: channel or
  /// moment.
  const std::vector<std::uint64_t>& conditions() const { return conditions_; }

 private:
  struct Told {
    std::uint32_t rule;
    std::uint64_t prompt;
    bool withheld;
    bool arrived;
  };
  bool add(const receipts::ReceiptLine& line);
  void update(const engine::Basket& basket);
  void judge(const engine::Basket& basket, const engine::Memory& before);
  void enter(const engine::Verdict& verdict, Silence silence);
  bool offers_one_of(const image::Rule& rule, const image::SetView& set) const;
  UtcMs utc(receipts::LocalSeconds local) const;

  const image::Image& image_;
  Place place_;
  engine::Context context_{};
  engine::Memory memory_;
  engine::Decision decision_{};
  std::vector<std::uint64_t> scratch_;
  std::vector<engine::Item> items_;
  std::vector<engine::Verdict> verdicts_;
  std::vector<Told> told_;
  TrialCounts counts_;
  std::vector<RuleTally> rules_;
  std::vector<std::uint64_t> conditions_;
};

}  // namespace sidedish::tool
