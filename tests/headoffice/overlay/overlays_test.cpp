#include "tests/headoffice/overlay/shop.hpp"

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

TEST_CASE("overlays: a pause is in the file that the manifest names, a resume takes it out again",
          "[headoffice]") {
  Shop shop;
  const std::uint64_t version = shop.publish();
  CHECK_FALSE(shop.manifest("mitte").overlay);
  const auto before = shop.storage->manifest("mitte");

  const OverlayOutcome done = shop.change(paused("burger-fries"));
  REQUIRE(done.errors.empty());
  REQUIRE(done.stores.size() == 1);
  CHECK(done.stores[0].version == 1);
  CHECK(done.stores[0].changes == 1);
  CHECK(shop.laid("mitte").overlay.is_paused("burger-fries"));
  const auto after = shop.storage->manifest("mitte");
  CHECK(after->etag != before->etag);
  CHECK(shop.manifest("mitte").version == version);

  CHECK(shop.change(cleared(paused("burger-fries"))).stores[0].version == 2);
  CHECK(shop.laid("mitte").overlay.paused().empty());  // an empty file: absence would end nothing
  CHECK(shop.storage->overlay_log("mitte", 10)->size() == 2);
}

TEST_CASE("overlays: what is so already makes no new version", "[headoffice]") {
  Shop shop;
  shop.publish();
  shop.change(paused("burger-fries"));
  const auto was = shop.storage->manifest("mitte");
  const OverlayOutcome again = shop.change(paused("burger-fries"));
  CHECK(again.stores[0].changes == 0);
  CHECK(again.stores[0].version == 1);
  CHECK(shop.storage->manifest("mitte")->etag == was->etag);
  CHECK(shop.change(cleared(about(Standing::recalled, "sku:COLA"))).stores[0].changes == 0);
}

TEST_CASE("overlays: an order sent again under its key changes nothing, also after its opposite",
          "[headoffice]") {
  Shop shop;
  shop.publish();
  OverlayRequest order = shop.request(paused("burger-fries"));
  order.key = "k-1";
  order.content = "pause";
  REQUIRE(shop.overlays().change(order)->stores[0].changes == 1);
  shop.change(cleared(paused("burger-fries")));
  CHECK(shop.overlays().change(order)->stores[0].changes == 0);
  CHECK_FALSE(shop.laid("mitte").overlay.is_paused("burger-fries"));
  order.content = "something else";
  const auto other = shop.overlays().change(order);
  REQUIRE_FALSE(other);
  CHECK(other.error().code() == Errc::invalid);
}

TEST_CASE("overlays: a publish makes the file anew, and a paused rule stays paused",
          "[headoffice]") {
  Shop shop;
  shop.publish();
  shop.change(paused("burger-fries"));
  shop.change(about(Standing::recalled, "plu:112"));  // an alias
  const auto first = shop.manifest("mitte");
  ++shop.pack.version;
  shop.pack.rules[0].priority = 60;
  const std::uint64_t version = shop.publish();
  const auto second = shop.manifest("mitte");
  CHECK(second.version == version);
  CHECK(second.image_sha256 != first.image_sha256);
  CHECK(second.overlay->version > first.overlay->version);
  const Laid laid = shop.laid("mitte");
  CHECK(laid.overlay.is_paused("burger-fries"));
  CHECK(laid.overlay.products().size() == 1);
  CHECK(laid.overlay.header().pack_version == shop.pack.version);
}

TEST_CASE("overlays: what the new rules do not have falls out, is counted, and is back with them",
          "[headoffice]") {
  Shop shop;
  shop.publish();
  shop.change(paused("burger-fries"));
  model::Pack old = shop.pack;
  ++shop.pack.version;
  shop.pack.rules[0].id = "other-fries";
  shop.publish();
  CHECK(shop.laid("mitte").overlay.paused().empty());
  CHECK(shop.storage->counters()->at("overlay_left_out") == 1);
  const auto view = shop.overlays().view("mitte");
  REQUIRE(view);
  CHECK(view->find("\"left_out\":\"expected a rule of the image, found burger-fries\"") !=
        std::string::npos);
  old.version = shop.pack.version + 1;
  shop.pack = old;
  shop.publish();
  CHECK(shop.laid("mitte").overlay.is_paused("burger-fries"));
}

TEST_CASE("overlays: a price stands until the catalogue has a newer one", "[headoffice]") {
  Shop shop;
  shop.publish();
  REQUIRE(shop.change(about(Standing::price, "sku:COLA", "2.20")).errors.empty());
  REQUIRE(shop.laid("mitte").overlay.products().size() == 1);
  CHECK(shop.laid("mitte").overlay.products()[0].price == 220);
  ++shop.pack.version;
  shop.publish();  // the catalogue says 2.50 as it did
  CHECK(shop.laid("mitte").overlay.products().size() == 1);
  ++shop.pack.version;
  shop.pack.catalogue->products[5].price = 270;
  shop.publish();
  CHECK(shop.laid("mitte").overlay.products().empty());
}

// Proved by leaving floor() out of rules/compile/overlay.cpp.
TEST_CASE("overlays: a price below the margin floor is refused, and nothing of the order is done",
          "[headoffice]") {
  Shop shop;
  shop.pack.settings.margin_floor_percent = 20;
  shop.pack.catalogue->products[5].cost = 200;  // of COLA, at 2.50
  shop.publish();
  OverlayRequest order = shop.request(paused("burger-fries"));
  order.changes.push_back(about(Standing::price, "sku:COLA", "2.49"));
  const auto refused = shop.overlays().change(order);
  REQUIRE(refused);
  REQUIRE(refused->errors.size() == 1);
  CHECK(refused->errors[0].pointer == "/changes/1/price");
  CHECK(refused->errors[0].message.find("margin floor of 20 percent") != std::string::npos);
  CHECK(shop.storage->standing("mitte")->rows.empty());
  CHECK(shop.change(about(Standing::price, "sku:COLA", "2.50")).errors.empty());
  ++shop.pack.version;
  shop.pack.catalogue->products[5].cost = 210;
  shop.publish();  // dearer to buy: the price may not stand beside these rules
  CHECK(shop.laid("mitte").overlay.products().empty());
}

TEST_CASE("overlays: what no rule or product of the store is, is named, and nothing is changed",
          "[headoffice]") {
  Shop shop;
  shop.publish();
  for (const OverlayChange& wrong :
       {paused("burger-frise"), about(Standing::recalled, "sku:NOWHERE"),
        about(Standing::price, "sku:COLA", "2.505"), about(Standing::price, "sku:COLA", "-1"),
        paused("burger-fries", kNoon)}) {
    INFO(wrong.subject << " " << wrong.price);
    CHECK(shop.change(wrong).errors.size() == 1);
  }
  OverlayRequest other = shop.request(paused("burger-fries"));
  other.pack = "giftware";
  other.stores = {"mitte"};
  CHECK(shop.overlays().change(other)->errors.at(0).pointer == "/pack");
  other.stores = {};
  CHECK(shop.overlays().change(other).error().code() == Errc::not_found);
  CHECK(shop.storage->standing("mitte")->version == 0);
}

TEST_CASE("overlays: an order over all stores of a pack is done in all of them, or in none",
          "[headoffice]") {
  Shop shop;
  shop.pack.stores.push_back({"nord", "Nord", "Europe/London", "", {}, {}});
  shop.publish();
  const OverlayOutcome both = shop.change(paused("burger-fries"));
  REQUIRE(both.stores.size() == 2);
  CHECK(shop.laid("mitte").overlay.is_paused("burger-fries"));
  CHECK(shop.laid("nord").overlay.is_paused("burger-fries"));
  OverlayRequest some = shop.request(cleared(paused("burger-fries")));
  some.stores = {"nord", "nowhere"};
  CHECK_FALSE(shop.overlays().change(some));
  CHECK(shop.laid("nord").overlay.is_paused("burger-fries"));
  some.stores = {"nord"};
  CHECK(shop.overlays().change(some));
  CHECK_FALSE(shop.laid("nord").overlay.is_paused("burger-fries"));
  CHECK(shop.laid("mitte").overlay.is_paused("burger-fries"));
}

TEST_CASE("overlays: what has an end is over then, and what has none stays", "[headoffice]") {
  Shop shop;
  shop.publish();
  shop.change(about(Standing::recalled, "sku:COLA"));
  shop.change(paused("burger-fries", kNoon + 60'000));
  CHECK(**shop.storage->next_overlay_end() == kNoon + 60'000);
  CHECK(shop.overlays().expire()->empty());
  shop.clock.time += 60'000;
  CHECK(shop.overlays().expire() == std::vector<std::string>{"mitte"});
  CHECK_FALSE(shop.laid("mitte").overlay.is_paused("burger-fries"));
  CHECK(shop.laid("mitte").overlay.products().size() == 1);
  CHECK_FALSE(*shop.storage->next_overlay_end());
  CHECK(shop.storage->overlay_log("mitte", 1)->at(0).why == "its time is over");
}

TEST_CASE("overlays: what stands is there after a restart, and old files go", "[headoffice]") {
  Shop shop;
  shop.publish();
  std::vector<std::string> digests;
  for (int i = 0; i < 12; ++i) {
    shop.change(i % 2 == 0 ? paused("burger-fries") : cleared(paused("burger-fries")));
    shop.change(about(Standing::price, "sku:COLA", "2." + std::to_string(30 + i)));
    digests.push_back(shop.manifest("mitte").overlay->sha256);
  }
  shop.storage.reset();
  shop.storage = open(shop.folder.file("h.db"));
  CHECK(shop.storage->standing("mitte")->rows.size() == 1);
  CHECK(shop.storage->standing("mitte")->version == 24);
  CHECK(shop.laid("mitte").overlay.products()[0].price == 241);
  CHECK(shop.storage->blob(*parse_digest(digests[11])));
  CHECK_FALSE(shop.storage->blob(*parse_digest(digests[0])));
}

TEST_CASE("overlays: counts are as old as the oldest of them", "[headoffice]") {
  Shop shop;
  shop.publish();
  OverlayChange cola = about(Standing::stock, "sku:COLA");
  cola.stock = Stock::low;
  cola.left = 3;
  shop.change(cola);
  shop.clock.time += 5000;
  OverlayChange fries = about(Standing::stock, "sku:FRIES-M");
  fries.stock = Stock::out;
  shop.change(fries);
  CHECK(shop.laid("mitte").overlay.header().stock_as_of == kNoon);
  CHECK(shop.laid("mitte").overlay.products().size() == 2);
}

TEST_CASE("overlays: a body is read whole, with every finding", "[headoffice]") {
  const auto read = [](const char* json, bool wide = false) {
    return read_overlay_request(json, wide);
  };
  const auto good = read(
      R"({"who":"Ana","why":"x","stores":["a"],"changes":[{"set":"stock","subject":"sku:A","class":"low","left":3,)"
      R"("until":"2026-11-21T18:00:00Z"},{"clear":"price","subject":"sku:B"}]})",
      true);
  REQUIRE(good.request);
  CHECK(good.request->changes[0].left == 3U);
  CHECK(good.request->changes[0].stock == Stock::low);
  CHECK_FALSE(good.request->changes[1].set);
  for (const char* bad :
       {"", "[]", "{}", R"({"who":"a","why":"b","changes":[]})",
        R"({"who":"","why":"b","changes":[{"set":"paused","subject":"r"}]})",
        R"({"who":"a","why":"b","changes":[{"subject":"r"}]})",
        R"({"who":"a","why":"b","changes":[{"set":"paused","clear":"paused","subject":"r"}]})",
        R"({"who":"a","why":"b","changes":[{"set":"stock","subject":"r"}]})",
        R"({"who":"a","why":"b","changes":[{"set":"price","subject":"r"}]})",
        R"({"who":"a","why":"b","changes":[{"set":"loud","subject":"r"}]})",
        R"({"who":"a","why":"b","changes":[{"set":"paused","subject":"r","until":"soon"}]})",
        R"({"who":"a","why":"b","changes":[{"set":"paused","subject":"r","price":"1"}]})",
        R"({"who":"a","why":"b","stores":["s"],"changes":[{"set":"paused","subject":"r"}]})"}) {
    INFO(bad);
    CHECK_FALSE(read(bad).errors.empty());
    CHECK_FALSE(read(bad).request);
  }
}
