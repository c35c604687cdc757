#include "plugin/lane/ring.hpp"

#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace sidedish::lane {
namespace {

constexpr unsigned kNames = 4096;  // indices tried before we say that the folder is full of ours

template <class T>
std::atomic_ref<T> shared(T& value) noexcept {
  static_assert(std::atomic_ref<T>::is_always_lock_free);
  return std::atomic_ref<T>(value);
}

/// All of a ring's bytes, now. In small pieces: a signal of the host's undoes the piece it meets, and
/// one that comes every millisecond would never let 4 MiB through. 0, or what errno would say.
int make_room(int file) noexcept {
  constexpr std::size_t kPiece = 64 * 1024;
  static_assert(kRingFileBytes % kPiece == 0);
  for (std::size_t at = 0; at < kRingFileBytes; at += kPiece) {
    int failed = EINTR;
    for (int attempts = 0; failed == EINTR && attempts < 1000; ++attempts) {
      failed = ::posix_fallocate(file, static_cast<off_t>(at), static_cast<off_t>(kPiece));
    }
    if (failed != 0) return failed;
  }
  return 0;
}

/// A small file of /proc, whole, NUL-terminated. Returns its size, or -1.
long read_small(const char* path, char* out, std::size_t room) noexcept {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (file < 0) return -1;
  std::size_t used = 0;
  while (used + 1 < room) {
    const ssize_t n = ::read(file, out + used, room - 1 - used);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    used += static_cast<std::size_t>(n);
  }
  ::close(file);
  out[used] = 0;
  return static_cast<long>(used);
}

void copy_id(char (&to)[64], std::string_view id) noexcept {
  const std::size_t n = id.size() < sizeof to ? id.size() : sizeof to;
  if (n > 0) std::memcpy(to, id.data(), n);
}

}  // namespace

Result<ProcessName> this_process() noexcept {
  ProcessName name;
  char text[1024];
  const long boot = read_small("/proc/sys/kernel/random/boot_id", text, sizeof text);
  if (boot < 36) return fail(Errc::io, "reading the boot id: /proc is not there");
  std::memcpy(name.boot_id, text, 36);
  for (const char c : std::string_view(name.boot_id)) {
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-';
    if (!hex) return fail(Errc::io, "reading the boot id: not an id");
  }
  if (read_small("/proc/self/stat", text, sizeof text) <= 0) {
    return fail(Errc::io, "reading /proc/self/stat");
  }
  // Field 2 is the command in brackets and may hold anything: count from its last bracket.
  const char* at = std::strrchr(text, ')');
  for (unsigned field = 2; at != nullptr && field < 22; ++field) {
    at = std::strchr(at + 1, ' ');
  }
  if (at == nullptr) return fail(Errc::io, "reading /proc/self/stat: too short");
  for (++at; *at >= '0' && *at <= '9'; ++at) {
    name.start_time = name.start_time * 10 + static_cast<std::uint64_t>(*at - '0');
  }
  name.pid = static_cast<std::uint64_t>(::getpid());
  return name;
}

RingHeader* Ring::header() const noexcept { return reinterpret_cast<RingHeader*>(base_); }
std::byte* Ring::data(std::uint64_t position) const noexcept {
  return base_ + kDataOffset + position % kDataBytes;
}

Result<void> Ring::create(int folder, const RingIdentity& identity) noexcept {
  close();
  struct statfs kind;
  if (::fstatfs(folder, &kind) != 0) return fail(Errc::io, "looking at the rings folder");
  if (static_cast<unsigned long>(kind.f_type) != TMPFS_MAGIC) {
    return fail(Errc::unsupported, "the rings folder is not on tmpfs: a write there could wait");
  }
  RingHeader head{};
  std::memcpy(head.magic, kRingMagic, sizeof head.magic);
  head.version = kRingVersion;
  std::memcpy(head.boot_id, identity.process.boot_id, sizeof head.boot_id);
  head.pid = identity.process.pid;
  head.start_time = identity.process.start_time;
  head.epoch = identity.epoch;
  copy_id(head.store, identity.store);
  copy_id(head.terminal, identity.terminal);

  int file = -1;
  for (unsigned i = 0; i < kNames; ++i) {
    head.lane = identity.lane + i;
    std::snprintf(name_, sizeof name_, "%.39s.%llu.%llu.%u.ring", head.boot_id,
                  static_cast<unsigned long long>(head.pid),
                  static_cast<unsigned long long>(head.start_time), head.lane);
    file = ::openat(folder, name_, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0660);
    if (file >= 0 || errno != EEXIST) break;
  }
  if (file < 0) return fail(Errc::io, "creating a ring", std::strerror(errno));
  const auto give_up = [&](Errc code, const char* doing) {
    const char* cause = std::strerror(errno);
    ::unlinkat(folder, name_, 0);
    ::close(file);
    return fail(code, doing, cause);
  };
  // The umask may have taken the group's bits: the agent writes `tail` through them.
  if (::fchmod(file, 0660) != 0) return give_up(Errc::io, "setting the mode of a ring");
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (::fcntl(file, F_OFD_SETLK, &lock) != 0) return give_up(Errc::io, "locking a ring");
  if (const int full = make_room(file); full != 0) {
    errno = full;
    return give_up(Errc::limit, "making room for a ring");
  }
  void* at =
      ::mmap(nullptr, kRingFileBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  if (at == MAP_FAILED) return give_up(Errc::io, "mapping a ring");

  base_ = static_cast<std::byte*>(at);
  file_ = file;
  folder_ = ::fcntl(folder, F_DUPFD_CLOEXEC, 3);
  epoch_ = identity.epoch;
  head_ = pending_ = counter_ = published_ = folded_ = folding_ = 0;
  staged_ = 0;
  head.header_crc =
      crc32c({reinterpret_cast<const std::byte*>(&head), offsetof(RingHeader, header_crc)});
  head.live = 1;
  // The magic last: whoever sees it sees a whole header.
  std::memcpy(base_ + sizeof head.magic, bytes_of(head).data() + sizeof head.magic,
              sizeof head - sizeof head.magic);
  shared(*reinterpret_cast<std::uint64_t*>(base_))
      .store(load<std::uint64_t>(bytes_of(head.magic).data()), std::memory_order_release);
  return {};
}

void Ring::close() noexcept {
  if (!is_open()) return;
  shared(header()->live).store(0, std::memory_order_release);
  const bool unused = head_ == 0 && folded_ == 0;
  if (unused && folder_ >= 0) ::unlinkat(folder_, name_, 0);
  forget();
}

void Ring::forget() noexcept {
  if (!is_open()) return;
  ::munmap(base_, kRingFileBytes);
  ::close(file_);
  if (folder_ >= 0) ::close(folder_);
  base_ = nullptr;
  file_ = folder_ = -1;
  staged_ = 0;
}

std::uint64_t Ring::used() const noexcept {
  if (!is_open()) return 0;
  const std::uint64_t tail = shared(header()->tail).load(std::memory_order_acquire);
  // A tail that no reader can have written means: take nothing for free.
  return tail <= head_ && head_ - tail <= kDataBytes ? head_ - tail : kDataBytes;
}

/// Room for a frame with a body of `length` behind what is staged; empty when there is none.
/// `position` is where the frame goes: behind a skip when the end of the data area is too near.
std::span<std::byte> Ring::reserve(std::uint32_t length, std::uint64_t& position) const noexcept {
  const std::uint64_t taken = used() + (pending_ - head_);
  const std::uint64_t free = taken < kDataBytes ? kDataBytes - taken : 0;
  position = pending_;
  std::uint64_t lost = 0;
  if (kDataBytes - pending_ % kDataBytes < frame_bytes(length)) {
    position = next_turn(pending_);
    lost = position - pending_;
  }
  if (lost + frame_bytes(length) > free) return {};
  return {data(position) + sizeof(Frame), length};
}

void Ring::skip_to(std::uint64_t position) noexcept {
  if (position == pending_) return;
  const Frame skip{kSkip, 0, 0, 0, 0};
  std::memcpy(data(pending_), &skip, wraps(pending_) ? 8 : sizeof skip);
  pending_ = position;
}

bool Ring::append_bytes(std::span<const std::byte> body) noexcept {
  if (!is_open() || body.empty() || body.size() > model::kMaxRecord) return false;
  if (staged_ == kMaxStaged) return false;
  const auto length = static_cast<std::uint32_t>(body.size());
  std::uint64_t position = 0;
  const std::span<std::byte> to = reserve(length, position);
  if (to.empty()) return false;
  skip_to(position);
  std::memcpy(to.data(), body.data(), body.size());
  std::memset(to.data() + length, 0, frame_bytes(length) - sizeof(Frame) - length);
  frames_[staged_++] = {position, length};
  pending_ = position + frame_bytes(length);
  ++counter_;
  return true;
}

bool Ring::append(const model::Outcome& outcome) noexcept {
  if (!is_open()) return false;
  std::byte body[model::kMaxRecord];
  model::Outcome mine = outcome;
  mine.record = {epoch_, counter_ + 1};
  const auto size = model::encode(mine, body);
  return size.has_value() && append_bytes({body, *size});
}

void Ring::prepare(std::uint32_t frames) noexcept {
  if (staged_ + frames > kMaxStaged) publish();
}

void Ring::rollback(const Mark& mark) noexcept {
  pending_ = mark.position;
  counter_ = mark.counter;
  staged_ = mark.staged;
}

void Ring::publish() noexcept {
  if (staged_ == 0) return;
  for (std::uint32_t i = 0; i < staged_; ++i) {
    Frame frame{frames_[i].length, 0, static_cast<std::uint16_t>(i),
                static_cast<std::uint16_t>(staged_), 0};
    std::byte* at = data(frames_[i].position);
    frame.crc = crc32c({at + sizeof frame, frame.length}, crc32c(bytes_of(frame)));
    store(at, frame);
  }
  published_ += staged_;
  staged_ = 0;
  head_ = pending_;
  shared(header()->last_counter).store(counter_, std::memory_order_relaxed);
  shared(header()->head).store(head_, std::memory_order_release);
}

/// The slot of `key`, the first free one for a new key, or slot 0 when there is none.
TallySlot& Ring::slot_of(const TallyKey& key) const noexcept {
  auto* slots = reinterpret_cast<TallySlot*>(base_ + kHeaderBytes);
  const std::uint64_t mixed = mix64(static_cast<std::uint64_t>(key.hour) ^ mix64(key.rule)) ^
                              mix64(load<std::uint32_t>(bytes_of(key.currency).data()) +
                                    (static_cast<std::uint64_t>(key.kind) << 40) +
                                    (static_cast<std::uint64_t>(key.arm) << 48));
  for (unsigned i = 0; i < kTallySlots - 1; ++i) {
    TallySlot& s = slots[1 + (mixed + i) % (kTallySlots - 1)];
    if (shared(s.used).load(std::memory_order_relaxed) == 0) {
      s.hour = key.hour;
      s.rule = key.rule;
      s.arm = static_cast<std::uint8_t>(key.arm);
      s.kind = static_cast<std::uint8_t>(key.kind);
      std::memcpy(s.currency, key.currency, sizeof s.currency);
      return s;
    }
    if (s.hour == key.hour && s.rule == key.rule && s.arm == static_cast<std::uint8_t>(key.arm) &&
        s.kind == static_cast<std::uint8_t>(key.kind) &&
        std::memcmp(s.currency, key.currency, sizeof s.currency) == 0) {
      return s;
    }
  }
  return slots[0];
}

void Ring::fold(const TallyKey& key, std::uint64_t count, std::int64_t sum) noexcept {
  if (!is_open() || count == 0) return;
  TallySlot& slot = slot_of(key);
  const auto index =
      static_cast<std::uint64_t>(&slot - reinterpret_cast<TallySlot*>(base_ + kHeaderBytes));
  const std::atomic_ref<std::uint64_t> counted = shared(slot.count);
  const std::atomic_ref<std::int64_t> summed = shared(slot.sum);
  const std::uint64_t count_before = counted.load(std::memory_order_relaxed);
  const std::int64_t sum_before = summed.load(std::memory_order_relaxed);

  RingHeader& head = *header();
  shared(head.fold_slot).store(index, std::memory_order_relaxed);
  shared(head.count_before).store(count_before, std::memory_order_relaxed);
  shared(head.sum_before).store(sum_before, std::memory_order_relaxed);
  shared(head.folding).store(folding_ + 1, std::memory_order_release);
  // Each releases what is before it: nobody sees a slot change before its note. Sums wrap.
  summed.store(static_cast<std::int64_t>(static_cast<std::uint64_t>(sum_before) +
                                         static_cast<std::uint64_t>(sum)),
               std::memory_order_release);
  counted.store(count_before + count, std::memory_order_release);
  shared(slot.used).store(1, std::memory_order_release);
  folding_ += 2;
  shared(head.folding).store(folding_, std::memory_order_release);

  if (index == 0) shared(head.dropped).store(count_before + count, std::memory_order_relaxed);
  folded_ += count;
  shared(head.folded).store(folded_, std::memory_order_relaxed);
}

}  // namespace sidedish::lane
