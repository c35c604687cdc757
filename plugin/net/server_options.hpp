#pragma once
// What a server allows, and how long it waits. The defaults are the limits of the protocol.
#include "rules/base/clock.hpp"
#include "rules/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::net {

/// Paths that begin with `prefix` may have bodies of up to `bytes`. The longest prefix wins; it is
/// compared with the target as sent, so a percent-encoded spelling gets the general limit.
struct BodyLimit {
  std::string prefix;
  std::size_t bytes = 0;
};

struct ServerOptions {
  std::string address =
      "127.0.0.1";         ///< IPv4 or IPv6 literal; "::" or "0.0.0.0" for every interface
  std::uint16_t port = 0;  ///< 0: any free one, port() tells
  unsigned threads = 2;    ///< handlers run on them: as many as may block at a time
  std::size_t max_connections = 512;
  std::size_t max_connections_per_peer = 64;
  std::size_t max_head = 8 * 1024;     ///< request line and fields, bytes
  std::size_t max_body = 1024 * 1024;  ///< as sent, bytes
  std::vector<BodyLimit> body_limits;  ///< exceptions from max_body
  std::chrono::milliseconds header_timeout{
      5'000};  ///< from connecting, or from a head's first byte, to its end
  std::chrono::milliseconds body_timeout{15'000};  ///< for the whole body
  std::chrono::milliseconds idle_timeout{30'000};  ///< between two requests
  std::chrono::milliseconds write_timeout{
      15'000};  ///< for an answer, plus its size at 4 KiB a second
  std::chrono::milliseconds reply_deadline{
      90'000};  ///< from request to Reply::send; longer than any long poll
  std::chrono::milliseconds left_grace{
      1'000};  ///< how long a half-closed client may wait for its answer
  std::chrono::milliseconds stop_grace{2'000};  ///< stop() waits so long for answers on their way
  const Clock* clock = nullptr;  ///< for the Date field, none without; outlives the server

  /// The limit for this target.
  std::size_t body_limit(std::string_view target) const noexcept;
  /// invalid: nothing could be served with these.
  Result<void> check() const;
};

}  // namespace sidedish::net
