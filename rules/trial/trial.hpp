#pragma once
// A rule pack over receipts: what it would have said, and why not.
#include "rules/engine/decide.hpp"
#include "rules/engine/explain.hpp"
#include "rules/receipts/receipt.hpp"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace sidedish::trial {

/// What came of one rule in one basket.
enum class Came : std::uint8_t {
  prompted,     ///< shown or withheld
  already,      ///< the item, or what the rule takes for it, was bought anyway
  unqualified,  ///< `node` is the condition that failed; image::kNone: channel or moment
  blocked,      ///< `guard` stopped it
  lost,         ///< to `winner`
  silent,       ///< the sale was silent before any rule was asked: `silence` says why
  off,          ///< the rule is switched off
};
struct RuleCame {
  Came came = Came::off;
  bool withheld = false;  ///< prompted: for a holdout
  bool arrived = false;   ///< prompted: the item came without an answer
  engine::Guard guard = engine::Guard::none;
  Silence silence = Silence::none;
  std::uint32_t node = image::kNone;
  std::uint32_t winner = image::kNone;  ///< rule index
  engine::Prompt prompt{};              ///< prompted: the first
};

/// Baskets by what came of one rule in them; each basket once, judged when the total was pressed
/// unless the rule had spoken before.
struct RuleTally {
  std::uint64_t prompted = 0;  ///< shown or withheld
  std::uint64_t withheld = 0;  ///< of them
  std::uint64_t arrived = 0;   ///< of them
  std::uint64_t already = 0;
  std::uint64_t unqualified = 0;
  std::uint64_t blocked = 0;
  std::uint64_t lost = 0;
  std::uint64_t silent = 0;
  std::array<std::uint64_t, engine::kGuards> guards{};
  std::map<std::uint32_t, std::uint64_t> winners;  ///< rule index -> baskets
};

struct TrialCounts {
  std::uint64_t receipts = 0;
  std::uint64_t returns = 0;  ///< never prompted
  std::uint64_t empty = 0;    ///< nothing sold
  std::uint64_t unknown = 0;  ///< lines of products that the rules do not know
  std::uint64_t baskets = 0;  ///< sales that were decided
  std::uint64_t decisions = 0;
  std::uint64_t prompted = 0;  ///< baskets with a prompt, shown or withheld
  std::uint64_t judged = 0;    ///< baskets in which rules were asked why not
  std::array<std::uint64_t, kSilenceReasons>
      silences{};  ///< of baskets without a prompt, at the end
};

/// One till: where it stands, and what it remembers from sale to sale.
struct Lane {
  engine::Context context{};
  engine::Memory memory{};
};

/// Rings up receipts line by line. Memory: that of the image's rules.
class Trial {
 public:
  struct Scope {
    std::uint32_t only = image::kNone;  ///< the one rule that is judged; else all
    std::uint64_t judge_every = 1;      ///< baskets; where rules are many and time is short
  };
  explicit Trial(const image::Image& image) : Trial(image, Scope{}) {}
  Trial(const image::Image& image, const Scope& scope);

  /// `store`: index in the image.
  Lane lane(std::uint32_t store, Channel channel) const;
  /// Local times that a clock shows twice are taken the first time.
  UtcMs utc(std::uint32_t store, receipts::LocalSeconds local) const;

  /// `receipt.time` is not looked at. False: it was no sale, or an empty one.
  bool ring_up(Lane& lane, const receipts::Receipt& receipt, UtcMs at);

  const TrialCounts& counts() const { return counts_; }
  /// Of every rule, or of scope.only alone at index 0.
  const std::vector<RuleTally>& rules() const { return rules_; }
  /// Baskets by the first condition that failed: per node of the image; the last entry: channel or
  /// moment.
  const std::vector<std::uint64_t>& conditions() const { return conditions_; }
  /// What came of scope.only in the last sale, and that sale when the total was pressed.
  const RuleCame& last() const { return last_; }
  engine::Basket last_basket() const { return basket_; }

 private:
  struct Told {
    engine::Prompt prompt;
    bool withheld;
    bool arrived;
  };
  bool add(const receipts::ReceiptLine& line);
  void update(Lane& lane);
  void judge(const Lane& lane, const engine::Memory& before);
  RuleCame of(const engine::Verdict& verdict, Silence silence) const;
  RuleCame of(std::size_t told) const;
  void enter(std::uint32_t rule, const RuleCame& came);
  bool offers_one_of(const image::Rule& rule, const image::SetView& set) const;

  const image::Image& image_;
  Scope scope_;
  engine::Decision decision_{};
  std::vector<std::uint64_t> scratch_;
  std::vector<engine::Item> items_;
  engine::Basket basket_{};
  std::vector<engine::Verdict> verdicts_;
  std::vector<Told> told_;
  TrialCounts counts_;
  std::vector<RuleTally> rules_;
  std::vector<std::uint64_t> conditions_;
  RuleCame last_;
};

}  // namespace sidedish::trial
