// Closed baskets, for replays.
#include "headoffice/store/basket_store.hpp"
#include "headoffice/store/fence.hpp"

namespace sidedish::headoffice {

Result<std::uint64_t> SqliteStorage::count_closed_baskets(std::string_view store, BusinessDay from,
                                                          BusinessDay to) {
  return fenced("counting baskets", [&](Database& db) {
    Run query = db.run(
        "SELECT count(*) FROM event JOIN source USING (source_id) JOIN terminal USING (terminal_id)"
        " WHERE event.type = 'basket.closed' AND day BETWEEN ? AND ? AND store_id ="
        " (SELECT store_id FROM store WHERE id = ?)");
    query.with(std::int64_t{from}, std::int64_t{to}, store).step();
    return static_cast<std::uint64_t>(query.integer(0));
  });
}

Result<std::vector<ClosedBasketRow>> SqliteStorage::closed_baskets(std::string_view store,
                                                                   BusinessDay day,
                                                                   std::int64_t after,
                                                                   std::size_t most) {
  return fenced("reading baskets", [&](Database& db) {
    std::vector<ClosedBasketRow> out;
    Run query = db.run(
        "SELECT event_id, source_id, terminal.id, json FROM event JOIN source USING (source_id)"
        " JOIN terminal USING (terminal_id) WHERE event.type = 'basket.closed' AND day = ? AND"
        " event_id > ? AND store_id = (SELECT store_id FROM store WHERE id = ?)"
        " ORDER BY event_id LIMIT ?");
    query.with(std::int64_t{day}, after, store, static_cast<std::int64_t>(most));
    while (query.step()) {
      out.push_back({query.integer(0), query.integer(1), query.text(2), query.text(3)});
    }
    return out;
  });
}

}  // namespace sidedish::headoffice
