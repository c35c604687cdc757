#include "sim/till/library.hpp"

#include <dlfcn.h>

namespace sidedish::sim {
namespace {

template <class F>
bool find(void* handle, const char* name, F& function) {
  function = reinterpret_cast<F>(dlsym(handle, name));
  return function != nullptr;
}

}  // namespace

Result<Library> Library::load(const std::string& file) {
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return fail(Errc::not_found, "loading the plugin", dlerror());
  Library lib;
  const bool complete = find(handle, "sidedish_open", lib.open) &&
                        find(handle, "sidedish_close", lib.close) &&
                        find(handle, "sidedish_lane_open", lib.lane_open) &&
                        find(handle, "sidedish_lane_close", lib.lane_close) &&
                        find(handle, "sidedish_lane_refresh", lib.lane_refresh) &&
                        find(handle, "sidedish_basket_update", lib.basket_update) &&
                        find(handle, "sidedish_prompt_parts", lib.prompt_parts) &&
                        find(handle, "sidedish_basket_event", lib.basket_event) &&
                        find(handle, "sidedish_prompt_outcome", lib.prompt_outcome) &&
                        find(handle, "sidedish_record_return", lib.record_return) &&
                        find(handle, "sidedish_lane_status", lib.lane_status) &&
                        find(handle, "sidedish_lane_error", lib.lane_error) &&
                        find(handle, "sidedish_status_name", lib.status_name);
  if (!complete) return fail(Errc::not_found, "loading the plugin", dlerror());
  return lib;
}

}  // namespace sidedish::sim
