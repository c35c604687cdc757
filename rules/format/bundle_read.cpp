// The slots, price and completion of a rule of kind bundle.
#include "rules/format/rules_read.hpp"

namespace sidedish::format {
namespace {

// Its twins: rules/image/layout.hpp (kMaxSlots, kMaxBundleUnits, kMaxTimes, kMaxMissing).
constexpr std::size_t kMostSlots = 6;
constexpr int kMostUnits = 8;
constexpr int kMostTimes = 9;
constexpr int kMostMissing = 2;

model::BundleSlot read_slot(Reader& in, Json value, unsigned exponent) {
  model::BundleSlot out;
  if (!in.object(value, {"id", "choose", "count", "price_delta"})) return out;
  out.id = in.text(in.need(value, "id"), kName);
  if (const Json v = in.need(value, "choose")) out.choose = read_products(in, v);
  if (const Json count = value.find("count"); count && in.object(count, {"min", "max"})) {
    const Json min = count.find("min");
    const Json max = count.find("max");
    if (!min && !max) in.add("empty", count.pointer(), "expected min or max, found neither");
    out.min = in.small_or(min, 0, kMostUnits, 1);
    out.max = in.small_or(max, 1, kMostUnits, out.min > 1 ? out.min : 1);
  }
  const Json deltas = value.find("price_delta");
  if (deltas && !deltas.is(Json::Type::object)) {
    in.expected(deltas, "an object of money by product");
    return out;
  }
  for (const Json delta : deltas) {
    if (!kProductKey.matches(delta.key())) {
      in.add(kProductKey.code, delta.pointer(), std::string("expected ") + kProductKey.expected);
    }
    out.price_delta.emplace(delta.key(), in.money(delta, exponent));
  }
  return out;
}

void read_price(Reader& in, Json value, unsigned exponent, model::Bundle& out) {
  int said = 0;
  for (std::size_t i = 0; i < kBundlePrices.size(); ++i) {
    const Json v = value.find(kBundlePrices[i]);
    if (!v) continue;
    ++said;
    out.how = static_cast<model::BundlePrice>(i);
    out.amount =
        out.how == model::BundlePrice::percent ? in.integer(v, 1, 100) : in.money(v, exponent);
  }
  if (said != 1) {
    in.add(
        "choose-one-way", value.pointer(),
        "expected exactly one of price, discount, discount_percent, found " + std::to_string(said));
  }
}

}  // namespace

model::Bundle read_bundle(Reader& in, Json value, unsigned exponent) {
  model::Bundle out;
  if (!in.object(value, {"slots", "price", "discount", "discount_percent", "times", "missing",
                         "complete"})) {
    return out;
  }
  if (const Json slots = in.need(value, "slots"); slots && in.array(slots, 1)) {
    if (slots.size() > kMostSlots) {
      in.add("too-many", slots.pointer(),
             "expected at most 6 slots, found " + std::to_string(slots.size()));
    }
    for (const Json slot : slots) out.slots.push_back(read_slot(in, slot, exponent));
  }
  read_price(in, value, exponent, out);
  out.times = in.small_or(value.find("times"), 1, kMostTimes, out.times);
  out.missing = in.small_or(value.find("missing"), 0, kMostMissing, out.missing);
  if (const Json complete = value.find("complete"); complete && in.object(complete, {"worth"})) {
    out.worth = in.money(in.need(complete, "worth"), exponent);
  }
  return out;
}

}  // namespace sidedish::format
