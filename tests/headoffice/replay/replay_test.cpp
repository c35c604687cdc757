// A draft over baskets that terminals reported: what it would have done in each.
#include "headoffice/replay/replay.hpp"

#include "headoffice/ingest/ingest.hpp"
#include "headoffice/replay/replays.hpp"
#include "plugin/net/digest.hpp"
#include "rules/format/outcomes.hpp"
#include "rules/format/wire_json.hpp"
#include "tests/headoffice/book/desk.hpp"

#include <cstring>
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
  void sold(const Sold& sale) {
    model::Outcome o;
    const std::uint64_t seq = ++sequences[std::string(sale.store) + sale.terminal];
    const std::string id = sale.basket.empty() ? "B-" + std::to_string(++baskets) : sale.basket;
    o.kind = OutcomeKind::basket;
    o.record = {7, seq};
    o.at = sale.at;
    o.basket = id;
    o.mode = sale.mode;
    o.end = sale.end;
    o.opened_at = o.ended_at = o.tender_at = sale.at;
    o.part = sale.part;
    o.parts = sale.parts;
    o.basket_lines = sale.lines;
    o.unit = 1;
    for (const auto& line : sale.lines) o.total += line.value;
    o.lines = static_cast<std::uint32_t>(sale.lines.size());
    std::memcpy(o.currency, "EUR", 4);
    std::string json = "[";
    format::append_event(json, {sale.store, sale.terminal, 0xe1}, seq, o);
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
    REQUIRE(answer.body.find("\"accepted\":1") != std::string::npos);
  }

  Replays replays{{book, *store, days, clock, packs::zone_file}};

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
  const format::Json adds = result.find("estimate").find("extra_adds");
  CHECK(adds.find("likely").integer() == std::llround(0.5 * static_cast<double>(shown)));
  CHECK(adds.find("low").integer() == std::llround(half.low * static_cast<double>(shown)));
  CHECK(adds.find("high").integer() == std::llround(half.high * static_cast<double>(shown)));
  // 30 % of 3.50, the dearest fries: costs are assumed.
  CHECK(result.find("estimate").find("margin").find("likely").integer() ==
        std::llround(0.5 * 105.0 * static_cast<double>(shown)));
}

// A replay's counts are those of the engine, asked by itself.
TEST_CASE("replay: what it counts is what decide() says of each basket", "[replay]") {
  const std::uint64_t seed = 20261121;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  Week week;
  const std::array all{kBurger,
                       kCola,
                       kLarge,
                       kStranger,
                       model::OutcomeLine{"sku:CHEESE", 1000, 690},
                       model::OutcomeLine{"sku:FRIES-S", 2000, 460}};
  std::vector<Sold> sales;
  for (int i = 0; i < 300; ++i) {
    Sold sale;
    sale.at = kYesterday - static_cast<UtcMs>(random() % 150) * kHour;
    if (random() % 3 == 0) sale.store = "soho";
    for (std::uint64_t n = 1 + random() % 4; n > 0; --n) {
      sale.lines.push_back(all[random() % all.size()]);
    }
    sales.push_back(sale);
    week.sold(sale);
  }
  model::Pack pack = week.pack;
  compile::Options options;
  options.time_begin = kNoon - 400 * 24 * kHour;
  const auto compiled = compile::compile(pack, *pack.catalogue, packs::zone_file, options);
  REQUIRE(compiled.errors.empty());
  std::vector<std::uint64_t> words((compiled.image.size() + 7) / 8);
  std::memcpy(words.data(), compiled.image.data(), compiled.image.size());
  const auto image = image::Image::open(std::as_bytes(std::span(words)));
  REQUIRE(image);
  std::uint64_t qualified = 0;
  trial::Trial trial(*image);
  std::uint64_t id = 0;
  for (const Sold& sale : sales) {
    trial::Lane lane = trial.lane(image->find_store(sale.store), Channel::cashier);
    receipts::Receipt receipt;
    receipt.id = std::to_string(++id);
    for (const auto& line : sale.lines) {
      receipts::ReceiptLine one;
      one.product = line.key;
      one.quantity = line.quantity;
      one.total = line.value;
      receipt.lines.push_back(one);
    }
    trial.ring_up(lane, receipt, sale.at);
  }
  qualified = trial.counts().baskets - trial.rules()[0].unqualified;
  const auto document = week.finished(week.published());
  const format::Json result = document.root().find("result");
  CHECK(count(result, "baskets") == 300);
  CHECK(sum(result) == 300);
  CHECK(count(result, "not_qualified") == 300 - qualified);
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
