#include "headoffice/report/report.hpp"

#include "rules/base/hash.hpp"
#include "rules/format/rfc3339.hpp"
#include "tests/headoffice/support/support.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

constexpr std::size_t kShown = 0;
constexpr std::size_t kAccepted = 2;
constexpr std::size_t kVoided = 9;

PromptFacts prompt(const char* kind, const char* rule, Minor effect, std::int64_t n = 1) {
  PromptFacts facts = shown(rule);
  facts.kind = kind;
  facts.price_effect = effect;
  facts.n = n;
  return facts;
}

BasketFacts basket(const char* arm, bool attached, Minor total, const char* mode = "sale",
                   const char* ended = "completed") {
  return {.rule = "burger-fries",
          .arm = arm,
          .currency = "EUR",
          .channel = "cashier",
          .mode = mode,
          .ended = ended,
          .eligible = true,
          .attached = attached,
          .margin_known = true,
          .n = 1,
          .total = total,
          .margin = total / 2};
}

struct Office {
  Folder folder;
  std::unique_ptr<SqliteStorage> storage = open(folder.file("h.db"));
  std::uint64_t seq = 0;
  Office() { add_places(*storage); }
  void send(Facts facts, BusinessDay day = kDay) {
    IncomingEvent made = event(++seq, std::move(facts));
    made.day = day;
    REQUIRE(storage->ingest(batch({made})));
  }
  Report report(ReportBy by, BusinessDay from = kDay, BusinessDay to = kDay + 9) {
    const auto made = make_report(*storage, {{from, to, {}, ""}, by});
    REQUIRE(made);
    return *made;
  }
};

}  // namespace

TEST_CASE("report: rows equal sums made by hand", "[headoffice]") {
  Office office;
  office.send(prompt("shown", "burger-fries", 290));
  office.send(prompt("shown", "burger-fries", 290));
  office.send(prompt("accepted", "burger-fries", 290));
  office.send(prompt("voided", "burger-fries", -290));
  office.send(prompt("accepted", "coffee-cake", 350), kDay + 1);
  office.send(basket("treated", true, 1290));
  office.send(basket("treated", false, 1000));
  office.send(basket("control", false, 900));
  office.send(basket("treated", false, 700, "sale", "voided"));
  office.send(basket("treated", false, 5000, "sale", "replaced"));
  office.send(basket("treated", false, -1290, "return"));
  office.send(basket("treated", false, 0, "training"));

  const Report one = office.report({});
  REQUIRE(one.rows.size() == 1);
  CHECK(one.rows[0].kinds[kShown] == 2);
  CHECK(one.rows[0].kinds[kAccepted] == 2);
  CHECK(one.rows[0].kinds[kVoided] == 1);
  CHECK(one.rows[0].price_effect == std::map<std::string, std::int64_t>{{"EUR", 350}});
  CHECK(one.rows[0].baskets == 3);
  CHECK(one.rows[0].eligible == 4);  // the voided one was assigned too
  CHECK(one.rows[0].attached == 1);
  CHECK(one.rows[0].total == std::map<std::string, std::int64_t>{{"EUR", 3190}});
  CHECK(one.rows[0].margin == std::map<std::string, std::int64_t>{{"EUR", 1595}});

  const Report split = office.report({.day = true, .store = true, .rule = true, .arm = true});
  REQUIRE(split.rows.size() == 3);
  CHECK(split.rows[0].arm == "control");
  CHECK(split.rows[0].eligible == 1);
  CHECK(split.rows[1].arm == "treated");
  CHECK(split.rows[1].eligible == 3);
  CHECK(split.rows[2].day == "2026-11-22");
  CHECK(split.rows[2].rule == "coffee-cake");
  CHECK(split.totals.kinds == one.rows[0].kinds);
  CHECK(split.totals.total == one.rows[0].total);
  CHECK(office.report({.rule = true}, kDay + 1, kDay + 1).rows.size() == 1);
}

TEST_CASE("report: a tally's stable id becomes the name of the published rule", "[headoffice]") {
  Office office;
  Publication publication;
  publication.rule_names = {{"burger-fries", "Fries", stable_id("burger-fries"), 50}};
  REQUIRE(office.storage->publish(publication, [](std::string_view, std::uint64_t,
                                                  const StandingState&) { return ManifestRow{}; }));
  char stable[10];
  std::snprintf(stable, sizeof stable, "#%08x", stable_id("burger-fries"));
  PromptFacts folded = prompt("shown", stable, 41 * 290, 41);
  folded.channel = "";
  office.send(folded);
  office.send(prompt("shown", "burger-fries", 290));
  const Report report = office.report({.rule = true});
  REQUIRE(report.rows.size() == 1);
  CHECK(report.rows[0].rule == "burger-fries");
  CHECK(report.rows[0].kinds[kShown] == 42);
  const auto filtered =
      make_report(*office.storage, {{kDay, kDay, {"mitte"}, "burger-fries"}, {.rule = true}});
  CHECK(filtered->totals.kinds[kShown] == 42);
}

TEST_CASE("report: JSON is read back as it was written", "[headoffice]") {
  Office office;
  office.send(prompt("shown", "burger-fries", 290));
  office.send(basket("treated", true, 1290));
  office.seq += 4;
  office.send(basket("control", false, 900));
  const Report report = office.report({.rule = true, .arm = true});
  const auto again = read_report(write_report(report));
  REQUIRE(again);
  CHECK(write_report(*again) == write_report(report));
  CHECK(again->gaps == 4);
  CHECK_FALSE(read_report("{}"));
  CHECK_FALSE(read_report("<html>"));
}

TEST_CASE("report: the table says when there is not enough data, and when there is no holdout",
          "[headoffice]") {
  Report report;
  report.from = report.to = "2026-11-21";
  const auto row = [&](const char* rule, const char* arm, std::int64_t eligible,
                       std::int64_t attached) {
    ReportRow made;
    made.rule = rule;
    made.arm = arm;
    made.eligible = eligible;
    made.attached = attached;
    report.rows.push_back(made);
  };
  row("enough", "control", 1000, 100);
  row("enough", "treated", 12'345, 1'543);
  row("few", "control", 999, 100);
  row("few", "treated", 5000, 700);
  row("none", "treated", 5000, 700);
  const auto lift = [&](const char* rule, Verdict verdict, const char* on = "") {
    RuleLift made;
    made.rule = rule;
    made.lift.verdict = verdict;
    made.lift.low = 0.0021;
    made.lift.high = 0.0479;
    made.verdict_on = on;
    report.lifts.push_back(made);
  };
  lift("enough", Verdict::better);
  lift("few", Verdict::not_enough_data, "2026-12-24");
  const auto table = [&] {
    std::string text = report_table(report);
    UNSCOPED_INFO(text);
    return text;
  };
  const auto says = [&](const char* words) { return table().find(words) != std::string::npos; };
  CHECK(says("12.5 %  (1,543 of 12,345)   10.0 %  (100 of 1,000)   +0.2 .. +4.8   better\n"));
  CHECK(says("10.0 %  (100 of 999)"));
  CHECK(says("not enough data, a verdict is likely by 2026-12-24\n"));
  CHECK(says("no control baskets\n"));
  report.lifts[0].alone = true;
  CHECK(says("better, perhaps luck among so many rules\n"));
  report.lifts[0].trust = Trust::split;
  CHECK(says("no verdict: the arms are not split as planned\n"));
  CHECK_FALSE(says("+0.2"));
  report.lifts[0].trust = Trust::ends;
  CHECK(says("no verdict: too many baskets without an end\n"));
  report.rows.clear();
  CHECK(report_table(report) == "No outcomes from 2026-11-21 to 2026-11-21.\n");
}

namespace {

BasketTotal counted(BusinessDay day, const char* arm, std::int64_t n, std::int64_t attached,
                    const char* ended = "completed", const char* store = "mitte") {
  BasketTotal total;
  total.day = day;
  total.store = store;
  total.sum = basket(arm, false, 0, "sale", ended);
  total.sum.n = n;
  total.attached = attached;
  return total;
}

RulePhase phase(BusinessDay day, int holdout, const char* unit = "basket") {
  return {"burger-fries", UtcMs{day} * 86'400'000, holdout, unit};
}

}  // namespace

TEST_CASE("report: a lift compares arms within a week of a phase of the holdout", "[headoffice]") {
  // A quiet week with half held out, then a busy one with a tenth: nobody bought more for it.
  const std::vector<BasketTotal> totals = {
      counted(kDay, "treated", 10'000, 1'000),
      counted(kDay, "control", 10'000, 1'000),
      counted(kDay + 20, "treated", 18'000, 5'400),
      counted(kDay + 20, "control", 2'000, 600),
  };
  const auto lifts = lifts_of({totals}, {phase(kDay - 1, 50), phase(kDay + 10, 10)}, {});
  REQUIRE(lifts.size() == 1);
  CHECK(lifts[0].lift.estimate == Approx(0).margin(1e-12));
  CHECK(lifts[0].lift.verdict == Verdict::inconclusive);
  CHECK(lifts[0].trust == Trust::ok);
  CHECK(lifts[0].verdict_on.empty());
  // The same counts, when half had been planned all the time: something is wrong with the split.
  CHECK(lifts_of({totals}, {phase(kDay - 1, 50)}, {})[0].trust == Trust::split);
  // Days around the change are compared day by day, and say nothing about the split.
  auto around = totals;
  around.push_back(counted(kDay + 10, "treated", 5'000, 500));
  around.push_back(counted(kDay + 10, "control", 5'000, 500));
  const auto changed = lifts_of({around}, {phase(kDay - 1, 50), phase(kDay + 10, 10)}, {});
  CHECK(changed[0].trust == Trust::ok);
  CHECK(changed[0].lift.treated + changed[0].lift.control == 50'000);
}

namespace {

/// Of `units` of each arm, 50 sales each: `treated` and `control` of 50 hold the offer, with a unit's
/// own mood.
void hold_out(ReportTotals& totals, BusinessDay day, const char* unit_of, int units, int treated,
              int control) {
  for (const bool with : {false, true}) {
    for (int i = 0; i < units; ++i) {
      UnitTotal one{};
      one.day = day;
      one.store = "mitte";
      one.rule = "burger-fries";
      one.unit_of = unit_of;
      one.unit = static_cast<std::uint64_t>(with ? i : units + i);
      one.arm = with ? "treated" : "control";
      one.currency = "EUR";
      one.channel = "cashier";
      one.baskets = one.ended = one.timed = one.capped_n = one.capped_margin_n = 50;
      one.attached = (with ? treated : control) + (i % 5) - 2;
      one.capped = 50 * 700 + one.attached * 250;
      one.capped_margin = one.attached * 180;
      one.capped_open = 50 * 40'000;
      totals.units.push_back(one);
      totals.baskets.push_back(counted(day, one.arm.c_str(), 50, one.attached));
    }
  }
  std::stable_sort(totals.units.begin(), totals.units.end(),
                   [](const UnitTotal& a, const UnitTotal& b) { return a.unit < b.unit; });
}

}  // namespace

TEST_CASE("report: what is not held out by basket is compared by its units", "[headoffice]") {
  ReportTotals totals;
  hold_out(totals, kDay, "customer", 300, 12, 8);
  const std::vector<RulePhase> phases = {phase(kDay - 9, 50, "customer")};
  const MoneyFrame frame{{{"burger-fries", "EUR", 40'000, 0}}, kDay + 30};
  const RuleLift one = lifts_of(totals, phases, {}, frame).at(0);
  CHECK(one.trust == Trust::ok);
  CHECK(one.unit == "customer");
  CHECK(one.lift.verdict == Verdict::better);
  CHECK(one.lift.estimate == Approx(0.08));
  CHECK(one.lift.treated == 300);
  CHECK(one.lift.treated_sales == 15'000);
  CHECK(one.from.empty());
  REQUIRE(one.money.size() == 1);
  CHECK(one.money[0].revenue.lift.estimate == Approx(0.08 * 250));
  CHECK(one.money[0].revenue.lift.control == 300);
  REQUIRE(one.money[0].margin);
  CHECK(one.money[0].margin->lift.estimate == Approx(0.08 * 180));
  REQUIRE(one.seconds);
  CHECK(one.seconds->lift.estimate == Approx(0).margin(1e-9));
  // Too few, whatever they buy; of days of stores twenty are enough.
  const auto few = [](const char* unit, int units) {
    ReportTotals some;
    hold_out(some, kDay, unit, units, 12, 8);
    return lifts_of(some, {phase(kDay - 9, 50, unit)}, {}).at(0).lift;
  };
  CHECK(few("customer", 199).verdict == Verdict::not_enough_data);
  CHECK(few("store_day", 20).verdict == Verdict::better);
  CHECK(few("store_day", 19).verdict == Verdict::not_enough_data);
  // It knows how many of them there should be: by the units, not by their baskets.
  CHECK(lifts_of(totals, {phase(kDay - 9, 10, "customer")}, {}).at(0).trust == Trust::split);
  for (UnitTotal& unit : totals.units) unit.ended = unit.arm == "treated" ? 50 : 46;
  CHECK(lifts_of(totals, phases, {}).at(0).trust == Trust::ends);
}

// To see it fail: pour all rules into one, whose arms then differ in what they sell.
TEST_CASE("report: over all rules each is compared with itself", "[headoffice]") {
  const auto of = [](const char* rule, const char* arm, std::int64_t n, std::int64_t attached) {
    BasketTotal out = counted(kDay, arm, n, attached);
    out.sum.rule = rule;
    return out;
  };
  // One sells well and holds out a tenth, the other sells badly and holds out half: nobody bought more.
  ReportTotals totals{{of("well", "treated", 18'000, 9'000), of("well", "control", 2'000, 1'000),
                       of("badly", "treated", 10'000, 500), of("badly", "control", 10'000, 500)}};
  const std::vector<RulePhase> phases = {{"well", 0, 10}, {"badly", 0, 50}, {"odd", 0, 50}};
  const auto all = [&] { return lift_of_all(totals, phases, lifts_of(totals, phases, {}), {}); };
  REQUIRE(all());
  CHECK(all()->lift.estimate == Approx(0).margin(1e-12));
  CHECK(all()->lift.verdict == Verdict::inconclusive);
  CHECK(all()->lift.with == Approx(0.275));
  CHECK(all()->lift.treated == 28'000);
  // Of one costs are known of all sales, of the other of 96 in 100: alike in both arms of each.
  for (BasketTotal& total : totals.baskets) {
    const std::int64_t n = total.sum.n;
    total.capped = {n, n * 700, static_cast<Wide>(n * 700 * 700)};
    const std::int64_t known = total.sum.rule == "well" ? n : n * 96 / 100;
    total.capped_margin = {known, known * 200, static_cast<Wide>(known * 200 * 200)};
  }
  REQUIRE(all()->money.size() == 1);
  CHECK(all()->money[0].margin);
  // What cannot be trusted is left out.
  totals.baskets.push_back(of("odd", "treated", 9'000, 4'000));
  totals.baskets.push_back(of("odd", "control", 2'000, 0));
  CHECK(all()->lift.treated == 28'000);
  totals.baskets.erase(totals.baskets.begin(), totals.baskets.begin() + 4);
  CHECK_FALSE(all());
}

// The day is when the whole width, at this pace, is less than the difference.
TEST_CASE("report: the day of a verdict is the first on which the interval leaves zero",
          "[headoffice]") {
  // Ten days of 200 in each arm: 12 against 10 percent.
  ReportTotals totals;
  for (BusinessDay day = kDay; day < kDay + 10; ++day) {
    totals.baskets.push_back(counted(day, "treated", 200, 24));
    totals.baskets.push_back(counted(day, "control", 200, 20));
  }
  const std::vector<RulePhase> phases = {phase(kDay - 9, 50)};
  const RuleLift now = lifts_of(totals, phases, {}).at(0);
  CHECK(now.lift.verdict == Verdict::inconclusive);
  REQUIRE_FALSE(now.verdict_on.empty());
  for (BusinessDay day = kDay + 10; day < kDay + 365; ++day) {
    // As it has been, one more day.
    totals.baskets.push_back(counted(day, "treated", 200, 24));
    totals.baskets.push_back(counted(day, "control", 200, 20));
    const RuleLift then = lifts_of(totals, phases, {}).at(0);
    if (then.lift.verdict == Verdict::inconclusive) continue;
    CHECK(then.lift.verdict == Verdict::better);
    const std::int64_t told = *format::parse_day(now.verdict_on);
    INFO("told " << now.verdict_on << ", was " << format::format_day(day));
    CHECK(std::abs(told - day) <= 3);  // an arm's spread settles a little with its size
    return;
  }
  FAIL("no verdict within a year");
}

// To see it fail: let Phases forget the unit.
TEST_CASE("report: days on which something else was held out are not compared", "[headoffice]") {
  const auto of = [](const char* before, const char* after) {
    ReportTotals totals;
    for (const BusinessDay day : {kDay, kDay + 9, kDay + 11, kDay + 20}) {
      totals.baskets.push_back(counted(day, "treated", 20'000, 3'000));
      totals.baskets.push_back(counted(day, "control", 20'000, 2'000));
    }
    hold_out(totals, kDay, "customer", 300, 12, 8);
    hold_out(totals, kDay + 11, "customer", 300, 12, 8);
    hold_out(totals, kDay + 20, "customer", 300, 12, 8);
    return lifts_of(totals, {phase(kDay - 9, 50, before), phase(kDay + 10, 50, after)}, {}).at(0);
  };
  CHECK(of("basket", "basket").lift.treated > 80'000);
  CHECK(of("basket", "basket").from.empty());
  // What is held out now is compared, from its first whole day on.
  const RuleLift now = of("basket", "customer");
  CHECK(now.unit == "customer");
  CHECK(now.lift.treated == 300);
  CHECK(now.lift.treated_sales == 15'000);
  CHECK(now.from == format::format_day(kDay + 20));
  const RuleLift again = of("customer", "basket");
  CHECK(again.unit == "basket");
  CHECK(again.lift.treated == 20'000 + 300 * 50);
  CHECK(again.from == format::format_day(kDay + 20));
  // One customer in two phases is one, and of lanes nothing has come.
  CHECK(of("customer", "customer").lift.treated == 300);
  CHECK(of("customer", "customer").lift.treated_sales == 30'000);
  CHECK(of("customer", "terminal_day").lift.verdict == Verdict::not_enough_data);
  CHECK(of("customer", "terminal_day").lift.treated == 0);
}

TEST_CASE("report: units stand in JSON and in the table", "[headoffice]") {
  ReportTotals totals;
  hold_out(totals, kDay, "customer", 300, 12, 8);
  Report report;
  report.from = report.to = "2026-11-21";
  report.lifts = lifts_of(totals, {phase(kDay - 9, 50, "customer")}, {});
  report.lifts[0].from = "2026-11-20";
  for (const char* arm : {"treated", "control"}) {
    ReportRow row;
    row.rule = "burger-fries";
    row.arm = arm;
    row.eligible = 15'000;
    report.rows.push_back(row);
  }
  const auto back = read_report(write_report(report));
  REQUIRE(back);
  CHECK(back->lifts[0].unit == "customer");
  CHECK(back->lifts[0].from == "2026-11-20");
  CHECK(back->lifts[0].lift.treated == 300);
  CHECK(back->lifts[0].lift.treated_sales == 15'000);
  // Over all rules: only where there are several, in the line that sums them up.
  report.rows.push_back(report.rows.front());
  report.rows.back().rule = "coffee-cake";
  report.all = report.lifts[0];
  report.all->rule = "";
  report.all->unit = "basket";
  report.all->lift.with = 0.312;
  report.all->lift.without = 0.26;
  const auto both = read_report(write_report(report));
  REQUIRE(both);
  REQUIRE(both->all);
  CHECK(both->all->lift.without == Approx(0.26));
  const std::string sums = report_table(*both);
  INFO(sums);
  const std::size_t all = sums.find("\nall ");
  REQUIRE(all != std::string::npos);
  CHECK(sums.find("31.2 %", all) != std::string::npos);
  CHECK(sums.find("26.0 %", all) != std::string::npos);
  CHECK(sums.find("+8.0", all) == std::string::npos);  // the interval, not the estimate
  CHECK(sums.find("better", all) != std::string::npos);
  const std::string table = report_table(*back);
  INFO(table);
  CHECK(table.find("better (by customer, 300 against 300), from 2026-11-20 on") !=
        std::string::npos);
}

TEST_CASE("report: a lift is a verdict only where baskets have ends, in both arms alike",
          "[headoffice]") {
  std::vector<BasketTotal> totals = {counted(kDay, "treated", 20'000, 3'000),
                                     counted(kDay, "control", 20'000, 2'000)};
  const std::vector<RulePhase> phases = {phase(kDay - 1, 50)};
  const auto sound = lifts_of({totals}, phases, {});
  CHECK(sound[0].lift.verdict == Verdict::better);
  CHECK(sound[0].trust == Trust::ok);
  CHECK_FALSE(sound[0].alone);
  CHECK(sound[0].lift.estimate == Approx(0.05));
  // Two percent without an end are borne, two percent in one arm alone are not.
  totals.push_back(counted(kDay, "treated", 400, 0, "unknown"));
  CHECK(lifts_of({totals}, phases, {})[0].trust == Trust::ends);
  totals.push_back(counted(kDay, "control", 400, 0, "unknown"));
  CHECK(lifts_of({totals}, phases, {})[0].trust == Trust::ok);
  totals.push_back(counted(kDay, "treated", 2'000, 0, "unknown"));
  totals.push_back(counted(kDay, "control", 2'000, 0, "unknown"));
  CHECK(lifts_of({totals}, phases, {})[0].trust == Trust::ends);
}

TEST_CASE("report: lifts are told by store when asked, and never without a control arm",
          "[headoffice]") {
  std::vector<BasketTotal> totals = {counted(kDay, "treated", 20'000, 3'000, "completed", "nord"),
                                     counted(kDay, "control", 20'000, 2'000, "completed", "nord"),
                                     counted(kDay, "treated", 900, 90),
                                     counted(kDay + 2, "control", 900, 80)};
  const std::vector<RulePhase> phases = {phase(kDay - 1, 50)};
  const auto stores = lifts_of({totals}, phases, {.store = true});
  REQUIRE(stores.size() == 2);
  CHECK(stores[0].store == "mitte");
  CHECK(stores[0].lift.verdict == Verdict::not_enough_data);
  CHECK_FALSE(stores[0].verdict_on.empty());
  CHECK(stores[1].store == "nord");
  CHECK(stores[1].lift.verdict == Verdict::better);
  totals.erase(totals.begin() + 3);
  CHECK(lifts_of({totals}, phases, {.store = true}).size() == 1);
  CHECK(lifts_of({}, phases, {}).empty());
}

TEST_CASE("report: lifts stand in the JSON of rules, and their phases in the store",
          "[headoffice]") {
  Office office;
  for (const int holdout : {50, 50, 10}) {
    Publication publication;
    publication.published_at = kNoon + holdout;
    publication.rule_names = {{"burger-fries", "Fries", stable_id("burger-fries"), holdout}};
    REQUIRE(office.storage->publish(
        publication,
        [](std::string_view, std::uint64_t, const StandingState&) { return ManifestRow{}; }));
  }
  const auto phases = office.storage->rule_phases();
  REQUIRE(phases);
  REQUIRE(phases->size() == 2);
  CHECK((*phases)[0].holdout_percent == 50);
  CHECK((*phases)[1].holdout_percent == 10);
  CHECK((*phases)[1].since == kNoon + 10);
  for (int i = 0; i < 5; ++i) {
    office.send(basket("treated", i % 2 == 0, 900));
    office.send(basket("control", false, 900));
  }
  const Report report = office.report({.rule = true});
  REQUIRE(report.lifts.size() == 1);
  CHECK(report.lifts[0].lift.treated == 5);
  CHECK(report.lifts[0].lift.verdict == Verdict::not_enough_data);
  const auto again = read_report(write_report(report));
  REQUIRE(again);
  CHECK(write_report(*again) == write_report(report));
  CHECK(office.report({.day = true, .rule = true}).lifts.empty());
  CHECK(office.report({.store = true}).lifts.empty());
}

namespace {

/// Sales of one arm and day that brought 1.00 or 3.00 EUR, as many of each, half of it margin.
BasketTotal earning(BusinessDay day, const char* arm, std::int64_t n, Minor more = 0) {
  BasketTotal total = counted(day, arm, n, n / 4);
  const auto sums = [&](Minor low, Minor high) {
    return KeptSums{n, n / 2 * (low + high),
                    static_cast<Wide>(n / 2) * (square(low) + square(high))};
  };
  total.capped = sums(100 + more, 300 + more);
  total.capped_margin = sums(50 + more / 2, 150 + more / 2);
  total.capped_open = sums(30'000, 50'000 + 10 * more);
  return total;
}

const MoneyFrame kFrame{{{"burger-fries", "EUR", 5'000, 0}}, kDay + 30};

}  // namespace

TEST_CASE("report: a lift of money is treated minus control per sale, with the words of lifts",
          "[headoffice]") {
  const std::vector<RulePhase> phases = {phase(kDay - 1, 50)};
  const auto lift = [&](Minor more) {
    const auto lifts =
        lifts_of({{earning(kDay, "treated", 20'000, more), earning(kDay, "control", 20'000)}},
                 phases, {}, kFrame);
    REQUIRE(lifts.size() == 1);
    return lifts[0];
  };
  const RuleLift better = lift(20);
  REQUIRE(better.money.size() == 1);
  CHECK(better.money[0].currency == "EUR");
  CHECK(better.money[0].cap == 5'000);
  CHECK(better.money[0].revenue.lift.estimate == Approx(20));
  CHECK(better.money[0].revenue.lift.low == Approx(16.96).margin(0.05));
  CHECK(better.money[0].revenue.lift.verdict == Verdict::better);
  CHECK_FALSE(better.money[0].revenue.alone);
  REQUIRE(better.money[0].margin);
  CHECK(better.money[0].margin->lift.estimate == Approx(10));
  CHECK(better.money[0].margin->lift.verdict == Verdict::better);
  // More seconds are worse.
  REQUIRE(better.seconds);
  CHECK(better.seconds->lift.estimate == Approx(100));
  CHECK(lift(20 * 100).seconds->lift.verdict == Verdict::worse);
  CHECK(lift(-20).money[0].revenue.lift.verdict == Verdict::worse);
  CHECK(lift(0).money[0].revenue.lift.verdict == Verdict::inconclusive);
  CHECK(lift(2).money[0].revenue.lift.verdict == Verdict::inconclusive);
  CHECK_FALSE(lift(2).money[0].revenue.verdict_on.empty());
  const auto few = lifts_of({{earning(kDay, "treated", 20'000, 90), earning(kDay, "control", 998)}},
                            {phase(kDay - 1, 5)}, {}, kFrame);
  REQUIRE(few[0].money.size() == 1);
  CHECK(few[0].money[0].revenue.lift.verdict == Verdict::not_enough_data);
}

TEST_CASE("report: a lift of money says from when it counts, and while goods may still come back",
          "[headoffice]") {
  const std::vector<RulePhase> phases = {phase(kDay - 1, 50)};
  const std::vector<BasketTotal> old = {counted(kDay - 3, "treated", 5'000, 900),
                                        counted(kDay - 3, "control", 5'000, 800)};
  std::vector<BasketTotal> totals = old;
  CHECK(lifts_of({totals}, phases, {}, kFrame)[0].money.empty());
  CHECK_FALSE(lifts_of({totals}, phases, {}, kFrame)[0].seconds);
  totals.push_back(earning(kDay, "treated", 4'000, 20));
  totals.push_back(earning(kDay, "control", 4'000));
  const auto made = [&](BusinessDay today) {
    return lifts_of({totals}, phases, {}, {kFrame.caps, today})[0].money.at(0);
  };
  CHECK(made(kDay + 14).from == "2026-11-21");
  CHECK(made(kDay + 14).revenue.lift.treated == 4'000);
  CHECK_FALSE(made(kDay + 14).provisional);
  CHECK(made(kDay + 13).provisional);
  CHECK(lifts_of({totals}, phases, {}, kFrame)[0].seconds->from == "2026-11-21");
}

TEST_CASE(
    "report: no lift of money where the arms cannot be compared, none of margin without costs",
    "[headoffice]") {
  const std::vector<BasketTotal> totals = {earning(kDay, "treated", 20'000, 20),
                                           earning(kDay, "control", 20'000)};
  const auto split = lifts_of({totals}, {phase(kDay - 1, 10)}, {}, kFrame);
  CHECK(split[0].trust == Trust::split);
  CHECK(split[0].money.empty());
  CHECK_FALSE(split[0].seconds);
  const std::vector<RulePhase> phases = {phase(kDay - 1, 50)};
  auto dear = totals;
  for (BasketTotal& total : dear) total.capped_margin.n = 18'900;
  CHECK_FALSE(lifts_of({dear}, phases, {}, kFrame)[0].money.at(0).margin);
  dear = totals;
  dear[0].capped_margin.n = 19'100;  // known of enough, but not alike
  CHECK_FALSE(lifts_of({dear}, phases, {}, kFrame)[0].money.at(0).margin);
  dear[1].capped_margin.n = 19'100;
  CHECK(lifts_of({dear}, phases, {}, kFrame)[0].money.at(0).margin);
}

TEST_CASE("report: lifts of money are told in JSON and in a table of their own", "[headoffice]") {
  Report report;
  report.from = report.to = "2026-11-21";
  report.rows.emplace_back().rule = "burger-fries";
  report.lifts =
      lifts_of({{earning(kDay, "treated", 20'000, 20), earning(kDay, "control", 20'000),
                 counted(kDay - 2, "treated", 10, 1), counted(kDay - 2, "control", 10, 1)}},
               {phase(kDay - 4, 50)}, {}, {kFrame.caps, kDay});
  const std::string text = report_table(report);
  INFO(text);
  const auto says = [&](const char* words) { return text.find(words) != std::string::npos; };
  CHECK(says("Per 1,000 eligible sales, treated minus control"));
  CHECK(says(" EUR"));
  CHECK(says("better, from 2026-11-21 on\n"));
  CHECK(says("Provisional: goods may still come back of sales of the last 14 days.\n"));
  const std::string json = write_report(report);
  INFO(json);
  CHECK(json.find("\"per_1000\":{\"estimate\":20000,") != std::string::npos);
  const auto again = read_report(json);
  REQUIRE(again);
  CHECK(write_report(*again) == json);
  CHECK(report_table(*again) == text);
  report.lifts[0].money[0].margin.reset();
  CHECK(report_table(report).find("cost not known") != std::string::npos);
  report.lifts[0].money.clear();
  CHECK(report_table(report).find("Per 1,000") == std::string::npos);
}

TEST_CASE("report: what it may be split by is named, each once", "[headoffice]") {
  CHECK(parse_report_by("arm,day")->arm);
  CHECK_FALSE(parse_report_by("")->arm);
  for (const char* bad : {"moon", "day,day", "day,,arm", " day"}) CHECK_FALSE(parse_report_by(bad));
}
