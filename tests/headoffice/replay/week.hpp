#pragma once
// Baskets as terminals report them to a head office with the burger bar's pack, and the engine asked
// about the same baskets by itself.
#include "headoffice/ingest/ingest.hpp"
#include "headoffice/replay/replay.hpp"
#include "headoffice/replay/replays.hpp"
#include "plugin/net/digest.hpp"
#include "rules/format/outcomes.hpp"
#include "rules/format/wire_json.hpp"
#include "tests/headoffice/book/desk.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <numeric>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace sidedish::headoffice::testing {

inline constexpr UtcMs kHour = 3'600'000;
inline constexpr UtcMs kYesterday = kNoon - 24 * kHour;

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
      const auto told = replays.tell(by, id);
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

inline const model::OutcomeLine kBurger{"sku:BURGER", 1000, 590};
inline const model::OutcomeLine kCola{"sku:COLA", 1000, 250};
inline const model::OutcomeLine kLarge{"sku:FRIES-L", 1000, 350};
inline const model::OutcomeLine kStranger{"sku:STRANGER", 1000, 100};

inline std::uint64_t count(format::Json result, std::string_view name) {
  return static_cast<std::uint64_t>(result.find(name).integer());
}

inline std::uint64_t sum(format::Json result) {
  std::uint64_t out = 0;
  for (const char* one :
       {"prompted", "already_bought", "not_qualified", "blocked", "lost", "silent"}) {
    out += count(result, one);
  }
  return out;
}

/// The pack's image as a replay makes it.
inline std::vector<std::byte> image_of(const Week& week) {
  compile::Options options;
  options.time_begin = kNoon - 400 * 24 * kHour;
  auto compiled = compile::compile(week.pack, *week.pack.catalogue, packs::zone_file, options);
  REQUIRE(compiled.errors.empty());
  return std::move(compiled.image);
}

/// What decide() says of a pack's rule in these baskets, sent in this order: one till of its own
/// memory for each terminal and channel, day by day, as the baskets came.
inline trial::RuleTally asked_directly(Week& week, const std::vector<Sold>& sales) {
  const std::vector<std::byte> bytes = image_of(week);
  const auto image = image::Image::open(bytes);
  REQUIRE(image);
  trial::Trial trial(*image, {.only = image->find_rule(kRule), .judge_every = 1});
  std::map<std::tuple<std::string, std::string, Channel>, trial::Lane> lanes;
  std::map<std::string, std::uint64_t> source;  // as terminals get theirs: by their first event
  for (const Sold& sale : sales) {
    source.try_emplace(std::string(sale.store) + sale.terminal, source.size() + 1);
  }
  std::vector<BusinessDay> days;
  for (const Sold& sale : sales) {
    const bool soho = sale.store == std::string("soho");
    days.push_back(week.days.day_of(soho ? "Europe/London" : "Europe/Berlin", sale.at));
  }
  std::vector<std::size_t> order(sales.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return days[i]; });
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
  return trial.rules().front();
}

/// A rule to lose to.
inline model::Rule rival() {
  model::Rule out = packs::rule("rival", packs::has_items({"sku:COLA"}), {"sku:CHEESE"});
  out.extra_adds_per_1000 = 900;
  return out;
}

/// Within the seven days before today, at two stores with two tills each, one of four on a kiosk.
template <class Random>
Sold any_sale(Random& random) {
  static const std::array all{kBurger,
                              kCola,
                              kLarge,
                              kStranger,
                              model::OutcomeLine{"sku:CHEESE", 1000, 690},
                              model::OutcomeLine{"sku:FRIES-S", 2000, 460}};
  Sold sale;
  sale.at = kYesterday - static_cast<UtcMs>(random() % 150) * kHour;
  if (random() % 3 == 0) sale.store = "soho";
  if (random() % 2 == 0) sale.terminal = "t2";
  if (random() % 4 == 0) sale.channel = Channel::kiosk;
  for (std::uint64_t n = 1 + random() % 4; n > 0; --n) {
    sale.lines.push_back(all[random() % all.size()]);
  }
  return sale;
}

}  // namespace sidedish::headoffice::testing
