#include "rules/image/overlay.hpp"

#include "rules/base/hash.hpp"
#include "rules/tool/records.hpp"
#include "tests/rules/tool/run.hpp"
#include "tests/support/places.hpp"

using namespace sidedish;
using namespace sidedish::testing;

namespace {

const std::string kShop = sidedish::tests::source_dir() + "/sim/shops/burgerbar/";

void compile_shop(const ToolFolder& folder) {
  REQUIRE(run_tool({"compile", kShop + "rules.json", kShop + "catalogue.json", "-o",
                    folder / "a.image", "--begin", "2026-01-01"})
              .status == 0);
}

}  // namespace

TEST_CASE("tool: an overlay document becomes a file of hashes") {
  const ToolFolder folder;
  compile_shop(folder);
  folder.write("o.json", R"({"format": "sidedish-overlay/1", "pack": "burger-bar", "version": 3,
    "currency": "EUR", "paused": ["burger-fries"], "recalled": ["sku:CRISPY"],
    "prices": {"sku:CHEESE": "7.10"},
    "stock": {"as_of": "2026-11-21T10:00:00Z", "products": {"sku:TRUFFLE-MELT": "out",
              "sku:CRISPY": {"class": "low", "left": 3}}}})");
  const Ran ran =
      run_tool({"overlay", folder / "o.json", "--image", folder / "a.image", "-o", folder / "o"});
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  CHECK(ran.out.find("version 3") != std::string::npos);
  const auto file = tool::Aligned::read(folder / "o");
  REQUIRE(file);
  const auto overlay = image::Overlay::open(file->bytes());
  REQUIRE(overlay);
  CHECK(overlay->header().pack == hash64("burger-bar"));
  CHECK(overlay->header().pack_version == 1);
  CHECK(overlay->header().stock_as_of == 1'795'255'200'000);
  CHECK(overlay->is_paused("burger-fries"));
  CHECK(overlay->products().size() == 3);
  const auto* crispy = overlay->find(stable_id("sku:CRISPY"), "sku:CRISPY");
  REQUIRE(crispy != nullptr);
  CHECK(crispy->flags == (image::kRecalled | image::kStocked | image::kCounted));
  CHECK(crispy->stock == Stock::low);
  CHECK(crispy->left == 3);
  const auto* cheese = overlay->find(stable_id("sku:CHEESE"), "sku:CHEESE");
  REQUIRE(cheese != nullptr);
  CHECK(cheese->price == 710);
}

TEST_CASE("tool: everything that is wrong with an overlay is told at once, with its place") {
  const ToolFolder folder;
  compile_shop(folder);
  folder.write("o.json", R"({"format": "sidedish-overlay/1", "pack": "other-pack", "version": 3,
    "currency": "USD", "paused": ["no-such-rule"], "recalled": ["sku:NONE"],
    "prices": {"sku:NEITHER": "7.10"}, "stock": {"as_of": "2026-11-21T10:00:00Z",
    "products": {"sku:NOR": "out"}}})");
  const Ran ran =
      run_tool({"overlay", folder / "o.json", "--image", folder / "a.image", "-o", folder / "o"});
  CHECK(ran.status == 1);
  for (const char* told : {"/pack", "/currency", "/paused/0", "/recalled/0", "/prices/sku:NEITHER",
                           "/stock/products/sku:NOR", "not written"}) {
    CHECK_THAT(ran.err, Catch::Matchers::Contains(told));
  }
  CHECK_FALSE(std::filesystem::exists(folder / "o"));
  folder.write("o.json", R"({"format": "sidedish-overlay/1", "version": 0, "currency": "EUR",
    "paused": ["a", "a"], "raised": {}, "prices": {"CHEESE": "7.10", "sku:B": "-1"},
    "stock": {"as_of": "today", "products": {"sku:C": "plenty", "sku:D": {"left": -1}}}})");
  const Ran broken =
      run_tool({"overlay", folder / "o.json", "--image", folder / "a.image", "-o", folder / "o"});
  CHECK(broken.status == 1);
  for (const char* told :
       {"pack", "/version", "/paused/1", "raised", "/prices/CHEESE", "/prices/sku:B",
        "/stock/as_of", "/stock/products/sku:C", "/stock/products/sku:D/left"}) {
    CHECK_THAT(broken.err, Catch::Matchers::Contains(told));
  }
}
