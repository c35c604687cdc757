#pragma once
// In-store barcodes that carry a weight or a price (GS1 restricted circulation numbers): one product
// sells under as many numbers as there are weights. Masks say which digits are the product.
//
//   2IIIIIIWWWWWC        fixed digits, product, weight, check digit -> gtin:2123456000005
//   02IIIIIVPPPPC=plu    V is ignored (the check digit of a price)  -> plu:12345, without zeros in front
#include "rules/base/money.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sidedish::lane {

/// What a mask made of a barcode.
struct Label {
  char text[24];
  std::uint8_t size;
  std::int64_t weight;  ///< thousandths of the product's unit, 0 = none
  Minor price;          ///< of this piece, 0 = none
  std::string_view key() const noexcept { return {text, size}; }
};

/// The masks of one lane. Plain data.
class Masks {
 public:
  static constexpr unsigned kMost = 8;

  /// Masks separated by spaces; the first that fits a barcode counts. nullptr when they are fine,
  /// else what is wrong, and `out` has none. A mask has 8 to 18 places: fixed digits first (at least
  /// one), I once or more, one run of W or P of at most 9, V anywhere, C last; then "=plu" or nothing.
  static const char* parse(std::string_view text, Masks& out) noexcept;

  /// Whether `key` is a "gtin:" of a mask's length whose fixed digits and check digit are right.
  bool read(std::string_view key, Label& out) const noexcept;

 private:
  struct Mask {
    char places[18];
    std::uint8_t size;
    bool to_plu;
  };
  static const char* parse_one(std::string_view text, Mask& out) noexcept;
  static bool fits(const Mask& mask, const char* digits, std::size_t size) noexcept;

  Mask masks_[kMost] = {};
  std::uint32_t count_ = 0;
};

}  // namespace sidedish::lane
