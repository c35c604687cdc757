// Closed baskets, for replays.
#include "headoffice/store/basket_store.hpp"
#include "headoffice/store/fence.hpp"
#include "rules/format/json_writer.hpp"

namespace sidedish::headoffice {
namespace {

/// For `IN (SELECT value FROM json_each(?))`: one statement, whatever the number.
std::string listed(std::span<const std::string> all) {
  format::JsonWriter json;
  json.open('[');
  for (const std::string& one : all) json.text(one);
  json.close(']');
  return json.take();
}

}  // namespace

Result<std::uint64_t> SqliteStorage::count_closed_baskets(std::span<const std::string> stores,
                                                          BusinessDay from, BusinessDay to) {
  return fenced("counting baskets", [&](Database& db) {
    Run query = db.run(
        "SELECT count(*) FROM event INDEXED BY event_closed JOIN source USING (source_id) JOIN "
        "terminal USING (terminal_id)"
        " WHERE event.type = 'basket.closed' AND day BETWEEN ? AND ? AND store_id IN"
        " (SELECT store_id FROM store WHERE id IN (SELECT value FROM json_each(?)))");
    query.with(std::int64_t{from}, std::int64_t{to}, listed(stores)).step();
    return static_cast<std::uint64_t>(query.integer(0));
  });
}

Result<std::vector<ClosedBasketRow>> SqliteStorage::closed_baskets(
    std::span<const std::string> stores, BusinessDay day, std::int64_t after, std::size_t most) {
  return fenced("reading baskets", [&](Database& db) {
    std::vector<ClosedBasketRow> out;
    Run query = db.run(
        "SELECT event_id, source_id, store.id, terminal.id, json FROM event"
        " INDEXED BY event_closed"
        " JOIN source USING (source_id) JOIN terminal USING (terminal_id)"
        " JOIN store USING (store_id) WHERE event.type = 'basket.closed' AND day = ? AND"
        " event_id > ? AND store.id IN (SELECT value FROM json_each(?)) ORDER BY event_id LIMIT ?");
    const std::string list = listed(stores);  // bound by address
    query.with(std::int64_t{day}, after, list, static_cast<std::int64_t>(most));
    while (query.step()) {
      out.push_back(
          {query.integer(0), query.integer(1), query.text(2), query.text(3), query.text(4)});
    }
    return out;
  });
}

}  // namespace sidedish::headoffice
