// SQLite, in memory, over the neutral workload: one query joins the basket with the rules' tests by
// index, counts what holds and sorts.
#include "tests/bench/others.hpp"

#include <sqlite3.h>
#include <stdexcept>

namespace sidedish::bench {
namespace {

constexpr const char* kTables =
    "CREATE TABLE rule (id INTEGER PRIMARY KEY, suggest INT, score INT, item_tests INT, least INT,"
    " from_minute INT, to_minute INT, segment INT);"
    "CREATE TABLE want (key INT, rule INT, test INT, PRIMARY KEY (key, rule, test)) WITHOUT ROWID;"
    "CREATE TABLE have (key INTEGER PRIMARY KEY)";
// A category is the negative of its number.
constexpr const char* kBest =
    "SELECT r.id FROM ("
    " SELECT w.rule AS id, count(DISTINCT w.test) AS n FROM have h JOIN want w ON w.key = h.key"
    " GROUP BY w.rule UNION ALL SELECT id, 0 FROM rule WHERE item_tests = 0) m"
    " JOIN rule r ON r.id = m.id WHERE m.n = r.item_tests AND r.least <= ?1"
    " AND r.from_minute <= ?2 AND ?2 < r.to_minute AND (r.segment < 0 OR r.segment = ?3)"
    " AND r.suggest NOT IN (SELECT key FROM have) ORDER BY r.score DESC, r.id LIMIT 3";

class Sqlite final : public Matcher {
 public:
  explicit Sqlite(const Workload& work) : skus_(work.skus.size() + 1) {
    for (const Sku& sku : work.skus) skus_.at(sku.number) = sku;
    must(sqlite3_open(":memory:", &db_));
    must(sqlite3_exec(db_, kTables, nullptr, nullptr, nullptr));
    run("BEGIN");
    sqlite3_stmt* rule = prepared("INSERT INTO rule VALUES (?,?,?,?,?,?,?,?)");
    sqlite3_stmt* want = prepared("INSERT OR IGNORE INTO want VALUES (?,?,?)");
    for (const RuleLine& line : work.rules) add_rule(line, rule, want);
    sqlite3_finalize(rule);
    sqlite3_finalize(want);
    run("COMMIT");
    run("ANALYZE");
    have_ = prepared("INSERT OR IGNORE INTO have VALUES (?)");
    best_ = prepared(kBest);
  }
  ~Sqlite() override {
    sqlite3_finalize(have_);
    sqlite3_finalize(best_);
    sqlite3_close(db_);
  }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;

  void begin(const Session& session) override {
    sqlite3_bind_int(best_, 2, session.minute);
    sqlite3_bind_int(best_, 3, session.segment);
  }
  void add(const Line& line) override {
    const Sku& sku = skus_[line.sku];
    step(have_, {line.sku});
    step(have_, {-std::int64_t{sku.category}});
    total_ += line.quantity * sku.cents;
  }
  Answer ask() override {
    Answer answer;
    sqlite3_bind_int64(best_, 1, total_);
    for (unsigned i = 0; i < 3 && sqlite3_step(best_) == SQLITE_ROW; ++i) {
      answer.best[i] = static_cast<std::uint32_t>(sqlite3_column_int64(best_, 0));
    }
    sqlite3_reset(best_);
    return answer;
  }
  void end() override {
    run("DELETE FROM have");
    total_ = 0;
  }

 private:
  void must(int status) {
    if (status != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db_));
  }
  void run(const char* sql) { must(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepared(const char* sql) {
    sqlite3_stmt* out = nullptr;
    must(sqlite3_prepare_v2(db_, sql, -1, &out, nullptr));
    return out;
  }
  static void step(sqlite3_stmt* statement, std::initializer_list<std::int64_t> values) {
    int at = 0;
    for (const std::int64_t value : values) sqlite3_bind_int64(statement, ++at, value);
    sqlite3_step(statement);
    sqlite3_reset(statement);
  }
  static void add_rule(const RuleLine& line, sqlite3_stmt* rule, sqlite3_stmt* want) {
    std::int64_t items = 0;
    std::int64_t least = 0;
    std::int64_t from = 0;
    std::int64_t to = 1440;
    std::int64_t segment = -1;
    for (const Test& test : line.tests) {
      const bool category = test.type == Test::Type::category;
      if (category || test.type == Test::Type::sku) {
        ++items;
        for (const std::uint32_t key : test.any) {
          step(want, {category ? -std::int64_t{key} : std::int64_t{key}, line.number, items});
        }
      }
      if (test.type == Test::Type::total) least = test.from;
      if (test.type == Test::Type::segment) segment = test.from;
      if (test.type == Test::Type::minute) from = test.from, to = test.to;
    }
    step(rule, {line.number, line.suggest, line.score, items, least, from, to, segment});
  }

  std::vector<Sku> skus_;
  sqlite3* db_ = nullptr;
  sqlite3_stmt* have_ = nullptr;
  sqlite3_stmt* best_ = nullptr;
  std::int64_t total_ = 0;
};

}  // namespace

std::string other_name() { return std::string("sqlite-") + sqlite3_libversion(); }
std::unique_ptr<Matcher> other_matcher(const Workload& work) {
  return std::make_unique<Sqlite>(work);
}

}  // namespace sidedish::bench
