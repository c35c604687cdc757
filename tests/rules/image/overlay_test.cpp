#include "rules/image/overlay.hpp"

#include "tests/support/image_builder.hpp"
#include "tests/support/overlay_builder.hpp"

#include <catch2/catch.hpp>
#include <functional>

using namespace sidedish;
using namespace sidedish::testing;

namespace {

OverlayBuilder sample() {
  OverlayBuilder b;
  b.pause("burger-fries").pause("coffee-cake").recall("sku:fries").reprice("sku:cola", 250);
  b.stock("sku:cake", Stock::low).product("sku:cake").flags |= image::kCounted;
  b.product("sku:cake").left = 3;
  return b;
}

std::string refusal(const OverlayBuilder::Bytes& bytes) {
  const auto opened = image::Overlay::open(bytes.span());
  return opened ? std::string("opened") : std::string(opened.error().text());
}

}  // namespace

TEST_CASE("overlay: what was written is read, and nothing is said of other rules and products",
          "[image]") {
  const auto bytes = sample().build();
  const auto overlay = image::Overlay::open(bytes.span());
  REQUIRE(overlay);
  CHECK(overlay->loaded());
  CHECK(overlay->is_paused("burger-fries"));
  CHECK_FALSE(overlay->is_paused("other"));
  // The same 32 bits are not the same rule.
  const image::OverlayProduct* cola = overlay->find(stable_id("sku:cola"), "sku:cola");
  REQUIRE(cola != nullptr);
  CHECK(cola->price == 250);
  CHECK(cola->flags == image::kRepriced);
  CHECK(overlay->find(stable_id("sku:cola"), "sku:tea") == nullptr);
  CHECK(overlay->find(stable_id("sku:tea"), "sku:tea") == nullptr);
  const image::OverlayProduct* cake = overlay->find(stable_id("sku:cake"), "sku:cake");
  REQUIRE(cake != nullptr);
  CHECK(cake->stock == Stock::low);
  CHECK(cake->left == 3);
  CHECK_FALSE(image::Overlay().loaded());
}

TEST_CASE("overlay: it fits the images of its pack and currency only", "[image]") {
  ImageBuilder builder;
  builder.products.push_back({"sku:a", 100, image::kNone, {}, 0});
  const auto image_bytes = builder.build();
  const auto image = image::Image::open(image_bytes.span());
  REQUIRE(image);
  const auto with = [&](std::uint64_t pack, const char* currency) {
    OverlayBuilder b;
    b.header.pack = pack;
    std::memcpy(b.header.currency, currency, 4);
    const auto bytes = b.build();
    const auto overlay = image::Overlay::open(bytes.span());
    REQUIRE(overlay);
    return overlay->fits(*image);
  };
  CHECK(with(hash64("pack"), "EUR"));
  CHECK_FALSE(with(hash64("other pack"), "EUR"));
  CHECK_FALSE(with(hash64("pack"), "USD"));
}

TEST_CASE("overlay: every lie in it is refused, by name", "[image]") {
  struct Lie {
    const char* what;
    std::function<void(OverlayBuilder::Bytes&)> tell;
    const char* answer;
  };
  const auto header = [](OverlayBuilder::Bytes& b) -> image::OverlayHeader& { return b.header(); };
  const auto product = [](OverlayBuilder::Bytes& b, unsigned i) -> image::OverlayProduct& {
    return reinterpret_cast<image::OverlayProduct*>(b.data() + b.header().products)[i];
  };
  const Lie lies[] = {
      {"magic", [&](auto& b) { header(b).magic[0] = 'X'; }, "this is not an overlay"},
      {"major", [&](auto& b) { header(b).major = 2; }, "another major version"},
      {"offset of the rules", [&](auto& b) { header(b).paused += 8; }, "after the header"},
      {"offset of the products", [&](auto& b) { header(b).products -= 8; }, "after the paused"},
      {"more rules than there are", [&](auto& b) { header(b).paused_count = 0xFFFFFFFF; },
       "after the paused"},
      {"more products than there are", [&](auto& b) { header(b).product_count += 1; },
       "end with the file"},
      {"so many products that 32 bits overflow",
       [&](auto& b) { header(b).product_count = 0x80000001; }, "end with the file"},
      {"stock time before time", [&](auto& b) { header(b).stock_as_of = -1; }, "stock_as_of"},
      {"no stock time", [&](auto& b) { header(b).stock_as_of = 0; }, "stock without a time"},
      {"currency", [&](auto& b) { header(b).currency[1] = 'u'; }, "currency"},
      {"reserved", [&](auto& b) { header(b).reserved = 1; }, "reserved"},
      {"rules not ascending", [&](auto& b) { std::swap(b.words[10], b.words[11]); },
       "paused[1]: not ascending"},
      {"a rule twice", [&](auto& b) { b.words[11] = b.words[10]; }, "paused[1]: not ascending"},
      {"products not ascending", [&](auto& b) { std::swap(product(b, 0), product(b, 1)); },
       "products[1]: not ascending"},
      {"unknown flag", [&](auto& b) { product(b, 0).flags = 16; }, "products[0]: flags"},
      {"no flag", [&](auto& b) { product(b, 0) = {product(b, 0).key, 0, 0, 0, Stock::in, 0}; },
       "products[0]: flags"},
      {"negative price",
       [&](auto& b) { product(b, 0) = {product(b, 0).key, -1, 0, 2, Stock::in, 0}; }, "price"},
      {"a price beyond 10^12",
       [&](auto& b) { product(b, 0) = {product(b, 0).key, kMaxAmount + 1, 0, 2, Stock::in, 0}; },
       "price"},
      {"a price nobody announced",
       [&](auto& b) { product(b, 0) = {product(b, 0).key, 5, 0, 1, Stock::in, 0}; }, "price"},
      {"unknown stock class",
       [&](auto& b) { product(b, 0) = {product(b, 0).key, 0, 0, 4, static_cast<Stock>(3), 0}; },
       "stock"},
      {"a count without a class",
       [&](auto& b) { product(b, 0) = {product(b, 0).key, 0, 3, 1, Stock::in, 0}; }, "left"},
  };
  for (const Lie& lie : lies) {
    CAPTURE(lie.what);
    auto bytes = sample().build();
    REQUIRE(refusal(bytes) == "opened");
    lie.tell(bytes);
    bytes.repair();
    CHECK_THAT(refusal(bytes), Catch::Matchers::Contains(lie.answer));
  }
  auto bytes = sample().build();
  bytes.data()[90] ^= std::byte{1};
  CHECK_THAT(refusal(bytes), Catch::Matchers::Contains("checksum"));
  bytes = sample().build();
  bytes.words.pop_back();
  CHECK_THAT(refusal(bytes), Catch::Matchers::Contains("not as long"));
  bytes.words.resize(2);
  CHECK_THAT(refusal(bytes), Catch::Matchers::Contains("shorter than a header"));
}
