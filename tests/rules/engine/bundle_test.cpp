// Bundles and upsells from the first prompt to the last.
#include "tests/rules/engine/fixture.hpp"

#include <numeric>

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

enum : std::uint32_t { burger, fries, cola, cake, large, double_burger, coffee, large_coffee };

constexpr std::int64_t kScore = 5'000'000;

// Burger 590, double 790, fries 290, large 350, cola 250: a meal is 890, a double 150 more.
ImageBuilder meals(std::uint8_t missing = 1, std::uint8_t converts = 1) {
  ImageBuilder b;
  const std::pair<const char*, Minor> menu[] = {
      {"burger", 590}, {"fries", 290},  {"cola", 250},   {"cake", 300},
      {"large", 350},  {"double", 790}, {"coffee", 200}, {"large-coffee", 270}};
  for (const auto& [key, price] : menu) {
    b.products.push_back({std::string("sku:") + key, price, image::kNone, {}, 0});
  }
  b.products[fries].substitutes = {large};
  b.products[large].substitutes = {fries};
  b.products[coffee].substitutes = {large_coffee};
  b.products[large_coffee].substitutes = {coffee};
  b.settings.objective = image::Objective::revenue;
  b.settings.cashier_prompts = 4;
  b.settings.assumed_margin_permille = 300;
  b.set({burger, double_burger});
  b.set({fries, large});
  b.set({cola});
  b.set({coffee});
  RuleIn meal{"meal", all({}), {}, rule_defaults()};
  meal.fields.kind = static_cast<std::uint8_t>(Kind::bundle);
  meal.bundle = {image::BundlePrice::price,
                 890,
                 2,
                 missing,
                 converts,
                 {{0, 1, 1, {{double_burger, 150}}}, {1, 1, 1, {{large, 60}}}, {2, 1, 1, {}}}};
  if (missing > 0) {
    for (const auto p : {burger, fries, cola, large, double_burger}) {
      meal.offers.push_back({p, kScore});
    }
  }
  if (converts != 0) meal.offers.push_back({burger, kScore});
  meal.least_bound = 1'000'000'000;
  b.rules.push_back(meal);
  return b;
}

ImageBuilder coffees() {
  ImageBuilder b = meals();
  b.rules.clear();
  RuleIn up{"up", all({}), {{large_coffee, kScore}}, rule_defaults()};
  up.fields.kind = static_cast<std::uint8_t>(Kind::upsell);
  up.fields.detail = 3;
  b.rules.push_back(up);
  return b;
}

// A host that can do everything; units at catalogue prices.
class Till : public Shop {
 public:
  explicit Till(ImageBuilder builder) : Shop(std::move(builder)) {
    context.capabilities = kCanAdd | kCanReplace | kCanConvert;
  }
  std::vector<Item> priced(const Units& list) const {
    std::vector<Item> out;
    for (const auto& [p, n] : list) {
      out.push_back({p, image.products()[p].stable, n * kOne, n * image.products()[p].price});
    }
    return out;
  }
  const Decision& ring(const Units& list) {
    held = priced(list);
    return decide(basket(held));
  }
  std::vector<Part> parts() {
    const image::Overlay none;
    Part out[kMaxParts];
    for (const PromptSlot& slot : memory.basket.slots) {
      if (slot.state != PromptState::shown) continue;
      const auto n = parts_of(image, none, context, basket(held), slot, out);
      return {out, out + n};
    }
    return {};
  }
  std::vector<Item> held;
};

}  // namespace

TEST_CASE(
    "bundle: with a burger and a cola there, the fries are offered at what the meal costs more",
    "[engine]") {
  Till till(meals());
  const Decision& d = till.ring({{burger, 1}, {cola, 1}});
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].kind == Kind::bundle);
  CHECK(d.prompts[0].action == Action::convert);
  CHECK(d.prompts[0].product == fries);
  CHECK(d.prompts[0].quantity == kOne);
  CHECK(d.prompts[0].price_effect == 890 - 590 - 250);
  CHECK(d.prompts[0].saving == 590 + 290 + 250 - 890);
  const auto parts = till.parts();
  REQUIRE(parts.size() == 3);
  Minor sum = 0;
  for (const Part& part : parts) sum += part.price;
  CHECK(sum == 890);
  CHECK(parts[1].product == fries);
  CHECK(parts[1].added == 1);
  CHECK(parts[0].price > parts[1].price);
}

TEST_CASE("bundle: two parts missing are too many unless the rule says two", "[engine]") {
  Till one(meals(1));
  CHECK(one.ring({{burger, 1}}).prompt_count == 0);
  CHECK(one.decision.silence == Silence::no_candidate);
  Till two(meals(2));
  two.memory.basket = open_basket(77, kNoon);
  two.context.capabilities |= kCanApplyPromotion;
  const Decision& d = two.ring({{burger, 2}});
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].product == fries);
  CHECK(d.prompts[0].also == cola);
  CHECK(d.prompts[0].price_effect == 300);
  CHECK(two.ring({{burger, 2}}).prompts[0].fresh == 0);
  // The second thing came by itself: the prompt is about another basket now.
  CHECK(two.ring({{burger, 2}, {cola, 1}}).changes[0].kind == OutcomeKind::withdrawn);
}

TEST_CASE("bundle: complete parts are converted, all meals at once, each unit once", "[engine]") {
  Till till(meals());
  const Decision& d = till.ring({{burger, 1}, {fries, 2}, {cola, 3}, {double_burger, 1}});
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].quantity == 0);
  CHECK(d.prompts[0].times == 2);
  const Minor singly = 590 + 790 + 2 * 290 + 2 * 250;
  CHECK(d.prompts[0].saving == singly - (2 * 890 + 150));
  CHECK(d.prompts[0].price_effect == -d.prompts[0].saving);
  const auto parts = till.parts();
  Minor sum = 0;
  Milli units = 0;
  for (const Part& part : parts) {
    sum += part.price;
    units += part.quantity;
    CHECK(part.added == 0);
  }
  CHECK(sum == 2 * 890 + 150);
  CHECK(units == 6 * kOne);
}

TEST_CASE("bundle: removing a part dissolves the prompt, and adding it again brings it back",
          "[engine]") {
  Till till(meals(0));
  const Decision first = till.ring({{burger, 1}, {fries, 1}, {cola, 1}});
  REQUIRE(first.prompt_count == 1);
  const Decision& without = till.ring({{burger, 1}, {cola, 1}});
  REQUIRE(without.change_count == 1);
  CHECK(without.changes[0].kind == OutcomeKind::withdrawn);
  const Decision& again = till.ring({{burger, 1}, {fries, 1}, {cola, 1}});
  REQUIRE(again.prompt_count == 1);
  CHECK(again.prompts[0].saving == first.prompts[0].saving);
}

TEST_CASE("bundle: when the missing part came without an answer, the meal is still to be had",
          "[engine]") {
  Till till(meals());
  REQUIRE(till.ring({{burger, 1}, {cola, 1}}).prompts[0].product == fries);
  const Decision& d = till.ring({{burger, 1}, {fries, 1}, {cola, 1}});
  REQUIRE(d.change_count == 1);
  CHECK(d.changes[0].kind == OutcomeKind::arrived);
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].quantity == 0);
  REQUIRE(answer(till.memory.basket, d.prompts[0].id, Answer::accept));
  CHECK(till.ring({{burger, 2}, {fries, 2}, {cola, 2}}).prompt_count == 0);
}

TEST_CASE("bundle: units of a bundle that was made already are not used again", "[engine]") {
  Till till(meals());
  auto items = till.priced({{burger, 1}, {fries, 1}, {cola, 1}});
  for (Item& item : items) {
    item.bound = item.quantity;
    item.bound_value = item.value;
  }
  CHECK(till.decide(Shop::basket(items)).prompt_count == 0);
}

// Seen to fail: with a unit and a half counted as one.
TEST_CASE("bundle: what is weighed is no piece of it", "[engine]") {
  Till till(meals());
  auto items = till.priced({{burger, 1}, {fries, 1}, {cola, 1}});
  CHECK(till.decide(Shop::basket(items)).prompt_count == 1);
  till.new_sale(78);
  items[1].quantity = 1500;
  CHECK(till.decide(Shop::basket(items)).prompt_count == 0);
}

TEST_CASE("bundle: six of buy two get one match twice", "[engine]") {
  ImageBuilder b = meals(0);
  RuleIn& rule = b.rules[0];
  rule.offers = {{cola, kScore}};
  rule.bundle = {image::BundlePrice::price, 600, 9, 0, 1, {{2, 3, 3, {}}}};
  Till till(b);
  const Decision& d = till.ring({{cola, 7}});
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].times == 2);
  CHECK(d.prompts[0].saving == 2 * 150);
}

TEST_CASE(
    "bundle: nothing is said when it saves nothing, costs too much or the till cannot convert",
    "[engine]") {
  Till dear([] {
    ImageBuilder b = meals();
    b.rules[0].bundle.amount = 1130;
    return b;
  }());
  CHECK(dear.ring({{burger, 1}, {cola, 1}}).prompt_count == 0);
  Till jump([] {
    ImageBuilder b = meals(1, 0);
    b.rules[0].bundle.slots[0].deltas.clear();
    b.rules[0].fields.spend_jump_permille = 20;
    return b;
  }());
  CHECK(jump.ring({{burger, 1}, {cola, 1}}).prompt_count == 0);
  Till cannot(meals());
  cannot.context.capabilities = kCanAdd | kCanReplace;
  CHECK(cannot.ring({{burger, 1}, {cola, 1}}).prompt_count == 0);
  CHECK(cannot.ring({{burger, 1}, {fries, 1}, {cola, 1}}).prompt_count == 0);
  Till silent(meals(1, 0));
  CHECK(silent.ring({{burger, 1}, {fries, 1}, {cola, 1}}).prompt_count == 0);
  CHECK(silent.decision.silence == Silence::guarded);
}

TEST_CASE("bundle: what may not be offered is not added: the dearer fries instead, or none",
          "[engine]") {
  ImageBuilder b = meals(1, 0);
  b.products[fries].flags = static_cast<std::uint16_t>(2U << image::kStockShift);
  Till till(b);
  const Decision& d = till.ring({{burger, 1}, {cola, 1}});
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].product == large);
  CHECK(d.prompts[0].price_effect == 50 + 60);
  b.products[large].flags = image::kHidden;
  Till none(b);
  CHECK(none.ring({{burger, 1}, {cola, 1}}).prompt_count == 0);
  CHECK(none.decision.silence == Silence::guarded);
}

// Seen to fail: without stock_guard() in converted(), and with nothing added counted as in stock.
TEST_CASE("bundle: a rule that asks for a stock class offers parts of it, and converts nothing",
          "[engine]") {
  ImageBuilder b = meals();
  b.rules[0].when = all({leaf(image::Op::stock, 1, 0)});
  Till till(b);
  REQUIRE(till.ring({{burger, 1}, {cola, 1}}).prompt_count == 1);
  CHECK(till.decision.prompts[0].product == fries);
  Till whole(b);
  CHECK(whole.ring({{burger, 1}, {fries, 1}, {cola, 1}}).prompt_count == 0);
  CHECK(whole.decision.silence == Silence::guarded);
  Till why(b);
  CHECK(why.explain({{burger, 1}, {fries, 1}, {cola, 1}})[0].guard == Guard::stock_class);
  b.products[fries].flags = static_cast<std::uint16_t>(1U << image::kStockShift);
  Till low(b);
  REQUIRE(low.ring({{burger, 1}, {cola, 1}}).prompt_count == 1);
  CHECK(low.decision.prompts[0].product == large);
}

// In records a conversion bears the name of a product that it does not add. Seen to fail: with a
// conversion taken for an offer of that product.
TEST_CASE("bundle: a conversion and an offer of the product it is named after stand side by side",
          "[engine]") {
  for (const std::int64_t score : {2 * kScore, kScore / 2}) {
    ImageBuilder b = meals(0);
    b.settings.kiosk_prompts = 4;
    b.rules[0].least_bound = INT64_MIN;  // whichever is worth more is found first
    b.rules.push_back({"one-more", has(2), {{burger, score}}, rule_defaults()});
    Till till(b);
    till.context.channel = Channel::kiosk;
    const Decision& d = till.ring({{fries, 1}, {cola, 1}, {double_burger, 1}});
    REQUIRE(d.prompt_count == 2);
    CHECK(d.prompts[0].product == burger);
    CHECK(d.prompts[1].product == burger);
    CHECK((d.prompts[0].quantity == 0) != (d.prompts[1].quantity == 0));
  }
}

// A host's total may be less than its lines: a voucher was taken. Seen to fail: with the saving alone
// looked at.
TEST_CASE("bundle: a total that the saving would take below zero keeps its price", "[engine]") {
  for (const auto& [total, prompts] : {std::pair{240, 1}, {239, 0}}) {
    Till till(meals());
    const auto items = till.priced({{burger, 1}, {fries, 1}, {cola, 1}});
    const Basket paid{items, total, 3, 0};
    CHECK(till.decide(paid).prompt_count == static_cast<unsigned>(prompts));
    if (prompts == 1) CHECK(till.decision.prompts[0].price_effect == -240);
  }
}

// Seen to fail: with is_taken() left out of what may be added.
TEST_CASE("bundle: what another rule offers already, or the customer took, is not its missing part",
          "[engine]") {
  ImageBuilder b = meals(1, 0);
  b.settings.kiosk_prompts = 4;
  b.rules.push_back({"fries", has(0), {{fries, 900 * kScore}}, rule_defaults()});
  b.products[large].flags = image::kHidden;
  Till till(b);
  till.context.channel = Channel::kiosk;
  REQUIRE(till.ring({{burger, 1}}).prompt_count == 1);  // the fries, before there is a cola
  CHECK(till.decision.prompts[0].kind == Kind::add_on);
  const Decision& d = till.ring({{burger, 1}, {cola, 1}});
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].fresh == 0);
  CHECK(till.explain({{burger, 1}, {cola, 1}})[till.rule("meal")].guard == Guard::same_product);
}

// On a page a no is a no to that offer alone. Seen to fail: without was_declined() for conversions.
TEST_CASE("bundle: a no to converting it is a no for the whole sale", "[engine]") {
  ImageBuilder b = meals(0);
  b.settings.kiosk_prompts = 4;
  b.rules[0].fields.moments = 7;
  Till till(b);
  till.context.channel = Channel::kiosk;
  till.context.moment = Moment::browse;
  till.context.looking_at = cake;
  REQUIRE(till.ring({{burger, 1}, {fries, 1}, {cola, 1}}).prompt_count == 1);
  REQUIRE(answer(till.memory.basket, till.decision.prompts[0].id, Answer::decline));
  till.context.moment = Moment::basket;
  till.context.looking_at = image::kNone;
  CHECK(till.ring({{burger, 1}, {fries, 1}, {cola, 1}}).prompt_count == 0);
  CHECK(till.decision.silence == Silence::guarded);
}

TEST_CASE("bundle: at a catalogue below the margin floor it is silent", "[engine]") {
  ImageBuilder b = meals(1, 0);
  b.settings.assumed_margin_permille = 200;
  Till till(b);
  CHECK(till.ring({{burger, 1}, {cola, 1}}).prompt_count == 0);  // 904 of cost for 890
  b.settings.assumed_margin_permille = 250;
  Till above(b);
  CHECK(above.ring({{burger, 1}, {cola, 1}}).prompt_count == 1);
}

// Parts of 11.30 cost 7.91, of 8.90 are left 0.99: 11.1 percent. Seen to fail: with a floor of 0 for
// every pack, and with a floor looked at with the catalogue's prices alone.
TEST_CASE("bundle: the pack's margin floor holds at today's prices", "[engine]") {
  for (const auto& [floor, prompts] : {std::pair{111, 1U}, {112, 0U}}) {
    ImageBuilder b = meals(1, 1);
    b.settings.margin_floor_permille = static_cast<std::uint16_t>(floor);
    Till near(b);
    CHECK(near.ring({{burger, 1}, {cola, 1}}).prompt_count == prompts);
    Till whole(b);
    CHECK(whole.ring({{burger, 1}, {fries, 1}, {cola, 1}}).prompt_count == prompts);
    if (prompts == 0) {
      Till why(b);
      CHECK(why.explain({{burger, 1}, {fries, 1}, {cola, 1}})[0].guard == Guard::margin);
    }
  }
  // Ten percent off what is cheaper today: the bundle brings in less, and its parts cost the same.
  ImageBuilder b = meals(1, 0);
  b.settings.margin_floor_permille = 200;
  b.rules[0].bundle.how = image::BundlePrice::percent;
  b.rules[0].bundle.amount = 10;
  b.rules[0].bundle.slots[0].deltas.clear();
  b.rules[0].bundle.slots[1].deltas.clear();
  b.products[large].flags = image::kHidden;
  for (const auto& [price, prompts] : {std::pair{290, 1U}, {259, 1U}, {258, 0U}}) {
    OverlayBuilder overlay;
    overlay.reprice("sku:fries", price);
    Till till(b);
    till.lay(overlay);
    CHECK(till.ring({{burger, 1}, {cola, 1}}).prompt_count == prompts);
  }
}

TEST_CASE("upsell: the small coffee may become a large one for what it costs more", "[engine]") {
  Till till(coffees());
  const Decision& d = till.ring({{coffee, 1}});
  REQUIRE(d.prompt_count == 1);
  CHECK(d.prompts[0].kind == Kind::upsell);
  CHECK(d.prompts[0].action == Action::replace);
  CHECK(d.prompts[0].product == large_coffee);
  CHECK(d.prompts[0].also == coffee);
  CHECK(d.prompts[0].price_effect == 70);
  const auto parts = till.parts();
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].price == 200);
  CHECK(parts[1].price == 270);
  // With the coffee gone, so is the prompt.
  CHECK(till.ring({{cake, 1}}).changes[0].kind == OutcomeKind::withdrawn);
  CHECK(till.ring({{coffee, 1}}).prompt_count == 1);
  // It came by itself.
  CHECK(till.ring({{coffee, 1}, {large_coffee, 1}}).changes[0].kind == OutcomeKind::arrived);
}

// Seen to fail: without a look at how many units are left.
TEST_CASE("upsell: a swap of three goes when two are left", "[engine]") {
  ImageBuilder b = coffees();
  b.rules[0].fields.quantity = image::Quantity::per_trigger;
  Till till(b);
  REQUIRE(till.ring({{coffee, 3}}).prompt_count == 1);
  CHECK(till.decision.prompts[0].quantity == 3 * kOne);
  CHECK(till.decision.prompts[0].price_effect == 3 * 70);
  const Decision& d = till.ring({{coffee, 2}});
  REQUIRE(d.change_count == 1);
  CHECK(d.changes[0].kind == OutcomeKind::withdrawn);
  for (std::uint32_t i = 0; i < d.prompt_count; ++i) CHECK(d.prompts[i].quantity == 2 * kOne);
}

// Seen to fail: without a look at what was answered.
TEST_CASE("upsell: after a yes nothing else is swapped by that rule", "[engine]") {
  ImageBuilder b = coffees();
  b.rules[0].offers = {{large_coffee, 2 * kScore}, {cake, kScore}};
  b.products[coffee].substitutes.clear();
  b.products[large_coffee].substitutes.clear();
  Till till(b);
  REQUIRE(till.ring({{coffee, 2}}).prompt_count == 1);
  CHECK(till.decision.prompts[0].product == cake);  // it brings in more
  Till other(b);
  REQUIRE(other.ring({{cake, 1}, {coffee, 1}}).prompt_count == 1);
  CHECK(other.decision.prompts[0].product == large_coffee);
  REQUIRE(answer(till.memory.basket, till.decision.prompts[0].id, Answer::accept));
  CHECK(till.ring({{cake, 1}, {coffee, 1}}).prompt_count == 0);
  CHECK(till.decision.silence == Silence::guarded);
}

TEST_CASE("upsell: never beside the larger one, and never on a till that cannot replace",
          "[engine]") {
  Till there(coffees());
  CHECK(there.ring({{coffee, 1}, {large_coffee, 1}}).prompt_count == 0);
  Till cannot(coffees());
  cannot.context.capabilities = kCanAdd | kCanConvert;
  CHECK(cannot.ring({{coffee, 1}}).prompt_count == 0);
}
