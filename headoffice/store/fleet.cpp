// What terminals say of themselves, and what each store may have.
#include "headoffice/store/book_store.hpp"
#include "headoffice/store/fence.hpp"
#include "headoffice/store/rollout_rows.hpp"

namespace sidedish::headoffice {
namespace {

HealthReport read_report(const Run& row, int first) {
  HealthReport out;
  const auto count = [&](int column) { return static_cast<std::uint64_t>(row.integer(column)); };
  out.at = row.integer(first);
  out.clock_ms = row.integer(first + 1);
  out.health.agent = row.text(first + 2);
  out.health.pending = count(first + 3);
  out.health.quarantined = count(first + 4);
  out.health.pictures_wanted = count(first + 5);
  out.health.pictures_present = count(first + 6);
  out.health.lanes = static_cast<std::uint32_t>(row.integer(first + 7));
  format::WireFindings findings;
  auto alarms = format::read_alarms(row.text(first + 8), findings);
  if (!alarms) throw DbError(SQLITE_CORRUPT, "a terminal's alarms cannot be read");
  out.health.alarms = std::move(*alarms);
  return out;
}

std::vector<OfferedVersion> read_offered(Database& db, std::int64_t store) {
  std::vector<OfferedVersion> out;
  Run query = db.run(
      "SELECT m.version, lower(hex(p.image)), p.pack_id, p.pack_version, r.version, p.pack_id,"
      " p.image, waves, automatic, wait_ms, wave, state, since, r.why FROM manifest AS m"
      " JOIN publication AS p ON p.version = m.version"
      " LEFT JOIN rollout AS r ON r.version = m.version WHERE store_id = ?"
      " ORDER BY m.version DESC");
  query.with(store);
  while (query.step()) {
    OfferedVersion one;
    one.published = {query.text(1), static_cast<std::uint64_t>(query.integer(0)), query.text(2),
                     static_cast<std::uint64_t>(query.integer(3))};
    if (query.integer(4) != 0) one.rollout = read_rollout(query, 4);
    const bool everywhere = !one.rollout || one.rollout->state == RolloutState::done;
    out.push_back(std::move(one));
    if (everywhere) break;
  }
  return out;
}

std::vector<FleetTerminal> read_terminals(Database& db, std::int64_t store) {
  std::vector<FleetTerminal> out;
  Run query = db.run(
      "SELECT terminal.id, coalesce((SELECT max(last_at) FROM source WHERE source.terminal_id ="
      " terminal.terminal_id), 0), h.terminal_id IS NOT NULL, running, refused, why, h.at, since,"
      " r.terminal_id IS NOT NULL, r.at, clock_ms, agent, pending, quarantined, pictures_wanted,"
      " pictures_present, lanes, alarms FROM terminal"
      " LEFT JOIN terminal_health AS h USING (terminal_id)"
      " LEFT JOIN terminal_report AS r ON r.terminal_id = terminal.terminal_id"
      " WHERE store_id = ? ORDER BY terminal.id");
  query.with(store);
  while (query.step()) {
    FleetTerminal one;
    one.id = query.text(0);
    one.last_at = query.integer(1);
    if (query.integer(2) != 0) one.health = read_health(query, 3);
    if (query.integer(8) != 0) one.report = read_report(query, 9);
    if (one.health) one.last_at = std::max(one.last_at, one.health->at);
    if (one.report) one.last_at = std::max(one.last_at, one.report->at);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

Result<bool> SqliteStorage::put_report(std::string_view store, std::string_view terminal,
                                       const HealthReport& report) {
  return fenced("saving a terminal's report", [&](Database& db) {
    Transaction transaction(db);
    const std::int64_t id = terminal_id_of(db, store, terminal);
    if (id == 0) return false;
    const format::Health& health = report.health;
    const auto number = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
    db.run(
          "INSERT OR REPLACE INTO terminal_report (terminal_id, at, clock_ms, agent, pending,"
          " quarantined, pictures_wanted, pictures_present, lanes, alarms)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .with(id, report.at, report.clock_ms, health.agent, number(health.pending),
              number(health.quarantined), number(health.pictures_wanted),
              number(health.pictures_present), std::int64_t{health.lanes},
              format::write_alarms(health.alarms))
        .done();
    transaction.commit();
    return true;
  });
}

Result<std::vector<FleetStore>> SqliteStorage::fleet() {
  return fenced("reading the fleet", [&](Database& db) {
    std::vector<FleetStore> out;
    std::vector<std::int64_t> ids;
    {
      Run query = db.run("SELECT store_id, id, name, time_zone FROM store ORDER BY id");
      while (query.step()) {
        ids.push_back(query.integer(0));
        out.push_back({query.text(1), query.text(2), query.text(3), {}, {}});
      }
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].offered = read_offered(db, ids[i]);
      out[i].terminals = read_terminals(db, ids[i]);
    }
    return out;
  });
}

Result<std::vector<PublishedImage>> SqliteStorage::reported_images() {
  return fenced("reading which versions terminals run", [&](Database& db) {
    std::vector<PublishedImage> out;
    Run query = db.run(
        "SELECT lower(hex(image)), max(version), pack_id, pack_version FROM publication"
        " WHERE lower(hex(image)) IN (SELECT running FROM terminal_health UNION"
        "  SELECT refused FROM terminal_health) GROUP BY image");
    while (query.step()) {
      out.push_back({query.text(0), static_cast<std::uint64_t>(query.integer(1)), query.text(2),
                     static_cast<std::uint64_t>(query.integer(3))});
    }
    return out;
  });
}

Result<std::vector<VersionRow>> SqliteStorage::versions(std::string_view pack, std::size_t most) {
  return fenced("listing versions", [&](Database& db) {
    std::vector<VersionRow> out;
    Run query = db.run(
        "SELECT p.version, pack_version, published_at, who, p.why, r.version, pack_id, image,"
        " waves, automatic, wait_ms, wave, state, since, r.why FROM publication AS p"
        " LEFT JOIN rollout AS r USING (version) WHERE pack_id = ? ORDER BY p.version DESC LIMIT "
        "?");
    query.with(pack, static_cast<std::int64_t>(most));
    while (query.step()) {
      VersionRow row;
      row.version = static_cast<std::uint64_t>(query.integer(0));
      row.pack_version = static_cast<std::uint64_t>(query.integer(1));
      row.at = query.integer(2);
      row.who = query.text(3);
      row.why = query.text(4);
      if (query.integer(5) != 0) row.rollout = read_rollout(query, 5);
      out.push_back(std::move(row));
    }
    if (out.empty()) throw Refused{{Errc::not_found, "nothing of this pack was ever published"}};
    std::int64_t known_from = INT64_MAX;
    if (Run oldest = db.run("SELECT min(version), count(*) FROM rule_change WHERE pack = ?");
        oldest.with(pack).step() && oldest.integer(1) > 0) {
      known_from = oldest.integer(0);
    }
    for (VersionRow& row : out) {
      const auto version = static_cast<std::int64_t>(row.version);
      if (version < known_from) break;
      auto& changed = row.rules_changed.emplace();
      Run rules = db.run("SELECT rule, what FROM rule_change WHERE version = ? ORDER BY rule");
      rules.with(version);
      while (rules.step()) {
        if (rules.text(0) == kPackFrame) {
          row.frame_changed = static_cast<RuleChanged>(rules.integer(1)) == RuleChanged::changed;
          continue;
        }
        changed.emplace_back(rules.text(0), static_cast<RuleChanged>(rules.integer(1)));
      }
    }
    return out;
  });
}

}  // namespace sidedish::headoffice
