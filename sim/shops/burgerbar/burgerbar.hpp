#pragma once
// Orders of an invented burger bar: who comes at what hour and what they order together. All of it
// is made up; it is meant to be plausible, not true.
#include "rules/base/result.hpp"
#include "sim/random/pcg.hpp"
#include "sim/shops/basket.hpp"
#include "sim/shops/catalogue.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace sidedish::sim {

/// Why somebody came. Not visible to tills; tests and reports look at it.
enum class Occasion : std::uint8_t {
  breakfast,
  coffee_break,
  solo,
  lunch,
  snack,
  family,
  party,
  late_night
};
inline constexpr std::size_t kOccasions = 8;

struct Order {
  Receipt receipt;
  Occasion occasion = Occasion::solo;
};

/// An endless stream of orders in time order, one store's, day after day from the first. Open 06:00
/// to 02:00; breakfast is sold until 11:00, mains from then on. Lines come in the order they
/// are named at a counter; equal articles are one line with a quantity; one line in fifty is
/// voided. Each receipt has the fact `order_type`: eat_in, takeaway or drive. The same catalogue,
/// seed, store and day give the same orders on every machine, whatever was drawn before. One thread
/// per object.
class BurgerBar {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::string store = "mitte";
    LocalSeconds first_day = 0;     ///< any moment of the first day, shop time
    unsigned orders_per_day = 260;  ///< of a Wednesday; a Saturday has 40 % more
    bool drive_through = false;
  };
  /// not_found when the catalogue lacks a product of the menu. The catalogue must outlive the
  /// object.
  static Result<BurgerBar> open(const Catalogue& catalogue, const Options& options);

  Order next();

 private:
  BurgerBar(const Catalogue& catalogue, const Options& options);
  void plan_day();
  Order make_order(LocalSeconds at, std::uint32_t number) const;

  const Catalogue* catalogue_;
  Options options_;
  LocalSeconds day_;                    // midnight of the day being served
  std::vector<LocalSeconds> arrivals_;  // of that day, ascending
  std::size_t served_ = 0;
};

}  // namespace sidedish::sim
