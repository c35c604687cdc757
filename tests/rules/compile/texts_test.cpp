#include "packs.hpp"
#include "rules/base/text.hpp"
#include "rules/compile/locale.hpp"
#include "rules/compile/pattern.hpp"
#include "rules/engine/render.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace packs;

namespace {

/// A compiled pack, opened as a terminal opens it.
class Opened {
 public:
  explicit Opened(const model::Pack& pack) {
    const auto done = compiled(pack);
    for (const auto& e : done.errors) UNSCOPED_INFO(e.pointer << ": " << e.message);
    REQUIRE(done.errors.empty());
    words_.resize((done.image.size() + 7) / 8);
    std::memcpy(words_.data(), done.image.data(), done.image.size());
    const auto opened =
        image::Image::open(std::as_bytes(std::span(words_)).first(done.image.size()));
    REQUIRE(opened);
    image = *opened;
  }
  std::string say(image::TextRef text, std::uint32_t language, const engine::Live& live,
                  std::uint32_t limit) const {
    char room[engine::kRenderBytes];
    return std::string(engine::render(image, text, language, live, limit, room));
  }
  const image::Texts& texts(std::uint32_t language, bool kiosk = false) const {
    return image.texts()[image.offers()[0].texts + language * 2 + (kiosk ? 1U : 0U)];
  }
  std::string headline(const engine::Live& live, std::uint32_t language = 0) const {
    return say(texts(language).headline, language, live, 30);
  }
  std::string reason(const engine::Live& live, std::uint32_t language = 0) const {
    return say(texts(language).reason, language, live, 60);
  }
  image::Image image;

 private:
  std::vector<std::uint64_t> words_;
};

model::Pack speaking(const std::string& tag, const char* code = "EUR") {
  auto pack = burgers();
  pack.currency = *currency(code);
  pack.catalogue->currency = pack.currency;
  pack.languages = {tag};
  pack.rules[0].text = {{tag, {"{price}", ""}}};
  return pack;
}

model::Ways ways(std::vector<std::string> all) { return model::Ways(std::move(all)); }

std::vector<model::Finding> wrong(const model::Pack& pack) {
  return compile::check(pack, *pack.catalogue, zone_file);
}

// As ICU 78 (CLDR 48) writes them: Intl.NumberFormat, narrowSymbol.
struct Money {
  const char* tag;
  const char* currency;
  const char* amounts[3];  ///< 5, 1,234 and 123,456,789 minor units
};
// clang-format off
const Money kMoney[] = {
    {"en", "JPY", {"\u00a55", "\u00a51,234", "\u00a5123,456,789"}},
    {"en", "EUR", {"\u20ac0.05", "\u20ac12.34", "\u20ac1,234,567.89"}},
    {"en", "KWD", {"KWD\u00a00.005", "KWD\u00a01.234", "KWD\u00a0123,456.789"}},
    {"de", "JPY", {"5\u00a0\u00a5", "1.234\u00a0\u00a5", "123.456.789\u00a0\u00a5"}},
    {"de", "EUR", {"0,05\u00a0\u20ac", "12,34\u00a0\u20ac", "1.234.567,89\u00a0\u20ac"}},
    {"de", "KWD", {"0,005\u00a0KWD", "1,234\u00a0KWD", "123.456,789\u00a0KWD"}},
    {"fr", "JPY", {"5\u00a0\u00a5", "1\u202f234\u00a0\u00a5", "123\u202f456\u202f789\u00a0\u00a5"}},
    {"fr", "EUR", {"0,05\u00a0\u20ac", "12,34\u00a0\u20ac", "1\u202f234\u202f567,89\u00a0\u20ac"}},
    {"fr", "KWD", {"0,005\u00a0KWD", "1,234\u00a0KWD", "123\u202f456,789\u00a0KWD"}},
    {"ar", "JPY", {"\u200f5\u00a0JP\u00a5", "\u200f1,234\u00a0JP\u00a5", "\u200f123,456,789\u00a0JP\u00a5"}},
    {"ar", "EUR", {"\u200f0.05\u00a0\u20ac", "\u200f12.34\u00a0\u20ac", "\u200f1,234,567.89\u00a0\u20ac"}},
    {"ar", "KWD", {"\u200f0.005\u00a0\u062f.\u0643.\u200f", "\u200f1.234\u00a0\u062f.\u0643.\u200f", "\u200f123,456.789\u00a0\u062f.\u0643.\u200f"}},
    {"ar-KW", "JPY", {"\u200f\u0665\u00a0JP\u00a5", "\u200f\u0661\u066c\u0662\u0663\u0664\u00a0JP\u00a5", "\u200f\u0661\u0662\u0663\u066c\u0664\u0665\u0666\u066c\u0667\u0668\u0669\u00a0JP\u00a5"}},
    {"ar-KW", "EUR", {"\u200f\u0660\u066b\u0660\u0665\u00a0\u20ac", "\u200f\u0661\u0662\u066b\u0663\u0664\u00a0\u20ac", "\u200f\u0661\u066c\u0662\u0663\u0664\u066c\u0665\u0666\u0667\u066b\u0668\u0669\u00a0\u20ac"}},
    {"ar-KW", "KWD", {"\u200f\u0660\u066b\u0660\u0660\u0665\u00a0\u062f.\u0643.\u200f", "\u200f\u0661\u066b\u0662\u0663\u0664\u00a0\u062f.\u0643.\u200f", "\u200f\u0661\u0662\u0663\u066c\u0664\u0665\u0666\u066b\u0667\u0668\u0669\u00a0\u062f.\u0643.\u200f"}},
    {"ja", "JPY", {"\uffe55", "\uffe51,234", "\uffe5123,456,789"}},
    {"ja", "EUR", {"\u20ac0.05", "\u20ac12.34", "\u20ac1,234,567.89"}},
    {"ja", "KWD", {"KWD\u00a00.005", "KWD\u00a01.234", "KWD\u00a0123,456.789"}},
    {"pl", "JPY", {"5\u00a0\u00a5", "1234\u00a0\u00a5", "123\u00a0456\u00a0789\u00a0\u00a5"}},
    {"pl", "EUR", {"0,05\u00a0\u20ac", "12,34\u00a0\u20ac", "1\u00a0234\u00a0567,89\u00a0\u20ac"}},
    {"pl", "KWD", {"0,005\u00a0KWD", "1,234\u00a0KWD", "123\u00a0456,789\u00a0KWD"}},
    {"es", "JPY", {"5\u00a0\u00a5", "1234\u00a0\u00a5", "123.456.789\u00a0\u00a5"}},
    {"es", "EUR", {"0,05\u00a0\u20ac", "12,34\u00a0\u20ac", "1.234.567,89\u00a0\u20ac"}},
    {"es", "KWD", {"0,005\u00a0KWD", "1,234\u00a0KWD", "123.456,789\u00a0KWD"}},
    {"nl", "JPY", {"\u00a5\u00a05", "\u00a5\u00a01.234", "\u00a5\u00a0123.456.789"}},
    {"nl", "EUR", {"\u20ac\u00a00,05", "\u20ac\u00a012,34", "\u20ac\u00a01.234.567,89"}},
    {"nl", "KWD", {"KWD\u00a00,005", "KWD\u00a01,234", "KWD\u00a0123.456,789"}},
    {"he", "JPY", {"\u200f5\u00a0\u200f\u00a5", "\u200f1,234\u00a0\u200f\u00a5", "\u200f123,456,789\u00a0\u200f\u00a5"}},
    {"he", "EUR", {"\u200f0.05\u00a0\u200f\u20ac", "\u200f12.34\u00a0\u200f\u20ac", "\u200f1,234,567.89\u00a0\u200f\u20ac"}},
    {"he", "KWD", {"\u200f0.005\u00a0\u200fKWD", "\u200f1.234\u00a0\u200fKWD", "\u200f123,456.789\u00a0\u200fKWD"}},
    {"cs", "JPY", {"5\u00a0\u00a5", "1\u00a0234\u00a0\u00a5", "123\u00a0456\u00a0789\u00a0\u00a5"}},
    {"cs", "EUR", {"0,05\u00a0\u20ac", "12,34\u00a0\u20ac", "1\u00a0234\u00a0567,89\u00a0\u20ac"}},
    {"cs", "KWD", {"0,005\u00a0KWD", "1,234\u00a0KWD", "123\u00a0456,789\u00a0KWD"}},
    {"ru", "JPY", {"5\u00a0\u00a5", "1\u00a0234\u00a0\u00a5", "123\u00a0456\u00a0789\u00a0\u00a5"}},
    {"ru", "EUR", {"0,05\u00a0\u20ac", "12,34\u00a0\u20ac", "1\u00a0234\u00a0567,89\u00a0\u20ac"}},
    {"ru", "KWD", {"0,005\u00a0KWD", "1,234\u00a0KWD", "123\u00a0456,789\u00a0KWD"}},
    {"it", "JPY", {"5\u00a0\u00a5", "1234\u00a0\u00a5", "123.456.789\u00a0\u00a5"}},
    {"it", "EUR", {"0,05\u00a0\u20ac", "12,34\u00a0\u20ac", "1.234.567,89\u00a0\u20ac"}},
    {"it", "KWD", {"0,005\u00a0KWD", "1,234\u00a0KWD", "123.456,789\u00a0KWD"}},
    {"zh", "JPY", {"\u00a55", "\u00a51,234", "\u00a5123,456,789"}},
    {"zh", "EUR", {"\u20ac0.05", "\u20ac12.34", "\u20ac1,234,567.89"}},
    {"zh", "KWD", {"KWD\u00a00.005", "KWD\u00a01.234", "KWD\u00a0123,456.789"}},
    {"tr", "JPY", {"\u00a55", "\u00a51.234", "\u00a5123.456.789"}},
    {"tr", "EUR", {"\u20ac0,05", "\u20ac12,34", "\u20ac1.234.567,89"}},
    {"tr", "KWD", {"KWD\u00a00,005", "KWD\u00a01,234", "KWD\u00a0123.456,789"}},
};

// Classes of 0 to 125, 1,000, 1,000,000 and 2,000,000 by Intl.PluralRules of the same ICU:
// z zero, 1 one, 2 two, f few, m many, x other.
struct Plurals {
  const char* tag;
  std::string classes;
};
const Plurals kPlurals[] = {
    {"en", "x1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
    {"de", "x1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
    {"fr", "11xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxmm"},
    {"es", "x1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxmm"},
    {"it", "x1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxmm"},
    {"nl", "x1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
    {"pl", "m1fffmmmmmmmmmmmmmmmmmfffmmmmmmmfffmmmmmmmfffmmmmmmmfffmmmmmmmff"
     "fmmmmmmmfffmmmmmmmfffmmmmmmmfffmmmmmmmfffmmmmmmmmmmmmmmmmmfffmmmm"},
    {"cs", "x1fffxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
    {"ru", "m1fffmmmmmmmmmmmmmmmm1fffmmmmmm1fffmmmmmm1fffmmmmmm1fffmmmmmm1ff"
     "fmmmmmm1fffmmmmmm1fffmmmmmm1fffmmmmmm1fffmmmmmmmmmmmmmmmm1fffmmmm"},
    {"ar", "z12ffffffffmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"
     "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmxxxffffffffmmmmmmmmmmmmmmmxxx"},
    {"ja", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
    {"zh", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
    {"tr", "x1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
    {"he", "x12xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
    {"xx", std::string(129, 'x')},
};
// clang-format on

}  // namespace

TEST_CASE("texts: money is written as each language writes it, for 0, 2 and 3 decimals") {
  for (const Money& row : kMoney) {
    CAPTURE(row.tag, row.currency);
    auto pack = speaking(row.tag, row.currency);
    for (auto& p : pack.catalogue->products) p.price = 123'456'789;
    const Opened opened(pack);
    const Minor amounts[] = {5, 1234, 123'456'789};
    for (int i = 0; i < 3; ++i) {
      std::string expected = row.amounts[i];
      if (compile::locale_data(row.tag).right_to_left) expected = "\u2068" + expected + "\u2069";
      CHECK(opened.headline({.price = amounts[i]}) == expected);
      CHECK(visible_characters(expected) ==
            compile::money_width(row.tag, *currency(row.currency), amounts[i]));
    }
  }
}

TEST_CASE("texts: every number has the plural class that Unicode gives it in each language") {
  const char letters[] = {'z', '1', '2', 'f', 'm', 'x'};
  for (const Plurals& row : kPlurals) {
    CAPTURE(row.tag);
    const Opened opened(speaking(row.tag));
    REQUIRE(row.classes.size() == 129);
    for (std::uint32_t i = 0; i < row.classes.size(); ++i) {
      const std::uint32_t n = i <= 125 ? i : i == 126 ? 1000 : (i - 126) * 1'000'000;
      CAPTURE(n);
      const auto cls = engine::plural_class(opened.image, opened.image.locales()[0], n);
      CHECK(letters[static_cast<int>(cls)] == row.classes[i]);
      if (n < 1000) CHECK(compile::has_class(compile::locale_data(row.tag), cls));
    }
  }
}

TEST_CASE("texts: a claim is said while its evidence is fresh, and then the next way to say it") {
  auto pack = burgers();
  pack.rules[0].text["en"] = {ways({"{share} in 10 add {offer}", "Fries with that?"}),
                              ways({"Until {until}", "Only {left} left"})};
  pack.catalogue->products[0].name["en"] = "Fries";
  pack.rules[0].offers = {{"sku:FRIES-M", {}}};
  pack.rules[0].offers[0].evidence = model::Evidence{812, 520, 20'700};
  Condition dates;
  dates.type = Type::dates;
  dates.pointer = "/when/all/1/dates";
  dates.range.max = 20'811;  // 2026-12-24
  pack.rules[0].when = all({has_category("burgers"), dates});
  const Opened opened(pack);
  CHECK(opened.headline({.day = 20'700 + 180}) == "6 in 10 add Fries");
  CHECK(opened.headline({.day = 20'700 + 181}) == "Fries with that?");
  CHECK(opened.reason({.day = 20'811}) == "Until Dec 24");
  CHECK(opened.reason({.left = 3, .day = 20'812}) == "Only 3 left");
  CHECK(opened.reason({.day = 20'812}).empty());
  // The pole display promises nothing that may be stale.
  CHECK(opened.image.text(opened.texts(0).line1) == "Fries with that?");
  // 199 baskets back nothing.
  pack.rules[0].offers[0].evidence->baskets = 199;
  pack.rules[0].offers[0].evidence->with_it = 150;
  CHECK(Opened(pack).headline({.day = 20'700}) == "Fries with that?");
}

TEST_CASE(
    "texts: a pair claims what was counted of it, the least of its givens, while it is fresh") {
  auto pack = burgers();
  auto& rule = pack.rules[0];
  rule.kind = Kind::also_bought;
  rule.when = all({});
  rule.text["en"] = {ways({"{share} in 10 add {offer}", "Fries with that?"}), ""};
  pack.catalogue->products[0].name["en"] = "Fries";
  const auto pair = [](std::string given, std::int64_t together, std::int64_t of) {
    model::OfferSpec out{"sku:FRIES-M", {}};
    out.given = std::move(given);
    out.together = together;
    out.of = of;
    out.approved = true;
    return out;
  };
  rule.offers = {pair("sku:CHEESE", 520, 812), pair("sku:COLA", 500, 812)};
  REQUIRE_FALSE(wrong(pack).empty());  // nobody said when they were counted
  rule.counted = 20'700;
  CHECK(Opened(pack).headline({.day = 20'700 + 180}) == "6 in 10 add Fries");
  CHECK(Opened(pack).headline({.day = 20'700 + 181}) == "Fries with that?");
  rule.offers[0].together = 330;  // not the most, and not the last
  CHECK(Opened(pack).headline({.day = 20'700}) == "4 in 10 add Fries");
  rule.offers[0] = pair("sku:CHEESE", 150, 199);  // too few to claim anything
  CHECK(Opened(pack).headline({.day = 20'700}) == "Fries with that?");
}

TEST_CASE("texts: a name that reads the other way stands in isolates, and takes no more place") {
  auto pack = speaking("ar");
  pack.catalogue->products[0].name["ar"] = "Cola 0,5";
  pack.rules[0].offers = {{"sku:FRIES-M", {}}};
  pack.rules[0].text["ar"] = {"{offer}", ""};
  const Opened arabic(pack);
  CHECK(arabic.headline({}) == "\u2068Cola 0,5\u2069");
  CHECK(arabic.image.text(arabic.texts(0).line1) == "Cola 0,5");
  pack = speaking("en");
  pack.catalogue->products[0].name["en"] = "\u0644\u0628\u0646";
  pack.rules[0].offers = {{"sku:FRIES-M", {}}};
  pack.rules[0].text["en"] = {"{offer}?", ""};
  CHECK(Opened(pack).headline({}) == "\u2068\u0644\u0628\u0646\u2069?");
}

TEST_CASE("texts: plurals are said by class in every language") {
  auto pack = speaking("pl");
  pack.rules[0].text["pl"] = {
      "{quantity, plural, one {{quantity} sztuka} few {{quantity} sztuki} many {{quantity} sztuk} "
      "other {{quantity} sztuki}}",
      ""};
  pack.rules[0].quantity = model::QuantityPolicy::per_trigger;
  const Opened opened(pack);
  CHECK(opened.headline({.quantity = kOne}) == "1 sztuka");
  CHECK(opened.headline({.quantity = 3 * kOne}) == "3 sztuki");
  CHECK(opened.headline({.quantity = 5 * kOne}) == "5 sztuk");
  CHECK(opened.headline({.quantity = 22 * kOne}) == "22 sztuki");
}

TEST_CASE("check: slots that this rule can never fill, and texts too long when filled, are told") {
  struct Row {
    const char* pointer;
    const char* says;
    std::string text;
  };
  const Row rows[] = {
      {"/rules/0/text/en/headline", "a slot that there is not", "{prise}"},
      {"/rules/0/text/en/headline", "neither closed nor plural", "{price"},
      {"/rules/0/text/en/headline", "closes nothing", "price}"},
      {"/rules/0/text/en/headline", "without the class other", "{left, plural, one {x}}"},
      {"/rules/0/text/en/headline", "a plural class that there is not",
       "{left, plural, some {x} other {y}}"},
      {"/rules/0/text/en/headline", "a plural class twice",
       "{left, plural, one {x} one {y} other {z}}"},
      {"/rules/0/text/en/headline", "only left and quantity", "{price, plural, other {y}}"},
      {"/rules/0/text/en/headline", "in an upsell only", "{more}"},
      {"/rules/0/text/en/headline", "in a bundle only", "{saving}"},
      {"/rules/0/text/en/headline", "dates end", "{until}"},
      {"/rules/0/text/en/headline", "with evidence", "{share}"},
      {"/rules/0/text/en/headline", "can always be said", "Only {left} left"},
      {"/rules/0/text/en/headline", "marks of direction", "Fries\u202e?"},
      // 25 and a price of five characters and a currency, as dear as it can get.
      {"/rules/0/text/en/headline", "found 31", std::string(25, 'x') + " {price}"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    auto pack = burgers();
    pack.rules[0].text["en"] = {row.text, ""};
    bool found = false;
    for (const auto& f : wrong(pack)) {
      UNSCOPED_INFO(f.pointer << ": " << f.message);
      found |= f.pointer == row.pointer && f.message.find(row.says) != f.message.npos;
    }
    CHECK(found);
  }
  auto pack = burgers();
  pack.rules[0].text["en"] = {std::string(24, 'x') + " {price}", ""};
  CHECK(wrong(pack).empty());
  pack.rules[0].text["en"] = {ways({"Only {left} left", "Fries?"}), "Only {left} left"};
  CHECK(wrong(pack).empty());
}

TEST_CASE(
    "texts: what is compiled never exceeds its surface, whatever the values the check allows") {
  const char* const tags[] = {"en", "de", "fr", "pl", "ar-EG", "ja", "he", "xx"};
  const char* const codes[] = {"JPY", "EUR", "KWD"};
  const char* const pieces[] = {"{price}",
                                "{offer}",
                                "{quantity}",
                                "{left}",
                                " und ",
                                "x",
                                "{quantity, plural, one {one} other {{quantity} st}}"};
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const auto dice = [&](std::uint64_t n) { return random() % n; };
    auto pack = speaking(tags[dice(8)], codes[dice(3)]);
    std::string text;
    for (std::uint64_t n = 1 + dice(5); n > 0; --n) text += pieces[dice(7)];
    CAPTURE(text);
    auto& said = pack.rules[0].text.begin()->second;
    said.headline = ways({text, "-"});
    pack.rules[0].quantity = model::QuantityPolicy::per_trigger;
    for (auto& p : pack.catalogue->products) p.price = static_cast<Minor>(1 + dice(1 << 20));
    if (!wrong(pack).empty()) continue;  // too long when filled
    const Opened opened(pack);
    for (std::uint32_t offer = 0; offer < 2; ++offer) {
      const image::Offer& o = opened.image.offers()[offer];
      const Minor price = opened.image.products()[o.product].price;
      for (int units = 1; units <= 9; ++units) {
        const std::string out = opened.say(opened.image.texts()[o.texts].headline, 0,
                                           {.price = price * units,
                                            .quantity = units * kOne,
                                            .left = 1 + static_cast<int>(dice(99))},
                                           1000);
        CAPTURE(out);
        REQUIRE(visible_characters(out) <= 30);
        REQUIRE(valid_utf8(out));
        REQUIRE(out != "-");  // it could be said, so it was
      }
    }
  }
}
