#include "packs.hpp"

#include <catch2/catch.hpp>
#include <functional>

using namespace packs;

namespace {

constexpr UtcMs kNow = 1'790'000'000'000;  // Monday 2026-09-21
constexpr std::int64_t kToday = kNow / 86'400'000;

std::vector<model::Finding> warnings(const model::Pack& pack, std::uint32_t can = ~0U) {
  return compile::lint(pack, *pack.catalogue, kNow, can);
}

Condition at(Condition c, const char* pointer) {
  c.pointer = pointer;
  return c;
}
Condition range(Type type, std::optional<std::int64_t> min, std::optional<std::int64_t> max) {
  Condition c;
  c.type = type;
  c.pointer = "/when/range";
  c.range = {min, max};
  return c;
}
Condition daypart(int from, int to) {
  Condition c;
  c.type = Type::daypart;
  c.pointer = "/when/daypart";
  c.daypart = {from, to};
  return c;
}
Condition names(Type type, std::vector<std::string> list) {
  Condition c;
  c.type = type;
  c.pointer = "/when/names";
  c.names = std::move(list);
  return c;
}
Condition fact(std::vector<std::string> is, std::optional<std::int64_t> min = {}) {
  Condition c = names(Type::fact, std::move(is));
  c.fact = "weather";
  c.range.min = min;
  return c;
}
Condition units(std::optional<Milli> min, std::optional<Milli> max) {
  Condition c = has_category("burgers");
  c.select.quantity = {min, max};
  return c;
}
/// The first rule asks for a burger and for these.
void also(model::Pack& pack, std::vector<Condition> conditions) {
  conditions.insert(conditions.begin(), has_category("burgers"));
  pack.rules[0].when = all(std::move(conditions));
}
/// The first rule becomes a meal of a burger, fries and a cola; one of them may be missing.
model::Bundle& meal(model::Pack& pack, bool converts = false) {
  model::Rule& r = pack.rules[0];
  r.kind = Kind::bundle;
  r.when = all({});
  r.offers.clear();
  const auto slot = [](const char* id, model::Select choose) {
    return model::BundleSlot{id, std::move(choose), 1, 1, {}};
  };
  r.bundle.slots = {slot("main", has_category("burgers").select),
                    slot("side", has_category("fries").select),
                    slot("drink", has_items({"sku:COLA"}).select)};
  r.bundle.amount = 990;
  if (converts) {
    r.bundle.worth = 30;
    r.complete_text["en"] = {"A meal", ""};
  }
  return r.bundle;
}
/// A second rule like the first, with an id of its own.
model::Rule& again(model::Pack& pack) {
  pack.rules.push_back(pack.rules[0]);
  pack.rules.back().id = "second";
  return pack.rules.back();
}

using Spoil = std::function<void(model::Pack&)>;
struct Row {
  const char* id;
  const char* pointer;
  const char* says;
  Spoil fault;
  Spoil almost;  ///< as near to the fault as an honest rule comes
};

const Row kRows[] = {
    {"second", "/rules/1", "shadowed: burger-fries", [](auto& p) { again(p); },
     [](auto& p) {
       again(p).offers = {{"sku:COLA", 90}};
     }},
    {"second", "/rules/1", "shadowed: burger-fries", [](auto& p) { again(p); },
     [](auto& p) {
       again(p).when = all({p.rules[0].when, bits(Type::moment, 1U << 2)});
     }},
    {"burger-fries", "/rules/0", "shadowed: second",  // pinned speaks first, whatever it earns
     [](auto& p) {
       again(p).pinned = true;
       p.rules[1].priority = 1;
     },
     [](auto& p) {
       again(p).pinned = true;
       p.rules[1].offers = {{"sku:COLA", 90}};
     }},
    {"second", "/rules/1/priority", "the id alone decides",
     [](auto& p) {
       again(p).offers = {{"sku:COLA", 140}};
     },  // 75 x 140 = 105 x 100
     [](auto& p) {
       again(p).offers = {{"sku:COLA", 139}};
     }},
    {"burger-fries", "/rules/0/offers", "in a circle with fries-burger",
     [](auto& p) {
       p.rules.push_back(rule("fries-burger", has_category("fries"), {"sku:BURGER"}));
     },
     [](auto& p) { p.rules.push_back(rule("fries-cola", has_category("fries"), {"sku:COLA"})); }},
    {"burger-fries", "/rules/0/offers/1", "is out of stock",
     [](auto& p) { p.catalogue->products[1].stock = Stock::out; },
     [](auto& p) { p.catalogue->products[1].stock = Stock::low; }},
    {"burger-fries", "/rules/0/offers", "none of its offers",
     [](auto& p) {
       p.catalogue->products[0].hidden = true;
       p.catalogue->products[1].restricted = true;
     },
     [](auto& p) { p.catalogue->products[2].hidden = true; }},
    {"burger-fries", "/rules/0/offers/0", "never_offer",
     [](auto& p) { p.settings.never_offer.push_back(has_items({"plu:112"}).select); },
     [](auto& p) { p.settings.never_offer.push_back(has_items({"sku:COLA"}).select); }},
    {"burger-fries", "/rules/0/offers/0", "on a restricted list in every store",
     [](auto& p) {
       p.stores[0].country = "DE";
       p.settings.restricted = {{"fries", {"DE"}}};
     },
     [](auto& p) {
       p.stores[0].country = "DE";
       p.stores.push_back({"graz", "Graz", "Europe/Vienna", "", {}, {}, "AT"});
       p.settings.restricted = {{"fries", {"DE"}}};
     }},
    {"burger-fries", "/rules/0/offers", "none of its offers",  // no country said: it holds there
     [](auto& p) {
       p.settings.restricted = {{"sides", {"DE"}}};
     },
     [](auto& p) {
       p.settings.restricted = {{"drinks", {}}};
     }},
    {"burger-fries", "/rules/0/offers/0", "earns nothing",
     [](auto& p) { p.catalogue->products[0].cost = 290; },
     [](auto& p) { p.catalogue->products[0].cost = 280; }},
    {"burger-fries", "/rules/0/offers/1", "may be asked to grow by",
     [](auto& p) { also(p, {range(Type::total, {}, 349)}); },
     [](auto& p) { also(p, {range(Type::total, {}, 350)}); }},
    {"burger-fries", "/rules/0/when", "last day is over",
     [](auto& p) { also(p, {range(Type::dates, {}, kToday - 2)}); },
     [](auto& p) { also(p, {range(Type::dates, {}, kToday)}); }},
    {"burger-fries", "/rules/0/when", "last day is over",
     [](auto& p) {
       p.rules[0].when = any({all({has_category("burgers"), range(Type::dates, {}, 19'000)}),
                              all({has_category("drinks"), range(Type::dates, {}, 19'100)})});
     },
     [](auto& p) {
       p.rules[0].when = any({all({has_category("burgers"), range(Type::dates, {}, 19'000)}),
                              has_category("drinks")});
     }},
    {"burger-fries", "/rules/0/when", "ten years away",
     [](auto& p) { also(p, {range(Type::dates, {}, kToday + 4000)}); },
     [](auto& p) { also(p, {range(Type::dates, {}, kToday + 3000)}); }},
    {"second", "/rules/1/when", "overlaps that of burger-fries",
     [](auto& p) {
       also(p, {range(Type::dates, kToday, kToday + 30)});
       again(p).when.children.back().range = {kToday + 30, kToday + 60};
       p.rules[1].offers = {{"sku:FRIES-M", 90}};
     },
     [](auto& p) {
       also(p, {range(Type::dates, kToday, kToday + 30)});
       again(p).when.children.back().range = {kToday + 31, kToday + 60};
     }},
    {"burger-fries", "/rules/0/holdout_percent", "without a holdout",
     [](auto& p) { p.rules[0].holdout_percent = 0; },
     [](auto& p) { p.rules[0].holdout_percent = 1; }},
    {"burger-fries", "/rules/0/unit", "its unit says nothing",
     [](auto& p) {
       p.rules[0].holdout_percent = 0;
       p.rules[0].unit = Unit::customer;
     },
     [](auto& p) {
       p.rules[0].holdout_percent = 0;
       p.rules[0].unit = Unit::customer;
       p.rules[0].cap_customer = {2, 28};
     }},
    {"burger-fries", "/rules/0/unit", "with one store it takes some 40 days",
     [](auto& p) { p.rules[0].unit = Unit::store_day; },
     [](auto& p) {
       p.rules[0].unit = Unit::store_day;
       p.stores.push_back(p.stores[0]);
       p.stores.back().id = "nord";
     }},
    {"burger-fries", "/rules/0/text", "no text in de", [](auto& p) { p.languages.push_back("de"); },
     [](auto& p) {
       p.languages.push_back("de");
       p.rules[0].text["de"] = {"Noch etwas?", ""};
     }},
    {"burger-fries", "/rules/0/kiosk_text", "no kiosk text in de",
     [](auto& p) {
       p.languages.push_back("de");
       p.rules[0].text["de"] = {"Noch etwas?", ""};
       p.rules[0].kiosk_text["en"] = {"And?", ""};
     },
     [](auto& p) {
       p.languages.push_back("de");
       p.rules[0].text["de"] = {"Noch etwas?", ""};
     }},
    {"burger-fries", "/rules/0", "score floor", [](auto& p) { p.settings.score_floor = 11; },
     [](auto& p) { p.settings.score_floor = 10; }},
    {"burger-fries", "/rules/0/when", "never speaks",
     [](auto& p) {
       p.catalogue->categories.push_back({"empty", {{"en", "Empty"}}, ""});
       p.rules[0].when = has_category("empty");
     },
     [](auto& p) { p.rules[0].when = has_category("burgers"); }},
    {"burger-fries", "/rules/0/text/pl/reason", "without the plural class few many of pl",
     [](auto& p) {
       p.languages.push_back("pl");
       p.rules[0].text["pl"] = {"Frytki?", "{left, plural, one {jedna} other {{left}}}"};
     },
     [](auto& p) {
       p.languages.push_back("pl");
       p.rules[0].text["pl"] = {
           "Frytki?", "{left, plural, one {jedna} few {{left}} many {{left}} other {{left}}}"};
     }},
    // Bundles.
    {"burger-fries", "/rules/0/bundle/slots/2", "out of stock",
     [](auto& p) {
       meal(p);
       p.catalogue->products[5].stock = Stock::out;
     },
     [](auto& p) {
       meal(p);
       p.catalogue->products[4].stock = Stock::out;  // there is another burger
     }},
    {"burger-fries", "/rules/0/bundle/slots", "none of its parts",
     [](auto& p) {
       meal(p);
       for (auto& one : p.catalogue->products) one.hidden = true;
     },
     [](auto& p) {
       meal(p, true);
       for (auto& one : p.catalogue->products) one.hidden = true;
     }},
    {"burger-fries", "/rules/0/when", "only 1 may be missing",
     [](auto& p) {
       meal(p);
       p.rules[0].when =
           all({has_category("fries", Type::lacks), has_items({"sku:COLA"}, Type::lacks)});
     },
     [](auto& p) {
       meal(p);
       p.rules[0].when =
           all({has_items({"sku:FRIES-M"}, Type::lacks), has_items({"sku:COLA"}, Type::lacks)});
     }},
    {"burger-fries", "/rules/0/when", "never converts",
     [](auto& p) {
       meal(p, true);
       p.rules[0].when = has_category("fries", Type::lacks);
     },
     [](auto& p) {
       meal(p, true);
       p.rules[0].when = has_items({"sku:FRIES-M"}, Type::lacks);
     }},
    {"burger-fries", "/rules/0", "score floor",  // the best part gains 2.07, and 0.01 is saved
     [](auto& p) {
       meal(p);
       p.settings.score_floor = 21;
     },
     [](auto& p) {
       meal(p);
       p.settings.score_floor = 20;
     }},
    {"burger-fries", "/rules/0/complete_text", "no text for complete ones in de",
     [](auto& p) {
       p.languages.push_back("de");
       meal(p, true);
       p.rules[0].text["de"] = {"Noch etwas?", ""};
     },
     [](auto& p) {
       p.languages.push_back("de");
       meal(p, true);
       p.rules[0].text["de"] = {"Noch etwas?", ""};
       p.rules[0].complete_text["de"] = {"Ein Menü", ""};
     }},
    // Contradictions.
    {"burger-fries", "/rules/0/when/b", "for their absence",
     [](auto& p) { also(p, {at(has_category("food", Type::lacks), "/when/b")}); },
     [](auto& p) { also(p, {at(has_items({"sku:CHEESE"}, Type::lacks), "/when/b")}); }},
    {"burger-fries", "/rules/0/when/range", "no basket has both totals",
     [](auto& p) {
       also(p, {total(1000), range(Type::total, {}, 999)});
     },
     [](auto& p) {
       also(p, {total(1000), range(Type::total, {}, 1000)});
     }},
    {"burger-fries", "/rules/0/when/range", "both counts",
     [](auto& p) {
       also(p, {range(Type::lines, 3, {}), range(Type::lines, {}, 2)});
     },
     [](auto& p) {
       also(p, {range(Type::lines, 3, {}), range(Type::distinct, {}, 2)});
     }},
    {"burger-fries", "/rules/0/when", "both amounts",
     [](auto& p) {
       p.rules[0].when = all({units(2000, {}), units({}, 1000)});
     },
     [](auto& p) {
       p.rules[0].when = all({units(1000, {}), units({}, 1000)});
     }},
    {"burger-fries", "/rules/0/when/range", "no day is in both spans",
     [](auto& p) {
       also(p, {range(Type::dates, kToday, kToday + 1), range(Type::dates, kToday + 2, {})});
     },
     [](auto& p) {
       also(p, {range(Type::dates, kToday, kToday + 2), range(Type::dates, kToday + 2, {})});
     }},
    {"burger-fries", "/rules/0/when", "have no such day",  // Monday and Tuesday; a Wednesday
     [](auto& p) {
       also(p, {range(Type::dates, kToday, kToday + 1), bits(Type::weekday, 4)});
     },
     [](auto& p) {
       also(p, {range(Type::dates, kToday, kToday + 2), bits(Type::weekday, 4)});
     }},
    {"burger-fries", "/rules/0/when", "no day of the week",
     [](auto& p) {
       also(p, {bits(Type::weekday, 3), bits(Type::weekday, 4)});
     },
     [](auto& p) {
       also(p, {bits(Type::weekday, 3), bits(Type::weekday, 6)});
     }},
    {"burger-fries", "/rules/0/when/daypart", "no time of the day",
     [](auto& p) {
       also(p, {daypart(22 * 60, 3 * 60), daypart(180, 1320)});
     },
     [](auto& p) {
       also(p, {daypart(22 * 60, 3 * 60), daypart(179, 1320)});
     }},
    {"burger-fries", "/rules/0/when/names", "no text is in both",
     [](auto& p) {
       also(p, {fact({"rain"}), fact({"sun", "snow"})});
     },
     [](auto& p) {
       also(p, {fact({"rain"}), fact({"sun", "rain"})});
     }},
    {"burger-fries", "/rules/0/when/names", "never both",
     [](auto& p) {
       also(p, {fact({"rain"}), fact({}, 20)});
     },
     [](auto& p) {
       p.rules[0].when = all({has_category("burgers"), fact({}, 20)});
     }},
    {"burger-fries", "/rules/0/when/names", "no store is in both",
     [](auto& p) {
       p.stores.push_back({"dom", "Dom", "Europe/Berlin", "", {"old"}, {}});
       also(p, {names(Type::store, {"mitte"}), names(Type::store_group, {"old"})});
     },
     [](auto& p) {
       p.stores.push_back({"dom", "Dom", "Europe/Berlin", "", {"old"}, {}});
       also(p, {names(Type::store, {"mitte", "dom"}), names(Type::store_group, {"old"})});
     }},
    {"burger-fries", "/rules/0/when/names", "no such terminals",
     [](auto& p) {
       p.stores.push_back({"dom", "Dom", "Europe/Berlin", "", {}, {}});
       also(p, {names(Type::store, {"dom"}), names(Type::terminal_group, {"drive"})});
     },
     [](auto& p) {
       also(p, {names(Type::store, {"mitte"}), names(Type::terminal_group, {"drive"})});
     }},
    {"burger-fries", "/rules/0/when/b", "for their absence",  // in one alternative
     [](auto& p) {
       also(p,
            {any({all({has_category("fries"), at(has_category("burgers", Type::lacks), "/when/b")}),
                  has_category("drinks")})});
     },
     [](auto& p) {
       also(p, {any({has_category("fries"), has_category("drinks")})});
     }},
    // Enormous and absurd.
    {"burger-fries", "/rules/0/when", "nobody will see why",
     [](auto& p) { also(p, std::vector<Condition>(64, total(1))); },
     [](auto& p) { also(p, std::vector<Condition>(60, total(1))); }},
    {"burger-fries", "/rules/0/offers", "that is a list",
     [](auto& p) {
       for (int i = 0; i < 51; ++i) {
         p.catalogue->products.push_back(product("sku:X" + std::to_string(i), "drinks", 200));
         p.rules[0].offers.push_back({"sku:X" + std::to_string(i), {}});
       }
     },
     [](auto& p) {
       p.rules[0].offers.push_back({"sku:COLA", {}});
     }},
    {"burger-fries", "/rules/0/extra_adds_per_1000", "every second customer",
     [](auto& p) { p.rules[0].extra_adds_per_1000 = 501; },
     [](auto& p) { p.rules[0].extra_adds_per_1000 = 500; }},
    {"burger-fries", "/rules/0/when/range/min", "more money",
     [](auto& p) { also(p, {range(Type::total, 10'000'001, {})}); },
     [](auto& p) { also(p, {range(Type::total, 10'000'000, {})}); }},
    {"burger-fries", "/rules/0/when/quantity/min", "more items",
     [](auto& p) { p.rules[0].when = units(1'001'000, {}); },
     [](auto& p) { p.rules[0].when = units(1'000'000, {}); }},
    {"burger-fries", "/rules/0/when", "in nearly every sale",
     [](auto& p) {
       for (int i = 0; i < 20; ++i) {
         p.catalogue->products.push_back(product("sku:X" + std::to_string(i), "food", 200));
       }
       p.rules[0].when = has_category("food");
       p.rules[0].offers = {{"sku:COLA", {}}};
     },
     [](auto& p) {
       p.rules[0].when = has_category("food");
       p.rules[0].offers = {{"sku:COLA", {}}};
     }},
};

}  // namespace

TEST_CASE("lint: each fault is named with its rule and place, and its honest neighbour is not") {
  CHECK(warnings(burgers()).empty());
  for (const Row& row : kRows) {
    CAPTURE(row.says);
    auto pack = burgers();
    row.fault(pack);
    std::string told;
    bool found = false;
    for (const auto& f : warnings(pack)) {
      told += f.id + ' ' + f.pointer + ": " + f.message + '\n';
      found |=
          f.id == row.id && f.pointer == row.pointer && f.message.find(row.says) != f.message.npos;
    }
    CAPTURE(told);
    CHECK(found);
    pack = burgers();
    row.almost(pack);
    for (const auto& f : warnings(pack)) {
      CAPTURE(f.id, f.pointer, f.message);
      CHECK(f.message.find(row.says) == f.message.npos);
    }
  }
}

TEST_CASE("lint: a disabled rule is not spoken of") {
  for (const Row& row : kRows) {
    auto pack = burgers();
    row.fault(pack);
    for (auto& r : pack.rules) r.enabled = false;
    CHECK(warnings(pack).empty());
  }
}

TEST_CASE("lint: a kind that no host can carry out is told, where a host can it is not") {
  CHECK(warnings(burgers(), kCanAdd).empty());
  const auto found = warnings(burgers(), kCanReplace | kCanUndo);
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "burger-fries");
  CHECK(found[0].pointer == "/rules/0/kind");
  auto pack = burgers();
  pack.rules[0].kind = Kind::upsell;
  CHECK(warnings(pack, kCanReplace).empty());
  CHECK(warnings(pack, kCanAdd).size() == 1);
  meal(pack, true);
  CHECK(warnings(pack, kCanConvert).empty());
  CHECK(warnings(pack, kCanAdd | kCanUndo).size() == 1);
  meal(pack);
  pack.rules[0].bundle.worth.reset();
  pack.rules[0].complete_text.clear();
  CHECK(warnings(pack, kCanAdd | kCanConvert).empty());
  CHECK(warnings(pack, kCanAdd | kCanApplyPromotion).size() == 1);
  CHECK(warnings(pack, kCanConvert).size() == 1);
}
