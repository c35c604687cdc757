// What is decided for a basket does not depend on how it came about: in which order its units were
// rung up, and what was rung up and taken off again. For packs of all kinds of rules at once.
#include "tests/rules/engine/deal_world.hpp"

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

/// random_pack()'s add-ons, pairs and receipts, with a meal and a swap over the same products.
ImageBuilder mixed_pack(Dice& dice) {
  ImageBuilder b = random_pack(dice);
  b.settings.cashier_prompts = static_cast<std::uint8_t>(1 + dice(4));
  b.settings.kiosk_prompts = static_cast<std::uint8_t>(1 + dice(4));
  b.settings.score_floor = 0;
  const auto set = [&] { return static_cast<std::uint32_t>(dice(b.sets.size())); };
  for (int i = 0; i < 2; ++i) {
    RuleIn meal{"meal" + std::to_string(i), all({}), {}, rule_defaults()};
    meal.fields.kind = static_cast<std::uint8_t>(Kind::bundle);
    meal.bundle.how = static_cast<image::BundlePrice>(dice(3));
    meal.bundle.amount = 1 + static_cast<std::int64_t>(dice(90));
    meal.bundle.times = static_cast<std::uint8_t>(1 + dice(3));
    meal.bundle.missing = 1;
    meal.bundle.converts = 1;
    for (int s = 0; s < 2; ++s) {
      std::uint32_t members = set();
      while (b.sets[members].empty()) members = set();
      meal.bundle.slots.push_back({members, 1, static_cast<std::uint8_t>(1 + dice(2)), {}});
    }
    for (std::uint32_t p = 0; p < kProducts; ++p) meal.offers.push_back({p, 60});
    meal.offers.push_back({0, 70});
    meal.least_bound = 10'000'000'000;
    b.rules.push_back(std::move(meal));
    RuleIn up{"up" + std::to_string(i), all({}), {}, rule_defaults()};
    up.fields.kind = static_cast<std::uint8_t>(Kind::upsell);
    up.fields.detail = set();
    for (std::uint32_t p = 0; p < kProducts; ++p) {
      if (dice.one_in(3)) up.offers.push_back({p, 80});
    }
    if (up.offers.empty()) up.offers.push_back({0, 80});
    b.rules.push_back(std::move(up));
  }
  return b;
}

/// What a decision says, without when it was said.
struct Said {
  explicit Said(const Decision& d) : decision(d) {
    for (Prompt& p : decision.prompts) {
      p.id = 0;
      p.revision = 0;
      p.fresh = 0;
    }
    decision.change_count = 0;
    for (Change& change : decision.changes) change = Change{};
  }
  bool operator==(const Said& other) const {
    return std::memcmp(&decision, &other.decision, sizeof decision) == 0;
  }
  Decision decision;
};

/// A till where units come and go; what a line costs is the product's price.
class Counter {
 public:
  explicit Counter(const ImageBuilder& pack) : shop(pack), pack_(pack) {}
  void ring(std::uint32_t product, std::int64_t sign) {
    auto at = std::find_if(items_.begin(), items_.end(),
                           [&](const Item& one) { return one.product >= product; });
    if (at == items_.end() || at->product != product) {
      at = items_.insert(at, {product, stable_id(pack_.products[product].key), 0, 0});
    }
    at->quantity += sign * kOne;
    at->value += sign * pack_.products[product].price;
    if (at->quantity == 0) items_.erase(at);
  }
  const Decision& decide() { return shop.decide(Shop::basket(items_)); }
  Minor total() const { return Shop::basket(items_).total; }
  Shop shop;

 private:
  const ImageBuilder& pack_;
  std::vector<Item> items_;
};

}  // namespace

// Seen to fail: with a matcher that takes items in the order of their stable ids, with a page's
// product that stays in the basket, and with a memory that counts updates as prompts.
TEST_CASE("order: how a basket came about changes nothing of what any kind of rule says of it",
          "[engine]") {
  unsigned said[5] = {};
  unsigned silent = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    const ImageBuilder pack = mixed_pack(dice);
    Context context = random_context(dice);
    context.capabilities = kCanAdd | kCanReplace | kCanConvert;
    context.holds = 0;
    context.mode = Mode::sale;
    context.tender_begun = 0;
    std::vector<std::uint32_t> units;
    for (std::uint64_t n = 1 + dice(8); n > 0; --n) {
      units.push_back(static_cast<std::uint32_t>(dice(kProducts)));
    }
    std::optional<Said> first;
    for (int order = 0; order < 4; ++order) {
      for (std::size_t i = units.size(); i > 1; --i) std::swap(units[i - 1], units[dice(i)]);
      Counter counter(pack);
      counter.shop.context = context;
      // Until all is there nobody may speak, so that nothing is used up.
      counter.shop.context.holds = kHoldManager;
      for (const std::uint32_t product : units) {
        if (dice.one_in(3)) {  // rung up by mistake
          const auto wrong = static_cast<std::uint32_t>(dice(kProducts));
          counter.ring(wrong, 1);
          REQUIRE(counter.decide().prompt_count == 0);
          counter.ring(wrong, -1);
        }
        counter.ring(product, 1);
        REQUIRE(counter.decide().prompt_count == 0);
      }
      counter.shop.context.holds = 0;
      const Said now(counter.decide());
      if (!first) {
        first = now;
        for (std::uint32_t i = 0; i < now.decision.prompt_count; ++i) {
          ++said[static_cast<unsigned>(now.decision.prompts[i].kind)];
          REQUIRE(counter.total() + now.decision.prompts[i].price_effect >= 0);
        }
        silent += now.decision.prompt_count == 0 ? 1U : 0U;
      }
      REQUIRE(now == *first);
      // Asked again, and after something came and went: what stands says the same.
      counter.ring(units[0], 1);
      counter.decide();
      counter.ring(units[0], -1);
      const Decision& back = counter.decide();
      for (std::uint32_t i = 0; i < back.prompt_count; ++i) {
        for (std::uint32_t k = 0; k < now.decision.prompt_count; ++k) {
          const Prompt& a = back.prompts[i];
          const Prompt& b = now.decision.prompts[k];
          if (a.fresh != 0 || a.rule != b.rule || a.offer != b.offer || a.also != b.also) continue;
          if (a.quantity != b.quantity) continue;  // a bundle of more units stood meanwhile
          REQUIRE(a.price_effect == b.price_effect);
          REQUIRE(a.saving == b.saving);
          REQUIRE(a.score == b.score);
        }
      }
    }
  }
  CHECK(said[static_cast<unsigned>(Kind::add_on)] > 100);
  CHECK(said[static_cast<unsigned>(Kind::bundle)] > 100);
  CHECK(said[static_cast<unsigned>(Kind::upsell)] > 100);
  CHECK(said[static_cast<unsigned>(Kind::also_bought)] > 30);
  CHECK(silent > 100);
}
