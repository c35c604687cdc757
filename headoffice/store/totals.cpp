#include "headoffice/store/totals.hpp"

#include <algorithm>

namespace sidedish::headoffice {
namespace {

template <class T, std::size_t N>
bool add_all(std::array<T, N>& sums, const std::array<T, N>& more) {
  for (std::size_t i = 0; i < N; ++i) {
    if (__builtin_add_overflow(sums[i], more[i], &sums[i])) return false;
  }
  return true;
}

std::string marks(std::size_t n) {
  std::string out = "?";
  for (std::size_t i = 1; i < n; ++i) out += ", ?";
  return out;
}

/// "baskets = excluded.baskets, ..."
std::string replaced() {
  std::string out;
  for (std::string_view rest = kBasketSums; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    const std::string name(rest.substr(0, comma));
    out.append(out.empty() ? "" : ", ").append(name).append(" = excluded.").append(name);
    rest = comma == std::string_view::npos ? "" : rest.substr(rest.find_first_not_of(", ", comma));
  }
  return out;
}

constexpr std::string_view kBasketKey =
    "day, store_id, rule, arm, currency, channel, mode, ended, eligible";

KeptSums plus(const KeptSums& a, const KeptSums& b) {
  return {a.n + b.n, a.sum + b.sum, a.squares + b.squares};
}
KeptSums minus(const KeptSums& a, const KeptSums& b) {
  return {a.n - b.n, a.sum - b.sum, a.squares - b.squares};
}

}  // namespace

Brought operator+(const Brought& a, const Brought& b) {
  return {plus(a.revenue, b.revenue), plus(a.margin, b.margin), a.given_back + b.given_back,
          a.accepted_back + b.accepted_back};
}

Brought operator-(const Brought& a, const Brought& b) {
  return {minus(a.revenue, b.revenue), minus(a.margin, b.margin), a.given_back - b.given_back,
          a.accepted_back - b.accepted_back};
}

BasketSums read_sums(const Run& row, int first) {
  BasketSums sums;
  for (std::int64_t& sum : sums.plain) sum = row.integer(first++);
  for (Wide& sum : sums.squares) {
    const auto value = parse_wide(row.text(first++));
    if (!value) throw DbError(SQLITE_CORRUPT, "a sum of squares is not a number");
    sum = *value;
  }
  return sums;
}

Totals::PromptSums Totals::load(const PromptKey& key) {
  Run query = db_.run(
      "SELECT n, quantity, price_effect, saving FROM prompt_total WHERE day = ? AND store_id = ?"
      " AND rule = ? AND arm = ? AND kind = ? AND currency = ? AND channel = ?");
  std::apply([&](const auto&... part) { query.with(part...); }, key);
  PromptSums sums{};
  if (query.step()) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = query.integer(static_cast<int>(i));
  }
  return sums;
}

BasketSums Totals::load(const BasketKey& key) {
  static const std::string kSelect =
      "SELECT " + std::string(kBasketSums) +
      " FROM basket_total WHERE day = ? AND store_id = ? AND rule = ? AND arm = ?"
      " AND currency = ? AND channel = ? AND mode = ? AND ended = ? AND eligible = ?";
  Run query = db_.run(kSelect.c_str());
  std::apply([&](const auto&... part) { query.with(part...); }, key);
  return query.step() ? read_sums(query, 0) : BasketSums{};
}

Totals::BasketKey Totals::key_of(BusinessDay day, std::int64_t store, const BasketFacts& f) {
  return {day, store, f.rule, f.arm, f.currency, f.channel, f.mode, f.ended, f.eligible ? 1 : 0};
}

BasketSums& Totals::at(BasketKey key) {
  auto found = baskets_.find(key);
  if (found == baskets_.end()) {
    BasketSums sums = load(key);
    found = baskets_.emplace(std::move(key), sums).first;
  }
  return found->second;
}

bool Totals::add(BusinessDay day, std::int64_t store, const PromptFacts& f) {
  PromptKey key{day, store, f.rule, f.arm, f.kind, f.currency, f.channel};
  auto found = prompts_.find(key);
  if (found == prompts_.end()) {
    PromptSums sums = load(key);
    found = prompts_.emplace(std::move(key), sums).first;
  }
  PromptSums sums = found->second;
  if (!add_all(sums, PromptSums{f.n, f.quantity, f.price_effect, f.saving})) return false;
  found->second = sums;
  return true;
}

bool Totals::add(BusinessDay day, std::int64_t store, const BasketFacts& f) {
  BasketSums& kept = at(key_of(day, store, f));
  BasketSums sums = kept;
  const bool detail = !f.mode.empty();
  const std::int64_t timed = f.open_ms ? 1 : 0;
  const std::int64_t open = f.open_ms.value_or(0);
  const std::int64_t capped = std::min(open, kMostOpen);
  const std::array<std::int64_t, 20> plain{f.n,
                                           f.attached ? 1 : 0,
                                           f.total,
                                           f.margin_known ? 1 : 0,
                                           f.margin_known ? f.margin : 0,
                                           f.items,
                                           f.lines,
                                           f.shown,
                                           f.withheld,
                                           f.accepted,
                                           timed,
                                           open,
                                           timed,
                                           capped};
  const std::array<Wide, 6> squares{detail ? square(f.total) : 0,
                                    f.margin_known ? square(f.margin) : 0, square(open),
                                    square(capped)};
  if (!add_all(sums.plain, plain) || !add_all(sums.squares, squares)) return false;
  kept = sums;
  return true;
}

void Totals::add(BusinessDay day, std::int64_t store, const BasketFacts& f, const Brought& more) {
  BasketSums& sums = at(key_of(day, store, f));
  const std::array<std::int64_t, 6> plain{more.revenue.n,  more.revenue.sum, more.margin.n,
                                          more.margin.sum, more.given_back,  more.accepted_back};
  for (std::size_t i = 0; i < plain.size(); ++i) sums.plain[14 + i] += plain[i];
  sums.squares[4] += more.revenue.squares;
  sums.squares[5] += more.margin.squares;
}

void Totals::save() {
  for (const auto& [key, sums] : prompts_) {
    Run write = db_.run(
        "INSERT INTO prompt_total (day, store_id, rule, arm, kind, currency, channel,"
        " n, quantity, price_effect, saving) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (day, store_id, rule, arm, kind, currency, channel) DO UPDATE SET"
        " n = excluded.n, quantity = excluded.quantity, price_effect = excluded.price_effect,"
        " saving = excluded.saving");
    std::apply([&](const auto&... part) { write.with(part...); }, key);
    std::apply([&](const auto&... part) { write.with(part...); }, sums);
    write.done();
  }
  static const std::string kWrite = "INSERT INTO basket_total (" + std::string(kBasketKey) + ", " +
                                    std::string(kBasketSums) + ") VALUES (" +
                                    marks(std::tuple_size_v<BasketKey> + BasketSums().plain.size() +
                                          BasketSums().squares.size()) +
                                    ") ON CONFLICT (" + std::string(kBasketKey) +
                                    ") DO UPDATE SET " + replaced();
  for (const auto& [key, sums] : baskets_) {
    std::array<std::string, std::tuple_size_v<decltype(sums.squares)>> squares;
    std::transform(sums.squares.begin(), sums.squares.end(), squares.begin(), to_text);
    Run write = db_.run(kWrite.c_str());
    std::apply([&](const auto&... part) { write.with(part...); }, key);
    std::apply([&](const auto&... part) { write.with(part...); }, sums.plain);
    std::apply([&](const auto&... part) { write.with(part...); }, squares);
    write.done();
  }
}

}  // namespace sidedish::headoffice
