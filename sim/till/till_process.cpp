#include "sim/till/till_process.hpp"

#include "sim/shoppers/shopper.hpp"
#include "sim/shops/burgerbar/burgerbar.hpp"
#include "sim/shops/catalogue.hpp"
#include "sim/shops/receipts.hpp"
#include "sim/till/report.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <vector>

namespace sidedish::sim {
namespace {

volatile sig_atomic_t stopping = 0;

/// What the till must know of the rule document: how money is meant, and where it stands.
struct ShopFacts {
  std::string currency;
  bool prices_include_tax = true;
  std::string time_zone;
  std::string language;
};

Result<ShopFacts> read_facts(const std::string& file, const std::string& store_id) {
  std::ifstream in(file);
  const auto pack = nlohmann::json::parse(in, nullptr, false);
  if (!pack.is_object()) return fail(Errc::io, "reading " + file, "expected a rule document");
  for (const auto& store : pack.value("stores", nlohmann::json::array())) {
    if (store.value("id", "") != store_id) continue;
    return ShopFacts{pack.value("currency", ""), pack.value("prices_include_tax", true),
                     store.value("time_zone", "UTC"), store.value("language", "")};
  }
  return fail(Errc::not_found, "reading " + file, "no store " + store_id);
}

/// Shop time to UTC. One zone a process: the C library's.
UtcMs to_utc(LocalSeconds local) {
  const LocalTime t = local_time(local);
  std::tm tm{};
  tm.tm_year = t.year - 1900;
  tm.tm_mon = t.month - 1;
  tm.tm_mday = t.day;
  tm.tm_hour = t.hour;
  tm.tm_min = t.minute;
  tm.tm_sec = t.second;
  tm.tm_isdst = -1;
  return static_cast<UtcMs>(std::mktime(&tm)) * 1000;
}

/// The receipts this till rings up: its share of a folder, or of the burger bar's orders.
Result<std::vector<Receipt>> plan(const TillOptions& options, const Catalogue& catalogue) {
  std::vector<Receipt> receipts;
  if (!options.receipts.empty()) {
    auto reader = ReceiptReader::open(options.receipts);
    if (!reader) return tl::unexpected(reader.error());
    for (std::uint64_t n = 0; receipts.size() < options.baskets; ++n) {
      auto receipt = reader->next();
      if (!receipt) return tl::unexpected(receipt.error());
      if (!*receipt) break;
      if (n % options.parts == options.part) receipts.push_back(std::move(**receipt));
    }
    return receipts;
  }
  BurgerBar::Options bar;
  bar.seed = options.seed * 1000 + options.part;
  bar.store = options.setup.store;
  bar.first_day = local_seconds(2026, 1, 5, 0, 0, 0);
  auto orders = BurgerBar::open(catalogue, bar);
  if (!orders) return tl::unexpected(orders.error());
  while (receipts.size() < options.baskets) receipts.push_back(orders->next().receipt);
  return receipts;
}

class Till {
 public:
  Till(const TillOptions& options, const Catalogue& catalogue, Pos& pos)
      : options_(options), catalogue_(catalogue), pos_(pos) {
    report_.shop = options.shop;
  }

  void ring_up(const Receipt& receipt, const std::string& id, UtcMs now) {
    const bool returning = receipt.mode == SaleMode::return_;
    pos_.begin(id, now, returning ? SIDEDISH_MODE_RETURN : SIDEDISH_MODE_SALE);
    pos_.set_operator("op-" + std::to_string(local_time(now / 1000).hour / 8));
    for (const auto& [name, value] : receipt.facts) pos_.set_fact(name, value);
    Shopper shopper(catalogue_, receipt, options_.seed);
    counted_extra_ = Extra{};
    for (std::size_t i = 0; i < receipt.lines.size(); ++i) {
      const ReceiptLine& line = receipt.lines[i];
      if (shopper.has_already(
              line.product)) {  // taken at the prompt instead of later: not rung up twice
        take_back(line);
        continue;
      }
      pos_.advance(2500);
      pos_.add({line.product, kind_of(line.kind), line.quantity, price_of(line), 0});
      ++report_.lines;
      pos_.update(SIDEDISH_REASON_ITEM_ADDED);
      if (line.voided) {
        pos_.advance(1500);
        pos_.remove_last();
        pos_.update(SIDEDISH_REASON_ITEM_REMOVED);
      }
      answer_prompts(shopper);
    }
    pos_.event(SIDEDISH_EVENT_CHECKOUT_STARTED);
    pos_.advance(1000);
    pos_.update(SIDEDISH_REASON_UNKNOWN, SIDEDISH_MOMENT_CHECKOUT);
    answer_prompts(shopper);
    for (const std::string& product :
         shopper.late_additions()) {  // said no, and thought better of it
      add_extra(product, kOne, 0);
      pos_.update(SIDEDISH_REASON_ITEM_ADDED, SIDEDISH_MOMENT_CHECKOUT);
    }
    pos_.event(SIDEDISH_EVENT_TENDER_STARTED);
    pos_.advance(8000);
    pos_.event(SIDEDISH_EVENT_COMPLETED);
    if (returning) {
      for (const PosLine& line : pos_.lines()) {
        if (line.kind == SIDEDISH_LINE_GOODS && line.quantity < 0) pos_.give_back({}, line);
      }
    }
    pos_.refresh();
    ++report_.baskets;
    report_.true_adds += counted_extra_.adds;
    report_.true_revenue += counted_extra_.revenue;
    report_.true_margin += counted_extra_.margin;
  }

  /// A real shop cannot wait for the agent; simulated time can, and rings up thousands of times
  /// faster.
  void wait_for_agent() {
    while (stopping == 0 && pos_.waiting() > (2U << 20)) poll(nullptr, 0, 2);
  }

  TillReport& report() { return report_; }

  void say() {
    const sidedish_status status = pos_.status();
    report_.recorded = status.recorded;
    report_.folded = status.folded;
    report_.withheld = status.withheld;
    report_.decide = pos_.decide_times();
    report_.outcome = pos_.outcome_times();
    const std::string line = write_report(report_) + "\n";
    for (std::size_t at = 0; at < line.size();) {
      const ssize_t n = write(STDOUT_FILENO, line.data() + at, line.size() - at);
      if (n <= 0) break;
      at += static_cast<std::size_t>(n);
    }
  }

 private:
  /// What the basket has more than the receipt says, because of prompts.
  struct Extra {
    std::int64_t adds = 0;
    std::int64_t revenue = 0;
    std::int64_t margin = 0;
  };

  static std::int32_t kind_of(LineKind kind) {
    switch (kind) {
      case LineKind::goods:
        return SIDEDISH_LINE_GOODS;
      case LineKind::fee:
        return SIDEDISH_LINE_FEE;
      case LineKind::discount:
        return SIDEDISH_LINE_DISCOUNT;
      case LineKind::log:
        return SIDEDISH_LINE_LOG;
    }
    return SIDEDISH_LINE_UNKNOWN;
  }

  Minor price_of(const ReceiptLine& line) const {
    if (line.unit_price) return *line.unit_price;
    const Product* product = catalogue_.find(line.product);
    return product == nullptr ? 0 : product->price;
  }

  void count(const std::string& key, Milli quantity, Minor value) {
    const Product* product = catalogue_.find(key);
    counted_extra_.adds += quantity / kOne;
    counted_extra_.revenue += value;
    if (product != nullptr && product->cost) {
      counted_extra_.margin += value - extended_price(quantity, *product->cost).value_or(0);
    }
  }

  void add_extra(const std::string& key, Milli quantity, std::uint64_t prompt) {
    const Product* product = catalogue_.find(key);
    const Minor price = product == nullptr ? 0 : product->price;
    pos_.add({key, SIDEDISH_LINE_GOODS, quantity, price, prompt});
    count(key, quantity, extended_price(quantity, price).value_or(0));
  }

  void take_back(const ReceiptLine& line) {
    count(line.product, -line.quantity, -extended_price(line.quantity, price_of(line)).value_or(0));
  }

  void answer_prompts(Shopper& shopper) {
    const std::vector<PosPrompt> prompts = pos_.prompts();
    for (const PosPrompt& prompt : prompts) {
      if (!prompt.fresh) continue;
      ++report_.prompts;
      report_.last_prompt = "\u201c" + prompt.headline + "\u201d  " + prompt.reason + "  + " +
                            money_text(prompt.price_effect, catalogue_.currency().exponent);
      const Reply reply = shopper.answer(prompt.product, prompt.price_effect, prompt.quantity);
      pos_.advance(reply.think_ms);
      if (reply.what == Reply::What::ignore) continue;
      const bool yes = reply.what == Reply::What::accept;
      const std::int32_t by = reply.by_customer ? SIDEDISH_BY_CUSTOMER : SIDEDISH_BY_STAFF;
      if (pos_.answer(prompt.id, yes ? SIDEDISH_ACCEPTED : SIDEDISH_DECLINED, by) != SIDEDISH_OK) {
        report_.error = "answering a prompt: " + pos_.last_error();
        continue;
      }
      yes ? ++report_.accepted : ++report_.declined;
      if (!yes) continue;
      add_extra(prompt.product, prompt.quantity, prompt.id);
      pos_.advance(800);
      pos_.update(SIDEDISH_REASON_ITEM_ADDED);
      if (reply.undo) {
        pos_.advance(2000);
        pos_.answer(prompt.id, SIDEDISH_UNDONE, by);
        const PosLine line = pos_.lines().back();
        pos_.remove_last();
        count(line.product, -line.quantity,
              -extended_price(line.quantity, line.unit_price).value_or(0));
        pos_.update(SIDEDISH_REASON_ITEM_REMOVED);
      }
    }
  }

  const TillOptions& options_;
  const Catalogue& catalogue_;
  Pos& pos_;
  TillReport report_;
  Extra counted_extra_;
};

int failed(const Error& error) {
  TillReport report;
  report.error = std::string(error.text());
  report.done = true;
  std::printf("%s\n", write_report(report).c_str());
  return 1;
}

}  // namespace

int run_till(TillOptions options) {
  struct sigaction action {};
  action.sa_handler = [](int) { stopping = 1; };
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);

  const auto facts = read_facts(options.rules, options.setup.store);
  if (!facts) return failed(facts.error());
  options.setup.currency = facts->currency;
  options.setup.prices_include_tax = facts->prices_include_tax;
  setenv("TZ", facts->time_zone.c_str(), 1);
  tzset();
  const auto catalogue = Catalogue::load(options.catalogue);
  if (!catalogue) return failed(catalogue.error());
  const auto receipts = plan(options, *catalogue);
  if (!receipts) return failed(receipts.error());
  if (receipts->empty()) return failed(Error(Errc::not_found, "no receipts to ring up"));
  const auto library = Library::load(options.library);
  if (!library) return failed(library.error());
  auto pos = Pos::open(*library, options.setup);
  if (!pos) return failed(pos.error());

  // The last receipt was rung up this week: every date moves by whole weeks, so that weekdays and
  // hours stay.
  constexpr std::int64_t kWeek = 7LL * 24 * 3600;
  const LocalSeconds last = receipts->back().time.value_or(0);
  const auto today = static_cast<LocalSeconds>(std::time(nullptr));
  const LocalSeconds shift = (today - last) / kWeek * kWeek;

  Till till(options, *catalogue, *pos);
  till.report().planned = receipts->size();
  auto spoken = std::chrono::steady_clock::now();
  const auto speak = [&](bool now) {
    if (!now && std::chrono::steady_clock::now() - spoken < std::chrono::milliseconds(150)) return;
    till.say();
    spoken = std::chrono::steady_clock::now();
  };
  LocalSeconds previous = last;
  for (const Receipt& receipt : *receipts) {
    if (stopping != 0) break;
    previous = receipt.time.value_or(previous);
    till.ring_up(receipt, options.setup.terminal + "/" + receipt.id, to_utc(previous + shift));
    till.wait_for_agent();
    speak(till.report().prompts == 1);
  }
  till.report().done = true;
  speak(true);
  for (std::uint64_t n = 0; options.pace_ms != 0 && stopping == 0; ++n) {
    const Receipt& receipt = (*receipts)[n % receipts->size()];
    till.ring_up(receipt, options.setup.terminal + "/live-" + std::to_string(n),
                 static_cast<UtcMs>(std::time(nullptr)) * 1000);
    speak(false);
    poll(nullptr, 0, static_cast<int>(options.pace_ms));
  }
  speak(true);
  return 0;
}

}  // namespace sidedish::sim
