#include "rules/base/money.hpp"
#include "rules/image/check_rules.hpp"
#include "rules/model/words.hpp"

namespace sidedish::image {
namespace {

bool check_slot(const Image& image, Checker& check, std::size_t i) noexcept {
  const Slot& s = image.slots()[i];
  const auto is = [&](bool good, const char* why) { return check.ok(good, "slots", i, why); };
  if (!(check.text(s.id, "slots", i, "id is not a text") &&
        is(s.set < image.sets().size(), "no such set") &&
        is(s.max >= 1 && s.min <= s.max, "least and most units") &&
        is(std::uint64_t{s.deltas} + s.delta_count <= image.deltas().size(), "deltas"))) {
    return false;
  }
  const std::uint32_t choices = image.set(s.set).size();
  if (!is(choices >= 1 && choices <= kMaxChoices, "number of products that may stand there")) {
    return false;
  }
  for (std::uint32_t k = s.deltas; k < s.deltas + s.delta_count; ++k) {
    const Delta& d = image.deltas()[k];
    if (!check.ok(d.amount >= 0 && d.amount <= kMaxAmount && d.reserved == 0 &&
                      d.product < image.products().size() &&
                      (k == s.deltas || image.deltas()[k - 1].product < d.product),
                  "deltas", k, "amount, product or order")) {
      return false;
    }
  }
  return true;
}

bool check_bundle(const Image& image, Checker& check, std::size_t i) noexcept {
  const Bundle& b = image.bundles()[i];
  const auto is = [&](bool good, const char* why) { return check.ok(good, "bundles", i, why); };
  const bool percent = b.how == BundlePrice::percent;
  if (!(is(b.how <= BundlePrice::percent, "price, discount or percent") &&
        is(b.amount >= 0 && b.amount <= (percent ? 100 : kMaxAmount), "amount") &&
        is(b.times >= 1 && b.times <= kMaxTimes, "times") &&
        is(b.missing <= kMaxMissing, "missing") && is(b.converts <= 1, "converts") &&
        is(b.slot_count >= 1 && b.slot_count <= kMaxSlots &&
               std::uint64_t{b.slots} + b.slot_count <= image.slots().size(),
           "slots"))) {
    return false;
  }
  for (const std::uint8_t byte : b.reserved) {
    if (!is(byte == 0, "reserved is not zero")) return false;
  }
  unsigned least = 0;
  unsigned most = 0;
  for (const Slot& s : image.slots().subspan(b.slots, b.slot_count)) {
    least += s.min;
    most += s.max;
  }
  return is(most <= kMaxBundleUnits, "more than 8 units") &&
         is(b.missing < least, "all required units may be missing");
}

}  // namespace

bool check_bundles(const Image& image, Checker& check) noexcept {
  std::uint64_t bundles = 0;
  const auto rules = image.rules();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& r = rules[i];
    const auto is = [&](bool good, const char* why) { return check.ok(good, "rules", i, why); };
    if (r.kind == static_cast<std::uint8_t>(Kind::upsell) &&
        !is(r.detail < image.sets().size(), "no such set to swap from")) {
      return false;
    }
    if (r.kind != static_cast<std::uint8_t>(Kind::bundle)) continue;
    if (!is(r.detail == bundles && bundles < image.bundles().size(),
            "bundle does not follow that of the rule before") ||
        !check_bundle(image, check, bundles) ||
        !is(image.bundles()[bundles].converts == 0 || r.offer_count > 0,
            "converts without an offer for it")) {
      return false;
    }
    ++bundles;
  }
  if (!check.ok(bundles == image.bundles().size(), "bundles", bundles, "bundle of no rule")) {
    return false;
  }
  std::uint64_t slots = 0;
  for (std::size_t i = 0; i < image.bundles().size(); ++i) {
    if (!check.ok(image.bundles()[i].slots == slots, "bundles", i,
                  "slots do not follow the bundle before")) {
      return false;
    }
    slots += image.bundles()[i].slot_count;
  }
  if (!check.ok(slots == image.slots().size(), "slots", slots, "slots of no bundle")) return false;
  std::uint64_t deltas = 0;
  for (std::size_t i = 0; i < image.slots().size(); ++i) {
    if (!check.ok(image.slots()[i].deltas == deltas, "slots", i,
                  "deltas do not follow the slot before") ||
        !check_slot(image, check, i)) {
      return false;
    }
    deltas += image.slots()[i].delta_count;
  }
  return check.ok(deltas == image.deltas().size(), "deltas", deltas, "deltas of no slot");
}

}  // namespace sidedish::image
