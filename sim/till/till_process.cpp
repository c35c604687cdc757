#include "sim/till/till_process.hpp"

#include "sim/shoppers/shopper.hpp"
#include "sim/shops/basket.hpp"
#include "sim/shops/burgerbar/burgerbar.hpp"
#include "sim/shops/catalogue.hpp"
#include "sim/till/report.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <poll.h>
#include <set>
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
  std::vector<std::string> offered;  ///< every product some rule offers
};

Result<ShopFacts> read_facts(const std::string& file, const std::string& store_id) {
  std::ifstream in(file);
  const auto pack = nlohmann::json::parse(in, nullptr, false);
  if (!pack.is_object()) return fail(Errc::io, "reading " + file, "expected a rule document");
  const nlohmann::json stores = pack.value("stores", nlohmann::json::array());
  const nlohmann::json rules = pack.value("rules", nlohmann::json::array());
  for (const auto& store : stores) {
    if (store.value("id", "") != store_id) continue;
    ShopFacts facts{pack.value("currency", ""),
                    pack.value("prices_include_tax", true),
                    store.value("time_zone", "UTC"),
                    {}};
    std::set<std::string> offered;
    for (const auto& rule : rules) {
      const nlohmann::json offers = rule.value("offers", nlohmann::json::array());
      for (const auto& offer : offers) offered.insert(offer.value("product", ""));
      const nlohmann::json bundle = rule.value("bundle", nlohmann::json::object());
      for (const auto& slot : bundle.value("slots", nlohmann::json::array())) {
        for (const auto& item : slot["choose"].value("items", nlohmann::json::array())) {
          offered.insert(item.get<std::string>());
        }
      }
    }
    facts.offered.assign(offered.begin(), offered.end());
    return facts;
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

/// The same basket in other hands.
Receipt of_shopper(Receipt receipt, std::uint64_t copy) {
  if (copy > 0) {
    receipt.id += "." + std::to_string(copy);
    receipt.customer.clear();
  }
  return receipt;
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
    pos_.set_operator("shift-" + std::to_string(now / kShiftMs));
    for (const auto& [name, value] : receipt.facts) pos_.set_fact(name, value);
    const Shopper shopper(options_.seed, receipt.customer.empty() ? receipt.id : receipt.customer,
                          receipt.id);
    Sale sale{shopper, receipt.lines, 0, {}, {}, {}, 0};
    if (!returning) add_unasked(sale);
    for (; sale.next < sale.lines.size();) {
      ReceiptLine line = sale.lines[sale.next++];
      if (const auto taken = sale.taken.find(line.product);
          taken != sale.taken.end() && line.quantity > 0) {
        // Part of it was taken at the prompt already; the rest is rung up now.
        const Milli already = std::min(taken->second, line.quantity);
        sale.taken.erase(taken);
        count(line.product, -already, -extended_price(already, price_of(line)).value_or(0));
        line.quantity -= already;
        if (line.quantity == 0) continue;
      }
      pos_.advance(2500);
      pos_.add({line.product, kind_of(line.kind), line.quantity, price_of(line), 0});
      ++report_.lines;
      update(SIDEDISH_REASON_ITEM_ADDED);
      if (line.voided) {
        pos_.advance(1500);
        pos_.remove_last();
        update(SIDEDISH_REASON_ITEM_REMOVED);
      }
      answer_prompts(sale);
    }
    pos_.event(SIDEDISH_EVENT_CHECKOUT_STARTED);
    pos_.advance(1000);
    update(SIDEDISH_REASON_UNKNOWN, SIDEDISH_MOMENT_CHECKOUT);
    answer_prompts(sale);
    for (const PosPrompt& prompt : sale.taken_off) take_back(prompt);
    for (const std::string& product : sale.thought_again) {
      add_extra(product, kOne, 0);
      update(SIDEDISH_REASON_ITEM_ADDED, SIDEDISH_MOMENT_CHECKOUT);
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
  static constexpr UtcMs kShiftMs = 8LL * 3600 * 1000;

  /// One sale under way.
  struct Sale {
    const Shopper& shopper;
    std::vector<ReceiptLine> lines;  ///< the receipt's, then what is bought unasked: in both arms
    std::size_t next;                ///< the first line not yet rung up
    std::map<std::string, Milli> taken;  ///< accepted at a prompt although a later line brings it
    std::vector<std::string> thought_again;  ///< declined, and asked for before the total
    std::vector<PosPrompt> taken_off;        ///< accepted, and taken off before the total
    unsigned prompts;
  };

  void add_unasked(Sale& sale) const {
    for (const std::string& key : options_.offered) {
      const Product* product = catalogue_.find(key);
      if (product == nullptr || !sale.shopper.buys_unasked(*product) || comes_later(sale, key))
        continue;
      sale.lines.push_back({key, {}, LineKind::goods, kOne, product->price, false});
    }
  }

  static bool comes_later(const Sale& sale, const std::string& key) {
    for (std::size_t i = sale.next; i < sale.lines.size(); ++i) {
      if (sale.lines[i].product == key && sale.lines[i].quantity > 0 && !sale.lines[i].voided)
        return true;
    }
    return false;
  }

  void update(std::int32_t reason, std::int32_t moment = SIDEDISH_MOMENT_BASKET) {
    const std::int32_t status = pos_.update(reason, moment);
    if (status != SIDEDISH_OK)
      report_.error = "updating " + pos_.basket() + ": " + pos_.last_error();
  }

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

  /// The simulated truth: what the basket has more (or less) because of a prompt.
  void count(const std::string& key, Milli quantity, Minor value) {
    const Product* product = catalogue_.find(key);
    report_.true_adds +=
        quantity > 0 ? 1 : -1;  // baskets that hold the product, as the attach rate counts
    report_.true_revenue += value;
    if (product != nullptr && product->cost) {
      report_.true_margin += value - extended_price(quantity, *product->cost).value_or(0);
    }
  }

  /// What the goods come to, and what they earn.
  struct Sums {
    Minor value = 0;
    Minor margin = 0;
  };
  Sums sums() {
    Sums out;
    for (const PosLine& line : pos_.lines()) {
      if (line.kind != SIDEDISH_LINE_GOODS) continue;
      const Product* product = catalogue_.find(line.product);
      out.value += line.value();
      if (product != nullptr && product->cost) {
        out.margin += line.value() - extended_price(line.quantity, *product->cost).value_or(0);
      }
    }
    return out;
  }

  /// A swap or a bundle: `adds` baskets more (or less) with what was offered, and what the lines say.
  template <class Change>
  void change(int adds, Change what) {
    const Sums before = sums();
    what();
    const Sums after = sums();
    report_.true_adds += adds;
    report_.true_revenue += after.value - before.value;
    report_.true_margin += after.margin - before.margin;
  }

  Minor single_price(const std::string& key) const {
    const Product* product = catalogue_.find(key);
    return product == nullptr ? 0 : product->price;
  }

  /// The yes is carried out. False: the plugin no longer knows the parts.
  bool take(const PosPrompt& prompt, const std::vector<PosPart>& parts) {
    switch (prompt.action) {
      case SIDEDISH_ACTION_REPLACE:
        change(1, [&] { pos_.replace(prompt, single_price(prompt.product)); });
        return true;
      case SIDEDISH_ACTION_CONVERT:
        if (parts.empty()) return false;
        change(1, [&] {
          pos_.convert(prompt, parts, [&](const std::string& key) { return single_price(key); });
        });
        return true;
      default:
        add_extra(prompt.product, prompt.quantity, prompt.id);
        return true;
    }
  }

  void take_back(const PosPrompt& prompt) {
    if (prompt.action == SIDEDISH_ACTION_ADD) return remove_line_of(prompt.id);
    change(-1, [&] { pos_.undo(prompt.id); });
    update(SIDEDISH_REASON_ITEM_REMOVED);
  }

  void add_extra(const std::string& key, Milli quantity, std::uint64_t prompt) {
    const Product* product = catalogue_.find(key);
    const Minor price = product == nullptr ? 0 : product->price;
    pos_.add({key, SIDEDISH_LINE_GOODS, quantity, price, prompt});
    count(key, quantity, extended_price(quantity, price).value_or(0));
  }

  void remove_line_of(std::uint64_t prompt) {
    std::vector<PosLine>& lines = pos_.lines();
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i].from_prompt != prompt) continue;
      count(lines[i].product, -lines[i].quantity,
            -extended_price(lines[i].quantity, lines[i].unit_price).value_or(0));
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
      update(SIDEDISH_REASON_ITEM_REMOVED);
      return;
    }
  }

  void answer_prompts(Sale& sale) {
    const std::vector<PosPrompt> prompts = pos_.prompts();
    for (const PosPrompt& prompt : prompts) {
      if (!prompt.fresh) continue;
      ++report_.prompts;
      const unsigned exponent = catalogue_.currency().exponent;
      report_.last_prompt =
          "\u201c" + prompt.headline + "\u201d  " + prompt.reason + "  " +
          (prompt.price_effect < 0 ? "saves " + money_text(-prompt.price_effect, exponent)
                                   : "+ " + money_text(prompt.price_effect, exponent));
      const std::vector<PosPart> parts =
          prompt.action == SIDEDISH_ACTION_ADD ? std::vector<PosPart>() : pos_.parts(prompt.id);
      const bool adds_nothing = prompt.product.empty();
      const Product* product =
          catalogue_.find(adds_nothing && !parts.empty() ? parts.front().product : prompt.product);
      if (product == nullptr) {
        report_.error = "prompted for a product the shop does not have: " + prompt.product;
        continue;
      }
      const bool later = !adds_nothing && comes_later(sale, prompt.product);
      Encounter met{product, std::max<Milli>(prompt.quantity / kOne, 1), later, sale.prompts++,
                    false};
      if (prompt.action != SIDEDISH_ACTION_ADD) met.asks = prompt.price_effect;
      met.adds_nothing = adds_nothing;
      const Response response = sale.shopper.respond(met);
      pos_.advance(response.think_ms);
      if (response.arrives_later && !later) sale.thought_again.push_back(prompt.product);
      if (response.answer == Answer::ignore) continue;
      const bool yes = response.answer == Answer::accept;
      const std::int32_t by = response.by_customer ? SIDEDISH_BY_CUSTOMER : SIDEDISH_BY_STAFF;
      if (pos_.answer(prompt.id, yes ? SIDEDISH_ACCEPTED : SIDEDISH_DECLINED, by) != SIDEDISH_OK) {
        report_.error = "answering a prompt: " + pos_.last_error();
        continue;
      }
      ++(yes ? report_.accepted : report_.declined);
      if (!yes) continue;
      if (!take(prompt, parts)) {
        report_.error = "no parts of " + prompt.rule + " in " + pos_.basket();
        continue;
      }
      pos_.advance(800);
      update(SIDEDISH_REASON_ITEM_ADDED);
      if (response.undone) {
        pos_.advance(2000);
        pos_.answer(prompt.id, SIDEDISH_UNDONE, by);
        take_back(prompt);
      } else if (response.voided_later) {
        sale.taken_off.push_back(prompt);
      } else if (later) {
        sale.taken.emplace(prompt.product, prompt.quantity);
      }
    }
  }

  const TillOptions& options_;
  const Catalogue& catalogue_;
  Pos& pos_;
  TillReport report_;
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
  options.offered = facts->offered;
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
  auto spoken = std::chrono::steady_clock::now();
  const auto speak = [&](bool now) {
    if (!now && std::chrono::steady_clock::now() - spoken < std::chrono::milliseconds(150)) return;
    till.say();
    spoken = std::chrono::steady_clock::now();
  };
  // Receipts that are fewer than the baskets planned are rung up by several shoppers each, one
  // after the other.
  const std::uint64_t repeats = (options.baskets + receipts->size() - 1) / receipts->size();
  till.report().planned = std::min<std::uint64_t>(options.baskets, repeats * receipts->size());
  LocalSeconds at = receipts->front().time.value_or(0);
  for (const Receipt& receipt : *receipts) {
    at = std::max(at, receipt.time.value_or(at));  // a till's clock does not go back
    for (std::uint64_t copy = 0; copy < repeats && stopping == 0; ++copy) {
      if (till.report().baskets >= till.report().planned) break;
      till.ring_up(of_shopper(receipt, copy),
                   options.setup.terminal + "/" + receipt.id + "." + std::to_string(copy),
                   to_utc(at + shift) + static_cast<UtcMs>(copy) * 120'000);
      till.wait_for_agent();
      speak(till.report().prompts == 1);
    }
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
