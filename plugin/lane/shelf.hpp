#pragma once
// One current thing of a process that many lanes look at while another one takes its place.
#include "plugin/lane/pages.hpp"

#include <atomic>
#include <cstdint>

namespace sidedish::lane {

/// `T` and the private memory that it points into. Any thread may acquire() and release(), without
/// a lock; one thread at a time claims and shows.
template <class T, unsigned kSlots>
class Shelf {
 public:
  struct Slot {
    std::atomic<std::int32_t> holders{kClaimed};  // being current holds one
    T value;
    Pages pages;
  };

  /// A slot that nobody holds, emptied; nullptr: all are in use. Still claimed when it was not
  /// shown.
  Slot* claim() noexcept {
    for (Slot& slot : slots_) {
      std::int32_t nobody = 0;
      if (slot.holders.load(std::memory_order_acquire) == kClaimed ||
          slot.holders.compare_exchange_strong(nobody, kClaimed, std::memory_order_acquire)) {
        slot.value = {};
        slot.pages.release();
        return &slot;
      }
    }
    return nullptr;
  }
  /// What was claimed and filled is current from here on.
  void show(Slot* slot) noexcept {
    slot->holders.store(1, std::memory_order_release);
    const std::int32_t before =
        current_.exchange(static_cast<std::int32_t>(slot - slots_), std::memory_order_acq_rel);
    if (before >= 0) slots_[before].holders.fetch_sub(1, std::memory_order_release);
  }
  /// Only for the thread that claims.
  const T* current() const noexcept {
    const std::int32_t index = current_.load(std::memory_order_relaxed);
    return index < 0 ? nullptr : &slots_[index].value;
  }

  /// The current one with one more holder, or nullptr. Give it back with release().
  const T* acquire() noexcept {
    for (;;) {
      const std::int32_t index = current_.load(std::memory_order_acquire);
      if (index < 0) return nullptr;
      Slot& slot = slots_[index];
      std::int32_t holders = slot.holders.load(std::memory_order_relaxed);
      // Somebody holds it, so it is not being replaced; else it is no longer the current one.
      if (holders < 1 ||
          !slot.holders.compare_exchange_weak(holders, holders + 1, std::memory_order_acquire)) {
        continue;
      }
      if (current_.load(std::memory_order_acquire) == index) return &slot.value;
      slot.holders.fetch_sub(1, std::memory_order_release);
    }
  }
  void release(const T* value) noexcept {
    if (value == nullptr) return;
    for (Slot& slot : slots_) {
      if (&slot.value == value) slot.holders.fetch_sub(1, std::memory_order_release);
    }
  }

 private:
  static constexpr std::int32_t kClaimed = -1;  // the loading thread is at it
  Slot slots_[kSlots];
  std::atomic<std::int32_t> current_{-1};
};

}  // namespace sidedish::lane
