// What stands in a store, and the overlay files made of it.
#include "headoffice/store/changes.hpp"
#include "headoffice/store/fence.hpp"
#include "headoffice/store/overlay_rows.hpp"

#include <algorithm>
#include <map>

namespace sidedish::headoffice {
namespace {

constexpr std::string_view kNames[] = {"paused", "recalled", "price", "stock"};
/// A terminal that was told of a file fetches it a moment later: versions before that are history.
constexpr std::int64_t kKeptVersions = 8;

std::int64_t last_version(Database& db, std::int64_t store_id) {
  Run query = db.run("SELECT coalesce(max(version), 0) FROM overlay WHERE store_id = ?");
  query.with(store_id).step();
  return query.integer(0);
}

std::span<const std::byte> bytes_of(const std::string& blob) {
  return std::as_bytes(std::span(blob));
}

/// `images`: every image that was read, each once.
std::vector<LiveManifest> live_manifests(Database& db, std::int64_t store_id,
                                         std::map<std::string, std::string>& images) {
  std::vector<LiveManifest> out;
  Run query = db.run(
      "SELECT manifest.version, body, image FROM manifest JOIN publication USING (version)"
      " WHERE store_id = ?1 AND manifest.version >= coalesce((SELECT max(m.version)"
      "  FROM manifest AS m LEFT JOIN rollout AS r ON r.version = m.version"
      "  WHERE m.store_id = ?1 AND coalesce(r.state, 2) = 2), 0) ORDER BY manifest.version DESC");
  query.with(store_id);
  while (query.step()) {
    LiveManifest live;
    live.version = static_cast<std::uint64_t>(query.integer(0));
    live.body = query.text(1);
    const std::string digest = query.blob(2);
    std::copy_n(bytes_of(digest).begin(), std::min(digest.size(), live.digest.size()),
                live.digest.begin());
    auto [at, fresh] = images.try_emplace(digest);
    if (fresh) {
      Run blob = db.run("SELECT bytes FROM blob WHERE sha256 = ?");
      if (blob.with(bytes_of(digest)).step()) at->second = blob.blob(0);
    }
    live.image = at->second;
    out.push_back(std::move(live));
  }
  return out;
}

void write_rows(Database& db, std::int64_t store_id, const std::vector<StandingRow>& rows) {
  db.run("DELETE FROM standing WHERE store_id = ?").with(store_id).done();
  for (const StandingRow& row : rows) {
    db.run(
          "INSERT INTO standing (store_id, what, subject, pack, price, base, stock, on_hand, who,"
          " why, since, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .with(store_id, static_cast<std::int64_t>(row.what), row.subject, row.pack, row.price,
              row.base, static_cast<std::int64_t>(row.stock),
              row.left ? std::int64_t{*row.left} : std::int64_t{-1}, row.who, row.why, row.since,
              row.until)
        .done();
  }
}

/// True: this very order came before.
bool repeated(Database& db, const OverlayOrder& order) {
  if (order.key.empty()) return false;
  Run query = db.run("SELECT content FROM overlay_order WHERE key = ?");
  if (!query.with(order.key).step()) return false;
  if (query.text(0) == order.key_content) return true;
  throw Refused{{Errc::invalid, "this key was used for another order"}};
}

void add_order(Database& db, const OverlayOrder& order) {
  db.run("INSERT INTO overlay_order (key, content, at) VALUES (?, ?, ?)")
      .with(order.key, order.key_content, order.at)
      .done();
}

constexpr std::string_view kWhat[] = {"rule.paused", "product.recalled", "product.price",
                                      "product.stock"};

void log_changes(Database& db, std::string_view store, const OverlayOrder& order,
                 std::vector<OverlayLog> log) {
  for (OverlayLog& change : log) {
    add_change(db, {.at = order.at,
                    .who = order.who,
                    .what = std::string(kWhat[static_cast<std::size_t>(change.what)]),
                    .subject = change.pack + "/" + change.subject,
                    .store = std::string(store),
                    .before = std::move(change.from),
                    .after = std::move(change.to),
                    .why = order.why});
  }
}

void add_file(Database& db, std::int64_t store_id, std::int64_t version, const OverlayFile& file) {
  db.run(
        "INSERT INTO overlay (store_id, version, manifest, sha256, bytes, left_out)"
        " VALUES (?, ?, ?, ?, ?, ?)")
      .with(store_id, version, static_cast<std::int64_t>(file.manifest),
            std::span<const std::byte>(file.sha256), std::span<const std::byte>(file.bytes),
            static_cast<std::int64_t>(file.left_out))
      .done();
  db.run("DELETE FROM overlay WHERE store_id = ? AND version <= ?")
      .with(store_id, version - kKeptVersions)
      .done();
}

void rewrite_manifest(Database& db, std::int64_t store_id, const OverlayFile& file) {
  db.run("UPDATE manifest SET etag = ?, body = ? WHERE store_id = ? AND version = ?")
      .with(file.etag, file.body, store_id, static_cast<std::int64_t>(file.manifest))
      .done();
}

}  // namespace

std::string_view name_of(Standing what) noexcept { return kNames[static_cast<std::size_t>(what)]; }

std::optional<Standing> standing_of(std::string_view name) noexcept {
  const auto* at = std::find(std::begin(kNames), std::end(kNames), name);
  if (at == std::end(kNames)) return std::nullopt;
  return static_cast<Standing>(at - std::begin(kNames));
}

std::int64_t store_id_of(Database& db, std::string_view store) {
  Run find = db.run("SELECT store_id FROM store WHERE id = ?");
  if (!find.with(store).step()) throw Refused{{Errc::not_found, "there is no such store"}};
  return find.integer(0);
}

StandingState read_standing(Database& db, std::int64_t store_id) {
  StandingState state;
  state.version = static_cast<std::uint64_t>(last_version(db, store_id));
  Run query = db.run(
      "SELECT what, subject, pack, price, base, stock, on_hand, who, why, since, until"
      " FROM standing WHERE store_id = ? ORDER BY what, subject, pack");
  query.with(store_id);
  while (query.step()) {
    StandingRow row;
    row.what = static_cast<Standing>(query.integer(0));
    row.subject = query.text(1);
    row.pack = query.text(2);
    row.price = query.integer(3);
    row.base = query.integer(4);
    row.stock = static_cast<Stock>(query.integer(5));
    if (query.integer(6) >= 0) row.left = static_cast<std::uint32_t>(query.integer(6));
    row.who = query.text(7);
    row.why = query.text(8);
    row.since = query.integer(9);
    row.until = query.integer(10);
    state.rows.push_back(std::move(row));
  }
  return state;
}

void add_overlay(Database& db, std::int64_t store_id, const OverlayFile& file) {
  add_file(db, store_id, last_version(db, store_id) + 1, file);
  if (file.left_out == 0) return;
  db.run(
        "INSERT INTO counter (name, n) VALUES ('overlay_left_out', ?)"
        " ON CONFLICT (name) DO UPDATE SET n = n + excluded.n")
      .with(static_cast<std::int64_t>(file.left_out))
      .done();
}

Result<std::vector<OverlayChanged>> SqliteStorage::edit_overlays(
    std::span<const std::string> stores, const OverlayOrder& order, const EditStanding& edit) {
  return fenced("changing an overlay", [&](Database& db) {
    Transaction transaction(db);
    const bool again = repeated(db, order);
    std::map<std::string, std::string> images;
    std::vector<OverlayChanged> out;
    for (const std::string& store : stores) {
      const std::int64_t store_id = store_id_of(db, store);
      StandingState state = read_standing(db, store_id);
      out.push_back({store, state.version, 0, 0});
      if (again) continue;
      state.manifests = live_manifests(db, store_id, images);
      if (state.manifests.empty()) {
        throw Refused{{Errc::not_found, store + ": nothing is published for this store"}};
      }
      auto write = edit(store, state);
      if (!write) throw Refused{write.error()};
      if (!*write) continue;
      const std::int64_t version = static_cast<std::int64_t>(state.version) + 1;
      write_rows(db, store_id, (*write)->rows);
      for (const OverlayFile& file : (*write)->files) {
        add_file(db, store_id, version, file);
        rewrite_manifest(db, store_id, file);
      }
      out.back().version = static_cast<std::uint64_t>(version);
      out.back().changes = (*write)->log.size();
      log_changes(db, store, order, std::move((*write)->log));
      if (!(*write)->files.empty()) out.back().left_out = (*write)->files.front().left_out;
    }
    // A key is remembered also where nothing had to change.
    if (!again && !order.key.empty()) add_order(db, order);
    transaction.commit();
    return out;
  });
}

Result<StandingState> SqliteStorage::standing(std::string_view store) {
  return fenced("reading what stands",
                [&](Database& db) { return read_standing(db, store_id_of(db, store)); });
}

Result<std::vector<OverlayLogRow>> SqliteStorage::overlay_log(std::string_view store,
                                                              std::size_t most) {
  return fenced("reading an overlay's changes", [&](Database& db) {
    static_cast<void>(store_id_of(db, store));
    std::vector<OverlayLogRow> out;
    Run query = db.run(
        "SELECT at, who, why, what, subject, before, after FROM change WHERE store = ? AND what IN"
        " ('rule.paused', 'product.recalled', 'product.price', 'product.stock')"
        " ORDER BY change_id DESC LIMIT ?");
    query.with(store, static_cast<std::int64_t>(most));
    while (query.step()) {
      const auto what = std::find(std::begin(kWhat), std::end(kWhat), query.text(3));
      const std::string subject = query.text(4);
      const std::size_t slash = std::min(subject.find('/'), subject.size());
      out.push_back(
          {query.integer(0),
           query.text(1),
           query.text(2),
           {static_cast<Standing>(what - std::begin(kWhat)), subject.substr(0, slash),
            subject.substr(std::min(slash + 1, subject.size())), query.text(5), query.text(6)}});
    }
    return out;
  });
}

Result<std::vector<std::string>> SqliteStorage::overlays_due(UtcMs now) {
  return fenced("looking for what is over", [&](Database& db) {
    std::vector<std::string> out;
    Run query = db.run(
        "SELECT DISTINCT store.id FROM standing JOIN store USING (store_id)"
        " WHERE until > 0 AND until <= ? ORDER BY store.id");
    query.with(now);
    while (query.step()) out.push_back(query.text(0));
    return out;
  });
}

Result<std::optional<UtcMs>> SqliteStorage::next_overlay_end() {
  return fenced("looking for what ends next", [](Database& db) {
    const UtcMs next = db.number("SELECT coalesce(min(until), 0) FROM standing WHERE until > 0");
    return next == 0 ? std::optional<UtcMs>() : next;
  });
}

Result<std::vector<std::string>> SqliteStorage::stores_of_pack(std::string_view pack) {
  return fenced("looking for a pack's stores", [&](Database& db) {
    std::vector<std::string> out;
    Run query = db.run(
        "SELECT store.id FROM store JOIN manifest AS m USING (store_id)"
        " JOIN publication AS p ON p.version = m.version"
        " WHERE p.pack_id = ? AND m.version ="
        " (SELECT max(version) FROM manifest WHERE store_id = store.store_id) ORDER BY store.id");
    query.with(pack);
    while (query.step()) out.push_back(query.text(0));
    return out;
  });
}

}  // namespace sidedish::headoffice
