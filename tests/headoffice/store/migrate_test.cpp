#include "headoffice/store/migrate.hpp"

#include "tests/headoffice/support/support.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>
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
                        " AND name NOT LIKE 'sqlite_%' AND type = 'table' AND NOT strict") == 0);
}

// Fails when a sale of before is taken for one that earned nothing.
TEST_CASE(
    "migrate: totals of before money and dayparts were counted stay, and say that they have none",
    "[headoffice]") {
  const Folder folder;
  const std::string file = folder.file("h.db");
  {
    Database db(file);
    for (std::size_t step = 0; step < 11; ++step) {
      db.script(std::string(migrations()[step].text));
      db.script("PRAGMA user_version = " + std::to_string(step + 1));
    }
    db.script(
        "INSERT INTO store (store_id, id, name, time_zone, created_at)"
        " VALUES (1, 'mitte', 'Mitte', 'UTC', 0);"
        "INSERT INTO basket_total VALUES (20778, 1, 'burger-fries', 'treated', 'EUR', 'cashier',"
        " 'sale', 'completed', 1, 7, 3, 9000, '11000000', 7, 4000, '2300000', 14000, 14, 7, 0, 2,"
        " 6, 240000, '9600000000')");
  }
  auto storage = open(file);
  const auto totals = storage->basket_totals({20'778, 20'778, {}, ""});
  REQUIRE(totals);
  REQUIRE(totals->size() == 1);
  const BasketTotal& total = totals->front();
  CHECK(total.sum.n == 7);
  CHECK(total.sum.total == 9'000);
  CHECK(to_text(total.total_sq) == "11000000");
  CHECK(total.tendered == 6);
  CHECK(to_text(total.open_ms_sq) == "9600000000");
  CHECK(total.capped == KeptSums{});
  CHECK(total.capped_margin == KeptSums{});
  CHECK(total.capped_open == KeptSums{});
  const auto morning = storage->basket_totals({20'778, 20'778, {}, "", "", {"morning"}});
  REQUIRE(morning);
  CHECK(morning->empty());
}

namespace {

int statements_left = 0;

int before_statement(unsigned, void*, void*, void*) {
  if (--statements_left == 0) _exit(1);
  return 0;
}
/// Every connection of this process counts its statements from now on.
int count_statements(sqlite3* db, char**, const sqlite3_api_routines*) {
  return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, before_statement, nullptr);
}

}  // namespace

// Fails when a migration is more than one transaction, or its version is set in another.
TEST_CASE("migrate: killed before any statement, the file is as before or whole",
          "[headoffice][R21]") {
  bool finished = false;
  int nth = 0;
  while (!finished) {
    ++nth;
    INFO("statement " << nth);
    const Folder folder;
    const std::string file = folder.file("h.db");
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      statements_left = nth;
      sqlite3_auto_extension(reinterpret_cast<void (*)()>(count_statements));
      auto storage = SqliteStorage::open(file);
      _exit(storage ? 0 : 2);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) != 2);
    finished = WEXITSTATUS(status) == 0;
    {
      Database db(file);
      const auto version = db.number("PRAGMA user_version");
      CHECK((version >= 0 && version <= static_cast<std::int64_t>(migrations().size())));
      CHECK(db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'picture'") ==
            (version >= 2 ? 1 : 0));
      CHECK((db.number("SELECT count(*) FROM sqlite_schema") == 0) == (version == 0));
    }
    auto storage = open(file);
    add_places(*storage);
    const auto counted = storage->ingest(batch({event(1, shown())}));
    REQUIRE(counted);
    CHECK(counted->accepted == 1);
  }
  CHECK(nth > 20);
  std::cout << "R21: head office: killed before each of " << nth - 1 << " statements\n";
}

TEST_CASE("migrate: a newer file and another program's file are refused and stay as they are",
          "[headoffice][R21]") {
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
  SECTION("newer, with a log that its process has left") {
    open(file).reset();
    {
      Database db(file);
      db.use_log();
      db.script("CREATE TABLE newer (x); PRAGMA user_version = 99");
    }
    const auto log = [&] {
      std::ifstream in(file + "-wal", std::ios::binary);
      return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const std::string before = bytes();
    const std::string log_before = log();
    REQUIRE_FALSE(log_before.empty());
    const auto again = SqliteStorage::open(file);
    REQUIRE_FALSE(again);
    CHECK(again.error().code() == Errc::unsupported);
    CHECK(bytes() == before);
    CHECK(log() == log_before);
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
