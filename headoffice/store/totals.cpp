#include "headoffice/store/totals.hpp"

namespace sidedish::headoffice {
namespace {

template <class T, std::size_t N>
bool add_all(std::array<T, N>& sums, const std::array<T, N>& more) {
  for (std::size_t i = 0; i < N; ++i) {
    if (__builtin_add_overflow(sums[i], more[i], &sums[i])) return false;
  }
  return true;
}

Wide read_wide(const Run& row, int column) {
  const auto value = parse_wide(row.text(column));
  if (!value) throw DbError(SQLITE_CORRUPT, "a sum of squares is not a number");
  return *value;
}

}  // namespace

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

Totals::BasketSums Totals::load(const BasketKey& key) {
  Run query = db_.run(
      "SELECT baskets, attached, total, margin_known, margin, items, lines, shown, withheld,"
      " accepted, tendered, open_ms, total_sq, margin_sq, open_ms_sq FROM basket_total"
      " WHERE day = ? AND store_id = ? AND rule = ? AND arm = ? AND currency = ? AND channel = ?"
      " AND mode = ? AND ended = ? AND eligible = ?");
  std::apply([&](const auto&... part) { query.with(part...); }, key);
  BasketSums sums;
  if (query.step()) {
    for (std::size_t i = 0; i < 12; ++i) sums.plain[i] = query.integer(static_cast<int>(i));
    for (std::size_t i = 0; i < 3; ++i)
      sums.squares[i] = read_wide(query, static_cast<int>(12 + i));
  }
  return sums;
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
  BasketKey key{
      day, store, f.rule, f.arm, f.currency, f.channel, f.mode, f.ended, f.eligible ? 1 : 0};
  auto found = baskets_.find(key);
  if (found == baskets_.end()) {
    BasketSums sums = load(key);
    found = baskets_.emplace(std::move(key), sums).first;
  }
  BasketSums sums = found->second;
  const bool detail = !f.mode.empty();
  const std::array<std::int64_t, 12> plain{f.n,
                                           f.attached ? 1 : 0,
                                           f.total,
                                           f.margin_known ? 1 : 0,
                                           f.margin_known ? f.margin : 0,
                                           f.items,
                                           f.lines,
                                           f.shown,
                                           f.withheld,
                                           f.accepted,
                                           f.open_ms ? 1 : 0,
                                           f.open_ms.value_or(0)};
  const std::array<Wide, 3> squares{detail ? square(f.total) : 0,
                                    f.margin_known ? square(f.margin) : 0,
                                    square(f.open_ms.value_or(0))};
  if (!add_all(sums.plain, plain) || !add_all(sums.squares, squares)) return false;
  found->second = sums;
  return true;
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
  for (const auto& [key, sums] : baskets_) {
    const std::array<std::string, 3> squares{to_text(sums.squares[0]), to_text(sums.squares[1]),
                                             to_text(sums.squares[2])};
    Run write = db_.run(
        "INSERT INTO basket_total (day, store_id, rule, arm, currency, channel, mode, ended,"
        " eligible, baskets, attached, total, margin_known, margin, items, lines, shown, withheld,"
        " accepted, tendered, open_ms, total_sq, margin_sq, open_ms_sq)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (day, store_id, rule, arm, currency, channel, mode, ended, eligible)"
        " DO UPDATE SET baskets = excluded.baskets, attached = excluded.attached,"
        " total = excluded.total, margin_known = excluded.margin_known, margin = excluded.margin,"
        " items = excluded.items, lines = excluded.lines, shown = excluded.shown,"
        " withheld = excluded.withheld, accepted = excluded.accepted, tendered = excluded.tendered,"
        " open_ms = excluded.open_ms, total_sq = excluded.total_sq,"
        " margin_sq = excluded.margin_sq, open_ms_sq = excluded.open_ms_sq");
    std::apply([&](const auto&... part) { write.with(part...); }, key);
    std::apply([&](const auto&... part) { write.with(part...); }, sums.plain);
    std::apply([&](const auto&... part) { write.with(part...); }, squares);
    write.done();
  }
}

}  // namespace sidedish::headoffice
