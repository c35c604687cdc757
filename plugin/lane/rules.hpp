#pragma once
// The rules of one process: the image and the overlay named by the state folder, in private memory,
// shared by all lanes. A new one is taken beside the old ones; each basket keeps the image it began
// with, while the overlay is obeyed at once.
#include "plugin/lane/folders.hpp"
#include "plugin/lane/pages.hpp"
#include "plugin/lane/ring_layout.hpp"
#include "plugin/lane/shelf.hpp"
#include "rules/image/overlay.hpp"

#include <atomic>
#include <cstdint>
#include <sys/types.h>

namespace sidedish::lane {

/// A checked image in memory. Read-only as long as somebody holds it.
struct Loaded {
  image::Image image;
  image::Digest digest;
  std::uint64_t generation = 0;
  std::uint64_t serial = 0;  ///< never the same for two images of a process
};

/// A checked overlay in memory. Read-only as long as somebody holds it.
struct Laid {
  image::Overlay overlay;
  image::Digest digest;
  std::uint64_t generation = 0;
};

struct RulesPlaces {
  Path state_dir;
  Path image_file;  ///< instead of state_dir
  Path run_dir;     ///< with the generation page
  Owners owners;
};

/// Any thread. acquire() and release() take no lock; one thread at a time loads, and the others go
/// on with what there is.
class Rules {
 public:
  Rules() = default;
  ~Rules();
  Rules(const Rules&) = delete;
  Rules& operator=(const Rules&) = delete;

  /// Remembers the places and loads what is there. Nothing there is no error: there are no rules.
  Result<void> open(const RulesPlaces& places) noexcept;

  /// Whether the agent has announced another image. No system call.
  bool is_news() const noexcept;
  /// The same for the overlay.
  bool is_overlay_news() const noexcept;
  /// Looks for the agent's page, where there was none or another one is in its place, and loads what
  /// the state folder names now. On any error the image that was current stays, and
  /// refused() grows. conflict: another thread is at it; limit: too many old images are held.
  Result<void> load() noexcept;
  /// The overlay that the state folder names now; none is no error. One that is broken, or made for
  /// another pack, is refused whole, and the one that was current stays. Errors as load().
  Result<void> load_overlay() noexcept;

  /// The current image with one more holder, or nullptr. Give it back with release().
  const Loaded* acquire() noexcept { return images_.acquire(); }
  void release(const Loaded* loaded) noexcept { images_.release(loaded); }
  /// The current overlay, for one decision; nullptr when there is none.
  const Laid* acquire_overlay() noexcept { return overlays_.acquire(); }
  void release(const Laid* laid) noexcept { overlays_.release(laid); }

  std::uint64_t generation() const noexcept { return generation_.load(std::memory_order_relaxed); }
  std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
  std::uint64_t overlay_generation() const noexcept {
    return overlay_generation_.load(std::memory_order_relaxed);
  }
  std::uint64_t overlays_refused() const noexcept {
    return overlays_refused_.load(std::memory_order_relaxed);
  }

 private:
  Result<void> load_now() noexcept;
  Result<void> load_overlay_now() noexcept;
  Result<void> lay(int file, const image::Digest& digest, std::uint64_t generation) noexcept;
  Result<void> take(int file, const image::Digest& digest, std::uint64_t generation) noexcept;
  void map_generation() noexcept;
  std::uint64_t announced(const std::uint64_t GenerationPage::*which) const noexcept;

  RulesPlaces places_;
  Shelf<Loaded, 16> images_;  // baskets hold theirs for as long as they live
  Shelf<Laid, 8> overlays_;   // held for one decision each
  std::atomic<bool> loading_{false};
  std::atomic<std::uint64_t> seen_{0};
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> overlay_seen_{0};
  std::atomic<std::uint64_t> overlay_generation_{0};
  std::atomic<std::uint64_t> overlays_refused_{0};
  std::atomic<const GenerationPage*> page_{nullptr};
  // Of the page; only the loading thread's.
  ::dev_t page_device_ = 0;
  ::ino_t page_inode_ = 0;
  std::uint64_t serial_ = 0;
};

}  // namespace sidedish::lane
