#include "plugin/net/server_options.hpp"

#include <algorithm>

namespace sidedish::net {

std::size_t ServerOptions::body_limit(std::string_view target) const noexcept {
  const BodyLimit* best = nullptr;
  for (const BodyLimit& limit : body_limits) {
    const bool longer = best == nullptr || limit.prefix.size() > best->prefix.size();
    if (longer && target.starts_with(limit.prefix)) best = &limit;
  }
  return best != nullptr ? best->bytes : max_body;
}

Result<void> ServerOptions::check() const {
  constexpr std::string_view kDoing = "starting the server";
  constexpr std::size_t kMostHead = 1024 * 1024;
  if (threads == 0) return fail(Errc::invalid, kDoing, "threads must be at least 1");
  if (max_connections == 0 || max_connections_per_peer == 0) {
    return fail(Errc::invalid, kDoing, "the caps on connections must be at least 1");
  }
  if (max_head < 64 || max_head > kMostHead) {
    return fail(Errc::invalid, kDoing, "max_head must be 64 bytes to 1 MiB");
  }
  const auto all = {header_timeout, body_timeout, idle_timeout, write_timeout, reply_deadline};
  if (std::any_of(all.begin(), all.end(), [](auto time) { return time.count() <= 0; })) {
    return fail(Errc::invalid, kDoing, "timeouts must be above zero");
  }
  return {};
}

}  // namespace sidedish::net
