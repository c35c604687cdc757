#include "rules/engine/memory.hpp"

#include "rules/base/hash.hpp"
#include "rules/engine/decide.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace sidedish::engine {
namespace {

constexpr std::uint16_t kKnownFlags = kSilenced | kBlind | kEligible | kUnitOfMask;
constexpr std::uint16_t kVersionBefore = 2;

constexpr std::size_t kEligibleAt = offsetof(BasketMemory, eligible_after);
static_assert(kEligibleAt == 24 && offsetof(BasketMemory, unit_hash) == kEligibleAt + 4);

// Times of a token are anybody's.
std::int64_t ms_between(UtcMs from, UtcMs to) noexcept {
  std::int64_t out = 0;
  if (!__builtin_sub_overflow(to, from, &out)) return out;
  return to < from ? INT64_MIN : INT64_MAX;
}

std::uint32_t checksum(const BasketMemory& memory) noexcept {
  const auto bytes = std::as_bytes(std::span<const BasketMemory, 1>(&memory, 1));
  return crc32c(bytes.subspan(sizeof memory.crc));
}

bool sound(const PromptSlot& slot) noexcept {
  return (slot.id == 0) == (slot.state == PromptState::empty) &&
         slot.state <= PromptState::arrived && slot.arm <= Arm::global_control &&
         slot.recalled <= 1 && slot.moment <= static_cast<std::uint8_t>(Moment::receipt) &&
         slot.held >= -kMaxAmount && slot.held <= kMaxAmount;
}

PromptSlot* find(BasketMemory& memory, std::uint64_t id) noexcept {
  for (PromptSlot& slot : memory.slots) {
    if (id != 0 && slot.id == id) return &slot;
  }
  return nullptr;
}

constexpr PromptState after(Answer what) noexcept {
  return what == Answer::accept    ? PromptState::accepted
         : what == Answer::decline ? PromptState::declined
                                   : PromptState::undone;
}

}  // namespace

BasketMemory open_basket(std::uint64_t unit, UtcMs now) noexcept {
  BasketMemory memory{};
  memory.version = kMemoryVersion;
  memory.unit = unit;
  memory.opened_at = now;
  return memory;
}

LaneMemory open_lane() noexcept {
  LaneMemory memory{};
  memory.version = kMemoryVersion;
  return memory;
}

UtcMs eligible_at(const BasketMemory& memory) noexcept {
  UtcMs at = 0;
  if (!__builtin_add_overflow(memory.opened_at, memory.eligible_after, &at)) return at;
  return memory.eligible_after < 0 ? INT64_MIN : INT64_MAX;
}

void set_eligible(BasketMemory& memory, UtcMs at, Unit unit) noexcept {
  const auto kept = static_cast<unsigned>(memory.flags) & ~unsigned{kUnitOfMask};
  memory.flags =
      static_cast<std::uint16_t>(kept | kEligible | static_cast<unsigned>(unit) << kUnitOfShift);
  const std::int64_t after = ms_between(memory.opened_at, at);
  memory.eligible_after =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(after, INT32_MIN, INT32_MAX));
}

void take_experiment(BasketMemory& to, const BasketMemory& from) noexcept {
  to.unit = from.unit;
  to.unit_hash = from.unit_hash;
  to.experiment_rule = from.experiment_rule;
  to.experiment_offer = from.experiment_offer;
  to.arm = from.arm;
  set_eligible(to, eligible_at(from), unit_of(from));
}

bool upgrade(BasketMemory& memory) noexcept {
  if (memory.version == kMemoryVersion) return true;
  if (memory.version != kVersionBefore) return false;
  // Where it has eligible_after and unit_hash now, it had the time itself.
  UtcMs at = 0;
  std::memcpy(&at, reinterpret_cast<const std::byte*>(&memory) + kEligibleAt, sizeof at);
  memory.version = kMemoryVersion;
  memory.eligible_after = 0;
  memory.unit_hash = 0;
  memory.flags = static_cast<std::uint16_t>(memory.flags & ~unsigned{kUnitOfMask});
  if ((memory.flags & kEligible) != 0) set_eligible(memory, at, Unit::basket);
  return true;
}

bool upgrade(LaneMemory& memory) noexcept {
  if (memory.version == kMemoryVersion) return true;
  if (memory.version != kVersionBefore) return false;
  memory.version = kMemoryVersion;
  memory.customer = CustomerMemory{};
  return true;
}

BasketMemory seal(const BasketMemory& memory) noexcept {
  BasketMemory token = memory;
  token.crc = checksum(token);
  return token;
}

Result<BasketMemory> unseal(std::span<const std::byte> token) noexcept {
  BasketMemory memory;
  if (token.size() != sizeof memory) {
    return fail(Errc::invalid, "basket token", "expected 256 bytes");
  }
  std::memcpy(&memory, token.data(), sizeof memory);
  if (memory.crc != checksum(memory)) return fail(Errc::corrupt, "basket token", "checksum");
  // Flags that its version did not have are broken, not another unit.
  const bool older = memory.version == kVersionBefore && (memory.flags & kUnitOfMask) != 0;
  if (!upgrade(memory)) return fail(Errc::unsupported, "basket token", "made by another version");
  bool good =
      !older && (memory.flags & ~unsigned{kKnownFlags}) == 0 && memory.arm <= Arm::global_control;
  for (const PromptSlot& slot : memory.slots) good = good && sound(slot);
  if (!good) return fail(Errc::corrupt, "basket token", "states out of range");
  return memory;
}

// Allowed steps, everything else is a conflict:
//   shown -> accepted | declined       declined -> accepted, once (recall)       accepted -> undone
Result<Answered> answer(BasketMemory& memory, std::uint64_t prompt_id, Answer what) noexcept {
  PromptSlot* slot = find(memory, prompt_id);
  if (slot == nullptr) return fail(Errc::not_found, "answer", "no such prompt in this sale");
  if (slot->state == after(what)) return Answered{false, *slot};
  const bool first = slot->state == PromptState::shown && what != Answer::undo;
  const bool recall =
      slot->state == PromptState::declined && what == Answer::accept && slot->recalled == 0;
  const bool undo = slot->state == PromptState::accepted && what == Answer::undo;
  if (!first && !recall && !undo) {
    return fail(Errc::conflict, "answer", "the prompt is closed or was answered otherwise");
  }
  slot->state = after(what);
  if (recall) slot->recalled = 1;
  if (what == Answer::decline && slot->moment != static_cast<std::uint8_t>(Moment::browse)) {
    memory.flags = static_cast<std::uint16_t>(memory.flags | kSilenced);
  }
  return Answered{true, *slot};
}

std::uint32_t close_prompts(BasketMemory& memory,
                            std::span<PromptSlot, kPromptSlots> out) noexcept {
  std::uint32_t count = 0;
  for (PromptSlot& slot : memory.slots) {
    if (slot.state != PromptState::shown && slot.state != PromptState::withheld) continue;
    out[count++] = slot;
    slot.state = PromptState::withdrawn;
  }
  for (std::uint32_t i = count; i < kPromptSlots; ++i) out[i] = PromptSlot{};
  return count;
}

}  // namespace sidedish::engine
