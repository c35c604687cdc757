#pragma once
// The rules of one process: the image named by the state folder, in private memory, shared by all
// lanes. A new one is taken beside the old ones; each basket keeps the image it began with.
#include "plugin/lane/folders.hpp"
#include "plugin/lane/pages.hpp"
#include "plugin/lane/ring_layout.hpp"
#include "rules/image/image.hpp"

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
  /// Looks for the agent's page, where there was none or another one is in its place, and loads what
  /// the state folder names now. On any error the image that was current stays, and
  /// refused() grows. conflict: another thread is at it; limit: too many old images are held.
  Result<void> load() noexcept;

  /// The current image with one more holder, or nullptr. Give it back with release().
  const Loaded* acquire() noexcept;
  void release(const Loaded* loaded) noexcept;

  std::uint64_t generation() const noexcept { return generation_.load(std::memory_order_relaxed); }
  std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

 private:
  static constexpr unsigned kSlots = 16;
  static constexpr std::int32_t kClaimed = -1;  // the loading thread is at it
  struct Slot {
    std::atomic<std::int32_t> holders{kClaimed};  // `current_` itself holds one
    Loaded loaded;
    Pages pages;
  };

  Result<void> load_now() noexcept;
  Result<void> take(int file, const image::Digest& digest, std::uint64_t generation) noexcept;
  void map_generation() noexcept;
  std::uint64_t announced() const noexcept;

  RulesPlaces places_;
  Slot slots_[kSlots];
  std::atomic<std::int32_t> current_{-1};
  std::atomic<bool> loading_{false};
  std::atomic<std::uint64_t> seen_{0};
  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<const GenerationPage*> page_{nullptr};
  // Of the page; only the loading thread's.
  ::dev_t page_device_ = 0;
  ::ino_t page_inode_ = 0;
  std::uint64_t serial_ = 0;
};

}  // namespace sidedish::lane
