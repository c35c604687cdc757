#pragma once
// One decision's inputs, unpacked once: what conditions and guards look at. Internal to the room.
#include "rules/engine/inputs.hpp"
#include "rules/engine/local_time.hpp"
#include "rules/engine/memory.hpp"
#include "rules/image/image.hpp"
#include "rules/image/overlay.hpp"

namespace sidedish::engine {

/// References are the caller's. Cost: no copy, a few sums over the basket.
struct Situation {
  Situation(const image::Image& image, const image::Overlay& overlay, const Context& context,
            const Basket& basket) noexcept;

  const image::Image& image;
  const image::Overlay* overlay;  ///< nullptr: none, or one of another pack
  bool repriced;                  ///< the overlay's prices are not older than the image's
  const Context& context;
  const Basket& basket;
  image::Settings settings;  ///< zero without an image
  std::span<const image::Store> stores;
  std::span<const image::Product> products;
  std::span<const image::Set> sets;
  std::span<const image::Gate> gates;
  std::span<const image::Rule> rules;
  std::span<const image::Offer> offers;
  std::span<const std::uint32_t> code;
  std::span<const image::Posting> postings;
  std::span<const std::uint32_t> indices;
  std::span<const std::uint64_t> hashes;
  image::SetView set(std::uint32_t index) const noexcept { return {sets[index], indices.data()}; }
  std::uint64_t restricted;  ///< bits of the restricted lists that hold here
  bool placed;               ///< store and time are known: `local` is
  LocalTime local;
  std::int64_t units;     ///< milli units of all items
  std::int64_t distinct;  ///< products with a net quantity above zero
  bool negative;          ///< some product's net quantity is below zero
  // What gates are held against.
  std::uint32_t total;  ///< of the basket, within 0 and the largest that a gate can ask for
  std::uint8_t asked;   ///< the bits of Gate::speaks for this channel and moment

  // What was done for this decision, in steps, and where it ends (Budget).
  mutable std::uint32_t steps = 0;
  mutable std::uint32_t limit = UINT32_MAX;
  bool is_spent() const noexcept { return steps >= limit; }

  /// False: not in the basket. True: probably is. One look at a few hundred bytes.
  bool may_have(std::uint32_t product) const noexcept {
    const std::uint32_t bit = product & mask_;
    return (filter_[bit / 64] >> bit % 64 & 1) != 0;
  }
  /// The first item of this product or a later one, or the end.
  const Item* from(std::uint32_t product) const noexcept;
  /// Net quantity of one product, 0 when it is not in the basket.
  Milli quantity_of(std::uint32_t product) const noexcept {
    return may_have(product) ? find_quantity(product) : 0;
  }

 private:
  static constexpr std::uint32_t kBitsPerItem = 16;
  Milli find_quantity(std::uint32_t product) const noexcept;

  std::uint32_t mask_;
  std::uint64_t filter_[32'768 / 64];  ///< the first bits, mask_ + 1 of them, are set up
};

/// What looking at standing prompts may cost, and again what searching may: a step is some 35
/// instructions. One for each rule reached and each condition evaluated, more where a condition goes
/// through a long list, an offer is held against the guards, or units are matched to a bundle. Honest
/// rule sets need some dozens; it bounds what an absurd one can do to a till: work ends there, with
/// the best found, and a bundle that is not yet matched counts as not there. Steps and not time: the
/// same decision is cut everywhere, or nowhere.
inline constexpr std::uint32_t kMaxSteps = 4096;

/// Counts from none to kMaxSteps as long as it lives.
class Budget {
 public:
  explicit Budget(const Situation& now) noexcept : now_(now) {
    now.steps = 0;
    now.limit = kMaxSteps;
  }
  ~Budget() { now_.limit = UINT32_MAX; }
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

 private:
  const Situation& now_;
};

/// Mode, hold, tender, time, store, currency, size: what silences a decision before any rule is
/// looked at. Silence::none when rules may speak.
Silence silence_of(const image::Image& image, const Situation& now,
                   const BasketMemory& memory) noexcept;

}  // namespace sidedish::engine
