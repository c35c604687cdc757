// Every figure of a report against SQL over the raw events alone.
#include "tests/headoffice/report/figures.hpp"

#include "headoffice/ingest/ingest.hpp"
#include "headoffice/report/report.hpp"
#include "plugin/net/digest.hpp"
#include "rules/base/hash.hpp"
#include "rules/format/exchange.hpp"
#include "rules/format/outcomes.hpp"
#include "tests/headoffice/support/support.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstring>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

constexpr UtcMs kDayMs = 86'400'000;
constexpr const char* kByCustomer = "club-coffee";
constexpr const char* kByDay = "rain-tea";

struct StoppedClock final : Clock {
  UtcMs now() const noexcept override { return kNoon; }
  MonoMs steady() const noexcept override { return 0; }
};

struct Sent {
  std::string terminal;  ///< and its store, before a slash
  std::string json;
};

/// Two shops in two currencies: a till that sells, another where goods come back. Nothing is
/// decided here: every draw is independent, so that all kinds of stories meet.
class Story {
 public:
  explicit Story(std::uint64_t seed) : random_(seed) {}

  std::vector<Sent> tell(int baskets) {
    for (int i = 0; i < baskets; ++i) sell(i);
    return std::move(sent_);
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  void add(model::Outcome o, const char* terminal) {
    const bool far = o.store == "tokyo";
    std::memcpy(o.currency, far ? "JPY" : "EUR", 4);
    std::uint64_t& seq = seq_[std::string(o.store) + "/" + terminal];
    o.record = {7, ++seq};
    Sent sent{std::string(o.store) + "/" + terminal, ""};
    format::append_event(sent.json, {std::string(o.store), terminal, 0xe1}, seq, o);
    sent_.push_back(std::move(sent));
  }

  /// Whose arm it is, where that is not the basket's own.
  void hold_out(model::Outcome& o) {
    held_out_ = {};
    if (o.rule == kByCustomer) held_out_ = {Unit::customer, below(150) * below(3)};
    if (o.rule == kByDay) {
      held_out_ = {Unit::store_day, static_cast<std::uint64_t>(o.at / kDayMs)};
    }
    if (held_out_.kind != Unit::basket) {
      o.arm = hash64("arm", held_out_.number) % 2 == 0 ? Arm::treated : Arm::control;
    }
  }

  void sell(int i) {
    const bool far = below(3) == 0;
    const std::vector<const char*> rules =
        far ? std::vector<const char*>{"onigiri-tea", kByDay}
            : std::vector<const char*>{"burger-fries", "coffee-cake", kByCustomer};
    const std::string offer = far ? "sku:TEA" : below(2) == 0 ? "sku:FRIES-M" : "sku:CAKE";
    // A till numbers its baskets anew after 900: an id is not for ever.
    const std::string basket = "B-" + std::to_string(i % 900);
    model::Outcome o;
    o.store = far ? "tokyo" : "mitte";
    o.basket = basket;
    o.rule = rules[below(rules.size())];
    o.offer = offer;
    o.arm = i % 2 == 0 ? Arm::treated : Arm::control;
    o.channel = below(4) == 0 ? Channel::kiosk : Channel::cashier;
    o.at = kNoon - static_cast<UtcMs>(below(28 * kDayMs)) - kDayMs;
    hold_out(o);
    o.prompt = 0x1000 + static_cast<std::uint64_t>(i);
    o.quantity = 1000;
    o.price_effect = static_cast<Minor>(50 + below(900));
    const bool treated = o.arm == Arm::treated;
    const bool yes = treated && below(4) == 0;
    const bool undone = yes && below(6) == 0;
    const UtcMs end = o.at + static_cast<UtcMs>(below(900'000));
    o.kind = treated ? OutcomeKind::shown : OutcomeKind::withheld;
    add(o, "t1");
    if (treated && below(9) == 0) {
      model::Outcome remark = o;
      remark.kind = below(3) == 0 ? OutcomeKind::accept_failed : OutcomeKind::not_a_fit;
      remark.remark = std::array{"", "too dear", "had one"}[below(3)];
      add(remark, "t1");
    }
    if (yes) {
      o.kind = OutcomeKind::accepted;
      add(o, "t1");
    }
    if (undone) {
      o.kind = OutcomeKind::undone;
      o.price_effect = -o.price_effect;
      add(o, "t1");
    }
    model::Outcome closed = o;
    closed.kind = OutcomeKind::basket;
    closed.unit_of = held_out_.kind;
    closed.unit = held_out_.number;
    closed.price_effect = 0;
    closed.at = end;
    closed.opened_at = o.at;
    closed.tender_at = below(5) == 0 ? 0 : end;
    closed.ended_at = end;
    closed.end = i % 97 == 0      ? End::unknown
                 : i % 31 == 1    ? End::replaced
                 : below(20) == 0 ? End::voided
                                  : End::completed;
    closed.mode = below(50) == 0 ? Mode::return_ : Mode::sale;
    closed.eligible = closed.end != End::replaced && below(40) != 0;
    closed.attached = below(3) == 0 || (yes && !undone);
    closed.margin_known = below(60) != 0;
    closed.total = static_cast<Minor>(100 + below(3'000) + (yes ? 300 : 0));
    if (below(80) == 0) closed.total = 90'000 + static_cast<Minor>(below(90'000));  // a party
    if (below(90) == 0) closed.total = -static_cast<Minor>(below(500));
    closed.margin = static_cast<Minor>(below(2'000)) - 400;
    closed.items = 1000 * static_cast<Milli>(1 + below(9));
    closed.lines = 2;
    closed.shown = treated ? 1 : 0;
    closed.withheld = treated ? 0 : 1;
    closed.accepted = yes && !undone ? 1 : 0;
    add(closed, "t1");
    if (yes && !undone && closed.end == End::completed) {
      o.kind = below(9) == 0 ? OutcomeKind::voided : OutcomeKind::kept;
      if (o.kind == OutcomeKind::voided) o.price_effect = -o.price_effect;
      o.at = end;
      add(o, "t1");
    }
    for (std::uint64_t times = below(8) < 6 ? 0 : below(3); times > 0; --times) {
      model::Outcome back = closed;
      back.kind = OutcomeKind::returned;
      back.prompt = 0;
      back.basket = "";
      if (below(2) == 0) back.offer = "sku:OTHER";
      back.price_effect = -static_cast<Minor>(below(1'500));
      // Up to 20 days later, some of them before they were sold.
      back.at = std::min(kNoon, end - kDayMs / 2 + static_cast<UtcMs>(below(20 * kDayMs)));
      if (below(10) != 0) back.remark = basket;
      add(back, "t2");
    }
  }

  struct HeldOut {
    Unit kind = Unit::basket;
    std::uint64_t number = 0;
  };

  std::mt19937_64 random_;
  HeldOut held_out_;
  std::map<std::string, std::uint64_t> seq_;
  std::vector<Sent> sent_;
};

std::string body_of(const std::vector<Sent>& part) {
  std::string out = "[";
  for (const Sent& one : part) out += (out.size() > 1 ? "," : "") + one.json;
  return out + "]";
}

/// Late, out of order, and some of it twice.
void send(Storage& storage, const std::vector<Sent>& all, std::mt19937_64& random) {
  std::vector<Sent> way = all;
  for (std::size_t i = 0; i < all.size() / 7; ++i) way.push_back(all[random() % all.size()]);
  std::shuffle(way.begin(), way.end(), random);
  const StoppedClock clock;
  BusinessDays days(zone_files("/usr/share/zoneinfo"));
  Ingest ingest(storage, days, clock, 0);
  for (std::size_t at = 0; at < way.size();) {
    const std::size_t n = std::min<std::size_t>(way.size() - at, 1 + random() % 400);
    net::Request request;
    request.method = "POST";
    request.target = "/v1/outcomes";
    request.body = body_of({way.begin() + static_cast<std::ptrdiff_t>(at),
                            way.begin() + static_cast<std::ptrdiff_t>(at + n)});
    request.headers.set("Content-Type", format::kBatchMediaType);
    request.headers.set("Content-Digest", net::content_digest(request.body));
    const net::Response answer = ingest.post(request);
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    REQUIRE(answer.body.find("\"rejected\":[]") != std::string::npos);
    at += n;
  }
}

void publish(Storage& storage, const char* currency, Minor cap,
             const std::vector<const char*>& rules) {
  Publication publication;
  publication.pack_id = currency;
  publication.published_at = kNoon - 60 * kDayMs;
  publication.currency = currency;
  publication.money_cap = cap;
  for (const char* rule : rules) {
    RuleRow row{rule, rule, stable_id(rule), 50};
    row.unit = rule == kByCustomer ? "customer" : rule == kByDay ? "store_day" : "basket";
    publication.rule_names.push_back(row);
  }
  REQUIRE(storage.publish(publication, [](std::string_view, std::uint64_t, const StandingState&) {
    return ManifestRow{};
  }));
}

std::string money(const std::map<std::string, std::int64_t>& sums) {
  std::string out;
  for (const auto& [code, n] : sums) out += code + " " + std::to_string(n) + " ";
  return out;
}
std::string wide(const std::map<std::string, Wide>& sums) {
  std::string out;
  for (const auto& [code, n] : sums) out += code + " " + to_text(n) + " ";
  return out;
}

}  // namespace

// Fails when a return is taken off the wrong sale or too late, a voided sale counts, a cap is left
// out, something sent twice counts twice, an arm's spread is that of something else, a unit's
// sales are taken for so many units, or a sale of the night the clocks change counts in another part of the day.
TEST_CASE("report: every figure equals SQL over the raw events, to the cent and 0.1 point",
          "[headoffice]") {
  const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 4)));
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const Folder folder;
  Report rows;
  Report slices;
  Report lifts;
  Report slice_lifts;
  {
    auto storage = open(folder.file("h.db"));
    REQUIRE(storage->put_store({"mitte", "Mitte", "Europe/Berlin", kNoon, 0}));
    REQUIRE(storage->put_store({"tokyo", "Tokyo", "Asia/Tokyo", kNoon, 0}));
    for (const char* store : {"mitte", "tokyo"}) {
      for (const char* terminal : {"t1", "t2"}) {
        REQUIRE(storage->put_terminal(store, terminal, kNoon));
      }
    }
    publish(*storage, "EUR", kEuroCap, {"burger-fries", "coffee-cake", kByCustomer});
    publish(*storage, "JPY", kYenCap, {"onigiri-tea", kByDay});
    send(*storage, Story(seed).tell(3'600), random);
    const TotalsFilter all{kDay - 100, kDay + 100, {}, ""};
    const auto split =
        make_report(*storage, {all, {.day = true, .store = true, .rule = true, .arm = true}, kDay});
    REQUIRE(split);
    rows = *split;
    const auto parts = make_report(
        *storage,
        {all, {.store = true, .channel = true, .daypart = true, .rule = true, .arm = true}, kDay});
    REQUIRE(parts);
    slices = *parts;
    const auto each =
        make_report(*storage, {all, {.channel = true, .daypart = true, .rule = true}, kDay});
    REQUIRE(each);
    slice_lifts = *each;
    const auto whole = make_report(*storage, {all, {.rule = true}, kDay});
    REQUIRE(whole);
    lifts = *whole;
    // Of several stores together: the same figures and lifts, and nothing of another store.
    TotalsFilter some = all;
    some.stores = {"mitte", "tokyo"};
    const auto both = make_report(*storage, {some, {.rule = true}, kDay});
    REQUIRE(both);
    CHECK(write_report(*both) == write_report(*whole));
    std::int64_t one_by_one = 0;
    for (const char* store : {"mitte", "tokyo"}) {
      some.stores = {store};
      const auto alone = make_report(*storage, {some, {.rule = true}, kDay});
      REQUIRE(alone);
      CHECK(alone->totals.baskets > 0);
      one_by_one += alone->totals.baskets;
    }
    CHECK(one_by_one == whole->totals.baskets);
  }
  Database db(folder.file("h.db"));
  const Figures figures(db);

  const auto text_of = [](const ReportRow& row) {
    std::string text;
    for (const std::int64_t n : row.kinds) text += std::to_string(n) + " ";
    for (const std::int64_t n :
         {row.baskets, row.eligible, row.attached, row.returned_sales, row.returned_accepted}) {
      text += std::to_string(n) + " ";
    }
    text += "sales " + money(row.sales) + "total " + money(row.total) + "margin " +
            money(row.margin) + "squares " + wide(row.total_squares) + wide(row.margin_squares) +
            "moved " + money(row.price_effect);
    return text;
  };
  std::map<std::string, std::string> told;
  for (const ReportRow& row : rows.rows) {
    told[*row.day + " " + *row.store + " " + *row.rule + " " + *row.arm] = text_of(row);
  }
  CHECK(told == figures.rows("by_day"));
  CHECK(told.size() > 100);
  told.clear();
  for (const ReportRow& row : slices.rows) {
    told[*row.store + " " + *row.channel + " " + std::string(name_of(*row.daypart)) + " " +
         *row.rule + " " + *row.arm] = text_of(row);
  }
  CHECK(told == figures.rows("by_slice"));
  CHECK(told.size() >= 2 * 3 * 2 * 5);  // arms of rules on channels in dayparts

  std::map<std::string, std::int64_t> remarks;
  for (const RemarkTotal& one : lifts.remarks) {
    remarks[one.rule + " " + one.kind + " " + one.remark] += one.n;
  }
  CHECK(remarks == figures.remarks());
  CHECK(remarks.size() >= 3 * 2 * 3 - 2);  // rules, kinds, texts
  CHECK(std::is_sorted(lifts.remarks.begin(), lifts.remarks.end(),
                       [](const RemarkTotal& a, const RemarkTotal& b) { return a.n > b.n; }));

  std::size_t compared = 0;
  const auto check = [&](const char* measure, const RuleLift& rule, const Measured& measured,
                         double least) {
    INFO(rule.rule << " " << measure);
    const std::int64_t tuned = rule.unit == "customer" ? 5'000 : rule.unit == "store_day" ? 200 : 0;
    const Figures::Interval expected = figures.lift(
        measure, rule.rule,
        rule.channel ? *rule.channel + " " + std::string(name_of(*rule.daypart)) : "", tuned);
    CHECK(measured.lift.treated == expected.treated);
    CHECK(measured.lift.control == expected.control);
    const auto about = [&](double value) { return Approx(value).epsilon(1e-9).margin(least); };
    CHECK(measured.lift.estimate == about(expected.estimate));
    const double most = measure == std::string("attached") ? 1 : 1e9;  // a rate
    CHECK(measured.lift.low == about(std::max(expected.low, -most)));
    CHECK(measured.lift.high == about(std::min(expected.high, most)));
    ++compared;
  };
  REQUIRE(lifts.lifts.size() == 5);
  for (const RuleLift& rule : lifts.lifts) {
    REQUIRE(rule.trust == Trust::ok);
    CHECK(rule.unit == (rule.rule == kByCustomer ? "customer"
                        : rule.rule == kByDay    ? "store_day"
                                                 : "basket"));
    const bool far = rule.rule == "onigiri-tea" || rule.rule == kByDay;
    REQUIRE(rule.money.size() == 1);
    CHECK(rule.money[0].currency == (far ? "JPY" : "EUR"));
    CHECK(rule.money[0].cap == (far ? kYenCap : kEuroCap));
    CHECK(rule.money[0].provisional);
    CHECK(rule.money[0].from.empty());
    check("attached", rule, rule, 1e-9);
    check("revenue", rule, rule.money[0].revenue, 1e-6);
    if (rule.money[0].margin) check("margin", rule, *rule.money[0].margin, 1e-6);
    REQUIRE(rule.seconds);
    check("open", rule, *rule.seconds, 1e-6);
  }
  CHECK(compared >= 17);
  // Over all of them that are by basket: what a rule's own weeks say of it, and no more.
  REQUIRE(lifts.all);
  check("attached", *lifts.all, *lifts.all, 1e-9);
  CHECK(lifts.all->lift.with - lifts.all->lift.without == Approx(lifts.all->lift.estimate));
  REQUIRE(lifts.all->seconds);
  check("open", *lifts.all, *lifts.all->seconds, 1e-6);
  REQUIRE(lifts.all->money.size() == 2);
  CHECK(lifts.all->money[0].currency == "EUR");
  check("revenue", *lifts.all, lifts.all->money[0].revenue, 1e-6);
  CHECK_FALSE(slice_lifts.all);
  compared = 0;
  for (const RuleLift& rule : slice_lifts.lifts) {
    check("attached", rule, rule, 1e-9);
    for (const MoneyLift& one : rule.money) check("revenue", rule, one.revenue, 1e-6);
  }
  CHECK(compared >= 5 * 2 * 5);
}
