// A large import is made beside what stands, in pieces: others have their turn, and a process that ends
// in the middle leaves what stood whole.
#include "headoffice/catalogue/import.hpp"
#include "headoffice/store/database.hpp"
#include "tests/headoffice/catalogue/office.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

model::Catalogue large(std::size_t products, Minor price) {
  model::Catalogue out = small_catalogue();
  const model::Product pattern = out.products.back();
  for (std::size_t i = 0; i < products; ++i) {
    const std::string n = std::to_string(i);
    out.products.push_back(pattern);
    out.products.back().key = "sku:L-" + n;
    out.products.back().name = {{"en", "Thing " + n}};
    out.products.back().aliases = {"gtin:" + std::to_string(10'000'000 + i)};
    out.products.back().price = price;
  }
  return out;
}

/// Some changed, some new, some as they are, so many that it is done in pieces.
struct LargeImport : CatalogueOffice {
  LargeImport() {
    REQUIRE(storage->seed_catalogue(kPack, rows_of(large(3'000, 100))));
    model::Catalogue wanted = large(4'000, 250);
    wanted.products.erase(wanted.products.begin(), wanted.products.begin() + 500);
    csv = export_csv(wanted, "en");
    expected = export_csv(after(), "en");
  }
  static model::Catalogue after() {
    model::Catalogue out = large(4'000, 250);
    for (std::size_t i = 3; i < 500; ++i) out.products[i].price = 100;
    return out;
  }
  /// What stands, as the export writes it.
  std::string standing() {
    const auto document = catalogues().document(kPack);
    REQUIRE(document);
    const auto words = format::parse_catalogue(document->text);
    REQUIRE(words.value);
    return export_csv(*words.value, "en");
  }
  /// Rows that nobody reads.
  static std::int64_t idle(const std::string& file) {
    Database db(file);
    return db.number(
        "SELECT (SELECT count(*) FROM catalogue WHERE state <> 0)"
        " + (SELECT count(*) FROM product WHERE catalogue_id NOT IN"
        "    (SELECT catalogue_id FROM catalogue WHERE state = 0))"
        " + (SELECT count(*) FROM product_key WHERE product_id NOT IN (SELECT product_id FROM "
        "product))"
        " + abs((SELECT count(*) FROM product_word) - (SELECT count(*) FROM product))");
  }
  std::string csv;
  std::string expected;
};

std::shared_ptr<const Import> read(Imports& imports, const std::string& csv) {
  const auto done = imports.read(kPack, {csv, "en", "ana", false});
  REQUIRE(done);
  REQUIRE(done->report);
  return done->report;
}

}  // namespace

// Proved by putting all rows in one transaction: nobody is asked in between.
TEST_CASE("import: while a large one is applied outcomes are counted and the old catalogue is read",
          "[headoffice]") {
  LargeImport office;
  add_places(*office.storage);
  Catalogues reading = office.catalogues();
  Imports imports(reading, *office.storage, office.clock);
  const auto report = read(imports, office.csv);
  CHECK(report->puts.size() > kPutAtOnce);
  const std::string before = office.standing();
  std::uint64_t counted = 0;
  int as_before = 0;
  int as_after = 0;
  const auto done = imports.apply(*report, "spring", [&] {
    ++counted;
    const auto taken = office.storage->ingest(batch({event(counted, shown())}));
    REQUIRE(taken);
    const std::string now = office.standing();
    REQUIRE((now == before || now == office.expected));
    REQUIRE((now == office.expected || as_after == 0));  // never back
    ++(now == before ? as_before : as_after);
  });
  REQUIRE(done);
  CHECK(as_before >= 8);  // 4,000 products, 500 a piece
  CHECK(as_after >= 1);   // while the old ones are swept
  CHECK(office.standing() == office.expected);
  const auto records = office.storage->records(false);
  REQUIRE(records);
  CHECK(static_cast<std::uint64_t>(records->records) == counted);
  const auto page = reading.search(kPack, "thing 3999", 5, 0);
  REQUIRE(page);
  REQUIRE(page->found.products.size() == 1);
  CHECK(page->found.products.front().price == 250);
  const auto changes = office.storage->changes({});
  REQUIRE(changes);
  CHECK(changes->front().change.what == "catalogue.imported");
  CHECK(changes->front().change.why == "spring");
  office.storage.reset();
  CHECK(LargeImport::idle(office.folder.file("h.db")) == 0);
}

TEST_CASE("import: a large one during which the catalogue is changed does nothing",
          "[headoffice]") {
  LargeImport office;
  Catalogues reading = office.catalogues();
  Imports imports(reading, *office.storage, office.clock);
  const auto report = read(imports, office.csv);
  int pieces = 0;
  const auto done = imports.apply(*report, "spring", [&] {
    if (++pieces != 3) return;
    const auto order =
        office.order("sku:COLA", [](model::Product& product) { product.price = 999; });
    const auto saved = reading.put(kPack, order);
    REQUIRE(saved);
    REQUIRE(saved->saved);
  });
  REQUIRE_FALSE(done);
  CHECK(done.error().code() == Errc::conflict);
  CHECK(reading.product(kPack, "sku:COLA")->words.price == 999);
  CHECK(reading.product(kPack, "sku:L-1000")->words.price == 100);
  CHECK(reading.head(kPack)->products == 3'003);
  office.storage.reset();
  CHECK(LargeImport::idle(office.folder.file("h.db")) == 0);
}

// Proved by sweeping nothing when the file is opened.
TEST_CASE("import: killed in the middle of a large one, the old catalogue or the new one is whole",
          "[headoffice]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  LargeImport office;
  const std::string file = office.folder.file("h.db");
  const std::string before = office.standing();
  const std::string csv = office.csv;
  bool applied = false;
  for (int round = 0; round < 6 && !applied; ++round) {
    office.storage.reset();
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const int last = 1 + static_cast<int>(random() % 20);  // of some 24 turns of others
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      close(ends[0]);
      auto storage = SqliteStorage::open(file);
      if (!storage) _exit(3);
      const SetClock clock;
      Catalogues reading(**storage, **storage, clock);
      Imports imports(reading, **storage, clock);
      const auto read = imports.read(kPack, {csv, "en", "ana", false});
      if (!read || !read->report) _exit(4);
      const auto done = imports.apply(*read->report, "spring", [&] {
        if (write(ends[1], ".", 1) != 1) _exit(5);
      });
      _exit(done ? 0 : 6);
    }
    close(ends[1]);
    char sign = 0;
    int seen = 0;
    while (seen < last && ::read(ends[0], &sign, 1) == 1) ++seen;
    pollfd more{ends[0], POLLIN, 0};
    const timespec moment{0, static_cast<long>(random() % 3'000'000)};
    ppoll(&more, 1, &moment, nullptr);
    kill(child, SIGKILL);
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) REQUIRE(WEXITSTATUS(status) == 0);
    close(ends[0]);
    office.storage = open(file);
    const std::string now = office.standing();
    REQUIRE((now == before || now == office.expected));
    applied = now == office.expected;
    office.storage.reset();
    REQUIRE(LargeImport::idle(file) == 0);
    office.storage = open(file);
    REQUIRE(office.storage->check_changes()->broken_at == 0);
  }
}
