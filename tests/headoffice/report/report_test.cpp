#include "headoffice/report/report.hpp"

#include "rules/base/hash.hpp"
#include "tests/headoffice/support/support.hpp"

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
    const auto made = make_report(*storage, {{from, to, "", ""}, by});
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
  REQUIRE(office.storage->publish(publication,
                                  [](std::string_view, std::uint64_t) { return ManifestRow{}; }));
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
      make_report(*office.storage, {{kDay, kDay, "mitte", "burger-fries"}, {.rule = true}});
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
  const std::string table = report_table(report);
  INFO(table);
  CHECK(table.find("12.5 %  (1,543 of 12,345)   10.0 %  (100 of 1,000)\n") != std::string::npos);
  CHECK(table.find("10.0 %  (100 of 999)   not enough data\n") != std::string::npos);
  CHECK(table.find("no control baskets\n") != std::string::npos);
  report.rows.clear();
  CHECK(report_table(report) == "No outcomes from 2026-11-21 to 2026-11-21.\n");
}

TEST_CASE("report: what it may be split by is named, each once", "[headoffice]") {
  CHECK(parse_report_by("arm,day")->arm);
  CHECK_FALSE(parse_report_by("")->arm);
  for (const char* bad : {"moon", "day,day", "day,,arm", " day"}) CHECK_FALSE(parse_report_by(bad));
}
