#pragma once
// One attempt at one server. Loops, back-off and the meaning of a status are the caller's.
#include "plugin/net/http.hpp"
#include "rules/base/result.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace sidedish::net {

/// May the request be sent a second time when a kept connection turns out to be closed?
enum class Repeat : std::uint8_t { never, idempotent };

/// What sends requests; tests and simulations bring their own. One thread at a time, but for
/// cancel().
class Sender {
 public:
  Sender() = default;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  virtual ~Sender() = default;
  /// One attempt. network: no whole answer within `timeout`, whatever the reason. limit: the answer
  /// is too large. invalid: not a request that could be sent. Any status is a success here;
  /// redirects are not followed.
  virtual Result<Response> send(const Request& request, std::chrono::milliseconds timeout,
                                Repeat repeat) = 0;
  /// The last answer was not believed, it may have been another request's: the next request goes on
  /// a connection of its own.
  virtual void hang_up() noexcept = 0;
};

struct ClientOptions {
  std::string base_url;              ///< "http://host[:port][/prefix]"; targets are appended to it
  std::size_t max_head = 16 * 1024;  ///< of an answer, bytes
  std::size_t max_body = 64ULL * 1024 * 1024;  ///< of an answer as sent, bytes
  /// A connection unused for longer is closed instead of reused: less than the servers' idle time.
  std::chrono::milliseconds keep{20'000};
};

class Client final : public Sender {
 public:
  /// Opens nothing yet. invalid: not such a URL. unsupported: https.
  static Result<std::unique_ptr<Client>> create(ClientOptions options);
  /// Waits for a name look-up that the last send() gave up, if there is one.
  ~Client() override;

  /// Blocks for `timeout` at most: look-up, connecting, sending and the whole answer. The
  /// connection is kept when the answer allows it. Host, Content-Length, Transfer-Encoding,
  /// Connection and Expect are the client's: a request that brings them is invalid. With
  /// Repeat::idempotent, a request on a kept connection that was closed before the first byte of an
  /// answer is sent once more on a new one.
  ///
  /// An answer whose end cannot be known (no length, no chunks) is a network error: it could be
  /// half an answer.
  Result<Response> send(const Request& request, std::chrono::milliseconds timeout,
                        Repeat repeat) override;
  void hang_up() noexcept override;

  /// From any thread: ends a running send() with a network error, and each one after it, until
  /// resume().
  void cancel() noexcept;
  void resume() noexcept;

  /// Connections opened so far.
  std::size_t connects() const noexcept;

 private:
  class Core;
  explicit Client(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace sidedish::net
