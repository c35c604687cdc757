#pragma once
// Head office as the demo sees it: over HTTP, as anybody could.
#include "plugin/net/client.hpp"
#include "rules/base/money.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sidedish::sim {

/// One row of GET /v1/reports/outcomes by store, rule and arm; counts, and money in the store's
/// currency.
struct ArmRow {
  std::string store;
  std::string rule;
  std::string arm;
  std::int64_t eligible = 0;
  std::int64_t attached = 0;
  std::int64_t shown = 0;
  std::int64_t withheld = 0;
  std::int64_t accepted = 0;
  std::int64_t declined = 0;
  Minor total = 0;
  Minor margin = 0;
  double total_squares = 0;  ///< sums of squares over eligible baskets, for the standard error
  double margin_squares = 0;
};

struct Counted {
  std::int64_t records = 0;     ///< outcome records of lanes that head office holds, each once
  std::int64_t duplicates = 0;  ///< lane records that are there more than once: must be 0
  std::int64_t tallied = 0;     ///< records that arrived as totals only
  std::int64_t gaps = 0;        ///< sequence numbers that never arrived
};

class HeadOffice {
 public:
  static Result<HeadOffice> connect(const std::string& base_url);
  /// Publishes a rule pack; the answer's pack and image in one line for people.
  Result<std::string> publish(const std::string& rules_json, const std::string& catalogue_json);
  /// Saves a folder's WebP files; packs that name them may come then. No such folder: none.
  Result<void> put_pictures(const std::filesystem::path& folder);
  /// Makes a terminal known; outcomes of others are refused. The store must exist.
  Result<void> add_terminal(const std::string& store, const std::string& terminal);
  /// Makes an admin "demo" and a one-time link that signs it in: what follows the address. The token
  /// is the command line's, from the file beside the database.
  Result<std::string> sign_in_link(const std::string& command_token);
  Result<std::vector<ArmRow>> by_arm();
  /// `verify` looks for lane records that are there twice, which reads every row.
  Result<Counted> counted(bool verify);

 private:
  Result<std::string> get(const std::string& target);
  std::unique_ptr<net::Client> client_;
};

/// Treated minus control, rule by rule, times the treated baskets of that rule; summed over rules
/// and stores. Rules without a basket in either arm say nothing and are left out.
struct Estimate {
  std::int64_t treated_eligible = 0;
  std::int64_t treated_attached = 0;
  std::int64_t control_eligible = 0;
  std::int64_t control_attached = 0;
  double extra_adds = 0;
  double adds_error = 0;     ///< two standard errors, as the other errors
  double extra_revenue = 0;  ///< minor units
  double revenue_error = 0;
  double extra_margin = 0;
  double margin_error = 0;
};
Estimate estimate(const std::vector<ArmRow>& rows, const std::vector<std::string>& stores);

}  // namespace sidedish::sim
