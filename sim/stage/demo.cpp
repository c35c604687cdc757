#include "sim/stage/demo.hpp"

#include "sim/stage/display.hpp"
#include "sim/stage/pages.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <signal.h>

namespace sidedish::sim {
namespace {

std::atomic<bool> interrupted{false};

void add(TillReport& sum, const TillReport& part) {
  sum.baskets += part.baskets;
  sum.lines += part.lines;
  sum.prompts += part.prompts;
  sum.accepted += part.accepted;
  sum.declined += part.declined;
  sum.withheld += part.withheld;
  sum.recorded += part.recorded;
  sum.folded += part.folded;
  sum.true_adds += part.true_adds;
  sum.true_revenue += part.true_revenue;
  sum.true_margin += part.true_margin;
  sum.decide.merge(part.decide);
  sum.outcome.merge(part.outcome);
}

DemoResult collect(const Stage& stage) {
  DemoResult result;
  for (const ShopSetup& shop : stage.shops()) {
    result.shops.push_back({shop.name, shop.currency, shop.exponent, {}, {}});
  }
  for (const Terminal& terminal : stage.terminals()) {
    add(result.shops[terminal.shop].sum, terminal.report);
    add(result.sum, terminal.report);
  }
  return result;
}

Result<DemoResult> settle(Stage& stage, bool settled, int timeout_ms) {
  const auto counted = stage.await_counted(timeout_ms);
  if (!counted) return tl::unexpected(counted.error());
  DemoResult result = collect(stage);
  result.settled = settled;
  result.counted = *counted;
  result.kept = stage.kept();
  result.lost =
      static_cast<std::int64_t>(result.sum.recorded) - counted->records - counted->tallied;
  const auto rows = stage.head_office().by_arm();
  if (!rows) return tl::unexpected(rows.error());
  for (std::size_t i = 0; i < result.shops.size(); ++i) {
    result.shops[i].estimate = estimate(*rows, stage.shops()[i].stores);
  }
  return result;
}

/// Nothing lost, doubled or missing, on its way from a till's ring to head office.
bool whole(const DemoResult& result) {
  return result.lost == 0 && result.counted.duplicates == 0 && result.counted.gaps == 0 &&
         result.kept + result.sum.folded >= result.sum.recorded;
}

class Seconds {
 public:
  double passed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Result<void> first_error(const Stage& stage) {
  for (const Terminal& terminal : stage.terminals()) {
    if (!terminal.report.error.empty()) {
      return fail(Errc::internal, terminal.store + "/" + terminal.id, terminal.report.error);
    }
  }
  return {};
}

bool all_done(const Stage& stage) {
  for (const Terminal& terminal : stage.terminals()) {
    if (!terminal.report.done && !terminal.closed) return false;
  }
  return true;
}

std::string figures(const TillReport& sum) {
  return grouped(static_cast<std::int64_t>(sum.baskets)) + " baskets, " +
         grouped(static_cast<std::int64_t>(sum.prompts)) + " prompts, " +
         grouped(static_cast<std::int64_t>(sum.accepted)) + " accepted";
}

/// Where people can look, last of all head office.
void say_places(Stage& stage, const Pages* pages, Display& display) {
  display.say("  Ringing on at the pace of people; Ctrl-C ends it.");
  if (pages == nullptr) return;
  display.say("  Ring up something yourself, at a till or at a kiosk (a browser on this machine):");
  for (const std::string& line : pages->addresses()) display.say("    " + line);
  display.say(
      "\n  Head office, with the four weeks before today (simulated shoppers, invented costs):");
  display.say("    " + stage.head_office_url() + "/manage");
  const auto link = stage.manage_link();
  display.say("  Sign in as its admin, by a link that works once:");
  display.say("    " + (link ? *link : "none: " + std::string(link.error().text())));
}

Result<void> play(Stage& stage, Display& display, const DemoOptions& options) {
  const Seconds clock;
  if (const auto ok = stage.open_head_office(); !ok) return ok;
  display.say("  head office   " + stage.head_office_url() + "   (loopback only)");
  const auto published = stage.publish();
  if (!published) return tl::unexpected(published.error());
  for (const std::string& line : *published) display.say("  " + line);
  if (const auto ok = stage.open_agents(); !ok) return ok;
  display.say(
      "  " + std::to_string(stage.terminals().size()) +
      " terminals have their rules: one till and one agent each, real processes; they ring " +
      "up the four weeks before today");
  if (const auto ok = stage.open_tills(); !ok) return ok;

  const auto planned_baskets = [&] {
    std::uint64_t sum = 0;
    for (const Terminal& terminal : stage.terminals()) sum += terminal.report.planned;
    return sum;
  };
  bool first = true;
  while (!interrupted && !all_done(stage)) {
    stage.listen(100);
    for (const Terminal& terminal : stage.terminals()) {
      if (first && !terminal.report.last_prompt.empty()) {
        char seconds[32];
        std::snprintf(seconds, sizeof seconds, "%.1f s", clock.passed());
        display.say("  first prompt  after " + std::string(seconds) + " at " + terminal.store +
                    "/" + terminal.id + ":  " + terminal.report.last_prompt);
        first = false;
      }
    }
    const TillReport sum = collect(stage).sum;
    const std::uint64_t planned = planned_baskets();
    if (planned > 0) display.progress(std::min(sum.baskets, planned), planned, figures(sum));
  }
  if (const auto ok = first_error(stage); !ok) return ok;
  if (interrupted) {
    display.end_line();
    return fail(Errc::conflict, "interrupted before the shops were rung up: there are no figures");
  }
  if (options.once) {
    stage.end_tills(20'000);  // the last reports come when the lanes are closed
    if (const auto ok = first_error(stage); !ok) return ok;
  }
  const auto rung_up = settle(stage, options.once, options.once ? 120'000 : 20'000);
  if (!rung_up) return tl::unexpected(rung_up.error());
  display.progress(planned_baskets(), planned_baskets(), figures(rung_up->sum));
  display.end_line();
  display.say("\n" + table(*rung_up));
  if (!options.json_file.empty()) {
    std::ofstream out(options.json_file);
    if (!(out << json(*rung_up)) || !out.flush())
      return fail(Errc::io, "writing " + options.json_file, "failed");
  }
  if (options.once) {
    if (!whole(*rung_up)) {
      return fail(Errc::internal, "the count does not fit: see what was recorded, kept, counted");
    }
    return {};
  }

  const auto pages = Pages::open(options.stage, stage);
  say_places(stage, pages ? pages->get() : nullptr, display);
  if (!pages) display.say("  No pages: " + std::string(pages.error().text()));
  while (!interrupted && stage.listen(200)) {
    const TillReport sum = collect(stage).sum;
    std::string last;
    for (const Terminal& terminal : stage.terminals()) {
      if (!terminal.report.last_prompt.empty()) last = terminal.report.last_prompt;
    }
    char times[64];
    std::snprintf(times, sizeof times, "p50 %.1f us, p99 %.1f us",
                  static_cast<double>(sum.decide.percentile(500)) / 1e3,
                  static_cast<double>(sum.decide.percentile(990)) / 1e3);
    display.live("  " + figures(sum) + "  |  " + times + "  |  " + last);
  }
  display.end_line();
  stage.end_tills(20'000);
  if (const auto ok = first_error(stage); !ok) return ok;
  const auto result = settle(stage, true, 60'000);
  if (!result) return tl::unexpected(result.error());
  display.say("\n" + table(*result));
  return {};
}

}  // namespace

Result<void> run_demo(const DemoOptions& options) {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);

  Display display;
  const std::filesystem::path memory = options.stage.memory;
  Result<void> played;
  {
    Stage stage(options.stage, options.shops);
    played = play(stage, display, options);
    display.end_line();
    stage.close();
  }
  std::error_code ignored;
  std::filesystem::remove_all(memory, ignored);  // tmpfs is memory: give it back
  return played;
}

}  // namespace sidedish::sim
