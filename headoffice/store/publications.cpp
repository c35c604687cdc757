// Images, manifests, the names of rules, and the catalogue that goes with them.
#include "headoffice/store/book_rows.hpp"
#include "headoffice/store/catalogue_rows.hpp"
#include "headoffice/store/changes.hpp"
#include "headoffice/store/fence.hpp"
#include "headoffice/store/overlay_rows.hpp"
#include "headoffice/store/store_rows.hpp"

#include <tuple>

namespace sidedish::headoffice {

Result<std::uint64_t> SqliteStorage::publish(const Publication& publication,
                                             const WriteManifest& write) {
  return fenced("publishing", [&](Database& db) {
    Transaction transaction(db);
    take_drafts(db, publication);
    const std::int64_t version = db.number("SELECT coalesce(max(version), 0) + 1 FROM publication");
    const std::span<const std::byte> digest(publication.image);
    const auto& [book, rollout_order] = std::tie(publication.book, publication.rollout);
    const std::string who = book ? book->who : rollout_order ? rollout_order->who : "";
    const std::string why = book ? book->why : rollout_order ? rollout_order->why : "";
    const bool again = publication.rollout && publication.rollout->again != 0;
    std::int64_t before = 0;
    if (Run newest = db.run("SELECT max(version) FROM publication WHERE pack_id = ?");
        newest.with(publication.pack_id).step()) {
      before = newest.integer(0);
    }
    db.run("INSERT INTO blob (sha256, bytes) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING")
        .with(digest, publication.image_bytes)
        .done();
    db.run(
          "INSERT INTO publication (version, pack_id, pack_version, image, rules, catalogue,"
          " published_at, who, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .with(version, publication.pack_id, static_cast<std::int64_t>(publication.pack_version),
              digest, publication.rules, publication.catalogue, publication.published_at, who, why)
        .done();
    db.run(
          "UPDATE rollout SET state = ?, since = ?, why = ? WHERE state IN (?, ?) AND version IN"
          " (SELECT version FROM publication WHERE pack_id = ? AND version < ?)")
        .with(static_cast<std::int64_t>(RolloutState::superseded), publication.published_at,
              "version " + std::to_string(version) + " came after it",
              static_cast<std::int64_t>(RolloutState::running),
              static_cast<std::int64_t>(RolloutState::halted), publication.pack_id, version)
        .done();
    if (const auto& rollout = publication.rollout) {
      db.run(
            "INSERT INTO rollout (version, waves, automatic, wait_ms, wave, state, since, why)"
            " VALUES (?, ?, ?, ?, 0, ?, ?, ?)")
          .with(version, rollout->waves, std::int64_t{rollout->automatic}, rollout->wait,
                static_cast<std::int64_t>(rollout->waves == kAllAtOnce ? RolloutState::done
                                                                       : RolloutState::running),
                publication.published_at, rollout->why)
          .done();
      add_change(db, {.at = publication.published_at,
                      .who = rollout->who,
                      .what = again ? "publication.rolled-back" : "publication.begun",
                      .subject = publication.pack_id,
                      .before = again ? "{\"version\":" + std::to_string(before) + "}" : "",
                      .after = "{\"version\":" + std::to_string(version) +
                               (again ? ",\"again\":" + std::to_string(rollout->again) : "") +
                               ",\"waves\":" + rollout->waves + "}",
                      .why = rollout->why});
    }
    for (const StoreRow& store : publication.stores) {
      write_store(db, {store.id, store.name, store.time_zone, publication.published_at, 0},
                  who.empty() ? kMachine : who, who.empty() ? kRegistered : why);
      const std::int64_t store_id = store_id_of(db, store.id);
      const ManifestRow manifest =
          write(store.id, static_cast<std::uint64_t>(version), read_standing(db, store_id));
      db.run("INSERT INTO manifest (store_id, version, etag, body) VALUES (?, ?, ?, ?)")
          .with(store_id, version, manifest.etag, manifest.body)
          .done();
      if (manifest.overlay) add_overlay(db, store_id, *manifest.overlay);
    }
    for (const RuleRow& rule : publication.rule_names) {
      db.run(
            "INSERT INTO rule (id, stable, name, holdout, version) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, holdout = excluded.holdout,"
            " version = excluded.version")
          .with(rule.id, std::int64_t{rule.stable}, rule.name, std::int64_t{rule.holdout_percent},
                version)
          .done();
      db.run(
            "INSERT INTO rule_phase (rule, version, holdout, unit) SELECT ?1, ?2, ?3, ?4"
            " WHERE (?3, ?4) IS NOT (SELECT holdout, unit FROM rule_phase WHERE rule = ?1"
            "  ORDER BY version DESC LIMIT 1)")
          .with(rule.id, version, std::int64_t{rule.holdout_percent}, rule.unit)
          .done();
      if (publication.money_cap <= 0) continue;
      db.run(
            "INSERT INTO money_cap (rule, currency, cap, since) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (rule, currency) DO NOTHING")
          .with(rule.id, publication.currency, publication.money_cap, publication.published_at)
          .done();
    }
    publish_catalogue(db, publication.pack_id, publication.products, publication.published_at);
    add_rule_changes(db, publication, version);
    transaction.commit();
    return static_cast<std::uint64_t>(version);
  });
}

Result<bool> SqliteStorage::pack_version_taken(std::string_view pack, std::uint64_t version,
                                               const Sha256& image) {
  return fenced("looking for a pack version", [&](Database& db) {
    Run query = db.run(
        "SELECT 1 FROM publication WHERE pack_id = ? AND pack_version = ? AND image <> ? LIMIT 1");
    return query.with(pack, static_cast<std::int64_t>(version), std::span<const std::byte>(image))
        .step();
  });
}

Result<ManifestRow> SqliteStorage::manifest(std::string_view store) {
  return fenced("reading a manifest", [&](Database& db) {
    Run query = db.run(
        "SELECT version, etag, body FROM manifest JOIN store USING (store_id) WHERE store.id = ?"
        " ORDER BY version DESC LIMIT 1");
    if (!query.with(store).step()) {
      throw Refused{{Errc::not_found, "nothing is published for this store"}};
    }
    return ManifestRow{static_cast<std::uint64_t>(query.integer(0)), query.text(1), query.text(2)};
  });
}

Result<std::string> SqliteStorage::blob(const Sha256& digest) {
  return fenced("reading a blob", [&](Database& db) {
    Run image = db.run("SELECT bytes FROM blob WHERE sha256 = ?");
    if (image.with(std::span<const std::byte>(digest)).step()) return image.blob(0);
    Run overlay = db.run("SELECT bytes FROM overlay WHERE sha256 = ? LIMIT 1");
    if (overlay.with(std::span<const std::byte>(digest)).step()) return overlay.blob(0);
    throw Refused{{Errc::not_found, "there is no such blob"}};
  });
}

}  // namespace sidedish::headoffice
