// instructions_workload WHAT LINES CALLS IMAGE RUN_DIR: one till's calls, for callgrind to count
// (tests/plugin/hosts/instructions/check). Built with what is shipped: -O2, no sanitizer, no test.
//   fresh      every update opens a basket: rules are searched, a prompt is made and recorded
//   standing   one line changes and the prompt stands
//   searching  one line changes, and every rule that holds is searched: the host can only swap
//   outcome    prompts are declined
#include "sdk/include/sidedish/sidedish.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

sidedish_text text(std::string_view s) { return {s.data(), s.size()}; }
constexpr std::int64_t kMorning = 1'780'000'000'000;
constexpr std::uint32_t kMost = 500;

[[noreturn]] void fail(const char* why, std::int32_t status) {
  std::fprintf(stderr, "instructions_workload: %s: %s\n", why, sidedish_status_name(status));
  std::exit(1);
}

}  // namespace

int main(int count, char** given) {
  if (count != 6) return 2;
  const std::string_view what = given[1];
  const auto lines = static_cast<std::uint32_t>(std::strtoul(given[2], nullptr, 10));
  const auto calls = static_cast<std::uint32_t>(std::strtoul(given[3], nullptr, 10));
  if (lines < 1 || lines > kMost) return 2;
  sidedish_config config{};
  config.struct_size = sizeof config;
  config.abi_major = SIDEDISH_ABI_MAJOR;
  config.image_file = text(given[4]);
  config.run_dir = text(given[5]);
  sidedish_lane_config lane_config{};
  lane_config.struct_size = sizeof lane_config;
  lane_config.capabilities = what == "searching" ? SIDEDISH_CAN_REPLACE : SIDEDISH_CAN_ADD;
  lane_config.store = text("mitte");
  lane_config.terminal = text("t1");
  sidedish_host* host = nullptr;
  sidedish_lane* lane = nullptr;
  if (const auto s = sidedish_open(&config, &host); s != SIDEDISH_OK) fail("open", s);
  if (const auto s = sidedish_lane_open(host, &lane_config, &lane); s != SIDEDISH_OK)
    fail("lane_open", s);

  static char keys[kMost][16];
  static sidedish_line rows[kMost];
  for (std::uint32_t i = 0; i < lines; ++i) {
    // Spread over the shop, popular products among them.
    std::snprintf(keys[i], sizeof keys[i], "sku:%05u", i * i * 7 % 5000);
    rows[i].struct_size = sizeof rows[i];
    rows[i].product = text(keys[i]);
    rows[i].quantity = 1000;
    rows[i].unit_price = 250;
  }
  char id[32] = "B-0";
  for (std::uint32_t i = 0; i < calls; ++i) {
    if (what == "fresh" || what == "outcome") std::snprintf(id, sizeof id, "B-%u", i);
    rows[lines - 1].quantity = 1000 * (1 + i % 3);
    sidedish_snapshot s{};
    s.struct_size = sizeof s;
    s.basket = text(id);
    s.seq = i + 1;
    s.now_utc_ms = kMorning + i * 1000;
    s.now_steady_ms = 1 + i * 1000;
    std::memcpy(s.currency, "EUR", 4);
    s.prices_include_tax = -1;
    s.lines = rows;
    s.line_count = lines;
    sidedish_prompt out[4] = {};
    out[0].struct_size = sizeof out[0];
    std::uint32_t n = 4;
    if (const auto r = sidedish_basket_update(lane, &s, out, &n); r != SIDEDISH_OK)
      fail("update", r);
    const std::uint32_t expected = what == "searching" ? 0 : 1;
    const bool is_fresh = what == "fresh" || what == "outcome" || i == 0;
    if (n != expected || (n == 1 && out[0].fresh != (is_fresh ? 1 : 0)))
      fail("another prompt than expected", SIDEDISH_OK);
    if (what == "outcome") {
      sidedish_outcome o{};
      o.struct_size = sizeof o;
      o.type = SIDEDISH_DECLINED;
      o.prompt = out[0].id;
      o.now_utc_ms = s.now_utc_ms;
      o.now_steady_ms = s.now_steady_ms;
      if (const auto r = sidedish_prompt_outcome(lane, &o); r != SIDEDISH_OK) fail("outcome", r);
    }
    if (is_fresh && what != "standing" && what != "searching") {
      sidedish_event e{};
      e.struct_size = sizeof e;
      e.type = SIDEDISH_EVENT_COMPLETED;
      e.basket = text(id);
      e.now_utc_ms = s.now_utc_ms;
      e.now_steady_ms = s.now_steady_ms;
      if (const auto r = sidedish_basket_event(lane, &e); r != SIDEDISH_OK) fail("event", r);
    }
  }
  sidedish_close(host);
  return 0;
}
