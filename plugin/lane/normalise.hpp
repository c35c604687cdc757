#pragma once
// A host's rows -> one item per product, whatever tills do with lines: repeats on rows of their own
// or merged, voids as flags or as negative rows, aliases, any order.
#include "plugin/lane/masks.hpp"
#include "plugin/lane/snapshot.hpp"
#include "rules/engine/inputs.hpp"
#include "rules/image/image.hpp"

namespace sidedish::lane {

/// The goods of one basket. Large: lives in a lane's memory, never on a stack.
struct Goods {
  engine::Item items[kMaxLines];
  struct KeyAt {
    std::uint32_t offset;
    std::uint32_t size;
  };
  KeyAt key_at[kMaxLines];  ///< of the item with the same index, into `keys`
  char keys[kMaxLines * 96];
  std::uint32_t count;
  std::uint32_t lines;  ///< rows of goods that are not voided
  Minor total;
  std::uint64_t hash;  ///< of items, lines and total

  engine::Basket basket() const noexcept { return {{items, count}, total, lines, 0}; }
  std::string_view key(std::uint32_t item) const noexcept {
    return {keys + key_at[item].offset, key_at[item].size};
  }
};

/// Room that normalise() works in.
struct Rows {
  struct Row {
    std::uint64_t order;  ///< product and stable id
    std::uint32_t line;
    std::uint32_t is_label;  ///< 1: a mask read it
  };
  Row rows[kMaxLines];
};

/// Only goods count, voided rows do not; rows of one product are summed, and a product whose rows
/// sum to nothing is gone. Keys are the image's own where it knows the product. A barcode that the
/// image does not know is read through the masks: its product's key counts, and its weight or price
/// where the host has said nothing better. At most kMaxLines lines. Cost: one look-up per row and a
/// sort.
void normalise(const image::Image& image, const Masks& masks, std::span<const Line> lines,
               Minor total, Rows& rows, Goods& out) noexcept;

/// The product of this key, through the masks when the image does not know it as it is. `label` has
/// the key then, and true is returned.
bool find_product(const image::Image& image, const Masks& masks, std::string_view key,
                  std::uint32_t& product, Label& label) noexcept;

/// Where a lane stands in an image, looked up once per image.
struct Place {
  std::uint32_t store = image::kNone;
  std::uint32_t language = 0;
  std::uint64_t terminal_groups = 0;
  std::uint64_t terminal_hash = 0;  ///< of the store's and the terminal's ids
};
Place find_place(const image::Image& image, std::string_view store,
                 std::string_view terminal) noexcept;

/// Everything decide() reads beside the basket. `now` is the time to decide with.
engine::Context make_context(const image::Image& image, const Masks& masks, const Place& place,
                             std::uint32_t capabilities, const Snapshot& snapshot,
                             bool tender_begun, UtcMs now) noexcept;

/// A fingerprint of bytes: equal content, equal number. Not for anything that leaves the process.
std::uint64_t fingerprint(std::span<const std::byte> bytes, std::uint64_t seed) noexcept;

}  // namespace sidedish::lane
