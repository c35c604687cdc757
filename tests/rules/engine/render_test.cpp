#include "rules/engine/render.hpp"

#include "rules/base/text.hpp"
#include "tests/rules/engine/random_shop.hpp"

using namespace sidedish;
using namespace sidedish::engine;
using namespace sidedish::testing;

namespace {

std::string slot(char name) { return {image::kSlot, name}; }

/// Two languages: one from the left with groups of three, one from the right with Arabic digits.
ImageBuilder pack(const std::string& headline, unsigned exponent = 2) {
  ImageBuilder b = burger_bar();
  b.headline = headline;
  b.settings.exponent = static_cast<std::uint8_t>(exponent);
  b.languages = {"en", "ar"};
  image::Locale right = locale_defaults();
  right.zero = 0x660;
  right.flags = image::kRightToLeft;
  b.locales = {{}, {"\u066b", "\u066c", "\u200f", "\u00a0\u20ac", right}};
  return b;
}

struct Said {
  explicit Said(const std::string& headline, unsigned exponent = 2)
      : shop(pack(headline, exponent)) {}
  std::string operator()(const Live& live, std::uint32_t language = 0, std::uint32_t limit = 40) {
    char room[kRenderBytes];
    return std::string(
        render(shop.image, shop.image.texts()[0].headline, language, live, limit, room));
  }
  Shop shop;
};

bool balanced(std::string_view text) {
  int open = 0;
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text.substr(i, 3) == "\u2068") ++open;
    if (text.substr(i, 3) == "\u2069" && --open < 0) return false;
  }
  return open == 0;
}

}  // namespace

TEST_CASE("render: a literal is the image's own bytes", "[engine]") {
  Said said("Fries with that?");
  char room[kRenderBytes];
  const image::TextRef ref = said.shop.image.texts()[0].headline;
  CHECK(render(said.shop.image, ref, 0, {}, 40, room).data() == said.shop.image.text(ref).data());
}

TEST_CASE("render: money has its separators, its currency and its digits, from both sides",
          "[engine]") {
  Said two(slot('p'));
  CHECK(two({.price = 1}) == "\u20ac0.01");
  CHECK(two({.price = 123'456}) == "\u20ac1,234.56");
  CHECK(two({.price = 123'456'789}) == "\u20ac1,234,567.89");
  CHECK(two({.price = 123'456}, 1) ==
        "\u2068\u200f\u0661\u066c\u0662\u0663\u0664\u066b\u0665\u0666\u00a0\u20ac\u2069");
  Said none(slot('p'), 0);
  CHECK(none({.price = 950}) == "\u20ac950");
  CHECK(none({.price = 1'234'567}) == "\u20ac1,234,567");
  Said three(slot('p'), 3);
  CHECK(three({.price = 1'234'567}) == "\u20ac1,234.567");
  CHECK(three({.price = 7}) == "\u20ac0.007");
}

TEST_CASE("render: what cannot be backed today is not said", "[engine]") {
  const std::string all = "Only " + slot('l') + " left" + image::kOr + std::string{image::kUntil} +
                          "20780until Friday" + image::kOr + "Save " + slot('s') + image::kOr +
                          slot('q') + " for " + slot('p');
  Said said(all);
  Live live{.price = 290, .saving = 120, .quantity = 2 * kOne, .left = 3, .day = 20'780};
  CHECK(said(live) == "Only 3 left");
  live.left = 100;  // no scarcity
  CHECK(said(live) == "until Friday");
  live.left = -1;
  live.day = 20'781;
  CHECK(said(live) == "Save \u20ac1.20");
  live.saving = 0;
  CHECK(said(live) == "2 for \u20ac2.90");
  live.quantity = 1500;  // a kilo and a half is no number of pieces
  CHECK(said(live).empty());
  live.quantity = kOne;
  live.price = 0;
  CHECK(said(live).empty());
  // Too long today: the next way, or nothing.
  live.price = 290;
  CHECK(said(live, 0, 11) == "1 for \u20ac2.90");
  CHECK(said(live, 0, 10).empty());
}

TEST_CASE("render: a plural says the class of its number", "[engine]") {
  const std::string text = std::string{image::kPlural, 'q', image::kCase, '1'} + "one piece" +
                           image::kCase + "5" + slot('q') + " pieces" + image::kEnd + "!";
  Said said(text);
  CHECK(said({.quantity = kOne}) == "one piece!");
  CHECK(said({.quantity = 2 * kOne}) == "2 pieces!");
  CHECK(said({.quantity = 500}).empty());
}

TEST_CASE("render: what is left is said when it is low, counted and fresh", "[engine]") {
  Shop shop(pack("x"));
  Prompt prompt{};
  prompt.product = 1;
  prompt.price_effect = 290;
  prompt.quantity = kOne;
  const Live none = live_of(shop.image, {}, shop.context, prompt);
  CHECK(none.left == -1);
  CHECK(none.price == 290);
  CHECK(none.day == kNoon / 86'400'000);
  const auto left = [&](Stock stock, std::uint8_t flags, UtcMs as_of) {
    image::OverlayHeader head{};
    std::memcpy(head.magic, image::kOverlayMagic, sizeof head.magic);
    head.major = image::kOverlayMajor;
    head.size = sizeof head + sizeof(image::OverlayProduct);
    head.pack = hash64("pack");
    head.pack_version = ~std::uint64_t{0};
    head.stock_as_of = as_of;
    std::memcpy(head.currency, shop.image.settings().currency, sizeof head.currency);
    head.paused = sizeof head;
    head.products = sizeof head;
    head.product_count = 1;
    image::OverlayProduct row{};
    row.key = hash64("sku:fries");
    row.left = 3;
    row.flags = flags;
    row.stock = stock;
    std::vector<std::uint64_t> words(head.size / 8);
    std::memcpy(words.data(), &head, sizeof head);
    std::memcpy(words.data() + sizeof head / 8, &row, sizeof row);
    head.crc32c = crc32c(std::as_bytes(std::span(words)));
    std::memcpy(words.data(), &head, sizeof head);
    const auto overlay = image::Overlay::open(std::as_bytes(std::span(words)));
    INFO((overlay ? "" : std::string(overlay.error().text())));
    REQUIRE(overlay);
    return live_of(shop.image, *overlay, shop.context, prompt).left;
  };
  constexpr auto kBoth = static_cast<std::uint8_t>(image::kStocked | image::kCounted);
  CHECK(left(Stock::low, kBoth, kNoon) == 3);
  CHECK(left(Stock::low, kBoth, kNoon - kStockFreshMs) == 3);
  CHECK(left(Stock::low, kBoth, kNoon - kStockFreshMs - 1) == -1);
  CHECK(left(Stock::low, kBoth, kNoon + 1) == -1);
  CHECK(left(Stock::in, kBoth, kNoon) == -1);
}

// Guards writer.full() and the release of every isolate.
TEST_CASE("render: whatever the program and the values, limits, UTF-8 and isolates hold",
          "[engine]") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    const auto piece = [&](bool inner) {
      static const char* const kWords[] = {"Only ", "\u0644\u0645", "K\u00e4se", "\u304a\u8336",
                                           " "};
      switch (dice(inner ? 3 : 5)) {
        case 0:
        case 1:
          return std::string(kWords[dice(5)]);
        case 2:
          return slot(image::kSlotNames[dice(4)]);
        case 3:
          return std::string{image::kUntil} + "20" + std::to_string(700 + dice(200));
        default:
          return std::string{image::kOr};
      }
    };
    std::string text;
    for (std::uint64_t n = dice(12); n > 0; --n) {
      if (dice.one_in(4)) {
        text += std::string{image::kPlural, dice.one_in(2) ? 'l' : 'q'};
        for (int cls = 0; cls <= 5; ++cls) {
          if (cls < 5 && !dice.one_in(3)) continue;
          text += image::kCase;
          text += static_cast<char>('0' + cls);
          for (std::uint64_t k = dice(3); k > 0; --k) text += piece(true);
        }
        text += image::kEnd;
      } else {
        text += piece(false);
      }
    }
    CAPTURE(text);
    REQUIRE(image::good_program(text));
    const unsigned exponent = static_cast<unsigned>(dice(4));
    Said said(text, exponent);
    for (int i = 0; i < 40; ++i) {
      Live live;
      live.price = static_cast<Minor>(dice(1ULL << dice(45)));
      live.saving = static_cast<Minor>(dice(5000)) - 500;
      live.quantity = static_cast<Milli>(dice(12)) * (dice.one_in(5) ? 333 : kOne);
      live.left = static_cast<std::int64_t>(dice(120)) - 1;
      live.day = 20'700 + static_cast<std::int64_t>(dice(200));
      const auto limit = static_cast<std::uint32_t>(dice(60));
      const auto language = static_cast<std::uint32_t>(dice(2));
      const std::string out = said(live, language, limit);
      if (!image::is_program(text)) continue;  // a literal's length is the compiler's to see to
      REQUIRE(visible_characters(out) <= limit);
      REQUIRE(out.size() <= kRenderBytes);
      REQUIRE(valid_utf8(out));
      REQUIRE(balanced(out));
      REQUIRE_FALSE(has_control(out));
      REQUIRE(said(live, language, limit) == out);
    }
  }
}

TEST_CASE("image: a text that is no program is refused, a good one opens", "[engine]") {
  const auto opens = [](const std::string& text) {
    ImageBuilder b = pack(text);
    const auto bytes = b.build();
    return image::Image::open(bytes.span()).has_value();
  };
  CHECK(opens("a" + slot('p') + image::kOr + "b"));
  for (const std::string& bad :
       {std::string{image::kSlot}, slot('x'), std::string{image::kUntil} + "2078",
        std::string{image::kUntil} + "2078x", std::string{image::kEnd}, std::string{image::kCase},
        std::string{'\x07'}, std::string{image::kPlural, 'q', image::kEnd},
        std::string{image::kPlural, 'p', image::kCase, '5', image::kEnd},
        std::string{image::kPlural, 'q', image::kCase, '1', image::kEnd},
        std::string{image::kPlural, 'q', image::kCase, '5', image::kCase, '1', image::kEnd},
        std::string{image::kPlural, 'q', image::kCase, '5'},
        std::string{image::kPlural, 'q', image::kCase, '5', image::kOr, image::kEnd}}) {
    CAPTURE(bad);
    CHECK_FALSE(opens(bad));
  }
}
