#pragma once
// Who says yes to a prompt, who would have bought it anyway, and what is true about it. See
// sim/shoppers.md. Integers and PCG only: the same seed gives the same people everywhere.
#include "sim/random/pcg.hpp"
#include "sim/shops/catalogue.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sidedish::sim {

/// One offer as this shopper meets it.
struct Encounter {
  const Product* product = nullptr;  ///< never null when asked
  std::int64_t quantity = 1;         ///< units offered, >= 1
  bool on_receipt = false;           ///< the receipt brings it later, whatever is asked
  unsigned prompts_before = 0;       ///< shown to this shopper in this sale before this one
  bool kiosk = false;                ///< the shopper answers alone; else a cashier asks and types
  /// What all of it costs more; none: its price. Below zero: a bundle whose parts are all there.
  std::optional<Minor> asks = std::nullopt;
  bool adds_nothing = false;  ///< such a conversion: nothing that could come by itself
};

enum class Answer : std::uint8_t { accept, decline, ignore };

/// What happens when the prompt is shown.
struct Response {
  Answer answer = Answer::ignore;
  bool by_customer = false;    ///< accepted by the customer's own hand; else by staff
  std::int64_t think_ms = 0;   ///< simulated time until the answer, 400..9000
  bool undone = false;         ///< accepted, taken back within 5 s
  bool voided_later = false;   ///< accepted, voided before the total
  bool arrives_later = false;  ///< not accepted (or not kept), rung up by itself before the total
};

/// Both worlds of one offer: is the product in the final basket?
struct PotentialOutcomes {
  bool if_withheld = false;
  bool if_shown = false;
};

/// One person on one receipt. Every answer is drawn from dice named after person, receipt and
/// product: it does not depend on the arm, nor on what was asked before except through
/// prompts_before. Read-only after construction; any number of threads.
class Shopper {
 public:
  static constexpr std::size_t kTastes = 6;

  /// `person`: the customer number, or the receipt's when unknown. Tastes belong to the person,
  /// mood (hurry, noise) to the receipt.
  Shopper(std::uint64_t seed, std::string_view person, std::string_view receipt);

  /// What this shopper does when the prompt is shown.
  Response respond(const Encounter& met) const;
  /// Exactly what respond() leads to, and what would have been without it.
  PotentialOutcomes outcomes(const Encounter& met) const;
  /// Puts the product into the basket unasked, although the receipt has no such line: then the till
  /// must ring it up in both arms. Seldom, and by taste.
  bool buys_unasked(const Product& product) const;

  /// -4000..4000 or so: how much this person likes the product, before its price.
  std::int64_t affinity(const Product& product) const;

 private:
  Pcg dice(std::string_view what, const Product& product) const;

  std::uint64_t seed_;
  std::string receipt_;
  std::array<std::int64_t, kTastes> tastes_{};  // thousandths, mean 0, deviation 1000
  std::int64_t thrift_ = 0;                     // 300..2300: how much a price hurts
  std::int64_t hurry_ = 0;                      // 0..2000
  std::int64_t patience_ = 0;                   // 300..1500 lost with each repeated prompt
};

/// Probability in parts per million of 1 / (1 + e^-x), x in thousandths: from a table, linear
/// between.
std::int64_t logistic_ppm(std::int64_t x) noexcept;

/// The truth about one rule (or all): potential outcomes summed over eligible units, however they
/// were assigned. Money in minor units. Add each unit once, at its first eligible decision.
struct Truth {
  std::int64_t eligible = 0;
  std::int64_t in_basket_if_shown = 0;
  std::int64_t in_basket_if_withheld = 0;
  std::int64_t revenue = 0;  ///< shown minus withheld
  std::int64_t margin = 0;   ///< shown minus withheld; a product without a cost counts nothing

  void add(const Encounter& met, const PotentialOutcomes& outcomes) noexcept;
  void add(const Truth& other) noexcept;
  /// Baskets with the product, more of a million eligible when all are shown than when none is.
  std::int64_t incremental_ppm() const noexcept;
  /// Thousandths of a minor unit per eligible unit; 0 when there is none.
  std::int64_t revenue_per_unit_milli() const noexcept;
  std::int64_t margin_per_unit_milli() const noexcept;
};

}  // namespace sidedish::sim
