#include "headoffice/store/migrate.hpp"

#include "tests/headoffice/support/support.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <vector>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

namespace {

/// Objects and columns, without comments and spacing.
std::vector<std::string> shape_of(Database& db) {
  std::vector<std::string> shape;
  Run query = db.run(
      "SELECT type || ' ' || s.name || ' ' || coalesce((SELECT group_concat("
      " c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk || ' ' || c.hidden, ', ')"
      " FROM pragma_table_xinfo(s.name) AS c), '') ||"
      " coalesce((SELECT ' strict ' || l.strict || ' wr ' || l.wr FROM pragma_table_list AS l"
      "  WHERE l.name = s.name), '')"
      " FROM sqlite_schema AS s ORDER BY 1");
  while (query.step()) shape.push_back(query.text(0));
  return shape;
}

}  // namespace

TEST_CASE("migrate: all migrations together make the schema file, and every table is strict",
          "[headoffice]") {
  const Folder folder;
  Database migrated(folder.file("a.db"));
  check_format(migrated);
  CHECK(migrate(migrated) == static_cast<int>(migrations().size()));
  CHECK(migrated.number("PRAGMA user_version") == static_cast<std::int64_t>(migrations().size()));
  CHECK(migrated.number("PRAGMA application_id") == kApplicationId);
  CHECK(migrate(migrated) == 0);

  Database written(folder.file("b.db"));
  REQUIRE(schema().size() == 1);
  written.script(std::string(schema()[0].text));
  CHECK(shape_of(migrated) == shape_of(written));
  CHECK(shape_of(migrated).size() > 15);
  CHECK(migrated.number("SELECT count(*) FROM pragma_table_list WHERE schema = 'main'"
                        " AND name NOT LIKE 'sqlite_%' AND NOT strict") == 0);
}

TEST_CASE("migrate: a newer file and another program's file are refused and stay as they are",
          "[headoffice]") {
  const Folder folder;
  const std::string file = folder.file("x.db");
  const auto bytes = [&] {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  SECTION("newer") {
    open(file).reset();
    {
      Database db(file);
      db.script("PRAGMA user_version = 99");
    }
    const std::string before = bytes();
    const auto again = SqliteStorage::open(file);
    REQUIRE_FALSE(again);
    CHECK(again.error().code() == Errc::unsupported);
    CHECK(bytes() == before);
  }
  SECTION("another program's") {
    {
      Database db(file);
      db.script("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
    }
    const std::string before = bytes();
    const auto again = SqliteStorage::open(file);
    REQUIRE_FALSE(again);
    CHECK(again.error().code() == Errc::corrupt);
    CHECK(bytes() == before);
  }
  SECTION("no database at all") {
    std::ofstream(file) << std::string(9000, 'x');
    const std::string before = bytes();
    const auto again = SqliteStorage::open(file);
    REQUIRE_FALSE(again);
    CHECK(again.error().code() == Errc::corrupt);
    CHECK(bytes() == before);
  }
}

TEST_CASE("store: a second process is told that the database is in use", "[headoffice]") {
  const Folder folder;
  const auto first = open(folder.file("h.db"));
  const auto second = SqliteStorage::open(folder.file("h.db"));
  REQUIRE_FALSE(second);
  CHECK(second.error().code() == Errc::conflict);
  CHECK(first->check());
}
