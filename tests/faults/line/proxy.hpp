#pragma once
// A line that breaks as it is told: TCP on loopback between one client and one server, by plain
// sockets. One connection at a time, in a thread of its own.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

namespace sidedish::line {

/// What happens to the next exchange.
struct Fault {
  enum class Kind : std::uint8_t {
    none,
    cut_request,   ///< reset on both sides once `at` bytes of the request went through
    cut_response,  ///< reset towards the client once `at` bytes of the answer went through
    end_response,  ///< the same with an orderly end: an answer that looks short
    late,          ///< the answer waits for `delay`
    twice,         ///< the answer's bytes come two times
    pieces,        ///< everything in pieces of `at` + 1 bytes
  } kind = Kind::none;
  std::size_t at = 0;
  std::chrono::milliseconds delay{0};
};

class Proxy {
 public:
  explicit Proxy(std::uint16_t server);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  /// For the exchange that comes; with no exchange under way.
  void next(const Fault& fault);
  /// How many bytes of request and answer the last exchange carried that no fault touched.
  std::size_t request_bytes() const;
  std::size_t response_bytes() const;

 private:
  void run();
  void serve(int client);
  /// false: the connection is over.
  bool forward(int from, int to, bool request);

  const std::uint16_t server_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  mutable std::mutex mutex_;
  Fault fault_;
  std::size_t request_ = 0;
  std::size_t response_ = 0;
  std::thread thread_;
};

}  // namespace sidedish::line
