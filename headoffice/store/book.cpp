// Drafts, publications to come, and the history of rules.
#include "headoffice/store/book_rows.hpp"
#include "headoffice/store/changes.hpp"
#include "headoffice/store/fence.hpp"

#include <algorithm>
#include <map>

namespace sidedish::headoffice {
namespace {

constexpr const char* kDraft =
    "SELECT rule, content, etag, base, state, authors, who, at, why, approver, plan, failed"
    " FROM draft WHERE pack = ?1 AND (?2 = '' OR rule = ?2) ORDER BY rule";

std::string lines_of(const std::vector<std::string>& all) {
  std::string out;
  for (const std::string& one : all) out.append(out.empty() ? "" : "\n").append(one);
  return out;
}

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::vector<DraftRow> read_drafts(Database& db, std::string_view pack, std::string_view rule) {
  std::vector<DraftRow> out;
  Run query = db.run(kDraft);
  query.with(pack, rule);
  while (query.step()) {
    DraftRow row;
    row.pack = pack;
    row.rule = query.text(0);
    row.content = query.text(1);
    row.etag = query.text(2);
    row.base = query.text(3);
    row.state = static_cast<DraftState>(query.integer(4));
    row.authors = lines(query.text(5));
    row.who = query.text(6);
    row.at = query.integer(7);
    row.why = query.text(8);
    row.approver = query.text(9);
    row.plan = static_cast<std::uint64_t>(query.integer(10));
    row.failed = query.text(11);
    out.push_back(std::move(row));
  }
  return out;
}

void write_draft(Database& db, const DraftRow& row) {
  db.run(
        "INSERT INTO draft (pack, rule, content, etag, base, state, authors, who, at, why, "
        "approver,"
        " plan, failed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pack, rule) DO"
        " UPDATE SET content = excluded.content, etag = excluded.etag, base = excluded.base,"
        " state = excluded.state, authors = excluded.authors, who = excluded.who, at = excluded.at,"
        " why = excluded.why, approver = excluded.approver, plan = excluded.plan,"
        " failed = excluded.failed")
      .with(row.pack, row.rule, row.content, row.etag, row.base,
            static_cast<std::int64_t>(row.state), lines_of(row.authors), row.who, row.at, row.why,
            row.approver, static_cast<std::int64_t>(row.plan), row.failed)
      .done();
}

PlanRow plan_of(const Run& row) {
  return {static_cast<std::uint64_t>(row.integer(0)),
          row.text(1),
          row.text(2),
          row.integer(3),
          row.text(4),
          row.text(5),
          row.text(6)};
}

std::vector<PlanRow> read_plans(Database& db, std::string_view pack) {
  std::vector<PlanRow> out;
  Run query = db.run(
      "SELECT plan_id, pack, local_at, due_at, who, why, rollout FROM plan WHERE pack = ?"
      " ORDER BY due_at, plan_id");
  query.with(pack);
  while (query.step()) out.push_back(plan_of(query));
  return out;
}

PublishedPack read_newest(Database& db, std::string_view pack) {
  Run query = db.run(
      "SELECT version, pack_version, published_at FROM publication WHERE pack_id = ?"
      " ORDER BY version DESC LIMIT 1");
  if (!query.with(pack).step()) throw Refused{{Errc::not_found, "there is no such pack"}};
  return {static_cast<std::uint64_t>(query.integer(0)), std::string(pack),
          static_cast<std::uint64_t>(query.integer(1)), query.integer(2)};
}

void drop_idle_plans(Database& db) {
  db.run("DELETE FROM plan WHERE plan_id NOT IN (SELECT plan FROM draft WHERE plan > 0)").done();
}

}  // namespace

std::string subject_of(std::string_view pack, std::string_view rule) {
  std::string out(pack);
  return rule == kPackFrame ? out : out.append("/").append(rule);
}

void take_drafts(Database& db, const Publication& publication) {
  if (!publication.book) return;
  const BookOrder& book = *publication.book;
  if (read_newest(db, publication.pack_id).version != book.after) {
    throw Refused{{Errc::conflict, "another version of the pack was published meanwhile"}};
  }
  for (const DraftGoes& draft : book.drafts) {
    db.run(
          "DELETE FROM draft WHERE pack = ? AND rule = ? AND etag = ? AND state IN (2, 3) AND"
          " (?4 = 0 OR plan = ?4)")
        .with(publication.pack_id, draft.rule, draft.etag, static_cast<std::int64_t>(book.plan))
        .done();
    if (db.number("SELECT changes()") != 1) {
      throw Refused{{Errc::conflict, "the draft of " + draft.rule + " is another one now"}};
    }
    add_change(db, {.at = publication.published_at,
                    .who = book.who,
                    .what = draft.rule == kPackFrame ? "pack.published"
                            : draft.after.empty()    ? "rule.archived"
                                                     : "rule.published",
                    .subject = subject_of(publication.pack_id, draft.rule),
                    .before = draft.before,
                    .after = draft.after,
                    .why = book.why});
  }
  drop_idle_plans(db);
}

void add_rule_changes(Database& db, const Publication& publication, std::int64_t version) {
  std::map<std::string, std::string, std::less<>> before;  // etag by rule
  {
    Run query = db.run(
        "SELECT rule, what, etag, max(version) FROM rule_change WHERE pack = ? GROUP BY rule");
    query.with(publication.pack_id);
    while (query.step()) {
      if (static_cast<RuleChanged>(query.integer(1)) != RuleChanged::removed) {
        before.emplace(query.text(0), query.text(2));
      }
    }
  }
  const auto add = [&](std::string_view rule, RuleChanged what, std::string_view etag,
                       std::string_view content) {
    db.run(
          "INSERT INTO rule_change (pack, rule, version, what, etag, content)"
          " VALUES (?, ?, ?, ?, ?, ?)")
        .with(publication.pack_id, rule, version, static_cast<std::int64_t>(what), etag, content)
        .done();
  };
  const auto follow = [&](std::string_view rule, std::string_view etag) {
    const auto was = before.find(rule);
    if (was == before.end()) {
      add(rule, RuleChanged::added, etag, "");
    } else {
      if (was->second != etag) add(rule, RuleChanged::changed, etag, "");
      before.erase(was);
    }
  };
  for (const RuleRow& rule : publication.rule_names) follow(rule.id, rule.etag);
  if (!publication.frame_etag.empty()) follow(kPackFrame, publication.frame_etag);
  before.erase(std::string(kPackFrame));
  for (const auto& gone : before) {
    std::string_view content;
    if (publication.book) {
      const auto& drafts = publication.book->drafts;
      const auto draft = std::ranges::find(drafts, gone.first, &DraftGoes::rule);
      if (draft != drafts.end()) content = draft->before;
    }
    add(gone.first, RuleChanged::removed, "", content);
  }
}

Result<std::vector<PublishedPack>> SqliteStorage::packs() {
  return fenced("reading packs", [&](Database& db) {
    std::vector<PublishedPack> out;
    Run query = db.run(
        "SELECT max(version), pack_id, pack_version, published_at FROM publication"
        " GROUP BY pack_id ORDER BY pack_id");
    while (query.step()) {
      out.push_back({static_cast<std::uint64_t>(query.integer(0)), query.text(1),
                     static_cast<std::uint64_t>(query.integer(2)), query.integer(3)});
    }
    return out;
  });
}

Result<PublishedPack> SqliteStorage::newest(std::string_view pack) {
  return fenced("reading a pack", [&](Database& db) { return read_newest(db, pack); });
}

Result<PackText> SqliteStorage::newest_text(std::string_view pack) {
  return fenced("reading a pack's documents", [&](Database& db) {
    PackText out;
    out.about = read_newest(db, pack);
    Run text = db.run("SELECT rules FROM publication WHERE version = ?");
    if (text.with(static_cast<std::int64_t>(out.about.version)).step()) {
      out.rules = text.text(0);
    }
    Run most = db.run("SELECT max(pack_version) FROM publication WHERE pack_id = ?");
    if (most.with(pack).step()) {
      out.newest_pack_version = static_cast<std::uint64_t>(most.integer(0));
    }
    return out;
  });
}

Result<std::vector<DraftRow>> SqliteStorage::drafts(std::string_view pack, std::string_view rule) {
  return fenced("reading drafts", [&](Database& db) { return read_drafts(db, pack, rule); });
}

Result<void> SqliteStorage::edit_drafts(std::string_view pack, std::span<const std::string> rules,
                                        const EditDrafts& edit) {
  return fenced("changing drafts", [&](Database& db) {
    Transaction transaction(db);
    DraftsNow now;
    for (const std::string& rule : rules) {
      auto found = read_drafts(db, pack, rule);
      now.drafts.push_back(found.empty() ? std::nullopt : std::optional(std::move(found.front())));
    }
    {
      Run count = db.run("SELECT count(*) FROM draft WHERE pack = ?");
      count.with(pack).step();
      now.in_pack = static_cast<std::size_t>(count.integer(0));
    }
    now.plans = read_plans(db, pack);
    auto write = edit(now);
    if (!write) throw Refused{write.error()};
    if (!*write) return;
    std::uint64_t plan = 0;
    if (const auto& row = (*write)->plan) {
      db.run(
            "INSERT INTO plan (pack, local_at, due_at, who, why, rollout)"
            " VALUES (?, ?, ?, ?, ?, ?)")
          .with(pack, row->local_at, row->due_at, row->who, row->why, row->rollout)
          .done();
      plan = static_cast<std::uint64_t>(db.last_rowid());
    }
    for (std::size_t i = 0; i < rules.size(); ++i) {
      std::optional<DraftRow>& row = (*write)->drafts[i];
      if (!row) {
        db.run("DELETE FROM draft WHERE pack = ? AND rule = ?").with(pack, rules[i]).done();
        continue;
      }
      if (plan != 0 && row->state == DraftState::scheduled) row->plan = plan;
      write_draft(db, *row);
    }
    drop_idle_plans(db);
    for (const Change& change : (*write)->changes) add_change(db, change);
    transaction.commit();
  });
}

Result<std::vector<PlanRow>> SqliteStorage::plans(std::string_view pack) {
  return fenced("reading plans", [&](Database& db) { return read_plans(db, pack); });
}

Result<std::optional<PlanRow>> SqliteStorage::next_plan() {
  return fenced("looking for the next plan", [&](Database& db) -> std::optional<PlanRow> {
    Run query = db.run(
        "SELECT plan_id, pack, local_at, due_at, who, why, rollout FROM plan"
        " ORDER BY due_at, plan_id LIMIT 1");
    if (!query.step()) return std::nullopt;
    return plan_of(query);
  });
}

Result<std::vector<RuleChangeRow>> SqliteStorage::rule_changes(std::string_view pack,
                                                               std::string_view rule) {
  return fenced("reading the history of rules", [&](Database& db) {
    std::vector<RuleChangeRow> out;
    Run query = db.run(
        "SELECT rule, version, what, content, published_at,"
        " CASE who WHEN '' THEN 'command line' ELSE who END, why FROM rule_change"
        " JOIN publication USING (version) WHERE pack = ?1 AND (?2 = rule OR (?2 = '' AND version ="
        " (SELECT max(version) FROM rule_change AS later WHERE later.pack = ?1"
        " AND later.rule = rule_change.rule))) ORDER BY version DESC, rule");
    query.with(pack, rule);
    while (query.step()) {
      out.push_back({query.text(0), static_cast<std::uint64_t>(query.integer(1)),
                     static_cast<RuleChanged>(query.integer(2)), query.text(3), query.integer(4),
                     query.text(5), query.text(6)});
    }
    return out;
  });
}

Result<std::vector<std::pair<std::string, std::string>>> SqliteStorage::paused(
    std::string_view pack) {
  return fenced("reading what is paused", [&](Database& db) {
    std::vector<std::pair<std::string, std::string>> out;
    Run query = db.run(
        "SELECT subject, store.id FROM standing JOIN store USING (store_id)"
        " WHERE what = 0 AND pack = ? ORDER BY subject, store.id");
    query.with(pack);
    while (query.step()) out.emplace_back(query.text(0), query.text(1));
    return out;
  });
}

}  // namespace sidedish::headoffice
