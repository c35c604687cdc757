#pragma once
// What happened, in Prometheus' text format.
#include "headoffice/store/storage.hpp"
#include "plugin/net/stats.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace sidedish::headoffice {

/// Answers by route and status since start. Thread-safe.
class Answers {
 public:
  void count(const std::string& route, int status);
  std::map<std::pair<std::string, int>, std::uint64_t> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, std::uint64_t> counts_;
};

struct MetricsInput {
  const net::ServerStats& http;
  const Answers& answers;
  const std::map<std::string, std::int64_t>& counters;  ///< of the storage
  Completeness completeness;
  std::size_t waiting = 0;
};
std::string metrics_text(const MetricsInput& input);

}  // namespace sidedish::headoffice
