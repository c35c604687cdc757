// Stores and terminals that programs register: each change is in the log of changes.
#include "tests/headoffice/support/support.hpp"

#include <catch2/catch.hpp>

using namespace sidedish;
using namespace sidedish::headoffice;
using namespace sidedish::headoffice::testing;

// To see it fail: leave add_change() out of put_store() or put_terminal(), or write one always.
TEST_CASE("registered: a store or terminal that is new or changed is in the log, once", "[store]") {
  Folder folder;
  const auto storage = open(folder.file("h.db"));
  for (int again = 0; again < 2; ++again) {
    REQUIRE(storage->put_store({"mitte", "Mitte", "Europe/Berlin", kNoon, 0}));
    REQUIRE(storage->put_terminal("mitte", "t1", kNoon + 1));
  }
  REQUIRE(storage->put_store({"mitte", "Mitte \"1\"", "Europe/Berlin", kNoon + 2, 0}));
  REQUIRE(!storage->put_terminal("nowhere", "t1", kNoon + 3));
  const auto log = storage->changes({});
  REQUIRE(log);
  REQUIRE(log->size() == 3);
  const Change& renamed = (*log)[0].change;
  const Change& terminal = (*log)[1].change;
  const Change& store = (*log)[2].change;
  CHECK(store.what == "store.added");
  CHECK(store.subject == "stores/mitte");
  CHECK(store.before.empty());
  CHECK(store.after == R"({"name":"Mitte","time_zone":"Europe/Berlin"})");
  CHECK(terminal.what == "terminal.added");
  CHECK(terminal.subject == "stores/mitte/terminals/t1");
  CHECK(terminal.at == kNoon + 1);
  CHECK(renamed.what == "store.changed");
  CHECK(renamed.at == kNoon + 2);
  CHECK(renamed.before == store.after);
  CHECK(renamed.after == R"({"name":"Mitte \"1\"","time_zone":"Europe/Berlin"})");
  for (const ChangeRow& row : *log) {
    CHECK(row.change.who == "command line");
    CHECK(row.change.store == "mitte");
    CHECK(!row.change.why.empty());
  }
  const auto chain = storage->check_changes();
  REQUIRE(chain);
  CHECK(chain->changes == 3);
  CHECK(chain->broken_at == 0);
}
