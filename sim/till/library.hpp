#pragma once
// libsidedish.so as a stranger's till would load it: by dlopen and the C header alone.
#include "rules/base/result.hpp"
#include "sdk/include/sidedish/sidedish.h"

#include <string>

namespace sidedish::sim {

/// The function table of a loaded plugin. Open for the life of the process: a till never unloads
/// it.
struct Library {
  decltype(&::sidedish_open) open = nullptr;
  decltype(&::sidedish_close) close = nullptr;
  decltype(&::sidedish_lane_open) lane_open = nullptr;
  decltype(&::sidedish_lane_close) lane_close = nullptr;
  decltype(&::sidedish_lane_refresh) lane_refresh = nullptr;
  decltype(&::sidedish_basket_update) basket_update = nullptr;
  decltype(&::sidedish_prompt_parts) prompt_parts = nullptr;
  decltype(&::sidedish_basket_event) basket_event = nullptr;
  decltype(&::sidedish_prompt_outcome) prompt_outcome = nullptr;
  decltype(&::sidedish_record_return) record_return = nullptr;
  decltype(&::sidedish_lane_status) lane_status = nullptr;
  decltype(&::sidedish_lane_error) lane_error = nullptr;
  decltype(&::sidedish_status_name) status_name = nullptr;

  /// not_found: no such file or function; the text is the loader's.
  static Result<Library> load(const std::string& file);
};

inline sidedish_text text(std::string_view s) { return {s.data(), s.size()}; }
inline std::string_view view(sidedish_text t) { return {t.data, t.size}; }

}  // namespace sidedish::sim
