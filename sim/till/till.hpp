#pragma once
// What happens at a till: a receipt's lines are rung up one after the other, the shopper answers what
// is suggested, and what that changed is counted beside.
#include "sim/shoppers/shopper.hpp"
#include "sim/shops/basket.hpp"
#include "sim/shops/catalogue.hpp"
#include "sim/till/pos.hpp"
#include "sim/till/report.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sidedish::sim {

/// One lane with its shoppers. One thread. What it is given outlives it.
class Till {
 public:
  /// `offered`: products that some rule offers: what people also buy unasked. `seed`: of the people.
  Till(std::uint64_t seed, const std::vector<std::string>& offered, const Catalogue& catalogue,
       Pos& pos)
      : seed_(seed), offered_(offered), catalogue_(catalogue), pos_(pos) {}

  /// The whole sale, from the first line to the payment. `id`: of the basket; `now`: when the first
  /// line is begun. What goes wrong stands in report().error.
  void ring_up(const Receipt& receipt, const std::string& id, UtcMs now);

  /// Counts of the sales so far. The plugin's own are those of the last look().
  TillReport& report() { return report_; }
  /// Takes what the plugin counted and how long its calls took into the report.
  void look();

 private:
  /// One sale under way.
  struct Sale {
    const Shopper& shopper;
    std::vector<ReceiptLine> lines;  ///< the receipt's, then what is bought unasked: in both arms
    std::size_t next;                ///< the first line not yet rung up
    std::map<std::string, Milli> taken;  ///< accepted at a prompt although a later line brings it
    std::vector<std::string> thought_again;  ///< declined, and asked for before the total
    std::vector<PosPrompt> taken_off;        ///< accepted, and taken off before the total
    unsigned prompts;
  };
  /// What the goods come to, and what they earn.
  struct Sums {
    Minor value = 0;
    Minor margin = 0;
  };

  void add_unasked(Sale& sale) const;
  void ring_up_lines(Sale& sale);
  void answer_prompts(Sale& sale);
  void answer(Sale& sale, const PosPrompt& prompt);
  /// The yes is carried out. False: the plugin no longer knows the parts.
  bool take(const PosPrompt& prompt, const std::vector<PosPart>& parts);
  void take_back(const PosPrompt& prompt);
  void add_extra(const std::string& key, Milli quantity, std::uint64_t prompt);
  void remove_line_of(std::uint64_t prompt);
  void update(std::int32_t reason, std::int32_t moment = SIDEDISH_MOMENT_BASKET);

  Minor price_of(const ReceiptLine& line) const;
  Minor single_price(const std::string& key) const;
  Sums sums();
  /// The simulated truth: what the basket has more (or less) because of a prompt.
  void count(const std::string& key, Milli quantity, Minor value);
  /// A swap or a bundle: `adds` baskets more (or less) with what was offered, and what the lines say.
  template <class Change>
  void change(int adds, Change what);

  std::uint64_t seed_;
  const std::vector<std::string>& offered_;
  const Catalogue& catalogue_;
  Pos& pos_;
  TillReport report_;
};

}  // namespace sidedish::sim
