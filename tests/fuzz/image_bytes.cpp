// F02: hostile images. An input says which of a few honest images of today it begins with, and what is
// changed in it, so that no corpus grows old when the format does:
//   u8 image | changes of 8 bytes: u8 table and how | u16 record | u8 byte within it | u32 value
// Size and checksum are repaired, so that every table is reached; what opens is then used as the
// plugin uses it: every access must be in bounds, and a decision explained.
#include "rules/base/bytes.hpp"
#include "rules/base/hash.hpp"
#include "rules/base/text.hpp"
#include "rules/engine/explain.hpp"
#include "rules/engine/record.hpp"
#include "rules/engine/render.hpp"
#include "rules/format/documents.hpp"
#include "rules/vectors/vectors.hpp"
#include "tests/fuzz/must.hpp"
#include "tests/rules/compile/packs.hpp"
#include "tests/rules/format/example.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace {

using namespace sidedish;
using Words = std::vector<std::uint64_t>;

Words words_of(const model::Pack& pack) {
  const compile::Compiled made = packs::compiled(pack);
  for (const model::Finding& error : made.errors) {
    std::fprintf(stderr, "%s %s: %s\n", pack.id.c_str(), error.pointer.c_str(),
                 error.message.c_str());
  }
  fuzz::must(made.errors.empty(), "the honest packs compile");
  const std::vector<std::byte> image = vectors::with_vectors(made.image);
  Words out(image.size() / 8);
  std::memcpy(out.data(), image.data(), image.size());
  return out;
}

model::Pack example_pack() {
  auto read = format::parse_rules(example::kRules);
  fuzz::must(read.value.has_value(), "the example is read");
  return std::move(*read.value);
}

model::BundleSlot place(const char* id, packs::Condition condition) {
  return {id, std::move(condition.select), 1, 1, {}};
}

/// Meals and swaps over the burger bar's menu, in a language of its own digits and direction.
model::Pack deals() {
  model::Pack pack = packs::burgers();
  pack.languages = {"ar-KW", "en"};
  pack.settings.receipt_prompts = 1;
  for (model::Product& product : pack.catalogue->products) product.cost = product.price / 3;
  model::Rule meal = packs::rule("meal", packs::all({}), {});
  meal.kind = Kind::bundle;
  meal.bundle.slots = {place("main", packs::has_category("burgers")),
                       place("side", packs::has_category("fries")),
                       place("drink", packs::has_items({"sku:COLA"}))};
  meal.bundle.slots[0].price_delta = {{"sku:CHEESE", 100}};
  meal.bundle.slots[1].max = 2;
  meal.bundle.amount = 990;
  meal.bundle.times = 3;
  meal.bundle.missing = 2;
  meal.bundle.worth = 30;
  meal.text["en"] = {"A meal: {saving} less", "{quantity, plural, one {One more} other {More}}"};
  meal.complete_text["en"] = {"A meal already", ""};
  model::Rule large = packs::rule("large", packs::all({}), {"sku:FRIES-L"});
  large.kind = Kind::upsell;
  large.from = packs::has_items({"sku:FRIES-S", "sku:FRIES-M"}).select;
  large.text["en"] = {"{offer} for {more}?", "Instead of {from}"};
  pack.rules.push_back(meal);
  meal.id = "off";
  meal.bundle.how = model::BundlePrice::discount;
  meal.bundle.amount = 120;
  meal.bundle.slots[0].price_delta.clear();
  pack.rules.push_back(std::move(meal));
  pack.rules.push_back(std::move(large));
  for (model::Rule& rule : pack.rules) {
    rule.text["ar-KW"] = {"{offer} {price}", "{left, plural, one {x} other {{left}}}"};
    if (!rule.complete_text.empty()) rule.complete_text["ar-KW"] = {"{saving}", ""};
  }
  return pack;
}

/// Many rules over many sets: groups, context rules, caps, pins.
model::Pack crowd() {
  model::Pack pack = packs::burgers();
  std::vector<std::string> all;
  for (int i = 0; i < 40; ++i) {
    all.push_back("sku:G" + std::to_string(i));
    pack.catalogue->products.push_back(
        packs::product(all.back(), i % 2 == 0 ? "drinks" : "sides", 100 + i));
  }
  for (int i = 0; i < 24; ++i) {
    const auto first = all.begin() + i;
    packs::Condition when =
        i % 4 == 0 ? packs::total(100 * i + 1) : packs::has_items({first, first + 1 + i % 9});
    if (i % 3 == 0) when = packs::any({std::move(when), packs::has_category("burgers")});
    model::Rule rule = packs::rule("r" + std::to_string(i), packs::all({std::move(when)}),
                                   {all[static_cast<std::size_t>((i * 7 + 20) % 40)], "sku:COLA"});
    rule.pinned = i % 11 == 0;
    rule.cap_shift = i % 5;
    rule.unit = static_cast<Unit>(i % 4);
    if (i % 8 == 1) rule.cap_customer = {1 + i % 3, 28};
    rule.priority = 10 + i;
    pack.rules.push_back(std::move(rule));
  }
  return pack;
}

void put(Words& words, std::size_t at, std::uint64_t value, std::size_t width, bool more) {
  auto* bytes = reinterpret_cast<std::byte*>(words.data());
  if (at + width > words.size() * 8) return;
  std::uint64_t before = 0;
  std::memcpy(&before, bytes + at, width);
  if (more) value += before;
  std::memcpy(bytes + at, &value, width);
}

/// Tables by number, then the directory, the header, what is cut off at the end, and the test vectors.
void change(Words& words, const std::uint8_t* what) {
  constexpr unsigned kAfter = image::kTableCount + 3;
  static_assert(kAfter < 32);
  const unsigned table = what[0] % 32 == kAfter ? unsigned{image::kVectors} : what[0] % 32;
  const bool inside = table < image::kTableCount || what[0] % 32 == kAfter;
  const std::size_t width = std::size_t{1} << (what[0] / 64);
  const bool more = (what[0] & 32) != 0;
  std::uint16_t record = 0;
  std::int32_t value = 0;
  std::memcpy(&record, what + 1, sizeof record);
  std::memcpy(&value, what + 4, sizeof value);
  const auto wide = static_cast<std::uint64_t>(std::int64_t{value});
  const auto* bytes = reinterpret_cast<const std::byte*>(words.data());
  const std::size_t size = words.size() * 8;
  constexpr std::size_t kFirst = sizeof(image::Header);
  if (inside && kFirst + (table + 1) * sizeof(image::Directory) <= size) {
    const auto entry = load<image::Directory>(bytes + kFirst + table * sizeof(image::Directory));
    if (entry.count == 0 || entry.record == 0) return;
    put(words,
        entry.offset + std::size_t{record % entry.count} * entry.record + what[3] % entry.record,
        wide, width, more);
  } else if (table == image::kTableCount) {
    put(words, kFirst + record % (image::kTableCount * sizeof(image::Directory)), wide, width,
        more);
  } else if (table == image::kTableCount + 1) {
    put(words, what[3] % sizeof(image::Header), wide, width, more);
  } else if (table == image::kTableCount + 2) {
    words.resize(std::max<std::size_t>(words.size() - record % words.size(), kFirst / 8));
  }
}

void repair(Words& words) {
  auto* bytes = reinterpret_cast<std::byte*>(words.data());
  const std::uint64_t length = words.size() * 8;
  std::memcpy(bytes + offsetof(image::Header, size), &length, sizeof length);
  std::uint32_t crc = 0;
  std::memcpy(bytes + offsetof(image::Header, crc32c), &crc, sizeof crc);
  crc = crc32c(std::as_bytes(std::span(words)));
  std::memcpy(bytes + offsetof(image::Header, crc32c), &crc, sizeof crc);
}

/// Its own test may fail, and must do nothing else.
void test_itself(const image::Image& image) {
  Words scratch(engine::scratch_bytes(image) / 8 + 1);
  for (const image::Vector& vector : image.vectors()) {
    (void)vectors::check(image, vector, std::as_writable_bytes(std::span(scratch)));
  }
}

void look_up(const image::Image& image) {
  for (const auto& product : image.products()) {
    fuzz::must(valid_utf8(image.text(product.key)), "keys are UTF-8");
    (void)image.find_product(image.text(product.key));
    (void)image.pictures(product);
  }
  for (const auto& rule : image.rules()) {
    fuzz::must(valid_utf8(image.text(rule.name)), "names are UTF-8");
    (void)image.find_rule(rule.stable);
  }
  for (const auto& store : image.stores()) (void)image.find_store(image.text(store.id));
  for (const auto& fact : image.facts()) (void)image.find_fact(image.text(fact.name));
  for (const auto& word : image.avoid()) (void)image.find_avoid(image.text(word.word));
  for (const auto& texts : image.texts()) {
    fuzz::must(valid_utf8(image.text(texts.headline)), "texts are UTF-8");
  }
  (void)image.find_language("de-AT", 0);
  (void)image.terminal_groups(0, "t1");
}

/// What the host says of the customer, a little of it at each turn.
void know(const image::Image& image, std::uint32_t turn, engine::Context& context) {
  context.segments_known = turn % 2;
  const auto hashes = image.hashes();
  for (std::size_t h = 0; h < hashes.size() && context.segment_count < 2; h += 1 + turn % 3) {
    if (context.segment_count > 0 && context.segments[0] >= hashes[h]) continue;
    context.segments[context.segment_count++] = hashes[h];
  }
  context.visit = static_cast<Visit>(turn % 3);
  context.bought_days = static_cast<std::uint16_t>(turn % 60);
  for (std::uint32_t p = 0; p < image.products().size() && context.bought_count < 4; p += 2) {
    context.bought[context.bought_count++] = {p, turn % 40};
  }
  if (turn % 4 == 3) context.avoid = 1;
  for (std::uint32_t f = 0; f < image.facts().size() && context.fact_count < 3; ++f) {
    const std::uint64_t text = hashes.empty() ? 0 : hashes[(turn + f) % hashes.size()];
    const bool number = (turn + f) % 2 == 0;
    context.facts[context.fact_count++] = {f, number ? 1U : 0U, number ? 3 : 0, number ? 0 : text};
  }
}

/// Everything that a lane tells of a prompt.
void tell(const image::Image& image, const engine::Context& context, const engine::Basket& basket,
          const engine::Prompt& prompt, const engine::Memory& memory) {
  using namespace engine;
  fuzz::must(prompt.rule < image.rules().size(), "a prompt is of a rule");
  fuzz::must(prompt.offer < image.offers().size(), "and of an offer");
  fuzz::must(prompt.product < image.products().size(), "and of a product");
  const Live live = live_of(image, {}, context, prompt);
  char room[kRenderBytes];
  for (std::uint32_t language = 0; language < image.languages().size(); ++language) {
    for (std::uint32_t surface = 0; surface < 2; ++surface) {
      const auto& texts =
          image.texts()[image.offers()[prompt.offer].texts + language * 2 + surface];
      for (const image::TextRef text : {texts.headline, texts.reason}) {
        fuzz::must(valid_utf8(render(image, text, language, live, 80, room)), "texts stay UTF-8");
      }
    }
  }
  Part parts[kMaxParts];
  for (const PromptSlot& slot : memory.basket.slots) {
    if (slot.id != prompt.id) continue;
    const std::uint32_t count = parts_of(image, {}, context, basket, slot, parts);
    for (std::uint32_t i = 0; i < count; ++i) {
      fuzz::must(parts[i].product < image.products().size(), "a part is a product");
    }
  }
}

void decide(const image::Image& image, std::uint32_t lines, std::uint32_t turn) {
  using namespace engine;
  std::vector<Item> items;
  Minor total = 0;
  const auto products = static_cast<std::uint32_t>(image.products().size());
  for (std::uint32_t i = turn % 3; i < products && items.size() < lines; i += 1 + turn % 2) {
    items.push_back({i, i + 1, kOne * (1 + i % 3), 250 * (1 + i % 3)});
    total += items.back().value;
  }
  Context context{};
  context.now = image.settings().time_begin + static_cast<std::int64_t>(turn % 1000) * 3'600'000;
  context.capabilities = ~std::uint32_t{0};
  context.looking_at = image::kNone;
  context.store = image.stores().empty() ? image::kNone : 0;
  context.terminal_groups = turn;
  context.terminal_hash = turn % 3;
  context.customer_hash = turn % 5;
  context.moment = static_cast<Moment>(turn % 4);
  context.channel = context.moment == Moment::receipt  ? Channel::receipt
                    : context.moment == Moment::browse ? Channel::kiosk
                                                       : static_cast<Channel>(turn / 2 % 2);
  if (context.moment == Moment::browse && products > 0) context.looking_at = turn % products;
  std::copy_n(image.settings().currency, 4, context.currency);
  know(image, turn, context);
  const Basket basket{items, total, static_cast<std::uint32_t>(items.size()), 0};
  Memory memory{open_basket(turn, context.now), open_lane()};
  const Memory before = memory;
  Words scratch(scratch_bytes(image) / 8 + 1);
  const auto room = std::as_writable_bytes(std::span(scratch));
  Decision decision;
  engine::decide(image, {}, context, basket, true, memory, room, decision);
  fuzz::must(decision.prompt_count <= kMaxPrompts, "at most four prompts");
  for (std::uint32_t i = 0; i < decision.prompt_count; ++i) {
    tell(image, context, basket, decision.prompts[i], memory);
  }
  Decision explained;
  std::vector<Verdict> verdicts(image.rules().size());
  explain(image, {}, context, basket, true, before, room, explained, verdicts);
  fuzz::must(std::memcmp(&explained, &decision, sizeof decision) == 0,
             "explain() decides as decide()");
  Words words(record_size(items.size()) / 8 + 1);
  const auto out = std::as_writable_bytes(std::span(words));
  const auto written = encode_record({}, {}, context, basket, true, before, decision, out);
  fuzz::must(written.has_value(), "a decision is recorded");
  const auto record = decode_record(out.first(*written));
  fuzz::must(record.has_value(), "and the record is read");
  const auto same = replay(image, {}, *record, room, explained);
  fuzz::must(same.has_value() && *same, "and decides the same bytes");
  // What stands is looked at again, with less in the basket.
  const Basket less{std::span(items).first(items.size() / 2), total / 2,
                    static_cast<std::uint32_t>(items.size() / 2), 0};
  engine::decide(image, {}, context, less, true, memory, room, decision);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Words honest[] = {words_of(packs::burgers()), words_of(example_pack()),
                                 words_of(deals()), words_of(crowd())};
  if (size == 0) return 0;
  Words words = honest[data[0] % std::size(honest)];
  std::uint32_t turn = data[0] / static_cast<std::uint32_t>(std::size(honest));
  for (std::size_t at = 1; at + 8 <= size && at < 8 * 64; at += 8) {
    change(words, data + at);
    turn += data[at + 4];
  }
  repair(words);
  const auto image = image::Image::open(std::as_bytes(std::span(words)));
  if (!image) return 0;
  ++fuzz::understood;
  look_up(*image);
  test_itself(*image);
  for (const std::uint32_t lines : {0U, 3U, 7U, 2000U}) decide(*image, lines, turn++);
  return 0;
}
