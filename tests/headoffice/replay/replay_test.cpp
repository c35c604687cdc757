// A draft over baskets that terminals reported: what it would have done in each.
#include "headoffice/replay/replay.hpp"

#include "headoffice/ingest/ingest.hpp"
#include "headoffice/replay/replays.hpp"
#include "plugin/net/digest.hpp"
#include "rules/format/outcomes.hpp"
#include "rules/format/wire_json.hpp"
#include "tests/headoffice/book/desk.hpp"

#include <cstring>
#include <numeric>
#include <random>
#include <thread>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

constexpr UtcMs kHour = 3'600'000;
constexpr UtcMs kYesterday = kNoon - 24 * kHour;

struct Sold {
  std::vector<model::OutcomeLine> lines;
  const char* store = "mitte";
  const char* terminal = "t1";
  UtcMs at = kYesterday;
  Mode mode = Mode::sale;
  End end = End::completed;
  std::uint16_t part = 0;
  std::uint16_t parts = 1;
  std::string basket{};
  Channel channel = Channel::cashier;
  Arm arm = Arm::none;  ///< of kRule
  bool attached = false;
};

struct Week : Desk {
  Ingest ingest{*store, days, clock, 200};
  std::map<std::string, std::uint64_t> sequences;
  std::uint64_t baskets = 0;

  Week() {
    publish_outside();
    for (const char* shop : {"mitte", "soho"}) {
      REQUIRE(store->put_terminal(shop, "t1", kNoon));
      REQUIRE(store->put_terminal(shop, "t2", kNoon));
    }
  }
  void sold(const Sold& sale) { sold(std::vector{sale}); }
  /// One batch: all of one terminal.
  void sold(const std::vector<Sold>& sales) {
    std::string json = "[";
    for (const Sold& sale : sales) append(json, sale);
    json += "]";
    net::Request request;
    request.method = "POST";
    request.target = "/v1/outcomes";
    request.headers.set("Content-Type", format::kBatchMediaType);
    request.headers.set("Content-Digest", net::content_digest(json));
    request.body = json;
    const auto answer = ingest.post(request);
    INFO(json << answer.body);
    REQUIRE(answer.status == 200);
    REQUIRE(answer.body.find("\"accepted\":" + std::to_string(sales.size())) != std::string::npos);
  }
  void append(std::string& json, const Sold& sale) {
    model::Outcome o;
    const std::uint64_t seq = ++sequences[std::string(sale.store) + sale.terminal];
    const std::string id = sale.basket.empty() ? "B-" + std::to_string(++baskets) : sale.basket;
    o.kind = OutcomeKind::basket;
    o.record = {7, seq};
    o.at = sale.at;
    o.basket = id;
    o.mode = sale.mode;
    o.channel = sale.channel;
    o.end = sale.end;
    o.opened_at = o.ended_at = o.tender_at = sale.at;
    o.part = sale.part;
    o.parts = sale.parts;
    o.basket_lines = sale.lines;
    o.unit = 1;
    if (sale.arm != Arm::none) {
      o.rule = kRule;
      o.arm = sale.arm;
      o.eligible = true;
      o.eligible_at = sale.at;
      o.attached = sale.attached;
    }
    for (const auto& line : sale.lines) o.total += line.value;
    o.lines = static_cast<std::uint32_t>(sale.lines.size());
    std::memcpy(o.currency, "EUR", 4);
    if (json.size() > 1) json += ",";
    format::append_event(json, {sale.store, sale.terminal, 0xe1}, seq, o);
  }

  Replays replays{{book, *store, *store, days, clock, packs::zone_file}};

  /// What came of it, as JSON.
  format::JsonDocument finished(const ReplayOrder& order, const Actor& by) {
    const auto begun = replays.start(by, pack.id, order);
    if (!begun) INFO(begun.error().detail);
    REQUIRE(begun);
    format::WireFindings findings;
    const auto first = format::parse_wire(*begun, {}, findings);
    REQUIRE(first);
    const std::string id(first->root().find("id").text());
    for (;;) {
      const auto told = replays.tell(id);
      REQUIRE(told);
      auto tree = format::parse_wire(*told, {}, findings);
      REQUIRE(tree);
      const auto state = tree->root().find("state").text();
      if (state != "waiting" && state != "running") return std::move(*tree);
      std::this_thread::yield();
    }
  }
  format::JsonDocument finished(const std::string& rule) {
    return finished({rule, {}, std::nullopt, std::nullopt}, edna);
  }
};

const model::OutcomeLine kBurger{"sku:BURGER", 1000, 590};
const model::OutcomeLine kCola{"sku:COLA", 1000, 250};
const model::OutcomeLine kLarge{"sku:FRIES-L", 1000, 350};
const model::OutcomeLine kStranger{"sku:STRANGER", 1000, 100};

std::uint64_t count(format::Json result, std::string_view name) {
  return static_cast<std::uint64_t>(result.find(name).integer());
}

std::uint64_t sum(format::Json result) {
  std::uint64_t out = 0;
  for (const char* one :
       {"prompted", "already_bought", "not_qualified", "blocked", "lost", "silent"}) {
    out += count(result, one);
  }
  return out;
}

}  // namespace

// To see it fail: let Run::decide() ring up returns, or let enter() forget a reason.
TEST_CASE("replay: every basket of the week has one reason, and stands behind its number",
          "[replay]") {
  Week week;
  week.sold({{kBurger}});
  week.sold({{kBurger, kCola}, "soho", "t2"});
  week.sold({{kCola}});
  week.sold({{kBurger, kLarge}});
  week.sold({{kStranger}});
  week.sold({{{"sku:BURGER", -1000, -590}}, "mitte", "t1", kYesterday, Mode::return_});
  week.sold({{kBurger}, "mitte", "t1", kYesterday, Mode::sale, End::voided});
  week.sold({{kBurger}, "mitte", "t1", kNoon - 9 * 24 * kHour});  // before these seven days
  week.sold({{kBurger}, "mitte", "t1", kNoon});                   // today
  week.sold({{kBurger}, "mitte", "t1", kYesterday, Mode::sale, End::completed, 0, 2, "B-parts"});
  week.sold({{kCola}, "mitte", "t1", kYesterday, Mode::sale, End::completed, 1, 2, "B-parts"});
  week.sold({{kBurger}, "mitte", "t2", kYesterday, Mode::sale, End::completed, 0, 2, "B-half"});
  const auto document = week.finished(week.published());
  const format::Json told = document.root();
  CHECK(told.find("state").text() == "done");
  CHECK(told.find("trouble").text() == "");
  CHECK(told.find("from").text() == "2026-11-14");
  CHECK(told.find("to").text() == "2026-11-20");
  CHECK(told.find("done").integer() == told.find("of").integer());
  const format::Json result = told.find("result");
  CHECK(count(result, "baskets") == 6);
  CHECK(sum(result) == 6);
  CHECK(count(result, "prompted") + count(result, "already_bought") == 4);
  CHECK(count(result, "not_qualified") == 2);
  CHECK(count(result, "unknown_lines") == 1);
  CHECK(count(result.find("left_out"), "no_sales") == 1);
  CHECK(count(result.find("left_out"), "unfinished") == 1);
  CHECK(count(result.find("left_out"), "incomplete") == 1);
  CHECK(result.find("samples").size() == 6);
  REQUIRE(result.find("conditions").size() == 1);
  for (const format::Json condition : result.find("conditions")) {
    CHECK(count(condition, "baskets") == 2);
    CHECK(condition.find("of").text().starts_with("/when"));
    CHECK(condition.find("samples").size() == 2);
  }
  for (const format::Json sample : result.find("samples")) {
    CHECK(!sample.find("why").text().empty());
    CHECK(sample.find("lines").size() > 0);
  }
}

// An image has the best rule first, whatever their order in the pack.
// To see it fail: give replay() the rule's place in the pack.
TEST_CASE("replay: of many rules it is the draft that is judged", "[replay]") {
  Week week;
  for (const char* id : {"better", "best"}) {
    model::Rule other = packs::rule(id, packs::has_items({"sku:COLA"}), {"sku:CHEESE"});
    other.extra_adds_per_1000 = 900;
    week.pack.rules.push_back(std::move(other));
  }
  week.publish_outside();
  for (int i = 0; i < 5; ++i) week.sold({{kBurger, kLarge}});
  const auto document = week.finished(week.published());
  const format::Json told = document.root();
  CHECK(told.find("rule").text() == kRule);
  CHECK(count(told.find("result"), "prompted") == 5);  // of the burger, before the fries came
  CHECK(count(told.find("result"), "bought_anyway") == 5);
  const auto other = week.finished(week.published("best"));
  CHECK(count(other.root().find("result"), "not_qualified") == 5);
}

TEST_CASE("replay: what a draft may bring is the author's rate over what it would show",
          "[replay]") {
  const Bounds half = wilson(0.5, 50);
  CHECK(half.low == Approx(0.366).margin(0.001));  // the formula's own example by hand
  CHECK(half.high == Approx(0.634).margin(0.001));
  CHECK(wilson(0, 50).low == 0);
  CHECK(wilson(0, 50).high == Approx(0.0714).margin(0.001));
  CHECK(wilson(1, 50).high == Approx(1));
  Week week;
  model::Rule rule = packs::burgers().rules[0];
  rule.holdout_percent = 0;
  rule.extra_adds_per_1000 = 500;
  for (int i = 0; i < 40; ++i) week.sold({{kBurger}, "mitte", "t1", kYesterday + i * 600'000});
  const auto document = week.finished(Desk::json(rule));
  const format::Json result = document.root().find("result");
  const std::uint64_t shown = count(result.find("estimate"), "showings");
  REQUIRE(shown > 0);
  CHECK(shown == count(result, "prompted") - count(result, "held_out"));
  CHECK(result.find("estimate").find("basis").text() == "assumed");
  const format::Json adds = result.find("estimate").find("extra_adds");
  CHECK(adds.find("likely").integer() == std::llround(0.5 * static_cast<double>(shown)));
  CHECK(adds.find("low").integer() == std::llround(half.low * static_cast<double>(shown)));
  CHECK(adds.find("high").integer() == std::llround(half.high * static_cast<double>(shown)));
  // 30 % of 3.50, the dearest fries: costs are assumed.
  CHECK(result.find("estimate").find("margin").find("likely").integer() ==
        std::llround(0.5 * 105.0 * static_cast<double>(shown)));
}

// To see it fail: believe a lift whatever the draft offers.
TEST_CASE("replay: where the holdout has told, its lift is the estimate", "[replay]") {
  Week week;
  // 1,200 of each arm: 30 in 100 attached against 10 in 100.
  for (const Arm arm : {Arm::treated, Arm::control}) {
    const std::size_t of_ten = arm == Arm::treated ? 3 : 1;
    for (int batch = 0; batch < 4; ++batch) {
      std::vector<Sold> sales(300, {{kBurger}, "mitte", "t2", kYesterday});
      for (std::size_t i = 0; i < sales.size(); ++i) {
        sales[i].arm = arm;
        sales[i].attached = i % 10 < of_ten;
      }
      week.sold(sales);
    }
  }
  const auto estimate = [&](const std::string& json) {
    auto document = week.finished(json);
    CHECK(sum(document.root().find("result")) == 2'400);
    return document;
  };
  model::Rule rule = packs::burgers().rules[0];
  const auto same = estimate(Desk::json(rule));
  const format::Json told = same.root().find("result").find("estimate");
  const auto shown = static_cast<double>(count(told, "showings"));
  REQUIRE(shown > 100);
  CHECK(told.find("basis").text() == "measured");
  const format::Json adds = told.find("extra_adds");
  CHECK(adds.find("likely").integer() == std::llround(0.2 * shown));
  CHECK(adds.find("low").integer() > std::llround(0.1 * shown));
  CHECK(adds.find("high").integer() < std::llround(0.3 * shown));
  // 30 % of 3.50 each.
  CHECK(told.find("margin").find("likely").integer() == std::llround(0.2 * 105.0 * shown));
  CHECK(told.find("margin").find("low").integer() > 0);

  rule.offers = {{"sku:CHEESE"}};  // of that nothing is known yet
  const auto other = estimate(Desk::json(rule));
  CHECK(other.root().find("result").find("estimate").find("basis").text() == "assumed");
}

// A replay's counts are those of the engine, asked by itself: one till of its own memory for each
// terminal and channel, day by day, as the baskets came.
// To see it fail: give all of a store's tills one memory, or go store by store.
TEST_CASE("replay: what it counts is what decide() says of each basket", "[replay]") {
  const std::uint64_t seed = 20261121;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  Week week;
  // A rule to lose to, and one a shift: what a till remembers counts.
  model::Rule rival = packs::rule("rival", packs::has_items({"sku:COLA"}), {"sku:CHEESE"});
  rival.extra_adds_per_1000 = 900;
  week.pack.rules.push_back(std::move(rival));
  week.publish_outside();
  const std::array all{kBurger,
                       kCola,
                       kLarge,
                       kStranger,
                       model::OutcomeLine{"sku:CHEESE", 1000, 690},
                       model::OutcomeLine{"sku:FRIES-S", 2000, 460}};
  std::vector<Sold> sales;
  for (int i = 0; i < 600; ++i) {
    Sold sale;
    sale.at = kYesterday - static_cast<UtcMs>(random() % 150) * kHour;
    if (random() % 3 == 0) sale.store = "soho";
    if (random() % 2 == 0) sale.terminal = "t2";
    if (random() % 4 == 0) sale.channel = Channel::kiosk;
    for (std::uint64_t n = 1 + random() % 4; n > 0; --n) {
      sale.lines.push_back(all[random() % all.size()]);
    }
    week.sold(sale);
    sales.push_back(std::move(sale));
  }
  compile::Options options;
  options.time_begin = kNoon - 400 * 24 * kHour;
  const auto compiled =
      compile::compile(week.pack, *week.pack.catalogue, packs::zone_file, options);
  REQUIRE(compiled.errors.empty());
  const auto image = image::Image::open(compiled.image);
  REQUIRE(image);
  const std::uint32_t rule = image->find_rule(kRule);
  trial::Trial trial(*image, {.only = rule, .judge_every = 1});
  std::map<std::tuple<std::string, std::string, Channel>, trial::Lane> lanes;
  std::map<std::string, std::uint64_t> source;  // as terminals get theirs: by their first event
  for (const Sold& sale : sales) {
    source.try_emplace(std::string(sale.store) + sale.terminal, source.size() + 1);
  }
  const auto day = [&](const Sold& sale) {
    const std::string zone = sale.store == std::string("soho") ? "Europe/London" : "Europe/Berlin";
    return week.days.day_of(zone, sale.at);
  };
  std::vector<std::size_t> order(sales.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return day(sales[i]); });
  for (const std::size_t i : order) {
    const Sold& sale = sales[i];
    const auto [lane, fresh] =
        lanes.try_emplace({sale.store, sale.terminal, sale.channel},
                          trial.lane(image->find_store(sale.store), sale.channel));
    receipts::Receipt receipt;
    receipt.id = std::to_string(source.at(std::string(sale.store) + sale.terminal)) + "/B-" +
                 std::to_string(i + 1);
    for (const auto& line : sale.lines) {
      receipts::ReceiptLine one;
      one.product = line.key;
      one.quantity = line.quantity;
      one.total = line.value;
      receipt.lines.push_back(one);
    }
    trial.ring_up(lane->second, receipt, sale.at);
  }
  const trial::RuleTally& tally = trial.rules().front();
  const auto document = week.finished(week.published());
  const format::Json result = document.root().find("result");
  CHECK(count(result, "baskets") == 600);
  CHECK(sum(result) == 600);
  CHECK(count(result, "prompted") == tally.prompted);
  CHECK(count(result, "held_out") == tally.withheld);
  CHECK(count(result, "bought_anyway") == tally.arrived);
  CHECK(count(result, "already_bought") == tally.already);
  CHECK(count(result, "not_qualified") == tally.unqualified);
  CHECK(count(result, "blocked") == tally.blocked);
  CHECK(count(result, "lost") == tally.lost);
  CHECK(count(result, "silent") == tally.silent);
  // None of them is nothing: this would not see a difference.
  CHECK(tally.prompted > 0);
  CHECK(tally.withheld > 0);
  CHECK(tally.unqualified > 0);
  CHECK(tally.lost + tally.silent + tally.blocked + tally.already > 0);
}

// To see it fail: let start() leave the draft switched off.
TEST_CASE("replay: a rule that is switched off is tried as if it were on", "[replay]") {
  Week week;
  for (int i = 0; i < 5; ++i) week.sold({{kBurger}, "mitte", "t1", kYesterday + i * kHour});
  model::Rule rule = packs::burgers().rules[0];
  rule.enabled = false;
  const auto document = week.finished(Desk::json(rule));
  const format::Json result = document.root().find("result");
  CHECK(count(result, "prompted") == 5);
  CHECK(sum(result) == 5);
}

TEST_CASE("replay: what cannot be replayed is refused with its place", "[replay]") {
  Week week;
  week.sold({{kBurger}});
  using Why = BookRefusal::Why;
  const auto refused = [&](const ReplayOrder& order, const Actor& by) {
    const auto begun = week.replays.start(by, week.pack.id, order);
    REQUIRE(!begun);
    return begun.error();
  };
  const std::string rule = week.published();
  const Actor stan{"stan", "Stan", Role::store_manager, {"soho"}};
  CHECK(refused({rule, {"mitte"}, {}, {}}, stan).why == Why::role);
  CHECK(refused({rule, {"nowhere"}, {}, {}}, week.edna).findings.at(0).pointer == "/stores");
  CHECK(refused({rule, {}, kDay, kDay - 1}, week.edna).findings.at(0).code == "ends-before-start");
  CHECK(refused({rule, {}, kDay - 31, kDay}, week.edna).findings.at(0).code == "too-many");
  CHECK(!refused({"{}", {}, {}, {}}, week.edna).findings.empty());
  CHECK(week.replays.start(week.edna, "nothing", {rule, {}, {}, {}}).error().why == Why::missing);
  CHECK(week.replays.tell("77").error().why == Why::missing);
  const auto own = week.finished({rule, {}, std::nullopt, std::nullopt}, stan);
  CHECK(own.root().find("stores").size() == 1);
  CHECK(own.root().find("result").find("baskets").integer() == 0);
}
