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

// To see it fail: write the store without write_store() in publish().
TEST_CASE("registered: a store that a publication brings or renames is in the log with who and why",
          "[store]") {
  Folder folder;
  const auto storage = open(folder.file("h.db"));
  const std::string image = "image";
  const auto publish = [&](const char* name, const char* who) {
    Publication out;
    out.pack_id = "pack";
    out.image_bytes = std::as_bytes(std::span(image));
    out.published_at = kNoon;
    out.stores = {{"mitte", name, "Europe/Berlin", 0, 0}};
    if (*who != '\0')
      out.rollout = RolloutOrder{.waves = R"(["all"])", .who = who, .why = "spring"};
    REQUIRE(storage->publish(
        out, [](std::string_view, std::uint64_t version, const StandingState&) -> ManifestRow {
          return {version, "etag", "{}"};
        }));
  };
  publish("Mitte", "");
  publish("Mitte", "alan");
  publish("Berlin Mitte", "alan");
  std::vector<Change> stores;
  const auto log = storage->changes({});
  REQUIRE(log);
  for (const ChangeRow& row : *log) {
    if (row.change.what.starts_with("store.")) stores.push_back(row.change);
  }
  REQUIRE(stores.size() == 2);
  CHECK(stores[1].what == "store.added");
  CHECK(stores[1].who == "command line");
  CHECK(stores[0].what == "store.changed");
  CHECK(stores[0].who == "alan");
  CHECK(stores[0].why == "spring");
  CHECK(stores[0].before == R"({"name":"Mitte","time_zone":"Europe/Berlin"})");
  CHECK(storage->check_changes()->broken_at == 0);
}
