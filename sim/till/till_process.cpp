#include "sim/till/till_process.hpp"

#include "sim/shops/basket.hpp"
#include "sim/shops/catalogue.hpp"
#include "sim/till/report.hpp"
#include "sim/till/till.hpp"
#include "sim/weeks/weeks.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <set>
#include <signal.h>
#include <unistd.h>
#include <vector>

namespace sidedish::sim {
namespace {

constexpr LocalSeconds kWeek = 7LL * 24 * 3600;

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

UtcMs utc_now() { return static_cast<UtcMs>(std::time(nullptr)) * 1000; }

LocalSeconds shop_time_now() {
  const std::time_t now = std::time(nullptr);
  std::tm tm{};
  localtime_r(&now, &tm);
  return local_seconds(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
                       tm.tm_sec);
}

/// The same basket in other hands.
Receipt of_shopper(Receipt receipt, std::uint32_t copy) {
  if (copy > 0) {
    receipt.id += "." + std::to_string(copy);
    receipt.customer.clear();
  }
  return receipt;
}

/// What this till rings up: its share of a folder's receipts, or of the burger bar's orders.
Result<Plan> plan(const TillOptions& options, const Catalogue& catalogue) {
  const LocalSeconds today = business_day(shop_time_now());
  if (options.receipts.empty()) {
    return plan_orders(catalogue, options.setup.store, options.seed * 1000 + options.part,
                       options.baskets, today);
  }
  std::vector<Receipt> receipts;
  auto reader = ReceiptReader::open(options.receipts);
  if (!reader) return tl::unexpected(reader.error());
  for (std::uint64_t n = 0; receipts.size() < options.baskets; ++n) {
    auto receipt = reader->next();
    if (!receipt) return tl::unexpected(receipt.error());
    if (!*receipt) break;
    if (n % options.parts == options.part) receipts.push_back(std::move(**receipt));
  }
  return plan_receipts(std::move(receipts), options.baskets, today);
}

/// A real shop cannot wait for the agent; simulated time can, and is thousands of times faster.
void wait_for_agent(const Pos& pos) {
  while (stopping == 0 && pos.waiting() > (2U << 20)) poll(nullptr, 0, 2);
}

void say(Till& till) {
  till.look();
  const std::string line = write_report(till.report()) + "\n";
  for (std::size_t at = 0; at < line.size();) {
    const ssize_t n = write(STDOUT_FILENO, line.data() + at, line.size() - at);
    if (n <= 0) break;
    at += static_cast<std::size_t>(n);
  }
}

/// Who comes while another is served waits, for a while; then another counter opens.
UtcMs turn(UtcMs comes, UtcMs free) {
  constexpr UtcMs kNext = 4'000;
  constexpr UtcMs kPatience = 15 * 60'000;
  return std::min(std::max(comes, free + kNext), comes + kPatience);
}

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
  const auto planned = plan(options, *catalogue);
  if (!planned) return failed(planned.error());
  if (planned->receipts.empty()) return failed(Error(Errc::not_found, "no receipts to ring up"));
  const auto library = Library::load(options.library);
  if (!library) return failed(library.error());
  auto pos = Pos::open(*library, options.setup);
  if (!pos) return failed(pos.error());

  Till till(options.seed, facts->offered, *catalogue, *pos);
  till.report().shop = options.shop;
  till.report().planned = planned->sales.size();
  auto spoken = std::chrono::steady_clock::now();
  const auto speak = [&](bool now) {
    if (!now && std::chrono::steady_clock::now() - spoken < std::chrono::milliseconds(150)) return;
    say(till);
    spoken = std::chrono::steady_clock::now();
  };
  LocalSeconds day = 0;
  unsigned of_day = 0;
  for (const PlannedSale& sale : planned->sales) {
    if (stopping != 0) break;
    if (business_day(sale.at) != day) {
      day = business_day(sale.at);
      of_day = 0;
    }
    till.ring_up(of_shopper(planned->receipts[sale.receipt], sale.copy),
                 options.setup.terminal + "/" + format_local(day).substr(0, 10) + "-" +
                     std::to_string(++of_day),
                 turn(to_utc(sale.at), pos->now()));
    wait_for_agent(*pos);
    speak(till.report().prompts == 1);
  }
  till.report().done = true;
  speak(true);
  auto next =
      std::ranges::lower_bound(planned->sales, shop_time_now() - kWeek, {}, &PlannedSale::at);
  for (std::uint64_t n = 0; options.goes_on && stopping == 0; ++n) {
    if (next == planned->sales.end()) next = planned->sales.begin();
    till.ring_up(of_shopper(planned->receipts[next->receipt], next->copy),
                 options.setup.terminal + "/live-" + std::to_string(n),
                 turn(utc_now(), pos->now()));
    ++next;
    speak(true);
    poll(nullptr, 0, static_cast<int>(std::clamp<UtcMs>(pos->now() - utc_now(), 0, 60'000)));
  }
  speak(true);
  return 0;
}

}  // namespace sidedish::sim
