// What a rule would say, for baskets that are given and for those that are made up.
#include "tests/headoffice/book/desk.hpp"

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

using Lines = std::optional<std::vector<PreviewLine>>;

std::string preview(Desk& desk, const model::Rule& rule, Lines lines = std::nullopt,
                    Channel channel = Channel::cashier) {
  PreviewOrder order;
  order.rule = Desk::json(rule);
  order.lines = std::move(lines);
  order.channel = channel;
  const auto told = desk.book.preview(desk.pack.id, order);
  REQUIRE(told);
  return *told;
}

bool has(const std::string& told, const std::string& what) {
  UNSCOPED_INFO(told);
  return told.find(what) != std::string::npos;
}

bool speaks(const std::string& told) {
  const bool silent = has(told, "\"prompts\":[]");
  CHECK(silent != has(told, "\"why\":null"));
  return !silent;
}

}  // namespace

TEST_CASE("preview: a rule speaks for a basket that fits, and says why not for others",
          "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  const model::Rule& rule = desk.pack.rules[0];
  const std::string fits = preview(desk, rule, Lines{{{"sku:BURGER"}}});
  CHECK(speaks(fits));
  CHECK(has(fits, "\"headline\":\"Something else?\""));
  CHECK(has(fits, "\"product\":\"sku:FRIES-"));
  CHECK(has(fits, "\"trigger\":\"sku:BURGER\""));
  CHECK(has(fits, "\"made_up\":false"));
  const std::string cola = preview(desk, rule, Lines{{{"sku:COLA"}}});
  CHECK_FALSE(speaks(cola));
  CHECK(has(cola, "it asks for category burgers in the basket; there is none"));
  CHECK(has(cola, "\"pointer\":\"/when"));
  const std::string there = preview(desk, rule, Lines{{{"sku:BURGER"}, {"plu:112"}}});
  CHECK_FALSE(speaks(there));
  CHECK(has(there, "\"pointer\":\"/when/all/1/lacks\""));
}

// Proved by leaving the holdouts in.
TEST_CASE("preview: nobody is in a holdout, and other rules stay out of it", "[headoffice]") {
  Desk desk;
  desk.pack.settings.global_holdout_percent = 50;
  model::Rule stronger = desk.pack.rules[0];
  stronger.id = "stronger";
  stronger.priority = 100;
  desk.pack.rules.push_back(stronger);
  desk.publish_outside();
  model::Rule rule = desk.pack.rules[0];
  rule.holdout_percent = 90;
  for (int i = 0; i < 20; ++i) {
    rule.id = "r" + std::to_string(i);
    CHECK(speaks(preview(desk, rule)));
  }
}

TEST_CASE("preview: a basket is made up for which the rule speaks, whatever it asks for",
          "[headoffice]") {
  using packs::all;
  using packs::bits;
  using packs::has_category;
  using packs::has_items;
  using packs::Type;
  Desk desk;
  desk.publish_outside();
  model::Rule rule = packs::rule("new", has_category("burgers"), {"sku:COLA"});
  CHECK(speaks(preview(desk, rule)));
  const auto with = [&](model::Condition more) {
    rule.when = all({has_items({"sku:BURGER"}), std::move(more)});
    return speaks(preview(desk, rule));
  };
  CHECK(with(packs::total(3000)));
  CHECK(with(packs::has_tag("hot")));
  CHECK(with(has_category("fries", Type::lacks)));
  model::Condition more = has_items({"sku:FRIES-L"});
  more.select.quantity.min = 3 * kOne;
  CHECK(with(more));
  CHECK(with(bits(Type::weekday, 1U << 0)));  // Monday; it is a Saturday
  more = bits(Type::daypart, 0);
  more.daypart = {17 * 60, 19 * 60};
  CHECK(with(more));
  more = bits(Type::dates, 0);
  more.range = {20'800, 20'810};  // three weeks ahead
  CHECK(with(more));
  more = bits(Type::distinct, 0);
  more.range.min = 3;
  CHECK(with(more));
  more = bits(Type::store, 0);
  more.names = {"soho"};
  CHECK(with(more));
  more = bits(Type::fact, 0);
  more.fact = "order_type";
  more.names = {"eat_in"};
  CHECK(with(more));
  CHECK(with(bits(Type::first_visit, 1)));
  rule.when = all({has_items({"sku:BURGER"}), bits(Type::channel, 1U << 1)});  // a kiosk alone
  CHECK_FALSE(speaks(preview(desk, rule)));
  CHECK(speaks(preview(desk, rule, std::nullopt, Channel::kiosk)));
}

TEST_CASE("preview: what is wrong with the rule is told, and nothing is decided", "[headoffice]") {
  Desk desk;
  desk.publish_outside();
  model::Rule rule = desk.pack.rules[0];
  rule.offers = {{"sku:NOWHERE"}};
  const std::string told = preview(desk, rule);
  CHECK(has(told, "\"code\":\"not-in-catalogue\""));
  CHECK(has(told, "\"basket\":null,\"prompts\":[],\"why\":null"));
  PreviewOrder order;
  order.rule = Desk::json(desk.pack.rules[0]);
  order.lines = {{"sku:NOWHERE"}};
  const auto refused = desk.book.preview(desk.pack.id, order);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().findings[0].pointer == "/basket/lines/0/product");
  order.lines.reset();
  order.store = "nowhere";
  CHECK_FALSE(desk.book.preview(desk.pack.id, order));
}
