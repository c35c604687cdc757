// Searching 50,000 products as one types, beside bare SQLite queries of the same index for the same
// letters in the same run: `cmake --preset release`, then build and run this target. Fails when the
// median of a search takes more than kMostRatio times the bare one.
#include "headoffice/catalogue/catalogues.hpp"
#include "headoffice/catalogue/words.hpp"
#include "headoffice/store/sqlite_storage.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <sqlite3.h>
#include <unistd.h>

using namespace sidedish;
using namespace sidedish::headoffice;

namespace {

constexpr std::size_t kProducts = 50'000;
constexpr double kMostRatio = 4.0;

struct StillClock final : Clock {
  UtcMs now() const noexcept override { return 0; }
  MonoMs steady() const noexcept override { return 0; }
};

model::Catalogue products() {
  const std::vector<std::string> first = {"Red",   "Blue",  "Large",  "Small", "Organic", "Vintage",
                                          "Crème", "Große", "Cotton", "Paper", "Glass",   "Wooden"};
  const std::vector<std::string> second = {"tea",      "coffee", "burger", "chocolate",
                                           "candle",   "lunch",  "heart",  "garden",
                                           "Jalapeño", "apple",  "bread",  "picnic"};
  const std::vector<std::string> third = {"box",      "cup",    "bag",   "holder",
                                          "set of 6", "bowl",   "light", "basket",
                                          "plate",    "bottle", "clock", "frame"};
  std::mt19937_64 random(7);
  model::Catalogue out;
  out.currency = *currency("EUR");
  out.categories = {{"all", {{"en", "All"}}, ""}};
  for (std::size_t i = 0; i < kProducts; ++i) {
    model::Product p;
    p.key = "sku:" + std::to_string(20'000 + i);
    p.name["en"] = first[random() % 12] + " " + second[random() % 12] + " " + third[random() % 12] +
                   " " + std::to_string(i % 1000);
    p.category = "all";
    p.price = static_cast<Minor>(random() % 5000);
    p.aliases = {"gtin:" + std::to_string(4'000'000'000'000 + i * 7)};
    out.products.push_back(std::move(p));
  }
  return out;
}

/// Every beginning of some names, as somebody types them, and some codes.
std::vector<std::string> typed(const model::Catalogue& catalogue) {
  std::mt19937_64 random(11);
  std::vector<std::string> out;
  for (int i = 0; i < 150; ++i) {
    const model::Product& p = catalogue.products[random() % kProducts];
    const std::string name =
        p.name.at("en").substr(random() % 2 == 0 ? 0 : p.name.at("en").find(' ') + 1);
    for (std::size_t size = 1; size <= std::min<std::size_t>(name.size(), 12); ++size) {
      if ((static_cast<unsigned char>(name[size]) & 0xC0U) != 0x80U)
        out.push_back(name.substr(0, size));
    }
    out.push_back(p.aliases.front().substr(5));
  }
  return out;
}

struct Times {
  double p50 = 0;
  double p99 = 0;
};
template <class Ask>
Times measure(const std::vector<std::string>& all, Ask&& ask) {
  std::vector<double> us;
  for (const std::string& one : all) {
    const auto begin = std::chrono::steady_clock::now();
    ask(one);
    us.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
                     .count());
  }
  std::sort(us.begin(), us.end());
  return {us[us.size() / 2], us[us.size() * 99 / 100]};
}

std::string match_of(const std::string& text) {
  std::string out;
  for (const std::string& word : query_of(text, 20, 0).words) out += "\"" + word + "\" * ";
  return out;
}

}  // namespace

int main() {
  const auto folder =
      std::filesystem::temp_directory_path() / ("sidedish-bench-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string file = (folder / "h.db").string();
  const model::Catalogue catalogue = products();
  const std::vector<std::string> all = typed(catalogue);
  Times ours, bare;
  {
    const StillClock clock;
    auto storage = SqliteStorage::open(file);
    if (!storage || !(*storage)->seed_catalogue("pack", rows_of(catalogue))) return 2;
    Catalogues catalogues(**storage, **storage, clock);
    measure(all, [&](const std::string& text) { catalogues.search("pack", text, 20, 0); });
    ours = measure(all, [&](const std::string& text) { catalogues.search("pack", text, 20, 0); });
  }
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_open(file.c_str(), &db) != SQLITE_OK ||
      sqlite3_prepare_v2(db,
                         "SELECT json FROM product_word JOIN product ON product_id = "
                         "product_word.rowid WHERE product_word MATCH ? LIMIT 20",
                         -1, &statement, nullptr) != SQLITE_OK) {
    return 2;
  }
  const auto ask = [&](const std::string& text) {
    const std::string match = match_of(text);
    sqlite3_bind_text(statement, 1, match.c_str(), -1, SQLITE_TRANSIENT);
    while (sqlite3_step(statement) == SQLITE_ROW) sqlite3_column_text(statement, 0);
    sqlite3_reset(statement);
  };
  measure(all, ask);
  bare = measure(all, ask);
  sqlite3_finalize(statement);
  sqlite3_close(db);
  std::filesystem::remove_all(folder);
  std::printf(
      "%zu products, %zu searches: p50 %.0f us, p99 %.0f us; bare SQLite p50 %.0f us, p99 %.0f us; "
      "ratio %.1f\n",
      kProducts, all.size(), ours.p50, ours.p99, bare.p50, bare.p99, ours.p50 / bare.p50);
  return ours.p50 / bare.p50 <= kMostRatio ? 0 : 1;
}
