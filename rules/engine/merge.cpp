#include "rules/engine/merge.hpp"

#include "rules/engine/record.hpp"
#include "rules/engine/search.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace sidedish::engine {
namespace {

constexpr std::uint64_t kOver = std::uint64_t{image::kNone} << 32;  // after every rule

std::size_t words(std::uint32_t groups) noexcept { return (std::size_t{groups} + 63) / 64; }

// One list per item, per group, and that of the rules without an item.
std::size_t most_lists(std::uint32_t groups) noexcept {
  return std::size_t{kMaxSeenItems} + groups + 1;
}

}  // namespace

std::size_t search_bytes(std::uint32_t groups) noexcept {
  const std::size_t lists = most_lists(groups);
  return (words(groups) + 2 * std::bit_ceil(lists)) * sizeof(std::uint64_t) +
         lists * sizeof(Merge::List);
}

Merge::Merge(const Situation& now, std::span<std::byte> scratch) noexcept
    : now_(now), groups_left_(kMaxGroups), seen_(reinterpret_cast<std::uint64_t*>(scratch.data())) {
  const std::uint32_t groups = now.settings.groups;
  std::uint64_t* tree = seen_ + words(groups);
  lists_ = reinterpret_cast<List*>(tree + 2 * std::bit_ceil(most_lists(groups)));
  // The leaves are written from the start on and moved when their number is known.
  tree_ = tree;
  std::memset(seen_, 0, words(groups) * sizeof(std::uint64_t));
  const auto products = static_cast<std::uint32_t>(now.products.size());
  const image::Posting* postings = now.postings.data();
  std::uint32_t same = image::kNone;
  for (const Item& item : now.basket.items) {
    if (item.product >= products) break;  // the unknown ones are last
    if (item.quantity <= 0) continue;
    const image::Posting& posting = postings[item.product];
    add(posting);
    // Neighbours of one category mostly share the list of their groups.
    if (posting.groups != same && posting.groups != image::kNone) add_groups(posting.groups);
    same = posting.groups;
  }
  add(postings[now.settings.context_rules]);
  leaves_ = std::bit_ceil(std::max(count_, std::uint32_t{1}));
  std::memmove(tree_ + leaves_, tree_, count_ * sizeof(std::uint64_t));
  for (std::uint32_t i = count_; i < leaves_; ++i) tree_[leaves_ + i] = kOver;
  for (std::uint32_t i = leaves_ - 1; i > 0; --i) {
    tree_[i] = std::min(tree_[2 * i], tree_[2 * i + 1]);
  }
}

void Merge::add(const image::Posting& posting) noexcept {
  if (posting.count == 0) return;
  lists_[count_] = {posting.rules + 1, posting.rules + posting.count};
  tree_[count_] = std::uint64_t{posting.best} << 32 | count_;
  ++count_;
}

void Merge::add_groups(std::uint32_t groups) noexcept {
  const std::uint32_t* at = now_.indices.data() + groups;
  const auto products = static_cast<std::uint32_t>(now_.products.size());
  for (std::uint32_t left = *at++; left > 0 && groups_left_ > 0; --left, --groups_left_) {
    const std::uint32_t group = *at++;
    std::uint64_t& word = seen_[group / 64];
    const std::uint64_t mask = std::uint64_t{1} << group % 64;
    if ((word & mask) != 0) continue;
    word |= mask;
    add(now_.postings[products + group]);
  }
}

// The list that won goes on to its next rule; the matches on its way to the root are played again.
void Merge::play() noexcept {
  const auto list = static_cast<std::uint32_t>(tree_[1]);
  List& winner = lists_[list];
  std::uint64_t value = kOver;
  if (winner.at < winner.end) {
    value = std::uint64_t{now_.indices[winner.at++]} << 32 | list;
  }
  std::uint32_t node = leaves_ + list;
  tree_[node] = value;
  while (node > 1) {
    value = std::min(value, tree_[node ^ 1U]);
    node /= 2;
    tree_[node] = value;
  }
}

// Equal rules follow each other, so that comparing with the last one is enough to see each once.
std::uint32_t Merge::next() noexcept {
  for (;;) {
    const auto rule = static_cast<std::uint32_t>(tree_[1] >> 32);
    if (rule == image::kNone) return rule;
    play();
    if (rule != last_) return last_ = rule;
  }
}

}  // namespace sidedish::engine
