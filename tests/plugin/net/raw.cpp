#include "tests/plugin/net/raw.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace sidedish::net::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

template <class Address>
sockaddr* generic(Address& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

void patience(int fd) {
  const timeval ten{10, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &ten, sizeof ten);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &ten, sizeof ten);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

Raw::Raw(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  auto address = loopback(port);
  patience(fd_);
  if (::connect(fd_, generic(address), sizeof address) != 0) throw std::runtime_error("connect");
}

Raw::~Raw() {
  if (fd_ >= 0) ::close(fd_);
}

bool Raw::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void Raw::half_close() { ::shutdown(fd_, SHUT_WR); }

void Raw::reset() {
  const linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(fd_);
  fd_ = -1;
}

bool Raw::more() {
  char bytes[4096];
  const auto n = ::recv(fd_, bytes, sizeof bytes, 0);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("a read hangs");
  if (n <= 0) return false;
  got_.append(bytes, static_cast<std::size_t>(n));
  return true;
}

std::string Raw::read_all() {
  while (more()) {
  }
  return std::move(got_);
}

std::string Raw::read_until(std::string_view needle) {
  while (got_.find(needle) == std::string::npos && more()) {
  }
  const std::size_t at = got_.find(needle);
  return read_exactly(at == std::string::npos ? got_.size() : at + needle.size());
}

std::string Raw::read_exactly(std::size_t n) {
  while (got_.size() < n && more()) {
  }
  std::string out = got_.substr(0, n);
  got_.erase(0, out.size());
  return out;
}

std::string Raw::read_answer(bool head_request) {
  std::string head = read_until("\r\n\r\n");
  std::string lower = head;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t at = lower.find("\r\ncontent-length:");
  if (head_request || at == std::string::npos) return head;
  return head + read_exactly(std::strtoul(lower.c_str() + at + 17, nullptr, 10));
}

bool Raw::at_end() {
  more();
  return got_.empty();
}

Listener::Listener() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  auto address = loopback(0);
  socklen_t size = sizeof address;
  patience(fd_);
  if (::bind(fd_, generic(address), sizeof address) != 0 || ::listen(fd_, 16) != 0 ||
      ::getsockname(fd_, generic(address), &size) != 0) {
    throw std::runtime_error("listen");
  }
  port_ = ntohs(address.sin_port);
}

Listener::~Listener() { ::close(fd_); }

Raw Listener::accept() {
  const int fd = ::accept(fd_, nullptr, nullptr);
  if (fd < 0) throw std::runtime_error("accept");
  patience(fd);
  return Raw(fd);
}

int status_of(std::string_view answer) {
  return answer.size() > 12 && answer.starts_with("HTTP/1.1 ")
             ? std::atoi(std::string(answer.substr(9, 3)).c_str())
             : 0;
}

std::string body_of(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? std::string() : std::string(answer.substr(end + 4));
}

}  // namespace sidedish::net::test
