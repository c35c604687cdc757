// F03: a ring whose every byte is hostile, through the agent's reader. Input:
//   u8 flags | u64 tail | u64 head | [kFreshHeader: the ring's first bytes] | frames from tail on
// Checksums are repaired as the flags say, so that what is behind them is reached as well.
#include "plugin/agent/ring_reader.hpp"
#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"
#include "rules/engine/record.hpp"
#include "rules/format/outcomes.hpp"
#include "rules/model/outcome.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/fuzz/scratch_folder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace sidedish;
using lane::Frame;
using lane::RingHeader;

enum Flag : std::uint8_t {
  kFreshHeader = 1,
  kRepairHeader = 2,
  kRepairFrames = 4,
  kCutShort = 8,
  kFoldBegun = 16
};
constexpr std::size_t kName = offsetof(RingHeader, header_crc);

RingHeader good_header() {
  RingHeader header{};
  std::memcpy(header.magic, lane::kRingMagic, 8);
  header.version = lane::kRingVersion;
  header.epoch = 7;
  std::memcpy(header.boot_id, "boot", 5);
  std::memcpy(header.store, "mitte", 6);
  std::memcpy(header.terminal, "t1", 3);
  header.live = 1;
  return header;
}

/// One ring file for all inputs; what an input wrote is zero again before the next one.
class RingFile {
 public:
  RingFile() {
    fuzz::must(::ftruncate(file_, static_cast<off_t>(lane::kRingFileBytes)) == 0, "a ring file");
  }
  int folder() const { return folder_.descriptor(); }
  void put(std::uint64_t at, std::span<const std::byte> bytes) {
    fuzz::must(::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at)) ==
                   static_cast<ssize_t>(bytes.size()),
               "a ring file is written");
  }
  void resize(std::uint64_t size) {
    fuzz::must(::ftruncate(file_, static_cast<off_t>(size)) == 0, "a ring file of another size");
  }
  /// From position `tail` on, over the end of the data area.
  void put_frames(std::uint64_t tail, std::span<const std::byte> bytes) {
    const std::uint64_t at = tail % lane::kDataBytes;
    const auto first = std::min<std::uint64_t>(bytes.size(), lane::kDataBytes - at);
    put(lane::kDataOffset + at, bytes.first(static_cast<std::size_t>(first)));
    put(lane::kDataOffset, bytes.subspan(static_cast<std::size_t>(first)));
  }

 private:
  fuzz::ScratchFolder folder_;
  int file_ = ::openat(folder_.descriptor(), "a.ring", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
};

void repair(std::vector<std::byte>& frames) {
  for (std::size_t at = 0; at + sizeof(Frame) <= frames.size();) {
    Frame frame = load<Frame>(frames.data() + at);
    const std::size_t left = frames.size() - at;
    if (frame.length > model::kMaxRecord || lane::frame_bytes(frame.length) > left) return;
    frame.crc = 0;
    frame.crc = crc32c(std::span<const std::byte>(frames).subspan(at + sizeof frame, frame.length),
                       crc32c(bytes_of(frame)));
    store(frames.data() + at, frame);
    at += static_cast<std::size_t>(lane::frame_bytes(frame.length));
  }
}

void take(std::span<const std::byte> body) {
  std::array<model::OutcomeLine, model::kLinesPerPart> lines;
  const auto outcome = model::decode(body, lines);
  if (!outcome) return;
  ++fuzz::understood;
  std::vector<std::byte> room(model::kMaxRecord);
  const auto size = model::encode(*outcome, room);
  fuzz::must(size.has_value() && *size == body.size() &&
                 std::equal(body.begin(), body.end(), room.begin()),
             "an outcome that can be read is written as the same bytes");
  if (outcome->kind == OutcomeKind::decision) {
    std::vector<std::uint64_t> words(outcome->decision.size() / 8 + 1);
    if (!outcome->decision.empty()) {
      std::memcpy(words.data(), outcome->decision.data(), outcome->decision.size());
    }
    (void)engine::decode_record(std::as_bytes(std::span(words)).first(outcome->decision.size()));
    return;
  }
  std::string event;
  format::append_event(event, {"mitte", "t1", 7}, 1, *outcome);
  format::WireFindings findings;
  (void)format::read_batch("[" + event + "]", findings);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static RingFile ring;
  constexpr std::size_t kHead = 1 + 2 * sizeof(std::uint64_t);
  if (size < kHead || size > 256 * 1024) return 0;
  const std::span<const std::byte> input = std::as_bytes(std::span(data, size));
  const std::uint8_t flags = data[0];
  RingHeader header = good_header();
  header.tail = load<std::uint64_t>(input.data() + 1);
  header.head = load<std::uint64_t>(input.data() + 9);
  std::span<const std::byte> rest = input.subspan(kHead);
  if ((flags & kFreshHeader) != 0) {
    const std::size_t n = std::min(rest.size(), kName);
    std::memcpy(&header, rest.data(), n);
    rest = rest.subspan(n);
  }
  if ((flags & (kFreshHeader | kRepairHeader)) != kFreshHeader) {
    header.header_crc = crc32c(bytes_of(header).first(kName));
  }
  if ((flags & kFoldBegun) != 0) {
    header.folding = 1;
    header.fold_slot = header.tail;
  }
  std::vector<std::byte> frames(rest.begin(), rest.end());
  if ((flags & kRepairFrames) != 0) repair(frames);
  ring.put(0, bytes_of(header));
  ring.put_frames(header.tail, frames);

  auto reader = agent::RingReader::open(ring.folder(), "a.ring");
  if (reader && (flags & kCutShort) != 0) {
    // Under the reader's hands, somewhere: an error, never a signal.
    ring.resize(header.head % lane::kRingFileBytes);
    const auto state = reader->state();
    if (state) (void)reader->read(state->tail, state->head, [](auto) { return true; });
    (void)reader->tally();
    const auto again = agent::RingReader::open(ring.folder(), "a.ring");
    fuzz::must(!again, "a ring that was cut short is none");
    ring.resize(lane::kRingFileBytes);
  } else if (reader) {
    const auto state = reader->state();
    fuzz::must(state.has_value(), "the state of a whole file can be read");
    std::uint64_t from = state->tail;
    for (unsigned turn = 0; turn < 4 && from != state->head; ++turn) {
      std::size_t taken = 0;
      const auto read = reader->read(from, state->head, [&](std::span<const std::byte> body) {
        take(body);
        return ++taken < 100;
      });
      fuzz::must(read.has_value(), "a whole file can be read");
      fuzz::must(read->corrupt == 1 || read->position <= state->head, "not past the head");
      fuzz::must(taken > 0 || read->position != from, "a reading comes forward");
      from = read->position;
    }
    fuzz::must(reader->tally().has_value(), "the tally of a whole file can be read");
    const agent::RingReader moved = std::move(*reader);
    fuzz::must(moved.state().has_value(), "a reader may be moved");
  }
  std::fill(frames.begin(), frames.end(), std::byte{0});
  ring.put_frames(header.tail, frames);
  return 0;
}
