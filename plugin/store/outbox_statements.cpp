#include "plugin/store/outbox_statements.hpp"

namespace sidedish::outbox {

Result<std::shared_ptr<Outbox::Statements>> Outbox::Statements::prepare(Connection& db) {
  auto out = std::make_shared<Statements>();
  const struct {
    Statement* statement;
    const char* sql;
  } texts[] = {
      {&out->begin, "BEGIN IMMEDIATE"},
      {&out->commit, "COMMIT"},
      {&out->source_add,
       "INSERT INTO source(store, terminal, epoch, next, active) VALUES(?,?,?,?,?)"},
      {&out->source_next, "UPDATE source SET next = ?2 WHERE no = ?1"},
      {&out->source_active, "UPDATE source SET active = ?2 WHERE no = ?1"},
      {&out->source_drop, "DELETE FROM source WHERE no = ?"},
      {&out->event_add, "INSERT INTO event(id, rank, row) VALUES(?,?,?)"},
      {&out->event_get, "SELECT row FROM event WHERE id = ?"},
      {&out->event_drop, "DELETE FROM event WHERE id = ?"},
      {&out->event_drop_range, "DELETE FROM event WHERE id BETWEEN ? AND ?"},
      {&out->event_range, "SELECT id, row FROM event WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"},
      {&out->event_first, "SELECT id FROM event ORDER BY id LIMIT 1"},
      {&out->event_rank, "SELECT id, row FROM event WHERE rank = ? ORDER BY id"},
      {&out->sent_add,
       "INSERT INTO sent(source, kind, n) VALUES(?1,?2,?3)"
       " ON CONFLICT DO UPDATE SET n = n + ?3"},
      {&out->sent_list, "SELECT kind, n FROM sent WHERE source = ? AND n > 0 ORDER BY kind"},
      {&out->sent_drop, "DELETE FROM sent WHERE source = ?"},
      {&out->cursor_set,
       "INSERT INTO cursor(ring, position) VALUES(?1,?2)"
       " ON CONFLICT DO UPDATE SET position = ?2"},
      {&out->cursor_get, "SELECT position FROM cursor WHERE ring = ?"},
      {&out->cursor_drop, "DELETE FROM cursor WHERE ring = ?"},
      {&out->seen_set,
       "INSERT INTO tally_seen(ring, slot, n, sum) VALUES(?1,?2,?3,?4)"
       " ON CONFLICT DO UPDATE SET n = ?3, sum = ?4"},
      {&out->seen_get, "SELECT slot, n, sum FROM tally_seen WHERE ring = ? ORDER BY slot"},
      {&out->seen_drop, "DELETE FROM tally_seen WHERE ring = ?"},
      {&out->tally_add,
       "INSERT INTO tally(store, terminal, hour, rule, arm, kind, currency, origin, n, sum)"
       " VALUES(?,?,?,?,?,?,?,?,?9,?10) ON CONFLICT DO UPDATE SET n = n + ?9, sum = sum + ?10"},
      {&out->tally_list,
       "SELECT store, terminal, hour, rule, arm, kind, currency, origin, n, sum FROM tally"
       " ORDER BY store, terminal, hour LIMIT 1000"},
      {&out->tally_clear,
       "DELETE FROM tally WHERE store = ? AND terminal = ? AND hour = ? AND"
       " rule = ? AND arm = ? AND kind = ? AND currency = ? AND origin = ?"},
      {&out->aside_add, "INSERT INTO quarantine(at, why, row) VALUES(?,?,?)"},
      {&out->aside_trim,
       "DELETE FROM quarantine WHERE no IN"
       " (SELECT no FROM quarantine ORDER BY no LIMIT ?)"},
      {&out->aside_list, "SELECT no, at, why, row FROM quarantine ORDER BY no DESC LIMIT ?"},
      {&out->counter_add,
       "INSERT INTO counter(name, n) VALUES(?1,?2)"
       " ON CONFLICT DO UPDATE SET n = n + ?2"},
      {&out->counter_list, "SELECT name, n FROM counter ORDER BY name"},
  };
  for (const auto& entry : texts) {
    auto statement = db.prepare(entry.sql);
    if (!statement) return tl::unexpected(statement.error());
    *entry.statement = std::move(*statement);
  }
  return out;
}

}  // namespace sidedish::outbox
