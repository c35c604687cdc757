#include "sim/shops/burgerbar/burgerbar.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

namespace sidedish::sim {
namespace {

constexpr LocalSeconds kDay = 86'400;

struct Choice {
  std::string_view sku;
  std::uint32_t weight;
};

// What people choose when they want one of a kind, by weight.
constexpr Choice kBurger[] = {{"CLASSIC", 16},     {"CHEESE", 20},  {"DOUBLE", 12},
                              {"SMASH-BACON", 10}, {"MUSHROOM", 6}, {"CHILLI-JACK", 7},
                              {"TRUFFLE-MELT", 4}, {"CRISPY", 12},  {"HOT-HONEY", 7},
                              {"HALLOUMI", 6},     {"GARDEN", 6}};
constexpr Choice kLight[] = {
    {"CHICKEN-WRAP", 8}, {"FALAFEL-WRAP", 7}, {"CAESAR", 7}, {"HALLOUMI", 3}, {"GARDEN", 3}};
constexpr Choice kHearty[] = {{"DOUBLE", 16}, {"SMASH-BACON", 13}, {"CHILLI-JACK", 9},
                              {"CRISPY", 8},  {"HOT-HONEY", 7},    {"NUGGETS-9", 6}};
constexpr Choice kFries[] = {
    {"FRIES-S", 14}, {"FRIES-M", 50}, {"FRIES-L", 18}, {"SWEET-FRIES", 16}};
constexpr Choice kSnackSide[] = {{"ONION-RINGS", 10}, {"CHEESE-BITES", 8}, {"CORN", 5}};
constexpr Choice kGreen[] = {{"SIDE-SALAD", 8}, {"COLESLAW", 6}};
constexpr Choice kNibble[] = {{"NUGGETS-6", 16}, {"NUGGETS-9", 8},      {"WINGS-6", 9},
                              {"FRIES-M", 14},   {"VEGGIE-NUGGETS", 4}, {"ONION-RINGS", 5}};
constexpr Choice kDip[] = {{"DIP-KETCHUP", 22},    {"DIP-MAYO", 20},         {"DIP-GARLIC", 12},
                           {"DIP-BBQ", 12},        {"DIP-SWEET-CHILLI", 10}, {"DIP-CURRY", 7},
                           {"DIP-CHEESE-SAUCE", 6}};
constexpr Choice kNuggetDip[] = {
    {"DIP-BBQ", 20}, {"DIP-SWEET-CHILLI", 18}, {"DIP-CURRY", 12}, {"DIP-KETCHUP", 8}};
constexpr Choice kCold[] = {{"COLA-S", 9},       {"COLA-M", 24},     {"COLA-L", 9},
                            {"COLA-ZERO-M", 14}, {"COLA-ZERO-L", 5}, {"ORANGE-M", 8},
                            {"LEMONADE-M", 9},   {"ICE-TEA-M", 9},   {"WATER", 7},
                            {"SPARKLING", 6},    {"APPLE-SPRITZ", 6}};
constexpr Choice kLargeCold[] = {
    {"COLA-L", 16}, {"COLA-ZERO-L", 9}, {"ORANGE-L", 5}, {"ICE-TEA-L", 6}};
constexpr Choice kWater[] = {
    {"WATER", 10}, {"SPARKLING", 9}, {"APPLE-SPRITZ", 8}, {"COLA-ZERO-M", 8}};
constexpr Choice kShake[] = {{"SHAKE-VANILLA", 8}, {"SHAKE-CHOCOLATE", 9}, {"SHAKE-STRAWBERRY", 7}};
constexpr Choice kCoffee[] = {{"CAPPUCCINO-S", 18}, {"CAPPUCCINO-L", 8}, {"LATTE-S", 12},
                              {"LATTE-L", 9},       {"COFFEE-S", 12},    {"COFFEE-L", 10},
                              {"ESPRESSO", 8}};
constexpr Choice kWarm[] = {{"TEA", 7}, {"HOT-CHOCOLATE", 6}};
constexpr Choice kCake[] = {
    {"BROWNIE", 12}, {"CHEESECAKE", 10}, {"COOKIE", 11}, {"APPLE-POCKET", 8}};
constexpr Choice kIce[] = {{"CONE", 14}, {"SUNDAE", 12}};
constexpr Choice kMorning[] = {
    {"EGG-MUFFIN", 15}, {"BACON-MUFFIN", 14}, {"PANCAKES", 12}, {"CROISSANT", 14}, {"PORRIDGE", 5}};
constexpr Choice kKids[] = {{"KIDS-NUGGETS", 14}, {"KIDS-BURGER", 9}};

// Everything named here must be on the menu.
constexpr std::array<std::string_view, 9> kAlways = {"HASH-BROWNS",  "BERRIES",    "ORANGE-JUICE",
                                                     "APPLE-SLICES", "KIDS-JUICE", "SHARE-FRIES",
                                                     "LOADED-FRIES", "NUGGETS-20", "WINGS-12"};
constexpr std::array<std::span<const Choice>, 19> kLists = {
    kBurger,    kLight, kHearty, kFries,  kSnackSide, kGreen, kNibble, kDip,     kNuggetDip, kCold,
    kLargeCold, kWater, kShake,  kCoffee, kWarm,      kCake,  kIce,    kMorning, kKids};

// Guests per hour of the day, of a weekday and of a Saturday or Sunday.
constexpr std::array<std::uint32_t, 24> kWeekday = {3,  2,  0,  0,  0,  0,  6,  14, 18, 13, 10, 22,
                                                    44, 34, 15, 14, 16, 22, 34, 36, 25, 15, 10, 7};
constexpr std::array<std::uint32_t, 24> kWeekend = {11, 7,  0,  0,  0,  0,  2,  6,  13, 20, 20, 20,
                                                    34, 38, 28, 24, 22, 26, 38, 42, 34, 24, 20, 17};

// What kind of guests an hour brings. Columns as in Occasion.
constexpr std::array<std::uint32_t, kOccasions> occasion_weights(int hour, bool weekend) {
  if (hour < 3) return {0, 0, 12, 0, 18, 0, 4, 66};
  if (hour < 11) return {68, 26, 0, 0, 0, 6, 0, 0};
  if (hour < 14) {
    return weekend ? std::array<std::uint32_t, kOccasions>{0, 5, 34, 4, 13, 32, 12, 0}
                   : std::array<std::uint32_t, kOccasions>{0, 6, 38, 36, 12, 6, 2, 0};
  }
  if (hour < 17) {
    return weekend ? std::array<std::uint32_t, kOccasions>{0, 34, 18, 0, 22, 20, 6, 0}
                   : std::array<std::uint32_t, kOccasions>{0, 42, 22, 2, 26, 8, 0, 0};
  }
  if (hour < 22) {
    return weekend ? std::array<std::uint32_t, kOccasions>{0, 5, 38, 0, 13, 26, 18, 0}
                   : std::array<std::uint32_t, kOccasions>{0, 6, 52, 2, 16, 18, 6, 0};
  }
  return {0, 2, 22, 0, 22, 0, 8, 46};
}

// One order while it is being called out.
class Counter {
 public:
  Counter(const Catalogue& catalogue, Pcg& dice, Receipt& receipt)
      : catalogue_(catalogue), dice_(dice), receipt_(receipt) {}

  void add(std::string_view sku) {
    const std::string key = "sku:" + std::string(sku);
    for (auto& line : receipt_.lines) {
      if (line.product == key) {
        line.quantity += kOne;
        return;
      }
    }
    const Product* p = catalogue_.find(key);
    if (p == nullptr || p->stock == "out") return;
    receipt_.lines.push_back(
        {key, p->name.begin()->second, LineKind::goods, kOne, p->price, false});
    if (const auto en = p->name.find("en"); en != p->name.end())
      receipt_.lines.back().name = en->second;
  }
  void one_of(std::span<const Choice> list) {
    std::uint32_t total = 0;
    for (const auto& c : list) total += c.weight;
    std::uint32_t at = dice_.below(total);
    for (const auto& c : list) {
      if (at < c.weight) return add(c.sku);
      at -= c.weight;
    }
  }
  void maybe(std::int64_t percent, std::span<const Choice> list) {
    if (dice_.percent(percent)) one_of(list);
  }
  void maybe(std::int64_t percent, std::string_view sku) {
    if (dice_.percent(percent)) add(sku);
  }
  std::int64_t some(std::int64_t low, std::int64_t high) { return dice_.between(low, high); }
  bool percent(std::int64_t p) { return dice_.percent(p); }
  bool has(std::string_view part) const {
    return std::any_of(receipt_.lines.begin(), receipt_.lines.end(), [&](const ReceiptLine& line) {
      return line.product.find(part) != std::string::npos;
    });
  }

 private:
  const Catalogue& catalogue_;
  Pcg& dice_;
  Receipt& receipt_;
};

void breakfast(Counter& c) {
  for (std::int64_t n = c.percent(22) ? 2 : 1; n > 0; --n) {
    c.one_of(kMorning);
    c.maybe(66, kCoffee);
  }
  if (c.has("MUFFIN")) c.maybe(30, "HASH-BROWNS");
  if (c.has("PANCAKES") || c.has("PORRIDGE")) c.maybe(26, "BERRIES");
  c.maybe(13, "ORANGE-JUICE");
}

void coffee_break(Counter& c, bool morning) {
  for (std::int64_t n = c.percent(38) ? 2 : 1; n > 0; --n) {
    if (c.percent(88)) {
      c.one_of(kCoffee);
    } else {
      c.one_of(kWarm);
    }
  }
  if (morning) {
    c.maybe(20, "CROISSANT");
  } else {
    c.maybe(40, kCake);
    c.maybe(10, kIce);
  }
}

void solo(Counter& c) {
  c.one_of(kBurger);
  c.maybe(63, kFries);
  c.maybe(10, kSnackSide);
  c.maybe(66, kCold);
  c.maybe(6, kShake);
  if (c.has("FRIES")) c.maybe(30, kDip);
  c.maybe(9, kIce);
  c.maybe(4, kCake);
}

void lunch(Counter& c) {
  for (std::int64_t n = c.percent(28) ? 2 : 1; n > 0; --n) {
    if (c.percent(55)) {
      c.one_of(kLight);
      c.maybe(22, kGreen);
      c.maybe(24, kFries);
      c.maybe(58, kWater);
    } else {
      c.one_of(kBurger);
      c.maybe(54, kFries);
      c.maybe(10, kGreen);
      c.maybe(58, kCold);
    }
  }
  if (c.has("FRIES")) c.maybe(22, kDip);
  c.maybe(16, kCoffee);
  c.maybe(5, kCake);
}

void snack(Counter& c) {
  if (c.percent(28)) {
    c.one_of(kIce);
    c.maybe(20, kIce);
    c.maybe(18, kCoffee);
    return;
  }
  c.one_of(kNibble);
  c.maybe(36, kCold);
  if (c.has("NUGGETS") || c.has("WINGS")) {
    c.maybe(52, kNuggetDip);
  } else if (c.has("FRIES")) {
    c.maybe(38, kDip);
  }
}

void family(Counter& c, bool morning) {
  const std::int64_t children = c.some(1, 3);
  const std::int64_t adults = c.percent(60) ? 2 : 1;
  for (std::int64_t i = 0; i < children; ++i) {
    if (morning) {
      c.add("PANCAKES");
    } else {
      c.one_of(kKids);
    }
  }
  for (std::int64_t i = 0; i < adults; ++i) {
    if (morning) {
      c.one_of(kMorning);
      c.maybe(75, kCoffee);
    } else {
      c.one_of(kBurger);
      c.maybe(55, kFries);
      c.maybe(60, kCold);
    }
  }
  for (std::int64_t i = 0; i < children; ++i) c.maybe(38, "KIDS-JUICE");
  c.maybe(20, "APPLE-SLICES");
  if (!morning) {
    c.maybe(36, kNuggetDip);
    c.maybe(24, kDip);
    for (std::int64_t i = 0; i < children; ++i) c.maybe(30, "CONE");
    c.maybe(16, kCoffee);
  }
}

void party(Counter& c) {
  const std::int64_t guests = c.some(4, 9);
  for (std::int64_t i = 0; i < guests; ++i) c.one_of(kBurger);
  c.maybe(35, "NUGGETS-20");
  c.maybe(24, "WINGS-12");
  if (c.percent(42)) {
    c.add("SHARE-FRIES");
    c.maybe(35, "SHARE-FRIES");
  } else {
    for (std::int64_t i = 0; i < guests; ++i) c.maybe(58, kFries);
  }
  c.maybe(40, kSnackSide);
  for (std::int64_t i = 0; i < guests; ++i) c.maybe(68, kCold);
  for (std::int64_t i = 0; i < 3; ++i) c.maybe(48, kDip);
  c.maybe(18, kIce);
}

void late_night(Counter& c) {
  for (std::int64_t n = c.percent(35) ? 2 : 1; n > 0; --n) {
    c.one_of(kHearty);
    c.maybe(48, kFries);
    c.maybe(56, kLargeCold);
  }
  c.maybe(20, "LOADED-FRIES");
  c.maybe(16, kSnackSide);
  c.maybe(34, kDip);
  c.maybe(7, kShake);
}

}  // namespace

Result<BurgerBar> BurgerBar::open(const Catalogue& catalogue, const Options& options) {
  const auto missing = [&](std::string_view sku) {
    return catalogue.find("sku:" + std::string(sku)) == nullptr;
  };
  for (const auto& list : kLists) {
    for (const auto& choice : list) {
      if (missing(choice.sku)) {
        return fail(Errc::not_found, "opening the burger bar",
                    "no product sku:" + std::string(choice.sku));
      }
    }
  }
  for (const auto sku : kAlways) {
    if (missing(sku)) {
      return fail(Errc::not_found, "opening the burger bar", "no product sku:" + std::string(sku));
    }
  }
  return BurgerBar(catalogue, options);
}

BurgerBar::BurgerBar(const Catalogue& catalogue, const Options& options)
    : catalogue_(&catalogue), options_(options), day_(0) {
  const LocalTime first = local_time(options.first_day);
  day_ = local_seconds(first.year, first.month, first.day, 0, 0, 0);
  plan_day();
}

void BurgerBar::plan_day() {
  const int weekday = local_time(day_).weekday;
  const bool weekend = weekday >= 5;
  Pcg dice = pcg_for(options_.seed, options_.store + " plan " + format_local(day_));
  // Monday to Sunday, in percent of a Wednesday.
  constexpr std::array<std::int64_t, 7> kShare = {90, 95, 100, 105, 125, 140, 120};
  const std::int64_t expected =
      options_.orders_per_day * kShare[static_cast<std::size_t>(weekday)] / 100;
  const std::int64_t orders = std::max<std::int64_t>(expected + dice.normal(expected / 12), 1);
  arrivals_.clear();
  served_ = 0;
  for (std::int64_t i = 0; i < orders; ++i) {
    const auto hour = static_cast<LocalSeconds>(dice.pick(weekend ? kWeekend : kWeekday));
    arrivals_.push_back(day_ + hour * 3600 + dice.between(0, 3599));
  }
  std::sort(arrivals_.begin(), arrivals_.end());
}

Order BurgerBar::make_order(LocalSeconds at, std::uint32_t number) const {
  const LocalTime when = local_time(at);
  std::array<char, 4> digits{};
  for (std::size_t i = 0, n = number; i < 4; ++i, n /= 10) {
    digits[3 - i] = static_cast<char>('0' + n % 10);
  }
  Order order;
  order.receipt.id = options_.store + "-" + format_local(at).substr(0, 10) + "-" +
                     std::string(digits.data(), digits.size());
  Pcg dice = pcg_for(options_.seed, order.receipt.id);
  order.receipt.time = at;
  order.receipt.store = options_.store;
  if (dice.percent(12)) order.receipt.customer = "member-" + std::to_string(dice.between(1, 600));
  order.occasion = static_cast<Occasion>(dice.pick(occasion_weights(when.hour, when.weekday >= 5)));

  Counter counter(*catalogue_, dice, order.receipt);
  const bool morning = when.hour < 11;
  std::int64_t takeaway = 35;
  switch (order.occasion) {
    case Occasion::breakfast:
      breakfast(counter);
      break;
    case Occasion::coffee_break:
      coffee_break(counter, morning);
      takeaway = 55;
      break;
    case Occasion::solo:
      solo(counter);
      break;
    case Occasion::lunch:
      lunch(counter);
      takeaway = 45;
      break;
    case Occasion::snack:
      snack(counter);
      takeaway = 50;
      break;
    case Occasion::family:
      family(counter, morning);
      takeaway = 15;
      break;
    case Occasion::party:
      party(counter);
      takeaway = 60;
      break;
    case Occasion::late_night:
      late_night(counter);
      takeaway = 70;
      break;
  }
  for (auto& line : order.receipt.lines) line.voided = dice.percent(2);
  // Somebody pays in the end: an order is never voided line by line altogether.
  if (!order.receipt.lines.empty() &&
      std::all_of(order.receipt.lines.begin(), order.receipt.lines.end(),
                  [](const ReceiptLine& line) { return line.voided; })) {
    order.receipt.lines.front().voided = false;
  }
  const char* type = "eat_in";
  if (dice.percent(takeaway)) {
    type = options_.drive_through && dice.percent(45) ? "drive" : "takeaway";
  }
  order.receipt.facts.emplace_back("order_type", type);
  return order;
}

Order BurgerBar::next() {
  while (served_ == arrivals_.size()) {
    day_ += kDay;
    plan_day();
  }
  const auto number = static_cast<std::uint32_t>(served_ + 1);
  return make_order(arrivals_[served_++], number);
}

}  // namespace sidedish::sim
