#pragma once
// The stage: one head office, and per terminal an agent and a till, all real processes in a folder
// of their own.
#include "sim/stage/head_office.hpp"
#include "sim/stage/process.hpp"
#include "sim/till/report.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace sidedish::sim {

/// A shop that is put on: its documents, and how many terminals ring up which receipts.
struct ShopSetup {
  std::string name;       ///< "giftware"
  std::string rules;      ///< file
  std::string catalogue;  ///< file
  std::string receipts;   ///< folder of receipts; empty = the burger bar's generator
  std::string currency;
  unsigned exponent = 2;
  std::vector<std::string> stores;
  unsigned terminals = 3;     ///< spread over the stores
  std::uint64_t baskets = 0;  ///< planned, over all terminals and the four weeks before today
};

struct StageOptions {
  std::filesystem::path binaries;  ///< bin/ of the build
  std::filesystem::path library;   ///< libsidedish.so
  std::filesystem::path folder;    ///< state and logs; made
  std::filesystem::path memory;    ///< on tmpfs, for the rings; made
  std::uint64_t seed = 1;
  bool goes_on = false;  ///< after the planned baskets, at the pace of people
};

struct Terminal {
  std::size_t shop = 0;
  std::string store;
  std::string id;
  Process agent;
  std::string agent_url;
  Process till;
  TillReport report;
  bool closed = false;  ///< the till's pipe has ended
};

class Stage {
 public:
  Stage(StageOptions options, std::vector<ShopSetup> shops);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  Result<void> open_head_office();
  /// Publishes every shop's rules; one line for people each.
  Result<std::vector<std::string>> publish();
  /// Starts every agent and waits until each has its rules.
  Result<void> open_agents();
  Result<void> open_tills();
  /// Waits at most `ms` for news from the tills and takes it. False when every till has ended.
  bool listen(int ms);
  void end_tills(int timeout_ms);
  /// Waits until head office has counted what the tills recorded. The last answer either way.
  Result<Counted> await_counted(int timeout_ms);
  /// Rows in the agents' outboxes that were ever kept, over all terminals.
  std::uint64_t kept();
  void close();

  const std::vector<ShopSetup>& shops() const { return shops_; }
  const std::vector<Terminal>& terminals() const { return terminals_; }
  HeadOffice& head_office() { return *office_; }
  const std::string& head_office_url() const { return url_; }
  /// Address of /manage with a link that signs in once.
  Result<std::string> manage_link();

 private:
  StageOptions options_;
  std::vector<ShopSetup> shops_;
  std::vector<Terminal> terminals_;
  std::unique_ptr<Process> server_;
  std::unique_ptr<HeadOffice> office_;
  std::string url_;
};

}  // namespace sidedish::sim
