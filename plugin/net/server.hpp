#pragma once
// An HTTP/1.1 server for small messages: whole requests in, whole answers out.
#include "plugin/net/http.hpp"
#include "plugin/net/reply.hpp"
#include "plugin/net/server_options.hpp"
#include "plugin/net/stats.hpp"
#include "rules/base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace sidedish::net {

/// Called on a server thread, several at a time when there is more than one. It must not wait for
/// another request of the same server; a long poll keeps the Reply and returns. What it throws is
/// answered by 500.
using Handler = std::function<void(Request, Reply)>;

/// Thread-safe. Refused requests never reach the handler: they are answered by problem+json,
/// counted, and their connection is closed.
class Server {
 public:
  /// Listens and serves. io: address in use or not ours; invalid: not an address, no threads, no
  /// limits.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Handler handler);
  ~Server();  ///< stop()
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const noexcept;
  ServerStats stats() const;
  /// Takes no more connections, closes idle ones, lets requests in hand be answered for stop_grace,
  /// answers 503 for the rest, and returns when every thread has ended. Not from a handler.
  /// Repeating it does nothing.
  void stop();

 private:
  class Core;
  class Session;
  explicit Server(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace sidedish::net
