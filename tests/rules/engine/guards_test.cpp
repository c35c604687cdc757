#include "tests/rules/engine/fixture.hpp"

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

using B = ImageBuilder;
using C = Context;
using M = Memory;

struct Case {
  const char* what;
  void (*change)(B&, C&, M&);
  Silence silence;
  Guard guard;
};

PromptSlot slot(std::string_view rule, std::string_view product, PromptState state) {
  PromptSlot s{};
  s.id = 5;
  s.rule = stable_id(rule);
  s.offer = stable_id(product);
  s.quantity = kOne;
  s.state = state;
  return s;
}

void flag(B& b, unsigned flags) { b.products[1].flags = static_cast<std::uint16_t>(flags); }
void today(C& c, M& m) { m.lane.business_day = static_cast<std::int32_t>(c.now / 86'400'000); }

// At most two to a customer in 28 days.
void for_customers(B& b) {
  b.rules[0].fields.flags = image::kEnabled | 1U << image::kUnitShift;
  b.rules[0].customer_prompts = 2;
  b.rules[0].customer_days = 28;
}

const Case kCases[] = {
    {"free", [](B&, C&, M&) {}, Silence::none, Guard::none},
    {"return", [](B&, C& c, M&) { c.mode = Mode::return_; }, Silence::not_sale, Guard::none},
    {"training", [](B&, C& c, M&) { c.mode = Mode::training; }, Silence::not_sale, Guard::none},
    {"age check", [](B&, C& c, M&) { c.holds = kHoldAgeCheck; }, Silence::hold, Guard::none},
    {"unknown hold", [](B&, C& c, M&) { c.holds = 1U << 30; }, Silence::hold, Guard::none},
    {"rush at a till", [](B&, C& c, M&) { c.holds = kHoldRush; }, Silence::allowance, Guard::none},
    {"tender", [](B&, C& c, M&) { c.tender_begun = 1; }, Silence::tender, Guard::none},
    {"unknown store", [](B&, C& c, M&) { c.store = image::kNone; }, Silence::unknown_store,
     Guard::none},
    {"not the image's currency", [](B&, C& c, M&) { c.currency[0] = 'U'; }, Silence::currency,
     Guard::none},
    {"prices without tax, where the rules have it in them",
     [](B&, C& c, M&) { c.taxed = Taxed::excluded; }, Silence::currency, Guard::none},
    {"prices with tax, where the rules have none",
     [](B& b, C& c, M&) {
       b.settings.prices_include_tax = 0;
       c.taxed = Taxed::included;
     },
     Silence::currency, Guard::none},
    {"prices with tax, as in the rules", [](B&, C& c, M&) { c.taxed = Taxed::included; },
     Silence::none, Guard::none},
    {"prices without tax, as in the rules",
     [](B& b, C& c, M&) {
       b.settings.prices_include_tax = 0;
       c.taxed = Taxed::excluded;
     },
     Silence::none, Guard::none},
    {"not the basket's currency", [](B&, C&, M& m) { m.basket.currency[0] = 'X'; },
     Silence::currency, Guard::none},
    {"before the time table", [](B&, C& c, M&) { c.now = 1'599'999'999'999; }, Silence::clock,
     Guard::none},
    {"after the time table", [](B&, C& c, M&) { c.now = 2'000'000'000'000; }, Silence::clock,
     Guard::none},
    {"a no was said", [](B&, C&, M& m) { m.basket.flags = kSilenced; }, Silence::silenced,
     Guard::none},
    {"resumed without token", [](B&, C&, M& m) { m.basket.flags = kBlind; }, Silence::silenced,
     Guard::none},
    {"spent", [](B&, C&, M& m) { m.basket.spent = 1; }, Silence::allowance, Guard::none},
    {"none allowed", [](B& b, C&, M&) { b.settings.cashier_prompts = 0; }, Silence::allowance,
     Guard::none},
    {"slots used up",
     [](B&, C&, M& m) {
       for (auto& s : m.basket.slots) s = slot("x", "y", PromptState::withdrawn);
     },
     Silence::memory_full, Guard::none},
    {"browse", [](B&, C& c, M&) { c.moment = Moment::browse; }, Silence::no_candidate, Guard::none},
    {"receipt", [](B&, C& c, M&) { c.channel = Channel::receipt; }, Silence::no_candidate,
     Guard::none},
    {"out of stock", [](B& b, C&, M&) { flag(b, 2U << image::kStockShift); }, Silence::guarded,
     Guard::out_of_stock},
    {"low stock is no guard", [](B& b, C&, M&) { flag(b, 1U << image::kStockShift); },
     Silence::none, Guard::none},
    {"hidden", [](B& b, C&, M&) { flag(b, image::kHidden); }, Silence::guarded, Guard::hidden},
    {"restricted", [](B& b, C&, M&) { flag(b, image::kRestricted); }, Silence::guarded,
     Guard::restricted},
    {"an allergen that the customer avoids",
     [](B& b, C& c, M&) {
       b.avoid = {"diet:vegan", "milk"};
       flag(b, image::kAllergensKnown);
       b.products[1].avoided = 2;
       c.avoid = 2;
     },
     Silence::guarded, Guard::avoided},
    {"another allergen than the one avoided",
     [](B& b, C& c, M&) {
       b.avoid = {"diet:vegan", "milk"};
       flag(b, image::kAllergensKnown);
       b.products[1].avoided = 1;
       c.avoid = 2;
     },
     Silence::none, Guard::none},
    {"allergens not known, and something is avoided",
     [](B& b, C& c, M&) {
       b.avoid = {"milk"};
       c.avoid = 1;
     },
     Silence::guarded, Guard::avoid_unknown},
    {"something avoided that there is no word for",
     [](B& b, C& c, M&) {
       flag(b, image::kAllergensKnown);
       c.avoid_unknown = 1;
     },
     Silence::guarded, Guard::avoid_unknown},
    {"on a restricted list that holds in this store",
     [](B& b, C&, M&) {
       b.products[1].restricted = 6;
       b.restricted = 2;
     },
     Silence::guarded, Guard::restricted},
    {"on a restricted list that holds elsewhere",
     [](B& b, C&, M&) {
       b.products[1].restricted = 4;
       b.restricted = 2;
     },
     Silence::none, Guard::none},
    {"the rule asks for low stock",
     [](B& b, C&, M&) {
       b.rules[0].when = all({has(0), leaf(image::Op::stock, 2, 0)});
     },
     Silence::guarded, Guard::stock_class},
    {"the rule asks for low stock, and it is low",
     [](B& b, C&, M&) {
       b.rules[0].when = all({has(0), leaf(image::Op::stock, 2, 0)});
       flag(b, 1U << image::kStockShift);
     },
     Silence::none, Guard::none},
    {"in the basket",
     [](B& b, C&, M&) {
       b.rules[0].offers = {{0, 5'000'000}};
     },
     Silence::guarded, Guard::in_basket},
    {"substitute there",
     [](B& b, C&, M&) {
       b.products[1].substitutes = {0, 4};
     },
     Silence::guarded, Guard::substitute},
    {"spend jump", [](B& b, C&, M&) { b.products[1].price = 1001; }, Silence::guarded,
     Guard::spend_jump},
    {"as much as the basket", [](B& b, C&, M&) { b.products[1].price = 1000; }, Silence::none,
     Guard::none},
    {"a rule may allow less", [](B& b, C&, M&) { b.rules[0].fields.spend_jump_permille = 199; },
     Silence::guarded, Guard::spend_jump},
    {"a rule may not allow more",
     [](B& b, C&, M&) {
       b.rules[0].fields.spend_jump_permille = 60000;
       b.products[1].price = 1001;
     },
     Silence::guarded, Guard::spend_jump},
    {"no capability", [](B&, C& c, M&) { c.capabilities = kCanUndo; }, Silence::guarded,
     Guard::capability},
    {"declined before",
     [](B&, C&, M& m) { m.basket.slots[0] = slot("o", "sku:fries", PromptState::declined); },
     Silence::guarded, Guard::declined},
    {"taken by another rule",
     [](B&, C&, M& m) { m.basket.slots[0] = slot("o", "sku:fries", PromptState::accepted); },
     Silence::guarded, Guard::same_product},
    {"taken back, of another rule",
     [](B&, C&, M& m) { m.basket.slots[0] = slot("o", "sku:fries", PromptState::undone); },
     Silence::guarded, Guard::same_product},
    {"this rule was accepted",
     [](B&, C&, M& m) {
       m.basket.slots[0] = slot("burger-fries", "sku:cola", PromptState::accepted);
     },
     Silence::guarded, Guard::answered},
    {"lane cap",
     [](B& b, C& c, M& m) {
       b.rules[0].fields.cap_lane_day = 3;
       today(c, m);
       m.lane.counters[9] = {stable_id("burger-fries"), 3, 0};
     },
     Silence::guarded, Guard::lane_day_cap},
    {"shift cap",
     [](B& b, C& c, M& m) {
       b.rules[0].fields.cap_shift = 3;
       today(c, m);
       m.lane.counters[55] = {stable_id("burger-fries"), 0, 3};
     },
     Silence::guarded, Guard::shift_cap},
    {"customer cap",
     [](B& b, C& c, M& m) {
       for_customers(b);
       c.customer_hash = 4;
       today(c, m);
       m.lane.customer = {4, {{stable_id("burger-fries"), 20'780, 2}}};
     },
     Silence::guarded, Guard::customer_cap},
    {"customer cap of another customer",
     [](B& b, C& c, M& m) {
       for_customers(b);
       c.customer_hash = 5;
       today(c, m);
       m.lane.customer = {4, {{stable_id("burger-fries"), 20'780, 2}}};
     },
     Silence::none, Guard::none},
    {"customer memory full",
     [](B& b, C& c, M& m) {
       for_customers(b);
       c.customer_hash = 4;
       today(c, m);
       m.lane.customer.customer = 4;
       for (std::uint32_t i = 0; i < kCustomerCounters; ++i) {
         m.lane.customer.counters[i] = {i + 1, 20'780, 1};
       }
     },
     Silence::memory_full, Guard::memory_full},
    {"lane memory full",
     [](B& b, C& c, M& m) {
       b.rules[0].fields.cap_shift = 3;
       today(c, m);
       for (std::uint32_t i = 0; i < kRuleCounters; ++i) m.lane.counters[i] = {i + 1, 1, 1};
     },
     Silence::memory_full, Guard::memory_full},
    {"below the floor", [](B& b, C&, M&) { b.settings.score_floor = 9'000'001; },
     Silence::below_floor, Guard::floor},
    {"at the floor", [](B& b, C&, M&) { b.settings.score_floor = 9'000'000; }, Silence::none,
     Guard::none},
};

}  // namespace

TEST_CASE("guards: each stops the offer, is named, and explain agrees", "[engine]") {
  for (const Case& c : kCases) {
    CAPTURE(c.what);
    ImageBuilder builder = burger_bar();
    Context context = context_at(kNoon);
    Memory memory{open_basket(77, kNoon), open_lane()};
    c.change(builder, context, memory);
    Shop shop(builder);
    shop.context = context;
    shop.memory = memory;
    const auto verdicts = shop.explain({{0, 1}});
    const Decision explained = shop.decision;
    const Decision& d = shop.decide({{0, 1}});
    CHECK(d.silence == c.silence);
    CHECK(d.prompt_count == (c.silence == Silence::none ? 1U : 0U));
    CHECK(verdicts[0].guard == c.guard);
    CHECK((verdicts[0].fate == Fate::offered) == (c.silence == Silence::none));
    CHECK((verdicts[0].fate == Fate::guard) == (c.guard != Guard::none));
    CHECK(std::memcmp(&explained, &d, sizeof d) == 0);
    CHECK(d.caps_full == (c.guard == Guard::memory_full ? 1U : 0U));
  }
}

namespace {

struct Laid {
  const char* what;
  void (*change)(OverlayBuilder&);
  Guard guard;
};

const Laid kLaid[] = {
    {"nothing in it", [](OverlayBuilder&) {}, Guard::none},
    {"paused", [](OverlayBuilder& o) { o.pause("burger-fries"); }, Guard::paused},
    {"another rule paused", [](OverlayBuilder& o) { o.pause("coffee-cake"); }, Guard::none},
    {"recalled", [](OverlayBuilder& o) { o.recall("sku:fries"); }, Guard::recalled},
    {"its trigger recalled", [](OverlayBuilder& o) { o.recall("sku:burger"); }, Guard::none},
    {"sold out", [](OverlayBuilder& o) { o.stock("sku:fries", Stock::out); }, Guard::out_of_stock},
    {"low", [](OverlayBuilder& o) { o.stock("sku:fries", Stock::low); }, Guard::none},
    {"too dear", [](OverlayBuilder& o) { o.reprice("sku:fries", 1001); }, Guard::spend_jump},
    {"as dear as the basket", [](OverlayBuilder& o) { o.reprice("sku:fries", 1000); }, Guard::none},
    {"worth nothing any more", [](OverlayBuilder& o) { o.reprice("sku:fries", 0); }, Guard::floor},
    {"a price that a newer image has overtaken",
     [](OverlayBuilder& o) {
       o.reprice("sku:fries", 0);
       o.header.pack_version = 6;
     },
     Guard::none},
    {"another pack's",
     [](OverlayBuilder& o) {
       o.pause("burger-fries").recall("sku:fries");
       o.header.pack = hash64("other");
     },
     Guard::none},
};

}  // namespace

TEST_CASE("guards: what the overlay takes away is named, when it comes and where it stands",
          "[engine]") {
  for (const Laid& c : kLaid) {
    CAPTURE(c.what);
    ImageBuilder b = burger_bar();
    b.settings.pack_version = 7;
    b.settings.assumed_margin_permille = 300;
    b.settings.score_floor = 1;
    OverlayBuilder overlay;
    overlay.header.pack_version = 7;
    c.change(overlay);
    Shop fresh(b);
    fresh.lay(overlay);
    const auto verdicts = fresh.explain({{0, 1}});
    CHECK(verdicts[0].guard == c.guard);
    CHECK(fresh.decide({{0, 1}}).prompt_count == (c.guard == Guard::none ? 1U : 0U));
    // A prompt that stands goes at the next update; caps and floor it has paid for.
    Shop standing(b);
    REQUIRE(standing.decide({{0, 1}}).prompt_count == 1);
    standing.lay(overlay);
    const bool stays = c.guard == Guard::none || c.guard == Guard::floor;
    const Decision& d = standing.decide({{0, 1}}, false);
    CHECK(d.prompt_count == (stays ? 1U : 0U));
    CHECK(d.change_count == (stays ? 0U : 1U));
  }
}

TEST_CASE("guards: an overlay's price is what the prompt says, and never raises its score",
          "[engine]") {
  ImageBuilder b = burger_bar();
  b.settings.objective = image::Objective::revenue;
  b.rules[0].offers[0].score = 200'000;  // 1,000 ppm of 2.00
  Shop shop(b);
  for (const auto& [price, score] : {std::pair{150, 150'000}, {200, 200'000}, {300, 200'000}}) {
    OverlayBuilder overlay;
    overlay.reprice("sku:fries", price);
    shop.lay(overlay);
    shop.new_sale(77);
    for (int standing = 0; standing < 2; ++standing) {
      const Decision& d = shop.decide({{0, 1}});
      REQUIRE(d.prompt_count == 1);
      CHECK(d.prompts[0].price_effect == price);
      CHECK(d.prompts[0].score == score);
    }
  }
}

TEST_CASE("guards: no image, negative quantity, no rule and too many lines are silent",
          "[engine]") {
  Shop shop(burger_bar());
  CHECK(shop.decide({{0, 1}, {2, -1}}).silence == Silence::negative);
  CHECK(shop.decide({{2, 1}}).silence == Silence::no_candidate);
  CHECK(shop.decide(Units{}).silence == Silence::no_candidate);
  const auto one = Shop::items({{0, 1}});
  CHECK(shop.decide(Basket{one, 1000, 2001, 0}).silence == Silence::too_large);
  std::vector<Item> many(2001);
  for (std::uint32_t i = 0; i < many.size(); ++i) many[i] = {image::kNone, i, kOne, 100};
  CHECK(shop.decide(Shop::basket(many)).silence == Silence::too_large);
  many.pop_back();
  CHECK(shop.decide(Shop::basket(many)).silence == Silence::no_candidate);
  shop.image = image::Image();
  CHECK(shop.decide({{0, 1}}).silence == Silence::no_image);
}

TEST_CASE("guards: of several offers the best that nothing stops is made", "[engine]") {
  ImageBuilder b = burger_bar();
  b.rules[0].offers = {{1, 9'000'000}, {2, 8'000'000}, {3, 8'500'000}};
  b.products[1].flags = image::kHidden;
  Shop shop(b);
  const Decision& d = shop.decide({{0, 1}});
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].product == 3);
  CHECK(d.prompts[0].price_effect == 200);
}

TEST_CASE("guards: per_trigger offers one per whole trigger unit, one to nine", "[engine]") {
  ImageBuilder b = burger_bar();
  b.rules[0].fields.quantity = image::Quantity::per_trigger;
  b.rules[0].fields.detail = 0;
  for (const auto& [units, want] : {std::pair{1, 1}, {3, 3}, {9, 9}, {12, 9}}) {
    Shop shop(b);
    const Decision& d = shop.decide({{0, units}});
    REQUIRE(d.prompt_count == 1);
    CHECK(d.prompts[0].quantity == want * kOne);
  }
}
