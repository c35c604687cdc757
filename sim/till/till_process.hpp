#pragma once
#include "sim/till/pos.hpp"

#include <cstdint>
#include <string>

namespace sidedish::sim {

struct TillOptions {
  std::string library;
  PosSetup setup;         ///< currency and tax convention come from the rules
  std::string shop;       ///< for the report
  std::string rules;      ///< file; only currency, tax convention, time zone and language are read
  std::string catalogue;  ///< file
  std::string receipts;   ///< folder; empty = the burger bar's generator
  std::uint64_t seed = 1;
  unsigned part = 0;  ///< this till rings up every `parts`-th receipt, from `part` on
  unsigned parts = 1;
  std::uint64_t baskets = 0;  ///< planned, over the four weeks before today (sim/weeks)
  bool goes_on = false;       ///< afterwards at the pace of people, until SIGTERM
};

/// Rings up baskets with shoppers who answer prompts, and reports on standard output (report.hpp).
/// Planned baskets are rung up as fast as the outcome ring is emptied, on simulated time that ends
/// yesterday; those after it as on this day a week ago, now, one after the other, each as long as it
/// takes. Returns the process's exit code.
int run_till(TillOptions options);

}  // namespace sidedish::sim
