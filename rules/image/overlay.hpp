#pragma once
// The overlay: what changes between two publishes, as one small flat file. It silences and
// reprices; nothing in it can add an offer. README.md in this folder describes the file.
//
// Rules and products are named by hash64 of their id or key, not by index: one overlay serves every
// image of its pack, also the older one that a basket still decides with.
#include "rules/base/clock.hpp"
#include "rules/image/image.hpp"
#include "rules/model/words.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace sidedish::image {

inline constexpr char kOverlayMagic[8] = {'S', 'D', 'O', 'V', 'R', 'L', 'A', 'Y'};
inline constexpr std::uint16_t kOverlayMajor = 1;  ///< another major version is refused
inline constexpr std::size_t kMaxOverlay = std::size_t{16} << 20;  ///< bytes

struct OverlayHeader {
  char magic[8];
  std::uint16_t major;
  std::uint16_t minor;
  std::uint32_t crc32c;  ///< of the whole file with this field as zero
  std::uint64_t size;    ///< of the whole file
  std::uint64_t pack;    ///< hash64(pack id)
  /// Its prices stand against images up to this pack version: a newer image has newer prices.
  std::uint64_t pack_version;
  std::uint64_t version;     ///< its own, grows
  std::int64_t stock_as_of;  ///< UTC ms of the stock classes and counts; 0: it has none
  char currency[4];          ///< of its prices
  std::uint32_t paused;      ///< offset of the first table: u64, ascending
  std::uint32_t paused_count;
  std::uint32_t
      products;  ///< offset of the second: OverlayProduct, ascending by key; ends the file
  std::uint32_t product_count;
  std::uint32_t reserved;
};

enum OverlayFlag : std::uint8_t {
  kRecalled = 1U << 0,
  kRepriced = 1U << 1,  ///< `price` counts
  kStocked = 1U << 2,   ///< `stock` counts
  kCounted = 1U << 3,   ///< `left` counts; only with kStocked
};

struct OverlayProduct {
  std::uint64_t key;   ///< hash64 of the product's primary key
  std::int64_t price;  ///< minor units per unit, in the pack's convention
  std::uint32_t left;  ///< whole units in the store's stock
  std::uint8_t flags;  ///< OverlayFlag, at least one
  Stock stock;
  std::uint16_t reserved;
};

static_assert(sizeof(OverlayHeader) == 80 && sizeof(OverlayProduct) == 24);
static_assert(std::has_unique_object_representations_v<OverlayHeader> &&
              std::has_unique_object_representations_v<OverlayProduct>);

class Overlay {
 public:
  Overlay() = default;  ///< none: nothing is paused, recalled or repriced

  /// Verifies magic, version, size, checksum, both tables' places, order and ranges. `bytes` must
  /// be 8-byte aligned and outlive it. corrupt (names the table and index), unsupported (another
  /// major version), limit (more than kMaxOverlay). Cost: one pass.
  static Result<Overlay> open(std::span<const std::byte> bytes) noexcept;

  bool loaded() const noexcept { return header_ != nullptr; }
  /// Made for this image's pack and currency. Only of a loaded image and overlay.
  bool fits(const Image& image) const noexcept;

  /// Only of a loaded one.
  const OverlayHeader& header() const noexcept { return *header_; }
  std::span<const std::uint64_t> paused() const noexcept { return paused_; }
  std::span<const OverlayProduct> products() const noexcept { return products_; }

  /// Hashes the id when anything is paused.
  bool is_paused(std::string_view id) const noexcept;
  /// nullptr: it says nothing about this product.
  const OverlayProduct* find(std::uint32_t key_id, std::string_view key) const noexcept;

 private:
  const OverlayHeader* header_ = nullptr;
  std::span<const std::uint64_t> paused_;
  std::span<const OverlayProduct> products_;
};

}  // namespace sidedish::image
