#pragma once
// A decision record: everything decide() read and what it answered, in one flat piece of bytes. The
// same record decides the same bytes in the plugin, the agent and the tools.
//
//   RecordHead | Context | Memory before | Decision | Item x item_count
#include "rules/engine/decide.hpp"

namespace sidedish::engine {

inline constexpr char kRecordMagic[4] = {'S', 'D', 'D', 'R'};
inline constexpr std::uint16_t kRecordVersion = 3;
inline constexpr std::uint32_t kMaxItems = 2000;
inline constexpr std::uint32_t kMaxSeenItems =
    kMaxItems + 1;  ///< on an item's page rules see one more

struct RecordHead {
  char magic[4];
  std::uint16_t version;
  std::uint8_t changed;
  std::uint8_t reserved0;
  std::uint32_t item_count;
  std::uint32_t lines;
  Minor total;
  image::Digest image;
  image::Digest overlay;  ///< zero: none
};

/// A record taken apart; `items` points into the bytes given to decode(), which must be 8-byte
/// aligned.
struct Record {
  RecordHead head;
  Context context;
  Memory before;
  Decision decision;
  std::span<const Item> items;
  Basket basket() const noexcept { return {items, head.total, head.lines, 0}; }
};

constexpr std::size_t record_size(std::size_t items) noexcept {
  return sizeof(RecordHead) + sizeof(Context) + sizeof(Memory) + sizeof(Decision) +
         items * sizeof(Item);
}

/// Writes a record into `out` (an overlay of zeros: there was none); returns its size. limit: `out` is smaller than record_size().
Result<std::size_t> encode_record(const image::Digest& image, const image::Digest& overlay,
                                  const Context& context, const Basket& basket, bool changed,
                                  const Memory& before, const Decision& decision,
                                  std::span<std::byte> out) noexcept;

/// Also those of version 2, which knew neither terminal nor customer caps. corrupt, unsupported. Checks sizes, counts, enums and order; product indices are checked against
/// an image by replay().
Result<Record> decode_record(std::span<const std::byte> bytes) noexcept;

/// Decides again. invalid when the record names products, facts or stores that this image does not
/// have. True = the same bytes came out.
Result<bool> replay(const image::Image& image, const image::Overlay& overlay, const Record& record,
                    std::span<std::byte> scratch, Decision& out) noexcept;

}  // namespace sidedish::engine
