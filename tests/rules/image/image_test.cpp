#include "rules/image/image.hpp"

#include "rules/base/text.hpp"
#include "rules/image/code.hpp"
#include "tests/support/image_builder.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>

using namespace sidedish;
using namespace sidedish::image;
using namespace sidedish::testing;

namespace {

ImageBuilder small_shop() {
  ImageBuilder b;
  b.categories = {{0, 3}, {3, 6}};
  for (int i = 0; i < 6; ++i) {
    b.products.push_back({"sku:" + std::to_string(i), 100 + i, i < 3 ? 0U : 1U, {}, 0});
  }
  b.products[4].substitutes = {3, 5};
  b.products[5].small_picture = std::string(64, 'a');
  const auto burgers = b.set({0, 1, 2});
  const auto odd = b.set({1, 3, 5});
  const auto wide = b.set({0, 1, 2, 3, 4, 5});
  b.facts = {"order_type", "queue"};
  b.hashes = {hash64("takeaway"), hash64("drive")};
  b.store_lists = {0};
  b.rules.push_back({"burger-fries",
                     all({has(burgers), lacks(odd)}),
                     {{4, 9'000'000}, {5, 8'000'000}},
                     rule_defaults()});
  b.rules.push_back(
      {"anything",
       all({has(wide), any({leaf(Op::fact_is, 0, 0, 0, 0, 2), leaf(Op::fact_range, 1, 3, 1)}),
            leaf(Op::store, 0, 0, 0, 0, 1)}),
       {{2, 9'000'000}},
       rule_defaults()});
  b.avoid = {"diet:vegan", "milk"};
  b.products[0].flags = kAllergensKnown;
  b.products[0].avoided = 3;
  b.rules.push_back(
      {"regulars",
       all({has(burgers), leaf(Op::segment, 0, 0, 0, 0, 2), leaf(Op::visit, 2, 0),
            leaf(Op::bought, 0, 30, odd), leaf(Op::not_bought, 0, 90, odd), leaf(Op::stock, 2, 0)}),
       {{4, 20}},
       rule_defaults()});
  b.rules.push_back({"late", leaf(Op::daypart, 22 * 60, 60), {{0, 10}}, rule_defaults()});
  return b;
}

std::string error_of(const ImageBuilder::Bytes& bytes) {
  const auto image = Image::open(bytes.span());
  return image ? "" : std::string(image.error().text());
}

// The record `index` of `table`, to be spoiled.
template <class T>
T& record(ImageBuilder::Bytes& bytes, Table table, std::size_t index) {
  Directory entry;
  std::memcpy(&entry, bytes.data() + sizeof(Header) + table * sizeof(Directory), sizeof entry);
  return *reinterpret_cast<T*>(bytes.data() + entry.offset + index * sizeof(T));
}

template <class T, class Change>
std::string after(Table table, std::size_t index, Change change) {
  auto bytes = small_shop().build();
  change(record<T>(bytes, table, index));
  ImageBuilder::repair_checksum(bytes);
  return error_of(bytes);
}

// Reads everything that an image refers to; the sanitizer watches.
std::size_t walk(const Image& image) {
  std::size_t sum = 0;
  const auto read = [&](TextRef ref) {
    const auto text = image.text(ref);
    REQUIRE(valid_utf8(text));
    sum += text.size();
  };
  for (const auto& l : image.languages()) read(l);
  for (const auto& s : image.stores()) read(s.id), read(s.name);
  for (const auto& p : image.products()) {
    read(p.key);
    for (std::size_t l = 0; l < image.languages().size(); ++l) read(image.indices()[p.names + l]);
    sum += image.pictures(p).small.size() + image.pictures(p).large.size();
  }
  for (const auto& r : image.rules()) {
    read(r.id), read(r.name);
    sum += image.find_rule(r.stable);
  }
  for (std::uint32_t r = 0; r < image.rules().size(); ++r) {
    const Gate& gate = image.gates()[r];
    Code code(image.code().data() + gate.code);
    for (std::uint32_t n = 0; n < gate.node_count; ++n) {
      sum += code.next().a + image.pointer(r, n).size();
    }
  }
  for (const auto& t : image.texts())
    read(t.headline), read(t.reason), read(t.line1), read(t.line2);
  for (const auto& k : image.keys()) sum += image.find_product(image.text(k.key));
  sum += image.find_product("sku:none") + image.find_store("x") + image.find_fact("x");
  sum += image.find_language("de-AT", 0) + image.terminal_groups(0, "t1");
  return sum;
}

}  // namespace

TEST_CASE("image: a good image opens and its keys, rules, stores and facts are found", "[image]") {
  const auto bytes = small_shop().build();
  REQUIRE(error_of(bytes) == "");
  const auto opened = Image::open(bytes.span());
  const Image& image = *opened;
  CHECK(image.loaded());
  CHECK(image.products().size() == 6);
  CHECK(image.find_product("sku:4") == 4);
  CHECK(image.find_product("sku:6") == kNone);
  CHECK(image.find_product("") == kNone);
  CHECK(image.find_store("mitte") == 0);
  CHECK(image.find_store("nowhere") == kNone);
  CHECK(image.find_fact("queue") == 1);
  CHECK(image.find_fact("weather") == kNone);
  CHECK(image.terminal_groups(0, "t1") == 5);
  CHECK(image.terminal_groups(0, "t2") == 0);
  CHECK(image.terminal_groups(kNone, "t1") == 0);
  for (std::uint32_t r = 0; r < image.rules().size(); ++r) {
    CHECK(image.find_rule(image.rules()[r].stable) == r);
  }
  CHECK(image.find_rule(12345) == kNone);
  CHECK(image.text(image.texts()[0].headline) == "Fries with that?");
}

TEST_CASE("image: a language is found by its longest prefix, then by its primary subtag",
          "[image]") {
  ImageBuilder b = small_shop();
  b.languages = {"en", "de-CH", "de", "pt-BR"};
  const auto bytes = b.build();
  const auto image = Image::open(bytes.span());
  REQUIRE(image);
  CHECK(image->find_language("de-AT", 0) == 2);
  CHECK(image->find_language("DE-ch-1996", 0) == 1);
  CHECK(image->find_language("pt-PT", 0) == 3);
  CHECK(image->find_language("dea", 0) == 0);
  CHECK(image->find_language("fr", 3) == 3);
  CHECK(image->find_language("", 2) == 2);
}

TEST_CASE("image: without an image every table is empty and nothing is found", "[image]") {
  const Image image;
  CHECK_FALSE(image.loaded());
  CHECK(image.rules().empty());
  CHECK(image.find_product("sku:1") == kNone);
  CHECK(image.find_rule(1) == kNone);
  CHECK(image.text(0).empty());
}

TEST_CASE("image: another file, version, length or checksum is refused before any table",
          "[image]") {
  const auto good = small_shop().build();
  const auto with = [&](std::size_t at, std::uint8_t value, bool repair) {
    auto bytes = good;
    bytes.data()[at] = std::byte{value};
    if (repair) ImageBuilder::repair_checksum(bytes);
    const auto image = Image::open(bytes.span());
    REQUIRE_FALSE(image);
    return image.error();
  };
  CHECK(with(0, 'X', true).text() == "image header: this is not an image");
  CHECK(with(8, 2, true).code() == Errc::unsupported);
  CHECK(with(12, 9, true).code() == Errc::unsupported);
  CHECK(with(41, 1, false).text() == "image header: checksum");
  CHECK(Image::open({}).error().code() == Errc::corrupt);
  for (std::size_t n = 0; n < good.size(); n += 8) {
    CHECK_FALSE(Image::open(good.span().first(n)));
  }
  CHECK(Image::open(good.span().subspan(4)).error().code() == Errc::invalid);
}

TEST_CASE("image: a refusal names table, index and field", "[image]") {
  CHECK(after<Product>(kProducts, 3, [](Product& p) { p.category = 0; }) ==
        "image products[3]: category");
  CHECK(after<Product>(kProducts, 4, [](Product& p) { p.names = 0xFFFFFFF0U; }) ==
        "image products[4]: names");
  CHECK(after<Product>(kProducts, 3, [](Product& p) { p.flags |= kHasPictures; }) ==
        "image products[3]: picture is not a digest");
  CHECK(after<Category>(kCategories, 0, [](Category& c) { c.parent = 0; }) ==
        "image categories[0]: parent does not stand before it");
  CHECK(after<Category>(kCategories, 1, [](Category& c) { c.parent = 0; }) ==
        "image categories[1]: range is not within the parent's");
  CHECK(after<Settings>(kSettings, 0, [](Settings& s) { s.kiosk_prompts = 5; }) ==
        "image settings[0]: kiosk_prompts above 4");
  CHECK(after<Gate>(kGates, 1, [](Gate& g) { g.bound += 1; }) ==
        "image rules[1]: not in order of pins, bound, then id");
  CHECK(after<Rule>(kRules, 2, [](Rule& r) { r.kind = 5; }) == "image rules[2]: kind");
  CHECK(after<Offer>(kOffers, 0, [](Offer& o) { o.score = 99'000'000; }) ==
        "image offers[0]: score is not below its rule's bound");
  CHECK(after<Offer>(kOffers, 1, [](Offer& o) { o.product = 6; }) ==
        "image offers[1]: no such product");
  CHECK(after<std::uint32_t>(kCode, 0, [](std::uint32_t& word) { word |= 0xFF; }) ==
        "image rules[0]: conditions: unknown operation");
  CHECK(after<std::uint32_t>(kCode, 0, [](std::uint32_t& word) { word |= 7U << kMinShift; }) ==
        "image rules[0]: conditions: no condition begins so");
  CHECK(after<Gate>(kGates, 1, [](Gate& g) { g.code += 1; }) ==
        "image rules[1]: conditions do not follow the rule before");
  CHECK(after<Gate>(kGates, 1, [](Gate& g) { g.least_total += 1; }) ==
        "image gates[1]: it does not say what the conditions say");
  CHECK(after<Gate>(kGates, 1, [](Gate& g) { g.flags ^= kComplete; }) ==
        "image gates[1]: it does not say what the conditions say");
  CHECK(after<Gate>(kGates, 2, [](Gate& g) { g.product ^= 1; }) ==
        "image gates[2]: product is not that of the only offer");
  CHECK(after<Rule>(kRules, 0, [](Rule& r) { r.pointers = kNone; }) == "image rules[0]: pointers");
  CHECK(after<Rule>(kRules, 1, [](Rule& r) { r.flags |= 1U << 5; }) == "image rules[1]: flags");
  CHECK(after<Gate>(kGates, 1, [](Gate& g) { g.customer_days = 28; }) ==
        "image rules[1]: customer_days is not that of a cap");
  CHECK(after<Gate>(kGates, 1, [](Gate& g) { g.customer_prompts = 2; }) ==
        "image rules[1]: customer_days is not that of a cap");
  const auto cap = [](std::uint16_t days) {
    return [=](Gate& g) {
      g.customer_prompts = 2;
      g.customer_days = days;
    };
  };
  CHECK(after<Gate>(kGates, 1, cap(366)) == "image rules[1]: customer_days is not that of a cap");
  CHECK(after<Gate>(kGates, 1, cap(365)) == "image rules[1]: a cap per customer of another unit");
  CHECK(after<Posting>(kPostings, 0, [](Posting& p) { p.best ^= 1; }) ==
        "image postings[0]: best is not the first of its rules");
  CHECK(after<Posting>(kPostings, 0, [](Posting& p) { p.groups = 0x7FFFFFFF; }) ==
        "image postings[0]: groups");
  CHECK(after<std::uint32_t>(kRuleOrder, 0, [](std::uint32_t& r) { r = 4; }) ==
        "image rule order[0]: no such rule");
  CHECK(after<Posting>(kPostings, 0, [](Posting& p) { p.count = 0x7FFFFFFFU; }) ==
        "image postings[0]: rules");
  CHECK(after<Product>(kProducts, 0, [](Product& p) { p.avoided = 4; }) ==
        "image products[0]: avoided by a word that there is not");
  CHECK(after<Product>(kProducts, 1, [](Product& p) { p.avoided = 1; }) ==
        "image products[1]: avoided, and nothing is known");
  CHECK(after<Avoid>(kAvoid, 1, [](Avoid& a) { a.word = 0; }) == "image avoid[1]: not ascending");
  CHECK(after<Avoid>(kAvoid, 0, [](Avoid& a) { a.word = 0xFFFFFFFFU; }) ==
        "image avoid[0]: word is not a text");
  CHECK(after<Key>(kKeys, 0, [](Key& k) { k.hash += 1; }) !=
        "");  // it may still be found by luck only where a run of slots begins
  CHECK(after<Texts>(kTexts, 1, [](Texts& t) { t.reason = 0xFFFFFFFFU; }) ==
        "image texts[1]: reason is not a text");
  CHECK(after<Store>(kStores, 0, [](Store& s) { s.offset_count = 0; }) ==
        "image stores[0]: offsets");
  CHECK(after<Offset>(kOffsets, 0, [](Offset& o) { o.from = INT64_MAX; }) ==
        "image stores[0]: offsets begin after time_begin");
}

TEST_CASE("image: conditions that are no well-formed postfix are refused", "[image]") {
  const auto good = small_shop().build();
  const Image image = *Image::open(good.span());
  for (std::uint32_t r = 0; r < image.rules().size(); ++r) {
    std::uint32_t at = image.gates()[r].code;
    for (unsigned i = 0; i < image.gates()[r].node_count; ++i) {
      const std::uint32_t rest = image.code()[at] & 0xFF00U;
      const auto spoiled = [&](Op op, std::uint32_t n) {
        return after<std::uint32_t>(kCode, at, [&](std::uint32_t& word) {
          word = static_cast<std::uint32_t>(op) | rest | n << 16;
        });
      };
      CHECK(spoiled(Op::all, 40) != "");
      const auto op = static_cast<Op>(image.code()[at] & 0xFF);
      if ((rest & kHasA) != 0) {
        CHECK(after<std::uint32_t>(kCode, at + 1, [](std::uint32_t& a) { a = 0x7FFFFFFF; }) != "");
      } else if (op == Op::quantity || op == Op::absent || op == Op::value) {
        CHECK(after<std::uint32_t>(kCode, at, [](std::uint32_t& a) { a |= 0xFFFFU << 16; }) != "");
      }
      at += node_words(image.code()[at]);
    }
  }
  ImageBuilder deep;
  deep.products.push_back({"sku:1", 1, kNone, {}, 0});
  std::vector<Cond> many(33, leaf(Op::lines, 0, 1));
  deep.rules.push_back({"deep", all(many), {{0, 1}}, rule_defaults()});
  CHECK(error_of(deep.build()).find("too many operands waiting") != std::string::npos);
}

TEST_CASE("image: conditions on the customer and the offer that mean nothing are refused",
          "[image]") {
  struct Row {
    Cond cond;
    const char* why;
  };
  const Row rows[] = {
      {leaf(Op::segment, 0, 0, 0, 0x7FFFFFFF, 1), "conditions: segments"},
      {leaf(Op::segment, 0, 0, 0, 1, 2), "conditions: segments"},
      {leaf(Op::visit, 0, 0), "conditions: no such visit"},
      {leaf(Op::visit, 3, 0), "conditions: no such visit"},
      {leaf(Op::bought, 0, -1, 0), "conditions: days"},
      {leaf(Op::bought, 0, 30, 3), "conditions: no such set"},
      {leaf(Op::not_bought, 0, 30, 3), "conditions: no such set"},
      {leaf(Op::stock, 0, 0), "conditions: no such stock class"},
      {leaf(Op::stock, 4, 0), "conditions: no such stock class"},
  };
  for (const Row& row : rows) {
    ImageBuilder b = small_shop();
    b.rules = {{"only", row.cond, {{0, 10}}, rule_defaults()}};
    CHECK(error_of(b.build()) == std::string("image rules[0]: ") + row.why);
  }
  auto bytes = small_shop().build();
  for (std::uint32_t i = 0; i < 4; ++i) record<Gate>(bytes, kGates, i).flags &= 0xF7;
  ImageBuilder::repair_checksum(bytes);
  CHECK(error_of(bytes) == "image gates[2]: it does not say what the conditions say");
  ImageBuilder many = small_shop();
  many.avoid.clear();
  for (int i = 10; i < 75; ++i) many.avoid.push_back("w" + std::to_string(i));
  CHECK(error_of(many.build()) == "image avoid[65]: more words than bits");
}

TEST_CASE("image: equal stable ids are refused", "[image]") {
  auto bytes = small_shop().build();
  record<Rule>(bytes, kRules, 0).stable = record<Rule>(bytes, kRules, 1).stable;
  ImageBuilder::repair_checksum(bytes);
  CHECK(error_of(bytes).find("rule order") != std::string::npos);
}

// The pool is looked at in pieces, and texts lie across them: each place of the first texts is spoilt.
// To see it fail: let Checker::text() ask for the first piece only.
TEST_CASE("image: text that is not UTF-8 is refused", "[image]") {
  const auto good = small_shop().build();
  const std::string want = "Fries with that?";
  const auto raw = good.span();
  std::size_t at = 0;
  while (at + want.size() < raw.size() &&
         std::memcmp(raw.data() + at, want.data(), want.size()) != 0) {
    ++at;
  }
  REQUIRE(at + want.size() < raw.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    auto bytes = good;
    bytes.data()[at + i] = std::byte{0xC0};
    ImageBuilder::repair_checksum(bytes);
    CHECK(error_of(bytes) == "image texts[0]: headline is not a text");
  }
  std::set<std::ptrdiff_t> places;
  for (std::size_t fill = 1; fill < 70;
       ++fill) {  // a key behind it wanders over a border of pieces
    ImageBuilder longer = small_shop();
    longer.stores = {std::string(fill, 'k')};
    longer.products[1].key = "a key";
    auto bytes = longer.build();
    REQUIRE(error_of(bytes).empty());
    auto* const begin = reinterpret_cast<char*>(bytes.data());
    auto* const end = begin + bytes.span().size();
    const std::string& key = longer.products[1].key;
    auto* const found = std::search(begin, end, key.begin(), key.end());
    REQUIRE(found != end);
    found[4] = '\xC0';
    places.insert((found - begin) % 64);
    ImageBuilder::repair_checksum(bytes);
    CHECK(error_of(bytes) == "image products[1]: key is not a text");
  }
  CHECK(places.size() >= 32);
}

// Fails without the second bound in Checker::text(): the bytes behind the table are zeros, good UTF-8.
TEST_CASE("image: a text whose length passes the end of the text table is refused", "[image]") {
  const auto good = small_shop().build();
  Directory entry;
  std::memcpy(&entry, good.span().data() + sizeof(Header) + kText * sizeof(Directory),
              sizeof entry);
  // The product's key becomes the last text: two bytes of length and nothing, then something, and
  // then more than there is.
  const auto with_length = [&](std::uint8_t length, std::uint32_t room) {
    auto bytes = good;
    const std::uint32_t last = entry.count - 2 - room;
    bytes.data()[entry.offset + last] = std::byte{length};
    bytes.data()[entry.offset + last + 1] = std::byte{0};
    for (std::uint32_t i = 0; i < room; ++i)
      bytes.data()[entry.offset + last + 2 + i] = std::byte{'x'};
    record<Rule>(bytes, kRules, 0).name = last;
    ImageBuilder::repair_checksum(bytes);
    return error_of(bytes);
  };
  const std::string refused = "image rules[0]: name";
  CHECK(with_length(4, 4).find(refused) == std::string::npos);
  CHECK(with_length(5, 4).find(refused) == 0);
  CHECK(with_length(1, 0).find(refused) == 0);
  CHECK(with_length(255, 4).find(refused) == 0);
}

TEST_CASE("image: a list shared so often that checking it would be slow is refused as a limit",
          "[image]") {
  // 2,000 rules that each name a store list of 6,000: 64 MB of entries in a file of half a
  // megabyte.
  ImageBuilder b;
  b.products.push_back({"sku:1", 1, kNone, {}, 0});
  for (std::uint32_t i = 0; i < 6000; ++i) {
    b.stores.push_back("s" + std::to_string(i));
    b.store_lists.push_back(i);
  }
  for (std::uint32_t i = 0; i < 1000; ++i) {
    std::vector<Cond> lists;
    for (std::uint32_t k = 0; k < 31; ++k) {
      lists.push_back(leaf(Op::store, 0, 0, (i * 31 + k) % 1000, 0, 5000));
    }
    b.rules.push_back({"r" + std::to_string(i), any(lists), {{0, 1}}, rule_defaults()});
  }
  const auto bytes = b.build();
  const auto image = Image::open(bytes.span());
  REQUIRE_FALSE(image);
  CAPTURE(image.error().text());
  CHECK(image.error().code() == Errc::limit);
}

TEST_CASE("image: no mutant of a good image crashes the reader or leads outside it", "[image]") {
  const std::uint64_t seed = 20261121;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  const auto good = small_shop().build();
  std::size_t opened = 0;
  // Every byte once to a random value, then 20,000 mutants of up to four 1/2/4/8-byte fields.
  for (std::size_t round = 0; round < good.size() + 20'000; ++round) {
    auto bytes = good;
    const std::size_t changes = round < good.size() ? 1 : 1 + random() % 4;
    for (std::size_t c = 0; c < changes; ++c) {
      const std::size_t width = round < good.size() ? 1 : std::size_t{1} << random() % 4;
      const std::size_t at = round < good.size() ? round : random() % (good.size() / width) * width;
      const std::uint64_t kinds[] = {
          random(),          random() % 8,    0,
          ~std::uint64_t{0}, random() % 1000, std::uint64_t{1} << random() % 64};
      const std::uint64_t value = kinds[round < good.size() ? 0 : random() % std::size(kinds)];
      std::memcpy(bytes.data() + at, &value, width);
    }
    ImageBuilder::repair_checksum(bytes);
    const auto image = Image::open(bytes.span());
    if (!image) continue;
    ++opened;
    walk(*image);
  }
  CHECK(opened > 100);  // else nothing was tested
}
