#include "tests/bench/worst.hpp"

#include <map>
#include <numeric>

namespace sidedish::bench {
namespace {

constexpr std::uint32_t kRules = 10'000;
constexpr std::uint32_t kGoods = 600;  // bought; the ones after them are offered

ImageBuilder shelves(std::uint32_t offered) {
  ImageBuilder b;
  for (std::uint32_t p = 0; p < kGoods + offered; ++p) {
    b.products.push_back({"sku:" + std::to_string(p), 100 + p % 7, image::kNone, {}, 0});
  }
  std::vector<std::uint32_t> all(kGoods);
  std::iota(all.begin(), all.end(), 0U);
  b.set({0});
  b.set(all);
  b.settings.score_floor = 1;
  return b;
}

Sale sale(std::uint32_t lines, std::int64_t units = 1) {
  Sale out{{}, 0};
  for (std::uint32_t p = 0; p < lines; ++p) {
    out.items.push_back({p, p + 1, units * kOne, units * 100});
    out.total += units * 100;
  }
  return out;
}

// `count` rules alike but for their offers: rule i offers product `offer(i)` for `score(i)`.
template <class Offer, class Score>
ImageBuilder::Bytes rules(ImageBuilder b, std::uint32_t count, const Cond& when, Offer offer,
                          Score score) {
  std::set<std::uint32_t> stables;
  for (std::uint32_t i = 0; b.rules.size() < count; ++i) {
    const std::string id = "r" + std::to_string(i);
    if (!stables.insert(stable_id(id)).second) continue;
    b.rules.push_back({id, when, {{offer(i), score(i)}}, rule_defaults()});
  }
  return b.build();
}

std::int64_t same(std::uint32_t) { return 5'000'000; }
std::int64_t falling(std::uint32_t i) { return 5'000'000 + i; }
std::uint32_t other(std::uint32_t i) { return kGoods + i % 100; }

Cond deep() {
  const Cond block = any(std::vector<Cond>(20, has(1)));
  std::vector<Cond> parts(10, block);
  parts.push_back(leaf(image::Op::lines, 100'000, image::kNoMax));
  return all(std::move(parts));
}

// Of six slots every product may stand in each, nine bundles at once.
ImageBuilder::Bytes bundles(std::uint8_t missing, std::int64_t amount) {
  ImageBuilder b = shelves(0);
  b.set({});
  std::vector<std::uint32_t> most(image::kMaxChoices);
  std::iota(most.begin(), most.end(), 0U);
  b.sets[1] = most;
  for (std::uint32_t i = 0; i < 200; ++i) {
    RuleIn rule{"b" + std::to_string(i), all({}), {{0, 5'000'000}}, rule_defaults()};
    if (missing > 0) rule.offers.insert(rule.offers.begin(), {1, 5'000'000});
    rule.fields.kind = static_cast<std::uint8_t>(Kind::bundle);
    rule.bundle.times = image::kMaxTimes;
    rule.bundle.missing = missing;
    rule.bundle.converts = 1;
    rule.bundle.amount = amount;
    for (unsigned s = 0; s < image::kMaxSlots; ++s) {
      SlotIn slot{1, 1, static_cast<std::uint8_t>(s < 2 ? 2 : 1), {}};
      for (std::uint32_t p = s; p < kGoods && p < image::kMaxChoices; p += 3)
        slot.deltas[p] = p % 89;
      rule.bundle.slots.push_back(std::move(slot));
    }
    b.rules.push_back(std::move(rule));
  }
  return b.build();
}

ImageBuilder::Bytes swaps() {
  ImageBuilder b = shelves(100);
  for (std::uint32_t i = 0; i < 100; ++i) {
    RuleIn rule{"u" + std::to_string(i), all({}), {}, rule_defaults()};
    for (std::uint32_t k = 0; k < 50; ++k) rule.offers.push_back({kGoods + k, 5'000'000});
    rule.fields.kind = static_cast<std::uint8_t>(Kind::upsell);
    rule.fields.detail = 1;
    rule.fields.spend_jump_permille = 1;
    b.rules.push_back(std::move(rule));
  }
  return b.build();
}

ImageBuilder::Bytes many_substitutes() {
  ImageBuilder b = shelves(100);
  for (std::uint32_t p = kGoods; p < kGoods + 100; ++p) {
    for (std::uint32_t s = kGoods; s < kGoods + 100; ++s) {
      if (s != p) b.products[p].substitutes.push_back(s);
    }
  }
  b.settings.spend_jump_permille = 1;
  return rules(std::move(b), kRules, has(0), other, falling);
}

}  // namespace

std::vector<Worst> worst_cases() {
  const auto make = [](const Cond& when, auto offer, auto score, std::uint16_t jump = 10'000) {
    return [=] {
      ImageBuilder b = shelves(100);
      b.settings.spend_jump_permille = jump;
      return rules(std::move(b), kRules, when, offer, score);
    };
  };
  const auto inside = [](std::uint32_t i) { return i % 20; };
  const Cond listed = has(1);
  const Cond always = leaf(image::Op::lines, 1, image::kNoMax);
  return {
      {"every offer is in the basket", make(has(1), inside, falling), sale(20), kCanAdd},
      {"one product with 10,000 rules, all stopped", make(has(0), other, falling, 1), sale(20),
       kCanAdd},
      {"10,000 rules without an item, all stopped", make(always, other, falling, 1), sale(20),
       kCanAdd},
      {"10,000 rules tie", make(has(0), other, same), sale(20), kCanAdd},
      {"200 conditions each, the last fails", make(deep(), other, falling), sale(20), kCanAdd},
      {"500 lines, all stopped", make(listed, other, falling, 1), sale(500), kCanAdd},
      {"100 substitutes each", many_substitutes, sale(20), kCanAdd},
      {"the host can do nothing", make(has(0), other, falling), sale(20), 0},
      {"bundles over 500 lines, complete", [] { return bundles(0, 1'000'000); }, sale(500, 3),
       kCanConvert},
      {"bundles over 5 lines, one missing", [] { return bundles(1, 1'000'000); }, sale(5),
       kCanAdd | kCanConvert},
      {"swaps of 500 lines", swaps, sale(500), kCanReplace},
  };
}

}  // namespace sidedish::bench
