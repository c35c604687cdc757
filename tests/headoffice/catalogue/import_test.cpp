// CSV against what stands: what it would change, before it does.
#include "headoffice/catalogue/import.hpp"

#include "tests/headoffice/catalogue/office.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

class ImportOffice : public CatalogueOffice {
 public:
  Catalogues reading{*storage, *storage, clock};
  Imports imports{reading, *storage, clock};

  ImportRead read(std::string_view csv, const char* locale = "en", bool admin = false) {
    const auto done = imports.read(kPack, {csv, locale, "ana", admin});
    REQUIRE(done);
    return *done;
  }
  std::shared_ptr<const Import> report(std::string_view csv, const char* locale = "en",
                                       bool admin = false) {
    const ImportRead done = read(csv, locale, admin);
    INFO("line " << done.problem.line << ": " << done.problem.expected);
    REQUIRE(done.report);
    return done.report;
  }
  std::string document() { return reading.document(kPack)->text; }
};

std::string told(const Import& import) {
  std::string out;
  for (const ImportRow& row : import.rows) {
    out += std::to_string(row.line) + " " + std::string(name_of(row.what)) + " " + row.key;
    for (const auto& [column, from, to] : row.changes) {
      out += " " + column + ": " + from + " -> " + to;
    }
    for (const auto& problem : row.problems) {
      out += " " + problem.column + "!" + std::string(problem.code);
    }
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("import: what was exported imports back unchanged, in every language's decimals",
          "[headoffice]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 15; ++round) {
    ImportOffice office;
    model::Catalogue words = random_catalogue(random, 1 + random() % 40);
    for (auto& product : words.products) product.pictures = {};
    REQUIRE(office.storage->seed_catalogue(kPack, rows_of(words)));
    for (const char* locale : {"en", "de", "ja"}) {
      const std::string csv = export_csv(words, locale);
      const auto report = office.report(csv, locale);
      INFO(csv << told(*report));
      CHECK(report->counts[static_cast<std::size_t>(RowKind::unchanged)] == words.products.size());
      CHECK(report->puts.empty());
    }
    // Into a catalogue that has none of it yet, every product becomes what it was.
    ImportOffice empty;
    model::Catalogue none = words;
    none.products.clear();
    REQUIRE(empty.storage->seed_catalogue(kPack, rows_of(none)));
    const auto report = empty.report(export_csv(words, "de"), "de", true);
    INFO(told(*report));
    CHECK(report->counts[static_cast<std::size_t>(RowKind::fresh)] == words.products.size());
    REQUIRE(empty.imports.apply(*report, "first"));
    CHECK(empty.document() == office.document());
  }
}

TEST_CASE(
    "import: a report says row by row what is new, changed, unchanged or refused, and nothing "
    "changes",
    "[headoffice]") {
  ImportOffice office;
  REQUIRE(office.publish(small_catalogue()).published);
  const std::string before = office.document();
  const auto report = office.report(
      "SKU;Name:en;Price;Category;Remark\r\n"
      "BURGER;Jalape\u00F1o Burger;6,20;food;x\r\n"
      "FRIES;Fries;3,40;food;\r\n"
      "WRAP;=Wrap;5,90;food;\r\n"
      "COLA;Cola;2.50;drinks;\r\n"
      "TEA;Tea;1,20;nowhere;\r\n"
      "TEA;Tea;1,20;food;\r\n"
      "CAKE;;2,00;food;\r\n"
      "PIE;Pie\r\n",
      "de");
  CHECK(told(*report) ==
        "2 unchanged sku:BURGER\n"
        "3 changed sku:FRIES price: 6,20 -> 3,40\n"
        "4 new sku:WRAP key:  -> sku:WRAP name:en:  -> =Wrap price:  -> 5,90 category:  -> food\n"
        "5 refused sku:COLA price!amount\n"
        "6 refused sku:TEA category!category\n"
        "7 refused sku:TEA key!repeated\n"
        "8 refused sku:CAKE name!text\n"
        "9 refused sku:PIE !cells\n");
  CHECK(report->unknown_columns == std::vector<std::string>{"Remark"});
  CHECK(report->rows[3].problems.front().expected == "expected an amount as 12,50");
  CHECK(report->rows[3].problems.front().found == "2.50");
  CHECK(office.document() == before);

  const auto applied = office.imports.apply(*report, "spring");
  REQUIRE(applied);
  CHECK(applied->fresh == 1);
  CHECK(applied->changed == 1);
  CHECK(office.reading.product(kPack, "sku:WRAP")->words.name.at("en") == "=Wrap");
  CHECK(office.reading.product(kPack, "sku:FRIES")->words.price == 340);
  CHECK(office.reading.product(kPack, "sku:FRIES")->words.cost ==
        205);  // no such column: as it was
  CHECK(office.reading.product(kPack, "sku:COLA")->words.price == 620);
  const auto changes = office.storage->changes({});
  REQUIRE(changes);
  const Change& change = changes->front().change;
  CHECK(change.what == "catalogue.imported");
  CHECK(change.who == "ana");
  CHECK(change.why == "spring");
  CHECK(change.before == R"({"version":1,"products":{"sku:FRIES":{"price":"6,20"}}})");
  CHECK(change.after.starts_with(
      R"({"version":2,"new":1,"changed":1,"refused":5,"products":{"sku:FRIES":{"price":"3,40"},"sku:WRAP":)"));
}

TEST_CASE("import: applied twice, late, or by another it changes nothing", "[headoffice]") {
  ImportOffice office;
  REQUIRE(office.publish(small_catalogue()).published);
  const auto mine = office.report("key,price\nsku:FRIES,3.40\n");
  CHECK(office.imports.find(kPack, mine->id, "ana") == mine);
  CHECK(office.imports.find(kPack, mine->id, "ben") == nullptr);
  CHECK(office.imports.find("other", mine->id, "ana") == nullptr);
  REQUIRE(office.catalogues().put(
      kPack, office.order("sku:COLA", [](model::Product& p) { p.price = 300; })));
  const std::string before = office.document();
  CHECK(office.imports.apply(*mine, "").error().code() == Errc::conflict);
  CHECK(office.document() == before);
  const auto again = office.report("key,price\nsku:FRIES,3.40\n");
  CHECK(again->id != mine->id);
  REQUIRE(office.imports.apply(*again, ""));
  CHECK(office.imports.apply(*again, "").error().code() == Errc::conflict);
  for (int i = 0; i < 4; ++i) office.report("key,price\nsku:FRIES," + std::to_string(4 + i) + "\n");
  CHECK(office.imports.find(kPack, again->id, "ana") == nullptr);  // the last few are kept
}

TEST_CASE("import: a barcode may wander within a file, and is refused where it is another's",
          "[headoffice]") {
  ImportOffice office;
  REQUIRE(office.publish(small_catalogue()).published);
  const auto wander = office.report("key,barcodes\nBURGER,\nCOLA,4006381333931|plu:7\n");
  INFO(told(*wander));
  CHECK(wander->counts[static_cast<std::size_t>(RowKind::changed)] == 2);
  REQUIRE(office.imports.apply(*wander, ""));
  CHECK(office.reading.product(kPack, "sku:COLA")->words.aliases ==
        std::vector<std::string>{"gtin:4006381333931", "plu:7"});

  // Cola would give its code to the fries; as Cola's row is refused, the fries' is, too.
  const auto chain = office.report("key,barcodes,stock\nFRIES,plu:7,in\nCOLA,,maybe\n");
  CHECK(told(*chain) == "2 refused sku:FRIES barcodes!key\n3 refused sku:COLA stock!choice\n");
  CHECK(chain->puts.empty());
}

TEST_CASE("import: taking a restriction off, or a column off a new product, is refused",
          "[headoffice]") {
  ImportOffice office;
  model::Catalogue words = small_catalogue();
  words.products[2].restricted = true;
  REQUIRE(office.publish(words).published);
  CHECK(told(*office.report("key,restricted\nCOLA,no\n")) ==
        "2 refused sku:COLA restricted!admin\n");
  CHECK(told(*office.report("key,restricted\nCOLA,no\n", "en", true)) ==
        "2 changed sku:COLA restricted: yes -> no\n");
  CHECK(told(*office.report("key,name\nNEW,New\n")) ==
        "2 refused sku:NEW category!missing price!missing\n");
}

TEST_CASE("import: allergens that nobody knows are not none", "[headoffice]") {
  ImportOffice office;
  REQUIRE(office.publish(small_catalogue()).published);
  REQUIRE(office.imports.apply(*office.report("key,allergens\nCOLA,none\nFRIES,milk|egg\n"), ""));
  CHECK(office.reading.product(kPack, "sku:COLA")->words.allergens == std::vector<std::string>{});
  CHECK(office.reading.product(kPack, "sku:FRIES")->words.allergens ==
        std::vector<std::string>{"milk", "egg"});
  REQUIRE(office.imports.apply(*office.report("key,allergens\nCOLA,\n"), ""));
  CHECK_FALSE(office.reading.product(kPack, "sku:COLA")->words.allergens);
}

TEST_CASE("import: a file that is none of products is refused as a whole", "[headoffice]") {
  ImportOffice office;
  REQUIRE(office.publish(small_catalogue()).published);
  for (const char* bad : {"", "\n\n", "name,price\nA,1\n", "key,price,price\nA,1,2\n",
                          "key,name\nA,\"open\n", "key,name:en\nA,\xFF\n"}) {
    INFO(bad);
    const ImportRead done = office.read(bad);
    CHECK_FALSE(done.report);
    CHECK_FALSE(done.problem.expected.empty());
  }
  CHECK(office.imports.read("nobody", {"key\n", "en", "ana", false}).error().code() ==
        Errc::not_found);
}
