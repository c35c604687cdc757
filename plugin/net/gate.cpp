#include "plugin/net/gate.hpp"

namespace sidedish::net {

Refusal Gate::enter(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  const auto found = per_peer_.find(peer);
  Refusal refusal = Refusal::none;
  if (open_ >= max_total_) {
    refusal = Refusal::connections_total;
  } else if (found != per_peer_.end() && found->second >= max_per_peer_) {
    refusal = Refusal::connections_per_peer;
  }
  if (refusal != Refusal::none) {
    count(refusal);
    return refusal;
  }
  ++per_peer_[peer];
  ++open_;
  ++connections_;
  return Refusal::none;
}

void Gate::leave(const std::string& peer) {
  const std::lock_guard lock(mutex_);
  const auto found = per_peer_.find(peer);
  if (found == per_peer_.end()) return;
  if (--found->second == 0) per_peer_.erase(found);
  --open_;
}

ServerStats Gate::stats() const {
  ServerStats stats;
  stats.connections = connections_;
  stats.requests = requests;
  stats.responses = responses;
  stats.streams = streams;
  stats.idle_closed = idle_closed;
  for (std::size_t i = 0; i < kRefusals; ++i) stats.refused[i] = refused_[i];
  const std::lock_guard lock(mutex_);
  stats.open = open_;
  return stats;
}

}  // namespace sidedish::net
