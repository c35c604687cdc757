#pragma once
// The one function of the product: what to offer for this basket, now. Pure: the same inputs give
// the same bytes on every processor. No clock, file, thread, allocation, exception, floating point
// or hash-order dependence.
#include "rules/engine/inputs.hpp"
#include "rules/engine/memory.hpp"
#include "rules/image/image.hpp"
#include "rules/image/overlay.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace sidedish::engine {

/// Raised whenever decide() says something else to the same inputs (the golden records of
/// tests/rules/engine change then): test vectors of an image are held only to the behaviour they
/// were made with.
inline constexpr std::uint32_t kBehaviour = 1;

struct Memory {
  BasketMemory basket;
  LaneMemory lane;
};
static_assert(sizeof(Memory) <= 1024);

/// One offer of one rule. A prompt whose arm is control or global_control is withheld: recorded,
/// never returned to a host.
struct Prompt {
  std::uint64_t id;  ///< from unit key, rule, offer and revision: the same decision has the same id
                     ///< everywhere
  std::int64_t score;            ///< micro-minor units expected per showing
  Milli quantity;                ///< of `product`; 0: a conversion, which adds nothing
  Minor price_effect;            ///< what the basket's total grows by, in its own convention
  Minor saving;                  ///< 0 for add_on
  std::uint32_t rule;            ///< index in the image
  std::uint32_t offer;           ///< index in Image::offers()
  std::uint32_t product;         ///< index in the image; of a conversion only a name in records
  std::uint32_t revision;        ///< basket revision it was made at
  std::uint32_t propensity_ppm;  ///< probability with which the policy chose it
  std::uint32_t also;  ///< product: what an upsell replaces, the second thing a bundle lacks; or
                       ///< image::kNone
  Kind kind;
  Arm arm;
  Moment moment;
  std::uint8_t fresh;  ///< 1: made by this decision; 0: was standing already
  Action action;
  std::uint8_t times;  ///< bundles at once; 0 for other kinds
  std::uint8_t reserved[2];
};

/// Something that happened to a remembered prompt because the basket changed.
struct Change {
  std::uint64_t prompt;
  std::uint32_t rule;   ///< stable id
  std::uint32_t offer;  ///< stable id
  Milli quantity;
  OutcomeKind kind;  ///< withdrawn or arrived
  Arm arm;
  Moment moment;  ///< it was made at
  std::uint8_t reserved[5];
};

struct Decision {
  Prompt prompts[kMaxPrompts];  ///< standing and new ones, best first; withheld ones included
  Change changes[kPromptSlots];
  std::uint32_t prompt_count;
  std::uint32_t change_count;
  std::uint32_t considered;     ///< rules reached through the index
  std::uint32_t matched;        ///< rules whose conditions hold
  std::uint32_t blocked;        ///< matched rules with every offer stopped by a guard or cap
  std::uint32_t caps_full;      ///< caps that counted as reached because lane memory is full
  Silence silence;              ///< none when a prompt stands or was withheld
  std::uint8_t first_eligible;  ///< 1: this is the unit's first eligible decision
  std::uint8_t cut;             ///< 1: the step budget ended work with the best that was found
  std::uint8_t rush;  ///< 1: the allowance was that of a rush, the host's or the lane's own
  std::uint8_t reserved[4];
};
static_assert(std::has_unique_object_representations_v<Decision>);

/// Bytes that decide() and explain() need beside their inputs for this image. 8-byte aligned,
/// contents irrelevant.
std::size_t scratch_bytes(const image::Image& image) noexcept;

/// Decides anew for the basket as it is; updates `memory` (revision, open prompts, ghost state,
/// caps) and writes `out` whole (no stale byte). `changed` = false repeats the decision for an
/// unchanged basket without advancing its revision. Never fails: what cannot be decided is a
/// Silence. One call per basket update. Cost: no allocation, no system call; grows with basket
/// lines and posted rules, see bench basket_update.
void decide(const image::Image& image, const image::Overlay& overlay, const Context& context,
            const Basket& basket, bool changed, Memory& memory, std::span<std::byte> scratch,
            Decision& out) noexcept;

/// A piece of what a bundle or a swap is made of.
struct Part {
  std::uint32_t product;
  std::uint32_t slot;  ///< index in Image::slots(); kNone for a swap
  Milli quantity;      ///< whole units
  Minor price;         ///< bundle: their share of its price; swap: what they cost
  std::uint8_t added;  ///< 1: not in the basket yet
  std::uint8_t reserved[7];
};
inline constexpr unsigned kMaxParts = image::kMaxTimes * image::kMaxBundleUnits;

/// The parts of a prompt that stands, for the basket it stands for. The shares of a bundle's price
/// add up to it, split by largest remainder per tax class. Returns how many; 0: of another kind,
/// or not to be had from this basket.
std::uint32_t parts_of(const image::Image& image, const image::Overlay& overlay,
                       const Context& context, const Basket& basket, const PromptSlot& slot,
                       std::span<Part, kMaxParts> out) noexcept;

/// The basket's standing prompts are over (tender, end, another basket): fills `out` with those
/// that stood, in slot order, and marks them withdrawn. At tender prompts are only hidden: do not
/// call this then.
std::uint32_t close_prompts(BasketMemory& memory, std::span<PromptSlot, kPromptSlots> out) noexcept;

}  // namespace sidedish::engine
