#include "headoffice/store/store_rows.hpp"

#include "headoffice/store/changes.hpp"
#include "rules/format/json_writer.hpp"

namespace sidedish::headoffice {
namespace {

std::string told(const std::string& name, const std::string& time_zone) {
  format::JsonWriter json;
  json.open('{').key("name").text(name).key("time_zone").text(time_zone).close('}');
  return json.take();
}

}  // namespace

bool write_store(Database& db, const StoreRow& store, std::string_view who, std::string_view why) {
  std::string before;
  if (Run find = db.run("SELECT name, time_zone FROM store WHERE id = ?");
      find.with(store.id).step()) {
    before = told(find.text(0), find.text(1));
  }
  const bool created = before.empty();
  std::string after = told(store.name, store.time_zone);
  if (after == before) return created;
  db.run(
        "INSERT INTO store (id, name, time_zone, created_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, time_zone = excluded.time_zone")
      .with(store.id, store.name, store.time_zone, store.created_at)
      .done();
  add_change(db, {.at = store.created_at,
                  .who = std::string(who),
                  .what = created ? "store.added" : "store.changed",
                  .subject = "stores/" + store.id,
                  .store = store.id,
                  .before = std::move(before),
                  .after = std::move(after),
                  .why = std::string(why)});
  return created;
}

}  // namespace sidedish::headoffice
