#pragma once
// Who is in which wave of a publication. Pure.
#include "headoffice/store/storage.hpp"
#include "rules/format/wire_json.hpp"
#include "rules/model/pack.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

/// One wave: pilots by name, a share of all terminals, or all.
struct Wave {
  std::vector<std::string> terminals;  ///< "store/terminal"
  int percent = 0;                     ///< always the same ones
  bool all = false;
};

/// `{"waves": [{"terminals": ["mitte/t1"]}, {"percent": 10}, "all"], "advance": "by-report",
/// "wait_minutes": 30, "who", "why"}`. The last wave is "all". Findings have pointers below
/// `pointer`.
std::optional<RolloutOrder> read_rollout_order(std::string_view json, std::string_view pointer,
                                               std::vector<model::Finding>& errors);
/// The same without "who" and "why": they are whoever publishes', and stay empty here.
std::optional<RolloutOrder> read_rollout_plan(std::string_view json, std::string_view pointer,
                                              std::vector<model::Finding>& errors);
/// The member "waves" as it was stored.
std::vector<Wave> read_waves(std::string_view json);

/// In wave `last` or one before it.
bool is_in(const std::vector<Wave>& waves, std::size_t last, std::string_view store,
           std::string_view terminal);

}  // namespace sidedish::headoffice
