#pragma once
// Who may come in, and the count of everything. No socket here.
#include "plugin/net/stats.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace sidedish::net {

/// The caps on connections and the server's counters. Thread-safe.
class Gate {
 public:
  Gate(std::size_t max_total, std::size_t max_per_peer)
      : max_total_(max_total), max_per_peer_(max_per_peer) {}

  /// Refusal::none: come in, and leave() later. Otherwise counted, and not in.
  Refusal enter(const std::string& peer);
  void leave(const std::string& peer);
  void count(Refusal refusal) noexcept { ++refused_[static_cast<std::size_t>(refusal)]; }
  ServerStats stats() const;

  std::atomic<std::uint64_t> requests{0}, responses{0}, streams{0}, idle_closed{0};

 private:
  const std::size_t max_total_;
  const std::size_t max_per_peer_;
  std::array<std::atomic<std::uint64_t>, kRefusals> refused_{};
  std::atomic<std::uint64_t> connections_{0};
  mutable std::mutex mutex_;                     // guards what follows
  std::map<std::string, std::size_t> per_peer_;  ///< only those with a connection
  std::size_t open_ = 0;
};

}  // namespace sidedish::net
