#include "tests/faults/line/proxy.hpp"

#include <algorithm>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace sidedish::line {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// The next close() sends RST.
void abort_on_close(int fd) {
  const linger now{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

bool write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::send(fd, bytes, size, MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

Proxy::Proxy(std::uint16_t server) : server_(server) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      ::pipe(stop_) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Proxy::~Proxy() {
  ::close(stop_[1]);
  thread_.join();
  ::close(stop_[0]);
  ::close(listener_);
}

void Proxy::next(const Fault& fault) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
  request_ = response_ = 0;
}

std::size_t Proxy::request_bytes() const {
  const std::lock_guard lock(mutex_);
  return request_;
}

std::size_t Proxy::response_bytes() const {
  const std::lock_guard lock(mutex_);
  return response_;
}

void Proxy::run() {
  for (;;) {
    pollfd wait[2] = {{listener_, POLLIN, 0}, {stop_[0], POLLIN, 0}};
    ::poll(wait, 2, -1);
    if (wait[1].revents != 0) return;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    serve(client);
    ::close(client);
  }
}

void Proxy::serve(int client) {
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(server_);
  const int now = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &now, sizeof(now));
  ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &now, sizeof(now));
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    for (bool open = true; open;) {
      pollfd wait[3] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {stop_[0], POLLIN, 0}};
      ::poll(wait, 3, -1);
      if (wait[2].revents != 0) break;
      if (wait[1].revents != 0) open = forward(server, client, false);
      if (open && wait[0].revents != 0) open = forward(client, server, true);
    }
  }
  ::close(server);
}

bool Proxy::forward(int from, int to, bool request) {
  std::array<char, 16 * 1024> bytes{};
  const ssize_t got = ::recv(from, bytes.data(), bytes.size(), 0);
  if (got <= 0) return false;
  const auto size = static_cast<std::size_t>(got);
  Fault fault;
  std::size_t before = 0;
  {
    const std::lock_guard lock(mutex_);
    fault = fault_;
    std::size_t& through = request ? request_ : response_;
    before = through;
    through += size;
  }
  using Kind = Fault::Kind;
  const bool cut = request ? fault.kind == Kind::cut_request
                           : fault.kind == Kind::cut_response || fault.kind == Kind::end_response;
  if (cut && before + size > fault.at) {
    write_all(to, bytes.data(), fault.at - std::min(before, fault.at));
    if (fault.kind != Kind::end_response) {
      abort_on_close(from);
      abort_on_close(to);
    }
    return false;
  }
  if (fault.kind == Kind::pieces) {
    for (std::size_t i = 0; i < size; i += fault.at + 1) {
      if (!write_all(to, bytes.data() + i, std::min(fault.at + 1, size - i))) return false;
    }
    return true;
  }
  if (!request && fault.kind == Kind::late) {
    pollfd stop{stop_[0], POLLIN, 0};
    ::poll(&stop, 1, static_cast<int>(fault.delay.count()));
  }
  if (!write_all(to, bytes.data(), size)) return false;
  return request || fault.kind != Kind::twice || write_all(to, bytes.data(), size);
}

}  // namespace sidedish::line
