// A product is taken out.
#include "tests/headoffice/catalogue/office.hpp"

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

struct Shop : CatalogueOffice {
  Shop() {
    REQUIRE(publish(small_catalogue()).published);
    publication = storage->newest_text(kPack)->about.version;
  }
  RemovalOrder removal(const std::string& key) {
    RemovalOrder out;
    out.key = key;
    const auto view = catalogues().product(kPack, key);
    REQUIRE(view);
    out.etag = view->etag;
    out.who = "ana";
    out.why = "nobody bought it";
    out.publication = publication;
    return out;
  }
  std::uint64_t publication = 0;
};

}  // namespace

// Proved by leaving the places of those behind it: the count was one too many.
TEST_CASE("catalogue: a product that is taken out is gone with its codes, and the log says why",
          "[headoffice]") {
  Shop shop;
  Catalogues catalogues = shop.catalogues();
  const auto done = catalogues.remove(kPack, shop.removal("sku:FRIES"));
  REQUIRE(done);
  CHECK(done->removed);
  CHECK(catalogues.head(kPack)->products == 2);
  CHECK(catalogues.product(kPack, "sku:FRIES").error().code() == Errc::not_found);
  CHECK(catalogues.search(kPack, "fries", 5, 0)->found.products.empty());
  CHECK(catalogues.search(kPack, "4711", 5, 0)->found.products.empty());
  const auto rest = catalogues.search(kPack, "", 5, 0);
  REQUIRE(rest->found.products.size() == 2);
  CHECK(rest->found.products[1].key == "sku:COLA");
  const auto changes = shop.storage->changes({});
  CHECK(changes->front().change.what == "product.removed");
  CHECK(changes->front().change.who == "ana");
  CHECK(changes->front().change.why == "nobody bought it");
  CHECK(changes->front().change.before.find("plu:4711") != std::string::npos);
  // Its place is free for another of the same code.
  model::Catalogue again = small_catalogue();
  const auto back = catalogues.put(
      kPack, {"sku:FRIES", format::write_product(again.products[1], 2), "", "ana", "", false});
  REQUIRE(back);
  CHECK(back->saved);
  CHECK(catalogues.head(kPack)->products == 3);
}

TEST_CASE("catalogue: what was seen otherwise, without a reason, or restricted is not taken out",
          "[headoffice]") {
  Shop shop;
  Catalogues catalogues = shop.catalogues();
  RemovalOrder order = shop.removal("sku:COLA");
  SECTION("another stands there") {
    REQUIRE(catalogues.put(kPack, shop.order("sku:COLA", [](auto& cola) { cola.price = 1; })));
    const auto done = catalogues.remove(kPack, order);
    REQUIRE(done);
    REQUIRE(done->theirs);
    CHECK(done->theirs->words.price == 1);
  }
  SECTION("no reason") {
    order.why.clear();
    CHECK(catalogues.remove(kPack, order)->errors.at(0).pointer == "/why");
  }
  SECTION("restricted, and no admin") {
    REQUIRE(
        catalogues.put(kPack, shop.order("sku:COLA", [](auto& cola) { cola.restricted = true; })));
    order = shop.removal("sku:COLA");
    CHECK(catalogues.remove(kPack, order)->errors.at(0).pointer == "/restricted");
    order.may_release = true;
    CHECK(catalogues.remove(kPack, order)->removed);
    return;
  }
  SECTION("rules were published since they were asked") {
    order.publication -= 1;
    const auto done = catalogues.remove(kPack, order);
    REQUIRE_FALSE(done);
    CHECK(done.error().code() == Errc::conflict);
  }
  CHECK(catalogues.product(kPack, "sku:COLA"));
}

TEST_CASE("catalogue: products that name another as a substitute are known, by any of its codes",
          "[headoffice]") {
  Shop shop;
  Catalogues catalogues = shop.catalogues();
  REQUIRE(catalogues.put(kPack, shop.order("sku:COLA", [](auto& cola) {
    cola.substitutes = {"gtin:4006381333931"};
  })));
  const auto burger = catalogues.product(kPack, "sku:BURGER");
  CHECK(*catalogues.substituted(kPack, burger->words) ==
        std::vector<std::string>{"Cola (sku:COLA)"});
  const auto cola = catalogues.product(kPack, "sku:COLA");
  CHECK(catalogues.substituted(kPack, cola->words)->empty());
}
