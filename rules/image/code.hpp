#pragma once
// Conditions as words of kCode. The first word says the operation (bits 0-7), what follows it
// (bits 8-15) and n (bits 16-31), or, of an operation that has no n, a below 65,536; then come, where
// they are there, a, b, min and max, least word first. A third of the room that plain records would
// take, and one line of memory instead of three.
#include "rules/image/layout.hpp"

#include <span>

namespace sidedish::image {

inline constexpr unsigned kMaxNodeWords = 7;

// What follows, and what min and max are without words of their own.
inline constexpr std::uint32_t kHasA = 1U << 8;
inline constexpr std::uint32_t kHasB = 1U << 9;
inline constexpr unsigned kMinShift = 10;  // 3 bits: Bound
inline constexpr unsigned kMaxShift = 13;  // 2 bits: Bound zero..wide
inline constexpr std::uint32_t kKnown = 1U << 15;
enum class Bound : std::uint32_t {
  zero = 0,
  open = 1,    ///< kNoMin, kNoMax
  short_ = 2,  ///< one word, signed
  wide = 3,    ///< two words
  one = 4,     ///< min only
};

/// Whether bits 16-31 say n; else they say a, unless that follows.
constexpr bool takes_n(Op op) noexcept {
  constexpr std::uint32_t kTake =
      1U << static_cast<unsigned>(Op::all) | 1U << static_cast<unsigned>(Op::any) |
      1U << static_cast<unsigned>(Op::none) | 1U << static_cast<unsigned>(Op::store) |
      1U << static_cast<unsigned>(Op::fact_is) | 1U << static_cast<unsigned>(Op::segment);
  return (kTake >> (static_cast<unsigned>(op) & 31U) & 1U) != 0;
}

/// Writes a condition, returns the number of words.
unsigned write_node(const Node& node, std::uint32_t (&out)[kMaxNodeWords]) noexcept;

/// Words of the condition that begins with this one; 0 when no condition begins so.
constexpr unsigned node_words(std::uint32_t first) noexcept {
  constexpr unsigned kWords[] = {0, 0, 1, 2, 0, 99, 99, 99};
  const unsigned words = 1 + (first >> 8 & 1) + (first >> 9 & 1) + kWords[first >> kMinShift & 7] +
                         kWords[first >> kMaxShift & 3];
  return words > kMaxNodeWords ? 0 : words;
}

/// The condition at `at`, of node_words(*at) words.
Node read_node(const std::uint32_t* at) noexcept;

/// Goes through the conditions of a rule, whose code has been checked.
class Code {
 public:
  explicit Code(const std::uint32_t* at) noexcept : at_(at) {}
  Node next() noexcept {
    const Node node = read_node(at_);
    at_ += node_words(*at_);
    return node;
  }

 private:
  const std::uint32_t* at_;
};

/// What a rule's conditions and fields say about its gate: all of it but bound, code and product.
/// `posted` (index of a condition, or kNone) is the one that holds whenever the rule is reached
/// through the index. Sets Node::known.
Gate gate_of(const Rule& rule, std::span<Node> nodes, std::uint32_t posted) noexcept;

/// Gate::product: in the basket, it silences the rule, whatever else holds.
std::uint32_t only_product(const Rule& rule, std::span<const Offer> offers) noexcept;

}  // namespace sidedish::image
