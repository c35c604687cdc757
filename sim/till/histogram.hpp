#pragma once
#include <array>
#include <cstdint>
#include <string>

namespace sidedish::sim {

/// Durations in nanoseconds, 1 ns to 18 minutes, each known to better than 1 % (log-linear buckets,
/// as in HdrHistogram by G. Tene). Merging is exact; percentiles are the upper edge of their
/// bucket.
class Histogram {
 public:
  void add(std::uint64_t ns);
  void merge(const Histogram& other);
  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  /// per_mille in 0..1000; 0 when empty.
  std::uint64_t percentile(unsigned per_mille) const;
  /// "bucket:count bucket:count ...": how it crosses a pipe.
  std::string write() const;
  /// False when the text is not from write().
  bool read(const std::string& text);

 private:
  static constexpr unsigned kSub = 128;
  static constexpr unsigned kBuckets = kSub * 34;
  static unsigned bucket_of(std::uint64_t ns);
  static std::uint64_t upper_edge(unsigned bucket);
  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace sidedish::sim
