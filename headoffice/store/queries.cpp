// What is read back: terminals with their sources, totals, completeness.
#include "headoffice/store/fence.hpp"
#include "headoffice/store/totals.hpp"
#include "rules/format/json_writer.hpp"

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kGapsListed = 100;

constexpr std::string_view kChosen =
    " WHERE day BETWEEN ?1 AND ?2 AND (?3 = '[]' OR store.id IN (SELECT value FROM json_each(?3))) "
    "AND (?4 = '' OR rule = ?4"
    "  OR rule = (SELECT printf('#%08x', stable) FROM rule AS chosen WHERE chosen.id = ?4))"
    " AND (?5 = '' OR channel = ?5)";
constexpr std::string_view kOfDayparts = " AND daypart IN (SELECT value FROM json_each(?6))";
/// Where whole days have no rows of their own.
constexpr std::string_view kOfSomeDaypart =
    " AND (?6 = '[\"\"]' OR daypart IN (SELECT value FROM json_each(?6)))";

/// As json_each() reads it.
std::string list_of(const std::vector<std::string>& texts) {
  format::JsonWriter json;
  json.open('[');
  for (const std::string& text : texts) json.text(text);
  return json.close(']').take();
}

/// What kChosen and kOfDayparts ask for; lives as long as the query.
class Chosen {
 public:
  explicit Chosen(const TotalsFilter& filter) : filter_(filter) {
    dayparts_ = filter.dayparts.empty() ? "[\"\"]" : list_of(filter.dayparts);  // of whole days
    stores_ = list_of(filter.stores);
  }
  Run& bind(Run& query) const {
    return query.with(std::int64_t{filter_.from}, std::int64_t{filter_.to}, stores_, filter_.rule,
                      filter_.channel, dayparts_);
  }

 private:
  const TotalsFilter& filter_;
  std::string dayparts_;
  std::string stores_;
};

std::uint64_t count_of(const Run& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

void read_gaps(Database& db, std::int64_t source, SourceRow& row) {
  Run query = db.run("SELECT first, last FROM gap WHERE source_id = ? ORDER BY first");
  query.with(source);
  while (query.step()) {
    const SequenceRange range{count_of(query, 0), count_of(query, 1)};
    row.missing += range.last - range.first + 1;
    if (row.gaps.size() < kGapsListed) row.gaps.push_back(range);
  }
}

/// The audit speaks of everything up to its `last`: what came after that is taken off again.
void read_audit(Database& db, std::int64_t source, SourceRow& row) {
  std::int64_t last = 0;
  {
    Run audit = db.run("SELECT day, last FROM audit WHERE source_id = ?");
    if (!audit.with(source).step()) return;
    row.audit_day = audit.text(0);
    last = audit.integer(1);
  }
  Run compare = db.run(
      "WITH later AS (SELECT type, count(*) AS n FROM event WHERE source_id = ?1 AND seq > ?2"
      "  GROUP BY type),"
      " ours AS (SELECT type_count.type AS name, type_count.n - coalesce(later.n, 0) AS n"
      "  FROM type_count LEFT JOIN later USING (type) WHERE source_id = ?1),"
      " theirs AS (SELECT name, n FROM audit_count WHERE source_id = ?1 AND what = 'type')"
      " SELECT name, sum(sent), sum(counted) FROM ("
      "  SELECT name, n AS sent, 0 AS counted FROM theirs"
      "  UNION ALL SELECT name, 0, n FROM ours)"
      " GROUP BY name HAVING sum(sent) <> sum(counted) ORDER BY name");
  compare.with(source, last);
  while (compare.step()) {
    row.audit_differences.push_back({compare.text(0), compare.integer(1), compare.integer(2)});
  }
  Run counters = db.run(
      "SELECT name, n FROM audit_count WHERE source_id = ? AND what = 'counter' ORDER BY name");
  counters.with(source);
  while (counters.step()) row.counters.push_back({counters.text(0), counters.integer(1)});
}

std::vector<SourceRow> read_sources(Database& db, std::int64_t terminal) {
  std::vector<SourceRow> rows;
  std::vector<std::int64_t> ids;
  {
    Run query = db.run(
        "SELECT source_id, epoch, high_water, conflicts, first_at, last_at,"
        " (SELECT count(*) FROM rejected WHERE rejected.source_id = source.source_id)"
        " FROM source WHERE terminal_id = ? ORDER BY source_id");
    query.with(terminal);
    while (query.step()) {
      SourceRow row;
      ids.push_back(query.integer(0));
      row.epoch = query.text(1);
      row.high_water = count_of(query, 2);
      row.conflicts = count_of(query, 3);
      row.first_at = query.integer(4);
      row.last_at = query.integer(5);
      row.rejected = count_of(query, 6);
      rows.push_back(std::move(row));
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    read_gaps(db, ids[i], rows[i]);
    read_audit(db, ids[i], rows[i]);
  }
  return rows;
}

}  // namespace

Result<std::vector<TerminalRow>> SqliteStorage::terminals(std::string_view store) {
  return fenced("listing terminals", [&](Database& db) {
    std::vector<TerminalRow> rows;
    std::vector<std::int64_t> ids;
    {
      Run find = db.run("SELECT store_id FROM store WHERE id = ?");
      if (!find.with(store).step()) throw Refused{{Errc::not_found, "there is no such store"}};
      Run query = db.run(
          "SELECT terminal_id, id, created_at, coalesce((SELECT max(last_at) FROM source"
          " WHERE source.terminal_id = terminal.terminal_id), 0)"
          " FROM terminal WHERE store_id = ? ORDER BY id");
      query.with(find.integer(0));
      while (query.step()) {
        ids.push_back(query.integer(0));
        TerminalRow row;
        row.id = query.text(1);
        row.created_at = query.integer(2);
        row.last_at = query.integer(3);
        rows.push_back(std::move(row));
      }
    }
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].sources = read_sources(db, ids[i]);
    return rows;
  });
}

Result<std::vector<PromptTotal>> SqliteStorage::prompt_totals(const TotalsFilter& filter) {
  return fenced("reading totals", [&](Database& db) {
    static const std::string kSelect =
        "SELECT day, store.id, rule, arm, kind, currency, channel, daypart, n, quantity,"
        " price_effect, saving FROM prompt_total JOIN store USING (store_id)" +
        std::string(kChosen) + std::string(kOfDayparts) +
        " ORDER BY day, store.id, rule, arm, kind, currency, channel, daypart";
    const Chosen chosen(filter);
    Run query = db.run(kSelect.c_str());
    chosen.bind(query);
    std::vector<PromptTotal> rows;
    while (query.step()) {
      PromptTotal row;
      row.day = static_cast<BusinessDay>(query.integer(0));
      row.store = query.text(1);
      row.sum = {.kind = query.text(4),
                 .rule = query.text(2),
                 .arm = query.text(3),
                 .currency = query.text(5),
                 .channel = query.text(6),
                 .daypart = query.text(7),
                 .n = query.integer(8),
                 .quantity = query.integer(9),
                 .price_effect = query.integer(10),
                 .saving = query.integer(11)};
      rows.push_back(std::move(row));
    }
    return rows;
  });
}

Result<std::vector<BasketTotal>> SqliteStorage::basket_totals(const TotalsFilter& filter) {
  return fenced("reading totals", [&](Database& db) {
    static const std::string kSelect =
        "SELECT day, store.id, rule, arm, currency, channel, daypart, mode, ended, eligible, " +
        std::string(kBasketSums) + " FROM basket_total JOIN store USING (store_id)" +
        std::string(kChosen) + std::string(kOfDayparts) +
        " ORDER BY day, store.id, rule, arm, currency, channel, daypart, mode, ended, eligible";
    const Chosen chosen(filter);
    Run query = db.run(kSelect.c_str());
    chosen.bind(query);
    std::vector<BasketTotal> rows;
    while (query.step()) {
      BasketTotal row;
      row.day = static_cast<BusinessDay>(query.integer(0));
      row.store = query.text(1);
      row.sum.rule = query.text(2);
      row.sum.arm = query.text(3);
      row.sum.currency = query.text(4);
      row.sum.channel = query.text(5);
      row.sum.daypart = query.text(6);
      row.sum.mode = query.text(7);
      row.sum.ended = query.text(8);
      row.sum.eligible = query.integer(9) != 0;
      const auto [plain, squares] = read_sums(query, 10);
      row.sum.n = plain[0];
      row.attached = plain[1];
      row.sum.total = plain[2];
      row.margin_known = plain[3];
      row.sum.margin = plain[4];
      row.sum.items = plain[5];
      row.sum.lines = plain[6];
      row.sum.shown = plain[7];
      row.sum.withheld = plain[8];
      row.sum.accepted = plain[9];
      row.tendered = plain[10];
      row.open_ms = plain[11];
      row.capped_open = {plain[12], plain[13], squares[3]};
      row.capped = {plain[14], plain[15], squares[4]};
      row.capped_margin = {plain[16], plain[17], squares[5]};
      row.given_back = plain[18];
      row.accepted_back = plain[19];
      row.total_sq = squares[0];
      row.margin_sq = squares[1];
      row.open_ms_sq = squares[2];
      rows.push_back(std::move(row));
    }
    return rows;
  });
}

Result<std::vector<UnitTotal>> SqliteStorage::unit_totals(const TotalsFilter& filter) {
  return fenced("reading totals of units", [&](Database& db) {
    static const std::string kSelect =
        "SELECT day, store.id, rule, unit_of, unit, arm, currency, channel, daypart, baskets,"
        " attached, ended, timed, capped_open, capped_n, capped, capped_margin_n, capped_margin"
        " FROM unit_total JOIN store USING (store_id)" +
        std::string(kChosen) + std::string(kOfSomeDaypart) +
        " ORDER BY rule, unit_of, unit, arm, day";
    const Chosen chosen(filter);
    Run query = db.run(kSelect.c_str());
    chosen.bind(query);
    std::vector<UnitTotal> rows;
    while (query.step()) {
      UnitTotal row;
      row.day = static_cast<BusinessDay>(query.integer(0));
      row.store = query.text(1);
      row.rule = query.text(2);
      row.unit_of = query.text(3);
      row.unit = static_cast<std::uint64_t>(query.integer(4));
      row.arm = query.text(5);
      row.currency = query.text(6);
      row.channel = query.text(7);
      row.daypart = query.text(8);
      int column = 9;
      for (std::int64_t* sum :
           {&row.baskets, &row.attached, &row.ended, &row.timed, &row.capped_open, &row.capped_n,
            &row.capped, &row.capped_margin_n, &row.capped_margin}) {
        *sum = query.integer(column++);
      }
      rows.push_back(std::move(row));
    }
    return rows;
  });
}

Result<std::vector<RemarkTotal>> SqliteStorage::remarks(const TotalsFilter& filter,
                                                        std::size_t most) {
  return fenced("reading remarks", [&](Database& db) {
    static const std::string kSelect =
        "SELECT rule, kind, remark, sum(n) AS times FROM remark_total JOIN store USING (store_id)" +
        std::string(kChosen) + std::string(kOfSomeDaypart) +
        " GROUP BY 1, 2, 3 ORDER BY times DESC, 1, 2, 3 LIMIT ?7";
    const Chosen chosen(filter);
    Run query = db.run(kSelect.c_str());
    chosen.bind(query).with(static_cast<std::int64_t>(most));
    std::vector<RemarkTotal> rows;
    while (query.step()) {
      rows.push_back({query.text(0), query.text(1), query.text(2), query.integer(3)});
    }
    return rows;
  });
}

Result<Completeness> SqliteStorage::completeness(const std::vector<std::string>& stores) {
  return fenced("reading how complete the sources are", [&](Database& db) {
    Run query = db.run(
        "WITH chosen AS (SELECT source_id, conflicts FROM source JOIN terminal USING (terminal_id)"
        "  JOIN store USING (store_id) WHERE ?1 = '[]' OR store.id IN (SELECT value FROM "
        "json_each(?1)))"
        " SELECT (SELECT count(*) FROM chosen),"
        " (SELECT coalesce(sum(last - first + 1), 0) FROM gap JOIN chosen USING (source_id)),"
        " (SELECT count(*) FROM rejected JOIN chosen USING (source_id)),"
        " (SELECT coalesce(sum(conflicts), 0) FROM chosen)");
    const std::string chosen = list_of(stores);
    query.with(chosen).step();
    return Completeness{count_of(query, 0), count_of(query, 1), count_of(query, 2),
                        count_of(query, 3)};
  });
}

Result<RecordCount> SqliteStorage::records(bool verify) {
  return fenced("counting records", [&](Database& db) {
    RecordCount out;
    Run detail = db.run(
        "SELECT coalesce(sum(n), 0) FROM type_count"
        " WHERE type LIKE 'prompt.%' OR type = 'basket.closed'");
    detail.step();
    out.records = count_of(detail, 0);
    Run totals = db.run(
        "SELECT coalesce(sum(json_extract(json, '$.data.count')), 0) FROM event"
        " WHERE type = 'tally' AND (json_extract(json, '$.data.kind') LIKE 'prompt.%'"
        "  OR json_extract(json, '$.data.kind') = 'basket.closed')");
    totals.step();
    out.tallied = count_of(totals, 0);
    if (!verify) return out;
    Run twice = db.run(
        "SELECT count(*) - count(DISTINCT json_extract(json, '$.data.record.epoch') || ':' ||"
        "  json_extract(json, '$.data.record.counter'))"
        " FROM event WHERE type LIKE 'prompt.%' OR type = 'basket.closed'");
    twice.step();
    out.duplicates = count_of(twice, 0);
    return out;
  });
}

Result<std::vector<RuleRow>> SqliteStorage::rules() {
  return fenced("listing rules", [](Database& db) {
    std::vector<RuleRow> rows;
    Run query = db.run("SELECT id, name, stable, holdout FROM rule ORDER BY id");
    while (query.step()) {
      rows.push_back({query.text(0), query.text(1), static_cast<std::uint32_t>(query.integer(2)),
                      static_cast<int>(query.integer(3))});
    }
    return rows;
  });
}

Result<std::vector<RulePhase>> SqliteStorage::rule_phases() {
  return fenced("listing phases of rules", [](Database& db) {
    std::vector<RulePhase> rows;
    Run query = db.run(
        "SELECT rule, published_at, holdout, unit FROM rule_phase JOIN publication USING (version)"
        " ORDER BY rule, version");
    while (query.step()) {
      rows.push_back(
          {query.text(0), query.integer(1), static_cast<int>(query.integer(2)), query.text(3)});
    }
    return rows;
  });
}

Result<std::vector<MoneyCap>> SqliteStorage::money_caps() {
  return fenced("listing caps of money", [&](Database& db) {
    std::vector<MoneyCap> rows;
    Run query = db.run("SELECT rule, currency, cap, since FROM money_cap ORDER BY rule, currency");
    while (query.step()) {
      rows.push_back({query.text(0), query.text(1), query.integer(2), query.integer(3)});
    }
    return rows;
  });
}

}  // namespace sidedish::headoffice
