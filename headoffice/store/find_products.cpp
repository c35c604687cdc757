// Finding products as one types or scans.
#include "headoffice/store/catalogue_rows.hpp"
#include "headoffice/store/fence.hpp"

#include <algorithm>

namespace sidedish::headoffice {
namespace {

/// Every word as a prefix, all of them wanted (FTS5: a string is quoted by doubling its quotes).
std::string match_of(const std::vector<std::string>& words, bool name_begins) {
  std::string out;
  for (const std::string& word : words) {
    out += '"';
    if (name_begins && &word == &words.front()) out += kNameBegins;
    for (const char c : word) out.append(c == '"' ? 2 : 1, c);
    out += "\" * ";
  }
  return out;
}

class Hits {
 public:
  explicit Hits(std::size_t wanted) : wanted_(wanted) {}
  bool enough() const { return ids_.size() >= wanted_; }
  /// So many rows may be known already.
  std::int64_t ask() const { return static_cast<std::int64_t>(wanted_ + ids_.size()); }
  void take(Run& query) {
    while (!enough() && query.step()) {
      const std::int64_t id = query.integer(0);
      if (std::find(ids_.begin(), ids_.end(), id) == ids_.end()) ids_.push_back(id);
    }
  }
  const std::vector<std::int64_t>& ids() const { return ids_; }

 private:
  std::size_t wanted_;
  std::vector<std::int64_t> ids_;
};

void by_code(Database& db, std::int64_t catalogue, const std::vector<std::string>& codes,
             Hits& hits) {
  for (const std::string& code : codes) {
    Run query = db.run(
        "SELECT product_id FROM product_key INDEXED BY product_code WHERE catalogue_id = ? AND "
        "code = ? LIMIT ?");
    hits.take(query.with(catalogue, code, hits.ask()));
  }
  if (codes.empty() || hits.enough()) return;
  const std::string end = codes.front() + "\xF4\x8F\xBF\xBF";
  Run query = db.run(
      "SELECT product_id FROM product_key INDEXED BY product_code WHERE catalogue_id = ? AND code "
      "> ? AND code < ?"
      " ORDER BY code LIMIT ?");
  hits.take(query.with(catalogue, codes.front(), end, hits.ask()));
}

void by_words(Database& db, std::int64_t catalogue, const std::vector<std::string>& words,
              Hits& hits) {
  for (const bool name_begins : {true, false}) {
    if (words.empty() || hits.enough()) return;
    const std::string match = match_of(words, name_begins);
    Run query = db.run(
        "SELECT rowid FROM product_word WHERE product_word MATCH ? AND rowid BETWEEN ? AND ?"
        " LIMIT ?");
    hits.take(query.with(match, catalogue * kRoom, catalogue * kRoom + (kRoom - 1), hits.ask()));
  }
}

}  // namespace

Result<std::vector<std::string>> SqliteStorage::find_products(std::string_view pack,
                                                              const ProductQuery& query) {
  return fenced("looking for products", [&](Database& db) {
    const std::int64_t catalogue = need_catalogue(db, pack).id;
    std::vector<std::string> out;
    if (query.codes.empty() && query.words.empty()) {
      Run all =
          db.run("SELECT json FROM product WHERE catalogue_id = ? ORDER BY place LIMIT ? OFFSET ?");
      all.with(catalogue, static_cast<std::int64_t>(query.limit),
               static_cast<std::int64_t>(query.offset));
      while (all.step()) out.push_back(all.text(0));
      return out;
    }
    Hits hits(query.offset + query.limit);
    by_code(db, catalogue, query.codes, hits);
    by_words(db, catalogue, query.words, hits);
    for (std::size_t i = query.offset; i < hits.ids().size(); ++i) {
      Run one = db.run("SELECT json FROM product WHERE product_id = ?");
      if (one.with(hits.ids()[i]).step()) out.push_back(one.text(0));
    }
    return out;
  });
}

}  // namespace sidedish::headoffice
