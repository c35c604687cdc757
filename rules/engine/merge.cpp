#include "rules/engine/merge.hpp"

#include "rules/engine/record.hpp"
#include "rules/engine/search.hpp"

#include <cstring>

namespace sidedish::engine {
namespace {

std::size_t words(std::uint32_t groups) noexcept { return (std::size_t{groups} + 63) / 64; }

}  // namespace

std::size_t search_bytes(std::uint32_t groups) noexcept {
  // One list per item, per group, and that of the rules without an item.
  return words(groups) * sizeof(std::uint64_t) +
         (std::size_t{kMaxItems} + groups + 1) * sizeof(Merge::Cursor);
}

Merge::Merge(const Situation& now, std::span<std::byte> scratch) noexcept
    : now_(now),
      seen_(reinterpret_cast<std::uint64_t*>(scratch.data())),
      heap_(reinterpret_cast<Cursor*>(scratch.data() +
                                      words(now.settings.groups) * sizeof(std::uint64_t))) {
  std::memset(seen_, 0, words(now.settings.groups) * sizeof(std::uint64_t));
  const auto products = static_cast<std::uint32_t>(now.products.size());
  for (const Item& item : now.basket.items) {
    if (item.product >= products) break;  // the unknown ones are last
    if (item.quantity <= 0) continue;
    add(item.product);
    const image::Product& product = now.products[item.product];
    for (unsigned i = 0; i < product.group_count; ++i) {
      const std::uint32_t group = now.indices[product.groups + i];
      std::uint64_t& word = seen_[group / 64];
      const std::uint64_t mask = std::uint64_t{1} << group % 64;
      if ((word & mask) != 0) continue;
      word |= mask;
      add(products + group);
    }
  }
  add(now.settings.context_rules);
  for (std::uint32_t i = count_ / 2; i > 0; --i) sift(i - 1);
}

void Merge::add(std::uint32_t token) noexcept {
  const image::Posting& posting = now_.postings[token];
  if (posting.count == 0) return;
  heap_[count_++] = {now_.indices[posting.rules], posting.rules + 1, posting.rules + posting.count,
                     0};
}

void Merge::sift(std::uint32_t hole) noexcept {
  const Cursor moved = heap_[hole];
  for (;;) {
    std::uint32_t child = 2 * hole + 1;
    if (child >= count_) break;
    if (child + 1 < count_ && heap_[child + 1].rule < heap_[child].rule) ++child;
    if (heap_[child].rule >= moved.rule) break;
    heap_[hole] = heap_[child];
    hole = child;
  }
  heap_[hole] = moved;
}

// Equal rules follow each other, so that comparing with the last one is enough to see each once.
std::uint32_t Merge::next() noexcept {
  while (count_ > 0) {
    Cursor& top = heap_[0];
    const std::uint32_t rule = top.rule;
    if (top.at < top.end) {
      top.rule = now_.indices[top.at++];
    } else {
      top = heap_[--count_];
    }
    if (count_ > 1) sift(0);
    if (rule != last_) return last_ = rule;
  }
  return image::kNone;
}

}  // namespace sidedish::engine
