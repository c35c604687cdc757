#include "plugin/net/peer.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <netinet/in.h>

namespace sidedish::net {
namespace {

template <class Bytes>
std::string print(int family, const Bytes& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family, &bytes, text.data(), text.size());
  return text.data();
}

}  // namespace

Peer peer_of(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof v4);
    const std::string text = print(AF_INET, v4.sin_addr);
    return {text, text};
  }
  sockaddr_in6 v6;
  std::memcpy(&v6, address, sizeof v6);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    in_addr v4;
    std::memcpy(&v4, v6.sin6_addr.s6_addr + 12, sizeof v4);
    const std::string text = print(AF_INET, v4);
    return {text, text};
  }
  in6_addr network = v6.sin6_addr;
  std::fill(network.s6_addr + 8, network.s6_addr + 16, std::uint8_t{0});
  return {print(AF_INET6, v6.sin6_addr), print(AF_INET6, network)};
}

}  // namespace sidedish::net
