#include "headoffice/store/sequence.hpp"

#include <algorithm>

namespace sidedish::headoffice {

bool SequenceSet::has(std::uint64_t seq) const noexcept {
  if (seq == 0 || seq > high_water_) return false;
  auto after = gaps_.upper_bound(seq);
  return after == gaps_.begin() || std::prev(after)->second < seq;
}

void SequenceSet::add(std::uint64_t seq) {
  if (seq > high_water_) {
    if (seq > high_water_ + 1) gaps_.emplace(high_water_ + 1, seq - 1);
    high_water_ = seq;
  } else {
    close(seq, seq);
  }
}

std::uint64_t SequenceSet::close(std::uint64_t first, std::uint64_t last) {
  std::uint64_t here = last - first + 1;
  auto gap = gaps_.upper_bound(first);
  if (gap != gaps_.begin()) --gap;
  while (gap != gaps_.end() && gap->first <= last) {
    const auto [from, to] = *gap;
    if (to < first) {
      ++gap;
      continue;
    }
    here -= std::min(to, last) - std::max(from, first) + 1;
    gap = gaps_.erase(gap);
    if (from < first) gaps_.emplace(from, first - 1);
    if (to > last) {
      gaps_.emplace(last + 1, to);
      break;
    }
  }
  return here;
}

std::uint64_t SequenceSet::missing() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& [first, last] : gaps_) sum += last - first + 1;
  return sum;
}

}  // namespace sidedish::headoffice
