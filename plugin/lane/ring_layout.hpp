#pragma once
// The outcome ring: a file on tmpfs between one lane (the only producer) and the agent (the only
// consumer). The contract of architecture.md, "Shared files", byte by byte. The producer maps it;
// the agent only preads and pwrites.
//
//   RingHeader (4 KiB) | tally page: TallySlot x kTallySlots (60 KiB) | data (4 MiB)
//
// `head` and `tail` are byte positions that only grow; position p lives at data[p % kDataBytes]. A
// frame never wraps: when the room at the end is too small, a frame with length kSkip says "go on
// at the start". When only 8 bytes are left there, they are that frame's first 8 (a reader asks
// `wraps()` before it reads a whole frame header). The checksum of a skip frame is not looked at.
// Order of the producer: bodies, then lengths and checksums, then ONE release-store of head for the
// whole message. The agent: read head (acquire), pread frames, check CRC on its copy, commit rows
// and cursor in one transaction, then pwrite tail (8 bytes).
//
// A fold changes a count and a sum, which belong together also when the process is killed between
// the two: it notes what the slot held, makes `folding` odd (release), changes the slot, and makes
// `folding` even (release). The agent reads `folding` and the note, then the page, then `folding`
// again: another number, and it reads anew; odd, and it takes the noted slot as it was before.
// Rings of before had zeros here, which is "no fold is being made".
#include <cstdint>
#include <type_traits>

namespace sidedish::lane {

inline constexpr char kRingMagic[8] = {'S', 'D', 'R', 'I', 'N', 'G', '0', '1'};
inline constexpr std::uint32_t kRingVersion = 1;
inline constexpr std::uint64_t kDataBytes = 4ULL << 20;
inline constexpr std::uint64_t kHeaderBytes = 4096;
inline constexpr std::uint64_t kTallyBytes = 60 * 1024;
inline constexpr std::uint64_t kDataOffset = kHeaderBytes + kTallyBytes;
inline constexpr std::uint64_t kRingFileBytes = kDataOffset + kDataBytes;
inline constexpr std::uint32_t kSkip = 0xFFFFFFFFU;

struct RingHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t lane;  ///< index of the lane in its host process
  char boot_id[40];    ///< text of the kernel's boot id, NUL-padded
  std::uint64_t pid;
  std::uint64_t start_time;  ///< of the process, clock ticks since boot (field 22 of its stat)
  std::uint64_t epoch;       ///< of the lane's record ids
  char store[64];            ///< NUL-padded ids
  char terminal[64];
  std::uint32_t header_crc;  ///< CRC-32C of the bytes before it
  std::uint32_t reserved0;
  std::uint8_t reserved1[40];
  // --- own cache lines ---
  alignas(64) std::uint64_t head;  ///< atomic; producer
  std::uint8_t pad_head[56];
  alignas(64) std::uint64_t tail;  ///< atomic; agent
  std::uint8_t pad_tail[56];
  alignas(64)
      std::uint64_t live;  ///< atomic; producer: 1 while the lane is open, 0 after a clean close
  std::uint64_t folded;    ///< atomic; producer: records whose detail was folded into the tally
  std::uint64_t dropped;   ///< atomic; producer: records that fitted neither ring nor tally (tally
                           ///< full): still in `folded` slot 0
  std::uint64_t last_counter;  ///< atomic; producer: highest record counter used
  std::uint64_t folding;       ///< atomic; producer: grows by 1 when a fold begins and when it ends
  std::uint64_t fold_slot;     ///< atomic; producer: the slot that fold changes, and what it held
  std::uint64_t count_before;
  std::int64_t sum_before;
};

/// In front of every body in the data area, 8-byte aligned; the body is padded to 8 with zeros.
struct Frame {
  std::uint32_t length;  ///< body bytes, <= 16 KiB; kSkip
  std::uint32_t crc;     ///< CRC-32C of the frame with this field as zero, then the body
  std::uint16_t part;    ///< of a message published at once
  std::uint16_t parts;
  std::uint32_t reserved;
};

/// Bytes of the data area that a frame with a body of `length` takes.
constexpr std::uint64_t frame_bytes(std::uint32_t length) noexcept {
  return sizeof(Frame) + ((std::uint64_t{length} + 7U) & ~std::uint64_t{7});
}
/// Whether fewer bytes than a frame header are left behind `position`: the reader goes on at the
/// start of the data area, as after a skip frame.
constexpr bool wraps(std::uint64_t position) noexcept {
  return kDataBytes - position % kDataBytes < sizeof(Frame);
}
/// The start of the data area, as a position behind `position`.
constexpr std::uint64_t next_turn(std::uint64_t position) noexcept {
  return (position / kDataBytes + 1) * kDataBytes;
}

/// Exact totals of what lost its detail. Only grows; the agent keeps what it saw last and reports
/// the difference. Slot 0 is the rest: everything that found no slot (rule 0).
struct TallySlot {
  std::int64_t hour;   ///< UTC hours since 1970-01-01
  std::uint32_t rule;  ///< stable id
  char currency[4];
  std::uint8_t arm;
  std::uint8_t kind;   ///< OutcomeKind
  std::uint16_t used;  ///< atomic; producer: set to 1 last
  std::uint32_t reserved;
  std::uint64_t count;  ///< atomic
  std::int64_t sum;     ///< atomic; price effects, or totals of baskets, in minor units
};
inline constexpr unsigned kTallySlots = 1500;

static_assert(sizeof(Frame) == 16 && sizeof(TallySlot) == 40 &&
              sizeof(TallySlot) * kTallySlots <= kTallyBytes);
static_assert(sizeof(RingHeader) == 448 && sizeof(RingHeader) <= kHeaderBytes &&
              std::is_trivially_copyable_v<RingHeader>);

/// The generation page (run_dir/generation): written by the agent, mapped read-only by lanes. One 4
/// KiB page.
struct GenerationPage {
  char magic[8];                    ///< "SDGEN001"
  alignas(64) std::uint64_t image;  ///< atomic; +1 after `current` names another image
  alignas(64) std::uint64_t overlay;
};
inline constexpr char kGenerationMagic[8] = {'S', 'D', 'G', 'E', 'N', '0', '0', '1'};

}  // namespace sidedish::lane
