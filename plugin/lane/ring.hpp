#pragma once
// The producer's end of an outcome ring (ring_layout.hpp). What publish() has released survives the
// death of this process and of the agent; it is lost with the power.
#include "plugin/lane/ring_layout.hpp"
#include "rules/base/result.hpp"
#include "rules/model/outcome.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace sidedish::lane {

/// What names a process for good: the boot, the pid, and when that pid was started.
struct ProcessName {
  char boot_id[40] = {};
  std::uint64_t pid = 0;
  std::uint64_t start_time = 0;
};
/// Of the calling process, from /proc. io: no /proc here.
Result<ProcessName> this_process() noexcept;

struct RingIdentity {
  ProcessName process;
  std::uint32_t lane = 0;  ///< the first index to try: one that exists already is left alone
  std::uint64_t epoch = 0;
  std::string_view store;
  std::string_view terminal;
};

/// What lost its detail is counted under this.
struct TallyKey {
  std::int64_t hour = 0;
  std::uint32_t rule = 0;  ///< stable id, 0 = none
  char currency[4] = {};
  Arm arm = Arm::none;
  OutcomeKind kind = OutcomeKind::shown;
};

/// One thread. Only create(), close() and the destructor make system calls. Nothing in it trusts
/// what others may have written into the file: positions and lengths are kept on this side.
class Ring {
 public:
  /// Frames of one message; more than one basket with its parts.
  static constexpr std::uint32_t kMaxStaged = 128;

  Ring() = default;  ///< not open: append() says false, fold() does nothing
  ~Ring() { close(); }
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// Creates the ring file in `folder` (an open descriptor of it, which stays the caller's), whole
  /// and locked. unsupported: not a tmpfs; limit: no room there; io.
  Result<void> create(int folder, const RingIdentity& identity) noexcept;
  bool is_open() const noexcept { return base_ != nullptr; }
  /// Says that the producer is gone. A ring that was never written is removed; one with records
  /// stays for the agent.
  void close() noexcept;
  /// After fork() in the child: forgets the ring without touching it.
  void forget() noexcept;

  /// Stages a record for the next publish() and gives it the next record id. False: no room, more
  /// than kMaxStaged are staged, or the record breaks a bound of outcome.hpp; nothing was staged.
  bool append(const model::Outcome& outcome) noexcept;
  /// The same with bytes as they are (tests).
  bool append_bytes(std::span<const std::byte> body) noexcept;

  /// Before a group of `frames` (at most kMaxStaged): publishes what is staged when the group would
  /// not fit beside it.
  void prepare(std::uint32_t frames) noexcept;

  /// Where staging stands, and back to there: a group goes in whole or not at all.
  struct Mark {
    std::uint64_t position;
    std::uint64_t counter;
    std::uint32_t staged;
  };
  Mark mark() const noexcept { return {pending_, counter_, staged_}; }
  void rollback(const Mark& mark) noexcept;

  /// Checksums of what is staged, then one release-store of `head`.
  void publish() noexcept;

  /// Counts `count` records without their detail; `sum` in minor units. Killed in it, the process
  /// leaves both counted or neither.
  void fold(const TallyKey& key, std::uint64_t count, std::int64_t sum) noexcept;

  /// Bytes that wait for the agent. 0 <= used <= kDataBytes, whatever is in the file.
  std::uint64_t used() const noexcept;
  std::uint64_t published() const noexcept { return published_; }  ///< records, since create()
  std::uint64_t folded() const noexcept { return folded_; }
  std::uint64_t epoch() const noexcept { return epoch_; }

 private:
  struct Staged {
    std::uint64_t position;
    std::uint32_t length;
  };

  std::byte* data(std::uint64_t position) const noexcept;
  std::span<std::byte> reserve(std::uint32_t length, std::uint64_t& position) const noexcept;
  void skip_to(std::uint64_t position) noexcept;
  TallySlot& slot_of(const TallyKey& key) const noexcept;
  RingHeader* header() const noexcept;

  std::byte* base_ = nullptr;
  int file_ = -1;
  int folder_ = -1;  // a descriptor of our own, to remove an unused ring
  char name_[160] = {};
  std::uint64_t epoch_ = 0;
  std::uint64_t head_ = 0;
  std::uint64_t pending_ = 0;
  std::uint64_t counter_ = 0;
  std::uint64_t published_ = 0;
  std::uint64_t folded_ = 0;
  std::uint64_t folding_ = 0;
  std::uint32_t staged_ = 0;
  Staged frames_[kMaxStaged] = {};
};

}  // namespace sidedish::lane
