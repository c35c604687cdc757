#include "sim/till/histogram.hpp"

#include <algorithm>
#include <bit>
#include <sstream>

namespace sidedish::sim {

// Values below 128 have a bucket each; above, every octave is cut into 128.
unsigned Histogram::bucket_of(std::uint64_t ns) {
  if (ns < kSub) return static_cast<unsigned>(ns);
  const auto octave = static_cast<unsigned>(std::bit_width(ns)) - 8;  // 128..255 -> 0
  const auto sub = static_cast<unsigned>(ns >> octave) - kSub;
  return std::min(kBuckets - 1, kSub * (octave + 1) + sub);
}

std::uint64_t Histogram::upper_edge(unsigned bucket) {
  if (bucket < kSub) return bucket;
  const unsigned octave = bucket / kSub - 1;
  const std::uint64_t sub = bucket % kSub + kSub;
  return ((sub + 1) << octave) - 1;
}

void Histogram::add(std::uint64_t ns) {
  ++buckets_[bucket_of(ns)];
  ++count_;
  max_ = std::max(max_, ns);
}

void Histogram::merge(const Histogram& other) {
  for (unsigned i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::percentile(unsigned per_mille) const {
  const std::uint64_t rank = (count_ * per_mille + 999) / 1000;
  std::uint64_t seen = 0;
  for (unsigned i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= rank && seen > 0) return std::min(upper_edge(i), max_);
  }
  return 0;
}

std::string Histogram::write() const {
  std::ostringstream out;
  out << max_;
  for (unsigned i = 0; i < kBuckets; ++i) {
    if (buckets_[i] != 0) out << ' ' << i << ':' << buckets_[i];
  }
  return out.str();
}

bool Histogram::read(const std::string& text) {
  *this = Histogram();
  std::istringstream in(text);
  if (!(in >> max_)) return false;
  unsigned bucket = 0;
  std::uint64_t n = 0;
  char colon = 0;
  while (in >> bucket >> colon >> n) {
    if (bucket >= kBuckets || colon != ':') return false;
    buckets_[bucket] += n;
    count_ += n;
  }
  return in.eof();
}

}  // namespace sidedish::sim
