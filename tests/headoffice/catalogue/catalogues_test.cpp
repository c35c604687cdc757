// What stands of a catalogue: the same words as its document, seeded, published, changed, found.
#include "headoffice/catalogue/catalogues.hpp"

#include "headoffice/catalogue/words.hpp"
#include "tests/headoffice/catalogue/office.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

std::vector<std::string> keys_of(const ProductPage& page) {
  std::vector<std::string> out;
  for (const auto& product : page.found.products) out.push_back(product.key);
  return out;
}

std::vector<std::string> found(CatalogueOffice& office, std::string_view typed,
                               std::size_t limit = 20) {
  const auto page = office.catalogues().search(kPack, typed, limit, 0);
  REQUIRE(page);
  return keys_of(*page);
}

using Keys = std::vector<std::string>;

}  // namespace

TEST_CASE("catalogues: what stands is, to the byte, what the compiler saw", "[headoffice]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 20; ++round) {
    CatalogueOffice office;
    const model::Catalogue words = random_catalogue(random, 1 + random() % 60);
    const std::string before = format::write_catalogue(words);
    REQUIRE(office.storage->seed_catalogue(kPack, rows_of(words)));
    const auto document = office.catalogues().document(kPack);
    REQUIRE(document);
    const auto read = format::parse_catalogue(document->text);
    for (const auto& error : read.errors) UNSCOPED_INFO(error.pointer << ": " << error.message);
    REQUIRE(read.value);
    CHECK(format::write_catalogue(*read.value) == before);
  }
}

TEST_CASE("catalogues: a database of before has its catalogue from the newest publication",
          "[headoffice]") {
  for (const bool inside : {false, true}) {
    INFO("inside the rules: " << inside);
    CatalogueOffice office;
    const model::Catalogue words = small_catalogue();
    office.publish_as_before(words, inside);
    CHECK(office.storage->catalogue(kPack).error().code() == Errc::not_found);
    const auto head = office.catalogues().head(kPack);
    REQUIRE(head);
    CHECK(head->version == 1);
    CHECK(head->published == 1);
    CHECK(head->products == words.products.size());
    CHECK(office.catalogues().head("nobody").error().code() == Errc::not_found);
  }
}

TEST_CASE(
    "catalogues: a publication goes out with what stands, and one with a catalogue replaces it",
    "[headoffice]") {
  CatalogueOffice office;
  CHECK_FALSE(office.publish({}).published);  // none stands yet
  model::Catalogue words = small_catalogue();
  const auto first = office.publish(words);
  REQUIRE(first.published);
  const auto again = office.publish({});
  REQUIRE(again.published);
  CHECK(again.published->image_sha256 == first.published->image_sha256);
  CHECK(office.catalogues().head(kPack)->version == 1);

  ProductOrder order = office.order("sku:COLA", [](model::Product& cola) { cola.price += 50; });
  REQUIRE(office.catalogues().put(kPack, order)->saved);
  CHECK(office.catalogues().head(kPack)->published == 1);
  const auto dearer = office.publish({});
  REQUIRE(dearer.published);
  CHECK(dearer.published->image_sha256 != first.published->image_sha256);
  CHECK(office.catalogues().head(kPack)->published == 2);

  // As the publish command does with a catalogue document: everything of before is gone, and said.
  words.products.pop_back();
  words.products[0].price += 10;
  std::swap(words.products[0], words.products[1]);
  REQUIRE(office.publish(words).published);
  const auto document = office.catalogues().document(kPack);
  REQUIRE(document);
  CHECK(format::write_catalogue(*format::parse_catalogue(document->text).value) ==
        format::write_catalogue(words));
  const auto changes = office.storage->changes({});
  REQUIRE(changes);
  CHECK(changes->front().change.what == "catalogue.replaced");
  CHECK(changes->front().change.after == R"({"version":3,"new":0,"changed":1,"removed":1})");
  CHECK(office.storage->check_changes()->broken_at == 0);
}

TEST_CASE(
    "catalogues: a catalogue inside the rules is kept beside them, so that what stands is "
    "published again",
    "[headoffice]") {
  CatalogueOffice office;
  REQUIRE(office.publish(small_catalogue(), true).published);
  const auto documents = office.storage->newest_documents(kPack);
  REQUIRE(documents);
  CHECK_FALSE(format::parse_rules(documents->rules).value->catalogue);
  CHECK(format::parse_catalogue(documents->catalogue).value);
}

TEST_CASE("catalogues: a key may wander from one product to another, and is nobody's twice",
          "[headoffice]") {
  CatalogueOffice office;
  model::Catalogue words = small_catalogue();
  REQUIRE(office.publish(words).published);
  const auto taken = office.catalogues().put(kPack, office.order("sku:COLA", [](model::Product& p) {
    p.aliases = {"gtin:4006381333931"};
  }));
  REQUIRE(taken);
  REQUIRE(taken->errors.size() == 1);
  CHECK(taken->errors.front().pointer == "/aliases");
  std::swap(words.products[0].aliases, words.products[1].aliases);
  CHECK(office.publish(words).published);
  CHECK(found(office, "4006381333931").front() == words.products[1].key);
}

TEST_CASE(
    "catalogues: whoever edits what is not there any more gets what stands, and nothing is lost",
    "[headoffice]") {
  CatalogueOffice office;
  REQUIRE(office.publish(small_catalogue()).published);
  const ProductOrder mine = office.order("sku:COLA", [](model::Product& p) { p.price = 310; });
  const ProductOrder theirs = office.order("sku:COLA", [](model::Product& p) { p.price = 320; });
  const ProductOrder other = office.order("sku:FRIES", [](model::Product& p) { p.price = 330; });
  REQUIRE(office.catalogues().put(kPack, theirs)->saved);
  CHECK(
      office.catalogues().put(kPack, other)->saved);  // another product's change is in nobody's way
  const auto late = office.catalogues().put(kPack, mine);
  REQUIRE(late->theirs);
  CHECK(late->theirs->words.price == 320);
  // What is so already changes nothing, and is no change in the log.
  const auto version = office.catalogues().head(kPack)->version;
  CHECK(office.catalogues().put(kPack, office.order("sku:COLA", [](auto&) {}))->saved);
  CHECK(office.catalogues().head(kPack)->version == version);
}

TEST_CASE("catalogues: a product is found by words, SKU and barcode, whatever the accents",
          "[headoffice]") {
  CatalogueOffice office;
  REQUIRE(office.publish(small_catalogue()).published);
  CHECK(found(office, "cola").front() == "sku:COLA");
  CHECK(found(office, "COL ") == Keys{"sku:COLA"});
  CHECK(found(office, "jalapeno") == Keys{"sku:BURGER"});
  CHECK(found(office, "burger jalap") == Keys{"sku:BURGER"});  // every word, in any order
  CHECK(found(office, "grosse") == Keys{"sku:FRIES"});         // Große
  CHECK(found(office, "GROß") == Keys{"sku:FRIES"});
  CHECK(found(office, "バーガー") == Keys{"sku:BURGER"});  // within チーズバーガー
  CHECK(found(office, "チーズ") == Keys{"sku:BURGER"});
  CHECK(found(office, "البطاطس") == Keys{"sku:FRIES"});
  CHECK(found(office, "4006381333931") == Keys{"sku:BURGER"});
  CHECK(found(office, "04006381333931") == Keys{"sku:BURGER"});  // 14 digits of the same
  CHECK(found(office, "gtin:4006381333931") == Keys{"sku:BURGER"});
  CHECK(found(office, "nothing like it").empty());
  CHECK(found(office, "\" OR words:*").empty());
  CHECK(found(office, "-").empty());
  CHECK(found(office, "").size() == 3);
  CHECK(office.catalogues().search(kPack, "4006381333931", 20, 0)->exact);
  CHECK_FALSE(office.catalogues().search(kPack, "400638", 20, 0)->exact);
}

TEST_CASE(
    "catalogues: an exact code comes first, then names that begin so, then words within names",
    "[headoffice]") {
  CatalogueOffice office;
  model::Catalogue words = small_catalogue();
  const auto add = [&](const char* key, const char* name) {
    model::Product p = words.products[0];
    p.key = key;
    p.aliases.clear();
    p.name = {{"en", name}};
    words.products.push_back(p);
  };
  add("sku:1", "A box of tea");
  add("sku:2", "Tea cup");
  add("sku:TEA", "Green leaves");
  add("sku:TEAPOT-9", "Pot");
  REQUIRE(office.publish(words).published);
  CHECK(found(office, "tea") == Keys{"sku:TEA", "sku:TEAPOT-9", "sku:2", "sku:1"});
  CHECK(found(office, "tea", 2) == Keys{"sku:TEA", "sku:TEAPOT-9"});
  CHECK(office.catalogues().search(kPack, "tea", 2, 0)->more);
  const auto rest = office.catalogues().search(kPack, "tea", 2, 2);
  CHECK(keys_of(*rest) == Keys{"sku:2", "sku:1"});
  CHECK_FALSE(rest->more);
}

TEST_CASE("catalogues: two packs never find each other's products", "[headoffice]") {
  CatalogueOffice office;
  REQUIRE(office.publish(small_catalogue()).published);
  model::Catalogue other = small_catalogue();
  other.products.resize(1);
  REQUIRE(office.storage->seed_catalogue("other", rows_of(other)));
  const auto page = office.catalogues().search("other", "cola", 20, 0);
  REQUIRE(page);
  CHECK(page->found.products.empty());
  CHECK(found(office, "cola") == Keys{"sku:COLA"});
}
