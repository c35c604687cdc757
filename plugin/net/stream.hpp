#pragma once
// The body of an answer that goes on: whoever makes it pushes bytes as they come, the server sends
// them. Put it into Response::stream; the response's own body goes first.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace sidedish::net {

/// Thread-safe. What waits is bounded: a reader that is too slow for it is cut off, so that one
/// stuck client costs a few hundred KiB and no more.
class Stream {
 public:
  explicit Stream(std::size_t max_waiting = 256 * 1024) : max_waiting_(max_waiting) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// False: nobody will read it, because the stream has ended, the reader has left, or just now was
  /// found to be too slow.
  bool push(std::string_view bytes);
  /// Nothing more comes; what waits is still sent.
  void finish();
  /// Somebody reads, or may still begin to.
  bool open() const;

  // ---- the server's side ----
  enum class End : std::uint8_t { open, finished, overrun };
  struct Piece {
    std::string bytes;
    End end = End::open;
  };
  /// What waits, and whether anything can come after it; `last`: nothing may. In the chunked coding
  /// it is a chunk, or the chunks that end the body.
  Piece take(bool chunked, bool last = false);
  /// `wake` is called, in any thread and under a lock, when there is something to take; once until
  /// it is taken.
  void attach(std::function<void()> wake);
  /// The reader is gone: nothing is kept any more.
  void leave();

 private:
  void tell();
  const std::size_t max_waiting_;
  mutable std::mutex mutex_;  // guards what follows
  std::string waiting_;
  std::function<void()> wake_;
  bool told_ = false;
  bool left_ = false;
  End end_ = End::open;
};

}  // namespace sidedish::net
