#include "sim/stage/display.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace sidedish::sim {
namespace {

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Terminal columns of UTF-8 text without wide characters.
std::size_t columns(const std::string& text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return n;
}

std::string right(const std::string& text, std::size_t width) {
  const std::size_t n = columns(text);
  return n < width ? std::string(width - n, ' ') + text : text;
}

std::string left(const std::string& text, std::size_t width) {
  const std::size_t n = columns(text);
  return n < width ? text + std::string(width - n, ' ') : text;
}

std::string share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return "-";
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.1f %% of %s",
                100.0 * static_cast<double>(part) / static_cast<double>(whole),
                grouped(whole).c_str());
  return buffer;
}

std::string micros(std::uint64_t ns) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1f", static_cast<double>(ns) / 1000.0);
  return buffer;
}

}  // namespace

std::string grouped(std::int64_t n) {
  std::string digits = std::to_string(n < 0 ? -n : n);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return n < 0 ? "-" + digits : digits;
}

std::string money(double minor, const std::string& currency, unsigned exponent) {
  const auto whole = std::llround(std::abs(minor));
  std::int64_t scale = 1;
  for (unsigned i = 0; i < exponent; ++i) scale *= 10;
  std::string text = currency + " " + (minor < 0 && whole != 0 ? "-" : "") + grouped(whole / scale);
  if (exponent > 0) {
    const std::string cents = std::to_string(whole % scale);
    text += "." + std::string(exponent - cents.size(), '0') + cents;
  }
  return text;
}

Display::Display() : terminal_(isatty(STDOUT_FILENO) == 1) {}

void Display::end_line() {
  if (open_) std::fputs("\n", stdout);
  open_ = false;
}

void Display::say(const std::string& line) {
  if (open_ && terminal_) std::fputs("\r\033[K", stdout);
  open_ = false;
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

void Display::progress(std::uint64_t done, std::uint64_t all, const std::string& words) {
  const std::int64_t now = steady_ms();
  const bool whole = done >= all;
  if (!whole && now - drawn_ms_ < (terminal_ ? 100 : 5000)) return;
  drawn_ms_ = now;
  constexpr std::uint64_t kWidth = 28;
  const std::uint64_t filled = all == 0 ? kWidth : std::min(kWidth, done * kWidth / all);
  std::string bar(filled, '#');
  bar.append(kWidth - filled, '-');
  const auto percent = all == 0 ? 100 : done * 100 / all;
  std::printf("%s  ringing up [%s] %3llu %%  %s%s", terminal_ ? "\r" : "", bar.c_str(),
              static_cast<unsigned long long>(percent), words.c_str(), terminal_ ? "\033[K" : "\n");
  std::fflush(stdout);
  open_ = terminal_;
}

void Display::live(const std::string& line) {
  const std::int64_t now = steady_ms();
  if (now - drawn_ms_ < (terminal_ ? 200 : 10'000)) return;
  drawn_ms_ = now;
  std::printf("%s%s%s", terminal_ ? "\r" : "", line.c_str(), terminal_ ? "\033[K" : "\n");
  std::fflush(stdout);
  open_ = terminal_;
}

std::string table(const DemoResult& result) {
  constexpr std::size_t kLabel = 30;
  constexpr std::size_t kColumn = 24;
  std::string out;
  const auto row = [&](const std::string& label,
                       const std::function<std::string(const ShopResult&)>& cell) {
    out += "  " + left(label, kLabel);
    for (const ShopResult& shop : result.shops) out += right(cell(shop), kColumn);
    out += "\n";
  };
  const auto rule = [&] {
    out += "  " + std::string(kLabel + kColumn * result.shops.size(), '-') + "\n";
  };
  const auto number = [](std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); };

  row("", [](const ShopResult& s) { return s.name; });
  rule();
  row("baskets", [&](const ShopResult& s) { return number(s.sum.baskets); });
  row("lines rung up", [&](const ShopResult& s) { return number(s.sum.lines); });
  row("prompts shown", [&](const ShopResult& s) { return number(s.sum.prompts); });
  row("  accepted", [&](const ShopResult& s) { return number(s.sum.accepted); });
  row("  declined", [&](const ShopResult& s) { return number(s.sum.declined); });
  row("withheld (control arm)", [&](const ShopResult& s) { return number(s.sum.withheld); });
  rule();
  row("attach rate, treated", [](const ShopResult& s) {
    return share(s.estimate.treated_attached, s.estimate.treated_eligible);
  });
  row("attach rate, control", [](const ShopResult& s) {
    return share(s.estimate.control_attached, s.estimate.control_eligible);
  });
  row("extra adds, estimated",
      [](const ShopResult& s) { return grouped(std::llround(s.estimate.extra_adds)); });
  row("            give or take",
      [](const ShopResult& s) { return grouped(std::llround(s.estimate.adds_error)); });
  row("            simulated truth", [](const ShopResult& s) { return grouped(s.sum.true_adds); });
  row("extra revenue, estimated",
      [](const ShopResult& s) { return money(s.estimate.extra_revenue, s.currency, s.exponent); });
  row("            give or take",
      [](const ShopResult& s) { return money(s.estimate.revenue_error, s.currency, s.exponent); });
  row("            simulated truth", [](const ShopResult& s) {
    return money(static_cast<double>(s.sum.true_revenue), s.currency, s.exponent);
  });
  row("extra margin, estimated",
      [](const ShopResult& s) { return money(s.estimate.extra_margin, s.currency, s.exponent); });
  row("            give or take",
      [](const ShopResult& s) { return money(s.estimate.margin_error, s.currency, s.exponent); });
  row("            simulated truth", [](const ShopResult& s) {
    return money(static_cast<double>(s.sum.true_margin), s.currency, s.exponent);
  });
  rule();
  row("decision time, us   p50",
      [](const ShopResult& s) { return micros(s.sum.decide.percentile(500)); });
  row("                    p99",
      [](const ShopResult& s) { return micros(s.sum.decide.percentile(990)); });
  row("                  p99.9",
      [](const ShopResult& s) { return micros(s.sum.decide.percentile(999)); });
  rule();
  out += "  " + left("outcomes recorded", kLabel) + right(number(result.sum.recorded), kColumn) +
         "   in the till's ring\n";
  out += "  " + left("         kept", kLabel) + right(number(result.kept), kColumn) +
         "   on the terminal's disk\n";
  out += "  " + left("         counted", kLabel) +
         right(grouped(result.counted.records + result.counted.tallied), kColumn) +
         "   at head office\n";
  out += "  " + left("lost / duplicated", kLabel) +
         right(result.settled ? grouped(result.lost) + " / " + grouped(result.counted.duplicates)
                              : "still ringing",
               kColumn) +
         "\n";
  out +=
      "\n  Simulated shoppers, invented costs. Give or take: two standard errors. Arms are "
      "compared rule by rule.\n";
  return out;
}

std::string json(const DemoResult& result) {
  using nlohmann::ordered_json;
  const auto us = [](std::uint64_t ns) { return static_cast<double>(ns) / 1000.0; };
  const auto rate = [](std::int64_t part, std::int64_t whole) {
    return whole == 0 ? ordered_json(nullptr)
                      : ordered_json(static_cast<double>(part) / static_cast<double>(whole));
  };
  const auto figures = [&](const TillReport& r) {
    return ordered_json{{"baskets", r.baskets},   {"lines", r.lines},
                        {"prompts", r.prompts},   {"accepted", r.accepted},
                        {"declined", r.declined}, {"withheld", r.withheld}};
  };
  Estimate all;
  ordered_json shops = ordered_json::array();
  for (const ShopResult& s : result.shops) {
    all.treated_eligible += s.estimate.treated_eligible;
    all.treated_attached += s.estimate.treated_attached;
    all.control_eligible += s.estimate.control_eligible;
    all.control_attached += s.estimate.control_attached;
    ordered_json shop{{"name", s.name}, {"currency", s.currency}};
    shop.update(figures(s.sum));
    shop["attach_rate"] = {
        {"treated", rate(s.estimate.treated_attached, s.estimate.treated_eligible)},
        {"control", rate(s.estimate.control_attached, s.estimate.control_eligible)}};
    shop["extra"] = {{"adds",
                      {{"estimate", s.estimate.extra_adds},
                       {"two_standard_errors", s.estimate.adds_error},
                       {"truth", s.sum.true_adds}}},
                     {"revenue_minor",
                      {{"estimate", s.estimate.extra_revenue},
                       {"two_standard_errors", s.estimate.revenue_error},
                       {"truth", s.sum.true_revenue}}},
                     {"margin_minor",
                      {{"estimate", s.estimate.extra_margin},
                       {"two_standard_errors", s.estimate.margin_error},
                       {"truth", s.sum.true_margin}}}};
    shops.push_back(std::move(shop));
  }
  ordered_json out = figures(result.sum);
  out["outcomes_recorded"] = result.sum.recorded;
  out["outcomes_kept"] = result.kept;
  out["outcomes_counted"] = result.counted.records + result.counted.tallied;
  out["lost"] = result.lost;
  out["duplicated"] = result.counted.duplicates;
  out["gaps"] = result.counted.gaps;
  out["decide_us"] = {{"p50", us(result.sum.decide.percentile(500))},
                      {"p99", us(result.sum.decide.percentile(990))},
                      {"p999", us(result.sum.decide.percentile(999))},
                      {"max", us(result.sum.decide.max())}};
  out["attach_rate"] = {{"treated", rate(all.treated_attached, all.treated_eligible)},
                        {"control", rate(all.control_attached, all.control_eligible)}};
  out["shops"] = std::move(shops);
  out["note"] = "simulated shoppers, invented costs";
  return out.dump(2) + "\n";
}

}  // namespace sidedish::sim
