#include "rules/engine/record.hpp"

#include "rules/engine/pace.hpp"

#include <cstddef>
#include <cstring>

namespace sidedish::engine {
namespace {

static_assert(std::has_unique_object_representations_v<RecordHead>);
static_assert(std::has_unique_object_representations_v<Memory>);

// Before the terminal was the last of the context.
constexpr std::uint16_t kVersionBefore = 2;
constexpr std::uint16_t kMemoryBefore = 2;
constexpr std::size_t kContextBefore = sizeof(Context) - sizeof(Context::terminal_hash);
static_assert(offsetof(Context, terminal_hash) == kContextBefore);

bool amount(std::int64_t value) noexcept { return value >= -kMaxAmount && value <= kMaxAmount; }

bool good_context(const Context& c) noexcept {
  bool good = c.mode <= Mode::price_check && c.channel <= Channel::receipt &&
              c.moment <= Moment::receipt && c.tender_begun <= 1 && c.fact_count <= kMaxFacts;
  for (std::uint32_t i = 0; good && i < c.fact_count; ++i) {
    good = c.facts[i].is_number <= 1 && (i == 0 || c.facts[i - 1].fact < c.facts[i].fact);
  }
  good = good && c.avoid_unknown <= 1 && c.segments_known <= 1 && c.segment_count <= kMaxSegments &&
         c.visit <= Visit::again && c.taxed <= Taxed::excluded && c.bought_count <= kMaxBought;
  for (std::uint32_t i = 1; good && i < c.segment_count; ++i) {
    good = c.segments[i - 1] < c.segments[i];
  }
  for (std::uint32_t i = 1; good && i < c.bought_count; ++i) {
    good = c.bought[i - 1].product < c.bought[i].product;
  }
  return good;
}

bool good_memory(const Memory& m) noexcept {
  bool good = m.basket.arm <= Arm::global_control && m.lane.last >= 0 && m.lane.business_day >= 0;
  std::uint32_t samples = 0;
  for (const std::uint16_t count : m.lane.pace.counts) samples += count;
  good =
      good && m.lane.pace.minute >= 0 && samples == m.lane.pace.samples && samples < kMostSamples;
  for (const PromptSlot& slot : m.basket.slots) {
    good = good && (slot.id == 0) == (slot.state == PromptState::empty) &&
           slot.state <= PromptState::arrived && slot.arm <= Arm::global_control &&
           slot.moment <= static_cast<std::uint8_t>(Moment::receipt) && amount(slot.held);
  }
  return good;
}

bool good_decision(const Decision& d) noexcept {
  return d.prompt_count <= kMaxPrompts && d.change_count <= kPromptSlots &&
         static_cast<unsigned>(d.silence) < kSilenceReasons && d.first_eligible <= 1 && d.rush <= 1;
}

bool ordered(const Item& a, const Item& b) noexcept {
  return a.product != b.product ? a.product < b.product
                                : a.product == image::kNone && a.stable < b.stable;
}

bool good_items(std::span<const Item> items) noexcept {
  bool good = true;
  for (std::size_t i = 0; i < items.size(); ++i) {
    good = good && amount(items[i].quantity) && amount(items[i].value) && amount(items[i].bound) &&
           amount(items[i].bound_value) && (i == 0 || ordered(items[i - 1], items[i]));
  }
  return good;
}

class Writer {
 public:
  explicit Writer(std::byte* to) noexcept : to_(to) {}
  void put(const void* from, std::size_t size) noexcept {
    if (size > 0) std::memcpy(to_, from, size);
    to_ += size;
  }

 private:
  std::byte* to_;
};

tl::unexpected<Error> broken(std::string_view why) noexcept {
  return fail(Errc::corrupt, "decision record", why);
}

}  // namespace

Result<std::size_t> encode_record(const image::Digest& image, const image::Digest& overlay,
                                  const Context& context, const Basket& basket, bool changed,
                                  const Memory& before, const Decision& decision,
                                  std::span<std::byte> out) noexcept {
  const std::size_t size = record_size(basket.items.size());
  if (basket.items.size() > kMaxItems) {
    return fail(Errc::limit, "decision record", "more than 2,000 items");
  }
  if (out.size() < size) return fail(Errc::limit, "decision record", "no room for it");
  RecordHead head{};
  std::memcpy(head.magic, kRecordMagic, sizeof head.magic);
  head.version = kRecordVersion;
  head.changed = changed ? 1 : 0;
  head.item_count = static_cast<std::uint32_t>(basket.items.size());
  head.lines = basket.lines;
  head.total = basket.total;
  head.image = image;
  head.overlay = overlay;
  Writer writer(out.data());
  writer.put(&head, sizeof head);
  writer.put(&context, sizeof context);
  writer.put(&before, sizeof before);
  writer.put(&decision, sizeof decision);
  writer.put(basket.items.data(), basket.items.size_bytes());
  return size;
}

Result<Record> decode_record(std::span<const std::byte> bytes) noexcept {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) {
    return fail(Errc::invalid, "decision record", "bytes must be 8-byte aligned");
  }
  if (bytes.size() < sizeof(RecordHead)) return broken("cut off");
  Record record;
  const std::byte* at = bytes.data();
  const auto take = [&at](void* to, std::size_t size) {
    std::memcpy(to, at, size);
    at += size;
  };
  take(&record.head, sizeof record.head);
  if (std::memcmp(record.head.magic, kRecordMagic, sizeof kRecordMagic) != 0) {
    return broken("this is not one");
  }
  const bool older = record.head.version == kVersionBefore;
  if (!older && record.head.version != kRecordVersion) {
    return fail(Errc::unsupported, "decision record", "made by another version");
  }
  const std::size_t context = older ? kContextBefore : sizeof record.context;
  if (record.head.item_count > kMaxItems ||
      bytes.size() + sizeof record.context != record_size(record.head.item_count) + context) {
    return broken("its size is not that of its items");
  }
  record.context.terminal_hash = 0;
  take(&record.context, context);
  take(&record.before, sizeof record.before);
  const std::uint16_t memory = older ? kMemoryBefore : kMemoryVersion;
  if (record.before.basket.version != memory || record.before.lane.version != memory ||
      !upgrade(record.before.basket) || !upgrade(record.before.lane)) {
    return broken("memory of another version");
  }
  take(&record.decision, sizeof record.decision);
  record.items = {reinterpret_cast<const Item*>(at), record.head.item_count};
  if (record.head.changed > 1 || record.head.reserved0 != 0 || !amount(record.head.total / 2000)) {
    return broken("head out of range");
  }
  if (!good_context(record.context)) return broken("context out of range");
  if (!good_memory(record.before)) return broken("memory out of range");
  if (!good_decision(record.decision)) return broken("decision out of range");
  if (!good_items(record.items)) return broken("items out of range or order");
  return record;
}

Result<bool> replay(const image::Image& image, const image::Overlay& overlay, const Record& record,
                    std::span<std::byte> scratch, Decision& out) noexcept {
  const auto strange = [](std::string_view what) {
    return fail(Errc::invalid, "replaying a decision", what);
  };
  for (const Item& item : record.items) {
    if (item.product != image::kNone && item.product >= image.products().size()) {
      return strange("the image does not have one of its products");
    }
  }
  const Context& c = record.context;
  for (std::uint32_t i = 0; i < c.fact_count; ++i) {
    if (c.facts[i].fact >= image.facts().size()) {
      return strange("the image does not have one of its facts");
    }
  }
  for (std::uint32_t i = 0; i < c.bought_count; ++i) {
    if (c.bought[i].product >= image.products().size()) {
      return strange("the image does not have something that was bought");
    }
  }
  if (c.store != image::kNone && c.store >= image.stores().size()) {
    return strange("the image does not have its store");
  }
  if (scratch.size() < scratch_bytes(image)) return strange("scratch is too small for the image");
  Memory memory = record.before;
  decide(image, overlay, c, record.basket(), record.head.changed != 0, memory, scratch, out);
  return std::memcmp(&out, &record.decision, sizeof out) == 0;
}

}  // namespace sidedish::engine
