#include "plugin/agent/ring_reader.hpp"

#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"
#include "rules/base/text.hpp"
#include "rules/model/outcome.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace sidedish::agent {
namespace {

using lane::Frame;
using lane::RingHeader;

/// All of `out`, or an error: a ring never grows or shrinks in honest hands.
Result<void> read_at(int file, std::uint64_t at, std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t n = ::pread(file, out.data(), out.size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(Errc::corrupt, "reading a ring: it was cut short");
    out = out.subspan(static_cast<std::size_t>(n));
    at += static_cast<std::uint64_t>(n);
  }
  return {};
}

std::string text_of(const char* at, std::size_t room) { return {at, ::strnlen(at, room)}; }

bool good_id(const std::string& id) {
  return !id.empty() && id.size() <= model::kMaxIdBytes && valid_utf8(id) && !has_control(id);
}

}  // namespace

RingReader::RingReader(RingReader&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      name_(std::move(other.name_)),
      buffer_(std::move(other.buffer_)) {}
RingReader& RingReader::operator=(RingReader&& other) noexcept {
  std::swap(file_, other.file_);
  name_ = std::move(other.name_);
  return *this;
}
RingReader::~RingReader() {
  if (file_ >= 0) ::close(file_);
}

Result<RingReader> RingReader::open(int folder, const std::string& file) {
  const int fd =
      ::openat(folder, file.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    return fail(errno == ENOENT ? Errc::not_found : Errc::denied, "opening ring " + file,
                std::strerror(errno));
  }
  RingReader out(fd, {});
  struct stat about {};
  if (::fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
    return fail(Errc::denied, "a ring is no plain file", file);
  }
  // The producer makes it whole before the magic appears.
  if (about.st_size != static_cast<off_t>(lane::kRingFileBytes)) {
    return fail(Errc::not_found, "a ring is not finished", file);
  }
  RingHeader head;
  if (auto r = read_at(fd, 0, std::as_writable_bytes(std::span(&head, 1))); !r) {
    return tl::unexpected(r.error());
  }
  if (std::all_of(head.magic, head.magic + 8, [](char c) { return c == 0; })) {
    return fail(Errc::not_found, "a ring is not finished", file);
  }
  if (std::memcmp(head.magic, lane::kRingMagic, 8) != 0 || head.version != lane::kRingVersion ||
      crc32c(std::as_bytes(std::span(&head, 1)).first(offsetof(RingHeader, header_crc))) !=
          head.header_crc) {
    return fail(Errc::corrupt, "not a ring of this version", file);
  }
  RingName& name = out.name_;
  name.boot_id = text_of(head.boot_id, sizeof head.boot_id);
  name.pid = head.pid;
  name.start_time = head.start_time;
  name.lane = head.lane;
  name.epoch = head.epoch;
  name.store = text_of(head.store, sizeof head.store);
  name.terminal = text_of(head.terminal, sizeof head.terminal);
  if (!good_id(name.store) || !good_id(name.terminal)) {
    return fail(Errc::corrupt, "a ring without store or terminal", file);
  }
  return out;
}

Result<RingState> RingReader::state() const {
  constexpr std::size_t kFrom = offsetof(RingHeader, head);
  std::byte bytes[sizeof(RingHeader) - kFrom];
  if (auto r = read_at(file_, kFrom, bytes); !r) return tl::unexpected(r.error());
  const auto at = [&](std::size_t offset) { return load<std::uint64_t>(bytes + (offset - kFrom)); };
  RingState out;
  out.head = at(offsetof(RingHeader, head));
  out.tail = at(offsetof(RingHeader, tail));
  out.live = at(offsetof(RingHeader, live)) == 1;
  out.folded = at(offsetof(RingHeader, folded));
  out.dropped = at(offsetof(RingHeader, dropped));
  // Frames are read by later calls: nothing of them may be older than this `head`.
  std::atomic_thread_fence(std::memory_order_acquire);
  return out;
}

Result<RingReader::Read> RingReader::read(
    std::uint64_t from, std::uint64_t head,
    const std::function<bool(std::span<const std::byte>)>& take) {
  // Where the next turn would be position 0 again, a reader would never come to an end.
  constexpr std::uint64_t kFarthest = ~std::uint64_t{0} - lane::kDataBytes;
  if (from > head || head - from > lane::kDataBytes || from % 8 != 0 || head > kFarthest) {
    return Read{head, 1};
  }
  std::uint64_t at = from;
  while (at < head) {
    if (lane::wraps(at)) {
      at = std::min(head, lane::next_turn(at));
      continue;
    }
    // Up to the end of the turn, and no more than a few frames at a time.
    const std::uint64_t room = std::min(head, lane::next_turn(at)) - at;
    buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(room, 128 * 1024)));
    if (auto r = read_at(file_, lane::kDataOffset + at % lane::kDataBytes, buffer_); !r) {
      return tl::unexpected(r.error());
    }
    std::uint64_t used = 0;
    while (used < buffer_.size()) {
      const std::size_t left = buffer_.size() - static_cast<std::size_t>(used);
      const std::byte* here = buffer_.data() + used;
      const bool more_behind = buffer_.size() < room;
      if (left >= 4 && load<std::uint32_t>(here) == lane::kSkip) {
        used = 0;
        at = lane::next_turn(at);
        break;
      }
      if (left < sizeof(Frame)) {
        if (more_behind && used > 0) break;
        return Read{head, 1};
      }
      Frame frame = load<Frame>(here);
      if (frame.length == 0 || frame.length > model::kMaxRecord ||
          lane::frame_bytes(frame.length) > room - used) {
        return Read{head, 1};
      }
      if (lane::frame_bytes(frame.length) > left) {
        if (used > 0) break;
        return Read{head, 1};
      }
      const std::uint32_t expected = std::exchange(frame.crc, 0U);
      const std::span<const std::byte> body(here + sizeof frame, frame.length);
      if (crc32c(body, crc32c(bytes_of(frame))) != expected) return Read{head, 1};
      if (!take(body)) return Read{at + used, 0};
      used += lane::frame_bytes(frame.length);
    }
    at += used;
  }
  return Read{std::min(at, head), at > head ? 1U : 0U};
}

Result<void> RingReader::move_tail(std::uint64_t position) {
  ssize_t n = 0;
  do {
    n = ::pwrite(file_, &position, sizeof position, offsetof(RingHeader, tail));
  } while (n < 0 && errno == EINTR);
  if (n != sizeof position) return fail(Errc::io, "moving a ring's tail", std::strerror(errno));
  return {};
}

Result<std::vector<lane::TallySlot>> RingReader::tally() const {
  constexpr int kAttempts = 16;  // of some 10 us each
  constexpr std::size_t kFrom = offsetof(RingHeader, folding);
  std::byte before[sizeof(RingHeader) - kFrom];
  std::byte after[sizeof before];
  std::vector<lane::TallySlot> out(lane::kTallySlots);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (auto r = read_at(file_, kFrom, before); !r) return tl::unexpected(r.error());
    std::atomic_thread_fence(std::memory_order_acquire);
    if (auto r = read_at(file_, lane::kHeaderBytes, std::as_writable_bytes(std::span(out))); !r) {
      return tl::unexpected(r.error());
    }
    std::atomic_thread_fence(std::memory_order_acquire);
    if (auto r = read_at(file_, kFrom, after); !r) return tl::unexpected(r.error());
    // The note, too: one copy of it could be of two folds.
    if (std::memcmp(before, after, sizeof before) != 0) continue;
    const auto folding = load<std::uint64_t>(before);
    const auto slot = load<std::uint64_t>(before + (offsetof(RingHeader, fold_slot) - kFrom));
    if (folding % 2 == 1 && slot < out.size()) {
      out[slot].count = load<std::uint64_t>(before + (offsetof(RingHeader, count_before) - kFrom));
      out[slot].sum = load<std::int64_t>(before + (offsetof(RingHeader, sum_before) - kFrom));
    }
    return out;
  }
  return fail(Errc::conflict, "reading a ring's tally: it changes all the time");
}

}  // namespace sidedish::agent
