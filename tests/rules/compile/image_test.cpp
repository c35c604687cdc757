#include "rules/image/image.hpp"

#include "packs.hpp"
#include "rules/base/hash.hpp"
#include "rules/image/code.hpp"

#include <catch2/catch.hpp>

using namespace packs;

namespace {

Reader image_of(const model::Pack& pack) {
  auto out = compiled(pack);
  for (const auto& e : out.errors) UNSCOPED_INFO(e.id << ' ' << e.pointer << ' ' << e.message);
  REQUIRE(out.errors.empty());
  return Reader(std::move(out.image));
}

std::vector<std::string> keys_of(const Reader& r) {
  std::vector<std::string> out;
  for (const auto& p : r.table<image::Product>(image::kProducts)) out.push_back(r.text(p.key));
  return out;
}

}  // namespace

TEST_CASE("compile: the header names version, size and checksum of the file") {
  const Reader r = image_of(burgers());
  const image::Header h = r.header();
  CHECK(std::string_view(h.magic, 8) == "SIDEDISH");
  CHECK(h.major == 1);
  CHECK(h.minor == 0);
  CHECK(h.engine_min == 1);
  CHECK(h.size == r.bytes().size());
  CHECK(h.tables == image::kTableCount);
  auto zeroed = r.bytes();
  std::fill(zeroed.begin() + offsetof(image::Header, crc32c),
            zeroed.begin() + offsetof(image::Header, crc32c) + 4, std::byte{0});
  CHECK(crc32c(zeroed) == h.crc32c);
  std::size_t end = sizeof(image::Header) + image::kTableCount * sizeof(image::Directory);
  for (std::size_t i = 0; i < image::kTableCount; ++i) {
    const auto d = r.directory(i);
    CHECK(d.offset % 8 == 0);
    CHECK(d.offset == end);  // in order, nothing between but padding
    CHECK(d.reserved == 0);
    end = (d.offset + std::size_t{d.count} * d.record + 7) / 8 * 8;
  }
  CHECK(end == h.size);
}

TEST_CASE(
    "compile: an image with another unit, or a cap per customer, asks for an engine that has "
    "them") {
  model::Pack pack = burgers();
  pack.rules[0].unit = Unit::customer;
  pack.rules[0].cap_customer = {3, 28};
  const Reader r = image_of(pack);
  CHECK(r.header().engine_min == 2);
  CHECK(r.table<image::Rule>(image::kRules).at(0).unit() == Unit::customer);
  const auto gate = r.table<image::Gate>(image::kGates).at(0);
  CHECK(gate.customer_prompts == 3);
  CHECK(gate.customer_days == 28);
  CHECK(image::Image::open(r.bytes()).has_value());
  const auto plain = image_of(burgers()).table<image::Gate>(image::kGates).at(0);
  CHECK(plain.customer_prompts == 0);
  CHECK(plain.customer_days == 0);
}

TEST_CASE("compile: products follow their categories depth first, so every category is a range") {
  const Reader r = image_of(burgers());
  CHECK(keys_of(r) == std::vector<std::string>{"sku:COLA", "sku:BURGER", "sku:CHEESE",
                                               "sku:FRIES-L", "sku:FRIES-M", "sku:FRIES-S"});
  struct Row {
    std::string id;
    std::uint32_t parent, first, end;
    bool operator==(const Row&) const = default;
  };
  std::vector<Row> rows;
  for (const auto& c : r.table<image::Category>(image::kCategories)) {
    rows.push_back({r.text(c.id), c.parent, c.first_product, c.product_end});
  }
  CHECK((rows == std::vector<Row>{{"drinks", image::kNone, 0, 1},
                                  {"food", image::kNone, 1, 6},
                                  {"burgers", 1, 1, 3},
                                  {"sides", 1, 3, 6},
                                  {"fries", 3, 3, 6}}));
}

TEST_CASE("compile: a product names its pictures by digest, in hex, or none") {
  model::Pack pack = burgers();
  pack.catalogue->products[0].pictures = {std::string(64, 'a'), ""};
  pack.catalogue->products[1].pictures = {std::string(64, 'b'), std::string(64, 'a')};
  const Reader r = image_of(pack);
  const auto products = r.table<image::Product>(image::kProducts);
  const auto indices = r.table<std::uint32_t>(image::kIndices);
  const auto picture = [&](std::size_t product, std::uint32_t which) {
    return r.text(indices.at(products.at(product).names + 1 + which));  // one language
  };
  CHECK(picture(4, 0) == std::string(64, 'a'));
  CHECK(picture(4, 1).empty());
  CHECK(picture(3, 0) == std::string(64, 'b'));
  CHECK(picture(3, 1) == std::string(64, 'a'));
  CHECK(products.at(4).flags == image::kHasPictures);
  CHECK((products.at(0).flags & image::kHasPictures) == 0);
}

TEST_CASE("compile: a product keeps price, flags, substitutes and its aliases as keys") {
  const Reader r = image_of(burgers());
  const auto p = r.table<image::Product>(image::kProducts).at(4);
  const auto indices = r.table<std::uint32_t>(image::kIndices);
  CHECK(p.price == 290);
  CHECK(p.flags == 0);
  CHECK(p.stable == stable_id("sku:FRIES-M"));
  REQUIRE(p.substitute_count == 2);
  CHECK(indices.at(p.substitutes) == 3);
  CHECK(indices.at(p.substitutes + 1) == 5);
  CHECK(r.text(indices.at(p.names)) == "Name of sku:FRIES-M");
  const auto keys = r.table<image::Key>(image::kKeys);
  const auto slots = r.table<std::uint32_t>(image::kKeySlots);
  REQUIRE(keys.size() == 8);
  CHECK(slots.size() == 16);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    CHECK(keys[i].hash == hash64(r.text(keys[i].key)));
    std::size_t slot = keys[i].hash & (slots.size() - 1);
    while (slots.at(slot) != i + 1) {
      REQUIRE(slots.at(slot) != 0);
      slot = (slot + 1) & (slots.size() - 1);
    }
  }
  CHECK(r.text(keys[4].key) == "sku:FRIES-M");
  CHECK(r.text(keys[5].key) == "gtin:4006381333931");
  CHECK(r.text(keys[6].key) == "plu:112");
}

TEST_CASE(
    "compile: what is never offered is hidden, a pinned rule stands first, exploration is kept") {
  model::Pack pack = burgers();
  pack.settings.never_offer = {{{"sku:FRIES-M"}, "", "", "", {}, {}}};
  pack.settings.exploration_percent = 7;
  model::Rule weak = pack.rules[0];
  weak.id = "weak";
  weak.extra_adds_per_1000 = 1;
  for (auto& offer : weak.offers) offer.extra_adds_per_1000.reset();
  weak.pinned = true;
  pack.rules.push_back(weak);
  const Reader r = image_of(pack);
  CHECK(r.table<image::Product>(image::kProducts).at(4).flags == image::kHidden);
  CHECK(r.table<image::Settings>(image::kSettings).at(0).exploration_permille == 70);
  const auto rules = r.table<image::Rule>(image::kRules);
  CHECK(r.text(rules.at(0).id) == "weak");
  CHECK(rules.at(0).flags == (image::kEnabled | image::kPinned));
  const auto gates = r.table<image::Gate>(image::kGates);
  CHECK(gates.at(0).bound < gates.at(1).bound);
  CHECK((gates.at(0).flags & image::kFirst) != 0);
}

TEST_CASE("compile: pairs are asked when approved or above the bar, by what is given") {
  model::Pack pack = burgers();
  model::Rule r = pack.rules[0];
  r.id = "pairs";
  r.kind = Kind::also_bought;
  r.when = {};
  r.offers = {{"sku:COLA", std::nullopt, "sku:FRIES-M", 30, 200, false},   // at the bar
              {"sku:COLA", std::nullopt, "sku:FRIES-L", 29, 100, false},   // too few
              {"sku:FRIES-M", std::nullopt, "sku:COLA", 90, 1000, false},  // too rare
              {"sku:FRIES-L", std::nullopt, "sku:COLA", 1, 1000, true}};   // approved
  r.bar = model::PairBar{30, 15};
  pack.rules = {r};
  const Reader image = image_of(pack);
  const auto names = image.table<image::Product>(image::kProducts);
  std::vector<std::pair<std::string, std::string>> asked;
  for (const auto& o : image.table<image::Offer>(image::kOffers)) {
    asked.emplace_back(image.text(names.at(o.given).key), image.text(names.at(o.product).key));
  }
  CHECK((asked == std::vector<std::pair<std::string, std::string>>{{"sku:COLA", "sku:FRIES-L"},
                                                                   {"sku:FRIES-M", "sku:COLA"}}));
  pack.rules[0].bar.reset();
  CHECK(image_of(pack).table<image::Offer>(image::kOffers).size() == 1);
  pack.rules[0].offers[3].approved = false;  // nothing left to ask: it is there and never speaks
  CHECK(image_of(pack).table<image::Offer>(image::kOffers).empty());
}

TEST_CASE("compile: a receipt's rule speaks on the receipt alone") {
  model::Pack pack = burgers();
  pack.rules[0].kind = Kind::receipt;
  const auto rule = image_of(pack).table<image::Rule>(image::kRules).at(0);
  CHECK(rule.channels == 4);
  CHECK(rule.moments == 8);
}

TEST_CASE("compile: the rule's score is prior times gain times lever, its best offer first") {
  const Reader r = image_of(burgers());
  const auto rule = r.table<image::Rule>(image::kRules).at(0);
  const auto offers = r.table<image::Offer>(image::kOffers);
  REQUIRE(rule.offer_count == 2);
  // FRIES-L: 30 % of 350 = 105 minor; 100,000 ppm x 105 x 50 / 50.
  CHECK(offers[0].product == 3);
  CHECK(offers[0].prior_ppm == 100'000);
  CHECK(offers[0].score == 10'500'000);
  CHECK(offers[1].score == 8'700'000);
  CHECK(r.table<image::Gate>(image::kGates).at(0).bound == offers[0].score);
  CHECK(r.settings().salt == hash64("burger-bar"));
  CHECK(rule.channels == 0b11);
  CHECK(rule.moments == 0b11);
  CHECK(rule.holdout_permille == 500);
  const auto texts = r.table<image::Texts>(image::kTexts);
  const auto& t = texts.at(offers[0].texts);
  CHECK(r.text(t.headline) == "Something else?");
  CHECK(r.text(t.line1) == "Something else?");
  CHECK(r.text(t.line2) == "Name of sku:FRIES-L");
}

TEST_CASE("compile: conditions are in postfix order and name their sets") {
  const Reader r = image_of(burgers());
  const auto rule = r.table<image::Rule>(image::kRules).at(0);
  const auto gate = r.table<image::Gate>(image::kGates).at(0);
  const auto words = r.table<std::uint32_t>(image::kCode);
  const auto sets = r.table<image::Set>(image::kSets);
  REQUIRE(gate.node_count == 3);
  image::Code code(words.data());
  const image::Node nodes[] = {code.next(), code.next(), code.next()};
  CHECK(nodes[0].op == image::Op::quantity);
  CHECK(nodes[0].min == 1);
  CHECK(nodes[0].max == image::kNoMax);
  CHECK(sets.at(nodes[0].a).first == 1);
  CHECK(sets.at(nodes[0].a).end == 3);
  CHECK(nodes[1].op == image::Op::absent);
  CHECK(nodes[2].op == image::Op::all);
  CHECK(nodes[2].n == 2);
  CHECK(rule.detail == nodes[0].a);
  // Posted for its burgers: that is known; that fries lack is not.
  CHECK(nodes[0].known == 1);
  CHECK(nodes[1].known == 0);
  CHECK(gate.flags == image::kPlain);
  CHECK(gate.product == image::kNone);
}

TEST_CASE("compile: the same pack in another order gives the same bytes") {
  const auto pack = burgers();
  auto other = pack;
  std::reverse(other.catalogue->products.begin(), other.catalogue->products.end());
  std::reverse(other.catalogue->categories.begin(), other.catalogue->categories.end());
  std::reverse(other.catalogue->products.back().substitutes.begin(),
               other.catalogue->products.back().substitutes.end());
  std::reverse(other.rules[0].offers.begin(), other.rules[0].offers.end());
  CHECK(compiled(pack).image == compiled(other).image);
}

TEST_CASE("compile: allergens and diets are one list of words, and a bit of a product each") {
  model::Pack pack = burgers();
  auto& all = pack.catalogue->products;
  all[5].allergens.emplace();  // cola: known to have none
  all[5].diets = {"vegan", "halal"};
  all[4].allergens = {"milk", "gluten"};  // burger
  all[4].diets = {"halal"};
  all[3].diets = {"vegan"};  // of the cheeseburger nothing else is known
  const Reader r = image_of(pack);
  std::vector<std::string> words;
  for (const auto& a : r.table<image::Avoid>(image::kAvoid)) words.push_back(r.text(a.word));
  CHECK(words == std::vector<std::string>{"diet:halal", "diet:vegan", "gluten", "milk"});
  const auto products = r.table<image::Product>(image::kProducts);
  CHECK(products.at(0).avoided == 0);
  CHECK(products.at(0).flags == image::kAllergensKnown);
  CHECK(products.at(1).avoided == 0b1110);
  CHECK(products.at(2).avoided == 0);
  CHECK((products.at(2).flags & image::kAllergensKnown) == 0);
}

TEST_CASE("compile: a restricted list holds in its countries, and where nobody said which it is") {
  model::Pack pack = burgers();
  pack.settings.restricted = {{"food", {"AT", "DE"}}, {"fries", {"CH"}}, {"drinks", {}}};
  const auto lists = [&](const char* country) {
    pack.stores[0].country = country;
    return image_of(pack).table<image::Store>(image::kStores).at(0).restricted;
  };
  CHECK(lists("DE") == 0b101);
  CHECK(lists("CH") == 0b110);
  CHECK(lists("FR") == 0b100);
  CHECK(lists("") == 0b111);
  const auto products = image_of(pack).table<image::Product>(image::kProducts);
  CHECK(products.at(0).restricted == 0b100);  // cola
  CHECK(products.at(1).restricted == 0b001);  // a burger
  CHECK(products.at(3).restricted == 0b011);  // fries are food too
}
