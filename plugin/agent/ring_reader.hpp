#pragma once
// The consumer's end of an outcome ring. Every byte in the file is hostile: it is copied with
// pread, checked on the copy, and only `tail` is ever written, by one 8-byte pwrite: a ring that is
// cut short under us is an error, never a signal. One thread.
#include "plugin/lane/ring_layout.hpp"
#include "rules/base/result.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace sidedish::agent {

/// The parts of a header that mean something here, checked.
struct RingName {
  std::string boot_id;
  std::uint64_t pid = 0;
  std::uint64_t start_time = 0;
  std::uint32_t lane = 0;
  std::uint64_t epoch = 0;
  std::string store;
  std::string terminal;
};

struct RingState {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  bool live = false;
  std::uint64_t folded = 0;
  std::uint64_t dropped = 0;
};

class RingReader {
 public:
  /// `folder` is an open descriptor. not_found: gone or not finished yet; corrupt: no ring, or one
  /// of another version; denied: not a plain file.
  static Result<RingReader> open(int folder, const std::string& file);
  RingReader(RingReader&& other) noexcept;
  RingReader& operator=(RingReader&& other) noexcept;
  ~RingReader();

  const RingName& name() const noexcept { return name_; }
  Result<RingState> state() const;

  struct Read {
    std::uint64_t position = 0;  ///< behind the last frame taken
    std::uint64_t corrupt = 0;   ///< 1: what lay between there and `head` was no frame; passed over
  };
  /// Gives frames from `from` to `head` to `take` until it says enough (false: this frame is not
  /// consumed).
  Result<Read> read(std::uint64_t from, std::uint64_t head,
                    const std::function<bool(std::span<const std::byte>)>& take);
  Result<void> move_tail(std::uint64_t position);
  /// All slots as they stand between two folds, also when the producer was killed in one.
  /// conflict: it folds faster than they can be read; later.
  Result<std::vector<lane::TallySlot>> tally() const;

 private:
  RingReader(int file, RingName name) : file_(file), name_(std::move(name)) {}
  int file_ = -1;
  RingName name_;
  std::vector<std::byte> buffer_;
};

}  // namespace sidedish::agent
