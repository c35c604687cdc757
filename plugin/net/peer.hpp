#pragma once
// Who is at the other end of a socket. No socket here.
#include <string>
#include <sys/socket.h>

namespace sidedish::net {

struct Peer {
  std::string address;  ///< without port; an IPv4 address mapped into IPv6 is IPv4
  std::string group;    ///< who shares one cap: an IPv4 address, an IPv6 /64 (one customer's)
};
/// Of an AF_INET or AF_INET6 address.
Peer peer_of(const sockaddr* address);

}  // namespace sidedish::net
