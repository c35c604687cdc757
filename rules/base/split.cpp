#include "rules/base/split.hpp"

#include <cstddef>

namespace sidedish {
namespace {

__extension__ using Wide = __int128;

// Lines that belong to the share under way: all of them, those of one class, or the first of each
// class (standing for the class with the sum of its weights).
template <class Weight, class Belongs>
void share(Minor total, std::size_t lines, Weight weight, Belongs belongs,
           std::span<Minor> out) noexcept {
  Wide sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < lines; ++i) {
    if (!belongs(i)) continue;
    ++count;
    sum += weight(i);
  }
  if (count == 0) return;
  const bool alike = sum <= 0;
  if (alike) sum = static_cast<Wide>(count);
  const auto part = [&](std::size_t i) { return Wide{total} * (alike ? Wide{1} : weight(i)); };
  // Rounded down also below zero: remainders are never negative.
  const auto below = [&](std::size_t i) {
    const Wide n = part(i);
    const Wide q = n / sum;
    return n % sum < 0 ? q - 1 : q;
  };
  Minor left = total;
  for (std::size_t i = 0; i < lines; ++i) {
    if (!belongs(i)) continue;
    out[i] = static_cast<Minor>(below(i));
    left -= out[i];
  }
  // One more to the largest remainders, in order: each look finds the next after the one before.
  Wide last = sum;
  std::size_t last_at = lines;
  for (; left > 0; --left) {
    Wide best = -1;
    std::size_t best_at = lines;
    for (std::size_t i = 0; i < lines; ++i) {
      if (!belongs(i)) continue;
      const Wide rest = part(i) - below(i) * sum;
      const bool after = rest < last || (rest == last && last_at < lines && i > last_at);
      if (after && rest > best) {
        best = rest;
        best_at = i;
      }
    }
    if (best_at == lines) return;  // cannot be: fewer are left over than lines
    ++out[best_at];
    last = best;
    last_at = best_at;
  }
}

constexpr Wide counted(Minor weight) noexcept { return weight > 0 ? Wide{weight} : Wide{0}; }

}  // namespace

void split(Minor total, std::span<const Minor> weights, std::span<Minor> out) noexcept {
  share(
      total, weights.size(), [&](std::size_t i) { return counted(weights[i]); },
      [](std::size_t) { return true; }, out);
}

void split_by_class(Minor total, std::span<const Minor> weights,
                    std::span<const std::uint16_t> classes, std::span<Minor> out) noexcept {
  const std::size_t lines = weights.size();
  const auto first = [&](std::size_t i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (classes[k] == classes[i]) return false;
    }
    return true;
  };
  const auto of_class = [&](std::size_t i) {
    Wide sum = 0;
    for (std::size_t k = i; k < lines; ++k) {
      if (classes[k] == classes[i]) sum += counted(weights[k]);
    }
    return sum;
  };
  share(total, lines, of_class, first, out);
  for (std::size_t i = lines; i > 0; --i) {  // backwards: a class's first line holds its share
    if (!first(i - 1)) continue;
    const std::uint16_t which = classes[i - 1];
    share(
        out[i - 1], lines, [&](std::size_t k) { return counted(weights[k]); },
        [&](std::size_t k) { return classes[k] == which; }, out);
  }
}

}  // namespace sidedish
