#include "sim/shoppers/shopper.hpp"

#include <algorithm>

namespace sidedish::sim {
namespace {

// 1 / (1 + e^-x) for x = 0, 0.5, ... 8, in parts per million.
constexpr std::array<std::int64_t, 17> kLogistic = {
    500'000, 622'459, 731'059, 817'574, 880'797, 924'142, 952'574, 970'688, 982'014,
    989'013, 993'307, 995'930, 997'527, 998'499, 999'089, 999'447, 999'665};

// Taste directions of a product: mostly its category's, partly its own, in thousandths.
std::array<std::int64_t, Shopper::kTastes> factors(std::uint64_t seed, const Product& product) {
  Pcg kind = pcg_for(seed, "category " + product.category);
  Pcg own = pcg_for(seed, "product " + product.key);
  std::array<std::int64_t, Shopper::kTastes> out{};
  for (auto& f : out) {
    const std::int64_t shared = kind.normal(800);
    f = shared + own.normal(600);
  }
  return out;
}

// Doubling a price hurts alike at every level: the binary logarithm of price / 200, in thousandths.
std::int64_t price_pain(Minor price) {
  std::int64_t pain = -3000;
  std::int64_t step = 25;
  while (step * 2 <= price && pain < 12'000) {
    step *= 2;
    pain += 1000;
  }
  return pain + (price > step ? (price - step) * 1000 / step : 0);
}

constexpr std::int64_t kUnaskedShift = -5500;   // about one in two hundred for a neutral taste
constexpr std::int64_t kAskedShift = -2100;     // about one in ten
constexpr std::int64_t kAnywayYes = 720'000;    // of those whom the receipt brings it anyway
constexpr std::int64_t kLaterAfterNo = 25'000;  // says no, thinks again, rings it up
constexpr std::int64_t kGladToSave = 4000;      // nearly everybody takes the same for less
constexpr std::int64_t kUndo = 15'000;
constexpr std::int64_t kVoid = 20'000;

}  // namespace

std::int64_t logistic_ppm(std::int64_t x) noexcept {
  const std::int64_t size = std::min<std::int64_t>(x < 0 ? -x : x, 8000);
  const auto at = static_cast<std::size_t>(size / 500);
  std::int64_t p = kLogistic[at];
  if (at + 1 < kLogistic.size()) p += (kLogistic[at + 1] - p) * (size % 500) / 500;
  return x < 0 ? 1'000'000 - p : p;
}

Shopper::Shopper(std::uint64_t seed, std::string_view person, std::string_view receipt)
    : seed_(seed), receipt_(receipt) {
  Pcg self = pcg_for(seed, "person " + std::string(person));
  for (auto& taste : tastes_) taste = self.normal(1000);
  thrift_ = self.between(300, 2300);
  patience_ = self.between(300, 1500);
  Pcg mood = pcg_for(seed, "mood " + receipt_);
  hurry_ = mood.percent(30) ? mood.between(500, 2000) : 0;
}

Pcg Shopper::dice(std::string_view what, const Product& product) const {
  return pcg_for(seed_, std::string(what) + " " + receipt_ + " " + product.key);
}

std::int64_t Shopper::affinity(const Product& product) const {
  const auto f = factors(seed_, product);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < kTastes; ++i) sum += tastes_[i] * f[i] / 1000;
  return sum * 408 / 1000;  // by the root of the number of tastes
}

bool Shopper::buys_unasked(const Product& product) const {
  Pcg draw = dice("unasked", product);
  return draw.chance(logistic_ppm(affinity(product) + kUnaskedShift));
}

Response Shopper::respond(const Encounter& met) const {
  const Product& product = *met.product;
  Pcg draw = dice("asked", product);
  // Drawn in a fixed order, so that no answer moves another.
  const bool anyway_yes = draw.chance(kAnywayYes);
  const std::int64_t luck = draw.between(0, 999'999);
  const bool looks = !draw.chance(60'000 + hurry_ * 150);
  const bool later = draw.chance(kLaterAfterNo);
  const bool undo = draw.chance(kUndo);
  const bool taken_off = draw.chance(kVoid);
  const std::int64_t slow = draw.between(0, 2600);

  Response out;
  out.by_customer = met.kiosk;
  out.think_ms =
      std::clamp<std::int64_t>(900 + slow + (met.kiosk ? 1500 : 0) - hurry_ / 3, 400, 9000);
  const bool anyway = !met.adds_nothing && (met.on_receipt || buys_unasked(product));
  const std::int64_t price = met.asks.value_or(product.price * met.quantity);
  const std::int64_t wish =
      affinity(product) * 9 / 10 + kAskedShift - price_pain(price) * thrift_ / 3000 - hurry_ +
      (price < 0 ? kGladToSave : 0) - static_cast<std::int64_t>(met.prompts_before) * patience_;
  if (!looks) {
    out.answer = Answer::ignore;
  } else if (anyway ? anyway_yes : luck < logistic_ppm(wish)) {
    out.answer = Answer::accept;
    out.undone = undo;
    out.voided_later = !undo && taken_off;
  } else {
    out.answer = Answer::decline;
  }
  const bool kept = out.answer == Answer::accept && !out.undone && !out.voided_later;
  // Whoever wanted it anyway gets it; a "no" is sometimes thought over, a change of mind is not.
  out.arrives_later =
      !kept && !met.adds_nothing && (anyway || (out.answer == Answer::decline && later));
  return out;
}

PotentialOutcomes Shopper::outcomes(const Encounter& met) const {
  const Response shown = respond(met);
  PotentialOutcomes out;
  out.if_withheld = !met.adds_nothing && (met.on_receipt || buys_unasked(*met.product));
  out.if_shown = shown.arrives_later ||
                 (shown.answer == Answer::accept && !shown.undone && !shown.voided_later);
  return out;
}

void Truth::add(const Encounter& met, const PotentialOutcomes& outcomes) noexcept {
  ++eligible;
  in_basket_if_shown += outcomes.if_shown ? 1 : 0;
  in_basket_if_withheld += outcomes.if_withheld ? 1 : 0;
  const std::int64_t more = (outcomes.if_shown ? 1 : 0) - (outcomes.if_withheld ? 1 : 0);
  revenue += more * met.quantity * met.product->price;
  if (met.product->cost) margin += more * met.quantity * (met.product->price - *met.product->cost);
}

void Truth::add(const Truth& other) noexcept {
  eligible += other.eligible;
  in_basket_if_shown += other.in_basket_if_shown;
  in_basket_if_withheld += other.in_basket_if_withheld;
  revenue += other.revenue;
  margin += other.margin;
}

std::int64_t Truth::incremental_ppm() const noexcept {
  return eligible == 0 ? 0 : (in_basket_if_shown - in_basket_if_withheld) * 1'000'000 / eligible;
}
std::int64_t Truth::revenue_per_unit_milli() const noexcept {
  return eligible == 0 ? 0 : revenue * 1000 / eligible;
}
std::int64_t Truth::margin_per_unit_milli() const noexcept {
  return eligible == 0 ? 0 : margin * 1000 / eligible;
}

}  // namespace sidedish::sim
