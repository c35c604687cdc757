// F02: hostile images. Size and checksum are repaired, so that every table is reached; what opens is
// then used as the plugin uses it: every access must be in bounds, and a decision explained.
#include "rules/base/hash.hpp"
#include "rules/base/text.hpp"
#include "rules/engine/explain.hpp"
#include "rules/engine/record.hpp"
#include "tests/fuzz/must.hpp"

#include <algorithm>
#include <vector>

namespace {

using namespace sidedish;

void look_up(const image::Image& image) {
  for (const auto& product : image.products()) {
    fuzz::must(valid_utf8(image.text(product.key)), "keys are UTF-8");
    (void)image.find_product(image.text(product.key));
  }
  for (const auto& rule : image.rules()) {
    fuzz::must(valid_utf8(image.text(rule.name)), "names are UTF-8");
    (void)image.find_rule(rule.stable);
  }
  for (const auto& store : image.stores()) (void)image.find_store(image.text(store.id));
  for (const auto& fact : image.facts()) (void)image.find_fact(image.text(fact.name));
  for (const auto& texts : image.texts()) {
    fuzz::must(valid_utf8(image.text(texts.headline)), "texts are UTF-8");
  }
  (void)image.find_language("de-AT", 0);
  (void)image.terminal_groups(0, "t1");
}

void decide(const image::Image& image, std::uint32_t lines, std::uint64_t turn) {
  using namespace engine;
  std::vector<Item> items;
  Minor total = 0;
  const auto products = static_cast<std::uint32_t>(image.products().size());
  for (std::uint32_t i = 0; i < std::min(lines, products); ++i) {
    items.push_back({i, i + 1, kOne * (1 + i % 3), 250});
    total += 250;
  }
  Context context{};
  context.now = image.settings().time_begin + static_cast<std::int64_t>(turn % 1000) * 3'600'000;
  context.capabilities = ~std::uint32_t{0};
  context.looking_at = image::kNone;
  context.store = image.stores().empty() ? image::kNone : 0;
  context.channel = static_cast<Channel>(turn % 2);
  context.moment = static_cast<Moment>(turn % 3);
  std::copy_n(image.settings().currency, 4, context.currency);
  const Basket basket{items, total, static_cast<std::uint32_t>(items.size()), 0};
  Memory memory{open_basket(turn, context.now), open_lane()};
  const Memory before = memory;
  std::vector<std::uint64_t> scratch(scratch_bytes(image) / 8 + 1);
  const auto room = std::as_writable_bytes(std::span(scratch));
  Decision decision;
  engine::decide(image, {}, context, basket, true, memory, room, decision);
  fuzz::must(decision.prompt_count <= kMaxPrompts, "at most four prompts");
  for (std::uint32_t i = 0; i < decision.prompt_count; ++i) {
    fuzz::must(decision.prompts[i].rule < image.rules().size(), "a prompt is of a rule");
    fuzz::must(decision.prompts[i].offer < image.offers().size(), "and of an offer");
    fuzz::must(decision.prompts[i].product < image.products().size(), "and of a product");
  }
  Decision explained;
  std::vector<Verdict> verdicts(image.rules().size());
  explain(image, {}, context, basket, true, before, room, explained, verdicts);
  fuzz::must(explained.prompt_count == decision.prompt_count, "explain() decides as decide()");
  std::vector<std::uint64_t> words(record_size(items.size()) / 8 + 1);
  const auto out = std::as_writable_bytes(std::span(words));
  const auto written = encode_record({}, {}, context, basket, true, before, decision, out);
  fuzz::must(written.has_value(), "a decision is recorded");
  const auto record = decode_record(out.first(*written));
  fuzz::must(record.has_value(), "and the record is read");
  const auto same = replay(image, {}, *record, room, explained);
  fuzz::must(same.has_value() && *same, "and decides the same bytes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < sizeof(image::Header)) return 0;
  std::vector<std::uint64_t> words(size / 8);
  std::byte* bytes = reinterpret_cast<std::byte*>(words.data());
  std::memcpy(bytes, data, words.size() * 8);
  const std::uint64_t length = words.size() * 8;
  std::memcpy(bytes + offsetof(image::Header, size), &length, sizeof length);
  std::uint32_t crc = 0;
  std::memcpy(bytes + offsetof(image::Header, crc32c), &crc, sizeof crc);
  crc = crc32c(std::as_bytes(std::span(words)));
  std::memcpy(bytes + offsetof(image::Header, crc32c), &crc, sizeof crc);
  const auto image = image::Image::open(std::as_bytes(std::span(words)));
  if (!image) return 0;
  look_up(*image);
  decide(*image, 0, 1);
  decide(*image, 5, 2);
  decide(*image, 2000, 3 + size);
  return 0;
}
