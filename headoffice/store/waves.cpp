// Publications on their way, and what terminals say of themselves.
#include "headoffice/store/changes.hpp"
#include "headoffice/store/fence.hpp"
#include "headoffice/store/overlay_rows.hpp"
#include "headoffice/store/rollout_rows.hpp"

#include <algorithm>

namespace sidedish::headoffice {
RolloutRow read_rollout(const Run& row, int first) {
  RolloutRow out;
  out.version = static_cast<std::uint64_t>(row.integer(first));
  out.pack = row.text(first + 1);
  const std::string digest = row.blob(first + 2);
  const auto bytes = std::as_bytes(std::span(digest));
  std::copy_n(bytes.begin(), std::min(bytes.size(), out.image.size()), out.image.begin());
  out.waves = row.text(first + 3);
  out.automatic = row.integer(first + 4) != 0;
  out.wait = row.integer(first + 5);
  out.wave = static_cast<std::uint32_t>(row.integer(first + 6));
  out.state = static_cast<RolloutState>(row.integer(first + 7));
  out.since = row.integer(first + 8);
  out.why = row.text(first + 9);
  return out;
}

HealthRow read_health(const Run& row, int first) {
  return {row.text(first), row.text(first + 1), row.text(first + 2), row.integer(first + 3),
          row.integer(first + 4)};
}

std::int64_t terminal_id_of(Database& db, std::string_view store, std::string_view terminal) {
  Run query = db.run(
      "SELECT terminal_id FROM terminal JOIN store USING (store_id) WHERE store.id = ? AND"
      " terminal.id = ?");
  return query.with(store, terminal).step() ? query.integer(0) : 0;
}

Result<std::vector<OfferedManifest>> SqliteStorage::offered(std::string_view store) {
  return fenced("reading manifests", [&](Database& db) {
    std::vector<OfferedManifest> out;
    Run query = db.run(
        "SELECT m.version, etag, body, r.version, pack_id, image, waves, automatic, wait_ms, wave,"
        " state, since, r.why FROM manifest AS m JOIN publication AS p ON p.version = m.version"
        " LEFT JOIN rollout AS r ON r.version = m.version WHERE store_id = ?"
        " ORDER BY m.version DESC");
    query.with(store_id_of(db, store));
    while (query.step()) {
      OfferedManifest one;
      one.manifest = {static_cast<std::uint64_t>(query.integer(0)), query.text(1), query.text(2)};
      if (query.integer(3) != 0) one.rollout = read_rollout(query, 3);
      const bool everywhere = !one.rollout || one.rollout->state == RolloutState::done;
      out.push_back(std::move(one));
      if (everywhere) break;
    }
    if (out.empty()) throw Refused{{Errc::not_found, "nothing is published for this store"}};
    return out;
  });
}

Result<std::vector<RolloutRow>> SqliteStorage::rollouts(bool running, std::size_t most) {
  return fenced("listing rollouts", [&](Database& db) {
    std::vector<RolloutRow> out;
    Run query = db.run(
        "SELECT r.version, pack_id, image, waves, automatic, wait_ms, wave, state, since, r.why"
        " FROM rollout AS r JOIN publication USING (version) WHERE ? = 0 OR state = 0"
        " ORDER BY r.version DESC LIMIT ?");
    query.with(std::int64_t{running}, static_cast<std::int64_t>(most));
    while (query.step()) out.push_back(read_rollout(query, 0));
    return out;
  });
}

Result<bool> SqliteStorage::move_rollout(const RolloutRow& was, const RolloutRow& now,
                                         const Change& change) {
  return fenced("moving a rollout", [&](Database& db) {
    Transaction transaction(db);
    {
      Run look = db.run("SELECT 1 FROM rollout WHERE version = ? AND wave = ? AND state = ?");
      if (!look.with(static_cast<std::int64_t>(was.version), std::int64_t{was.wave},
                     static_cast<std::int64_t>(was.state))
               .step()) {
        return false;
      }
    }
    db.run("UPDATE rollout SET wave = ?, state = ?, since = ?, why = ? WHERE version = ?")
        .with(std::int64_t{now.wave}, static_cast<std::int64_t>(now.state), now.since, now.why,
              static_cast<std::int64_t>(was.version))
        .done();
    add_change(db, change);
    transaction.commit();
    return true;
  });
}

Result<bool> SqliteStorage::put_health(std::string_view store, std::string_view terminal,
                                       const HealthRow& health) {
  return fenced("saving a terminal's health", [&](Database& db) {
    Transaction transaction(db);
    const std::int64_t id = terminal_id_of(db, store, terminal);
    if (id == 0) return false;
    db.run(
          "INSERT INTO terminal_health (terminal_id, running, refused, why, at, since)"
          " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (terminal_id) DO UPDATE SET"
          " running = excluded.running, refused = excluded.refused, why = excluded.why,"
          " at = excluded.at, since = excluded.since")
        .with(id, health.running, health.refused, health.why, health.at, health.since)
        .done();
    transaction.commit();
    return true;
  });
}

Result<std::optional<HealthRow>> SqliteStorage::health(std::string_view store,
                                                       std::string_view terminal) {
  return fenced("reading a terminal's health", [&](Database& db) {
    const std::int64_t id = terminal_id_of(db, store, terminal);
    if (id == 0) throw Refused{{Errc::not_found, "there is no such terminal"}};
    Run query = db.run(
        "SELECT running, refused, why, at, since FROM terminal_health WHERE terminal_id = ?");
    query.with(id);
    return query.step() ? std::optional<HealthRow>(read_health(query, 0)) : std::nullopt;
  });
}

Result<std::vector<TerminalHealth>> SqliteStorage::health_of(std::uint64_t version) {
  return fenced("reading the health of terminals", [&](Database& db) {
    std::vector<TerminalHealth> out;
    Run query = db.run(
        "SELECT store.id, terminal.id, h.terminal_id IS NOT NULL, running, refused, why, at, since"
        " FROM manifest JOIN store USING (store_id) JOIN terminal USING (store_id)"
        " LEFT JOIN terminal_health AS h USING (terminal_id) WHERE manifest.version = ?"
        " ORDER BY store.id, terminal.id");
    query.with(static_cast<std::int64_t>(version));
    while (query.step()) {
      out.push_back({query.text(0), query.text(1), std::nullopt});
      if (query.integer(2) != 0) out.back().health = read_health(query, 3);
    }
    return out;
  });
}

Result<std::vector<std::string>> SqliteStorage::stores_of_version(std::uint64_t version) {
  return fenced("listing a version's stores", [&](Database& db) {
    std::vector<std::string> out;
    Run query = db.run(
        "SELECT store.id FROM manifest JOIN store USING (store_id) WHERE version = ? ORDER BY 1");
    query.with(static_cast<std::int64_t>(version));
    while (query.step()) out.push_back(query.text(0));
    return out;
  });
}

Result<PublishedDocuments> SqliteStorage::documents(std::uint64_t version) {
  return fenced("reading what was published", [&](Database& db) {
    Run query = db.run("SELECT pack_id, rules FROM publication WHERE version = ?");
    if (!query.with(static_cast<std::int64_t>(version)).step()) {
      throw Refused{{Errc::not_found, "there is no such version"}};
    }
    return PublishedDocuments{query.text(0), query.text(1)};
  });
}

}  // namespace sidedish::headoffice
