#pragma once
// Sockets by hand: what the room sends and takes is checked without the room's own reader and
// writer.
#include <cstdint>
#include <string>
#include <string_view>

namespace sidedish::net::test {

/// A connected TCP socket on loopback. A read that gets nothing for ten seconds throws: a hang is a
/// failure.
class Raw {
 public:
  explicit Raw(std::uint16_t port);
  explicit Raw(int fd) : fd_(fd) {}
  Raw(Raw&& other) noexcept : fd_(other.fd_), got_(std::move(other.got_)) { other.fd_ = -1; }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  ~Raw();

  /// False when the other end has closed.
  bool write(std::string_view bytes);
  void half_close();  ///< no more will be written
  void reset();       ///< closes with RST
  /// Everything until the other end closes (or resets).
  std::string read_all();
  /// Until `needle` was read, that included; less when the other end closes before.
  std::string read_until(std::string_view needle);
  /// One answer with Content-Length or without body: head and body as they came.
  std::string read_answer(bool head_request = false);
  std::string read_exactly(std::size_t n);
  bool at_end();  ///< waits for the other end to close, true if nothing came before

 private:
  bool more();
  int fd_ = -1;
  std::string got_;
};

/// A listening socket on loopback: plays the server against our client.
class Listener {
 public:
  Listener();
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  std::uint16_t port() const { return port_; }
  Raw accept();

 private:
  int fd_ = -1;
  std::uint16_t port_ = 0;
};

/// The status of an answer's text, 0 when it has none.
int status_of(std::string_view answer);
/// The part after the empty line.
std::string body_of(std::string_view answer);

}  // namespace sidedish::net::test
