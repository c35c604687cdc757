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

bool add_all(BasketSums& sums, const BasketSums& more) {
  return add_all(sums.plain, more.plain) && add_all(sums.squares, more.squares);
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
    "daypart, day, store_id, rule, arm, currency, channel, mode, ended, eligible";

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

bool in_experiment(const BasketFacts& facts) {
  return facts.mode == "sale" && facts.eligible && !facts.rule.empty() &&
         facts.ended != "replaced" && (facts.arm == "treated" || facts.arm == "control");
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

PromptSums Totals::load(const PromptKey& key) {
  Run query = db_.run(
      "SELECT n, quantity, price_effect, saving FROM prompt_total WHERE daypart = ? AND day = ?"
      " AND store_id = ? AND rule = ? AND arm = ? AND kind = ? AND currency = ? AND channel = ?");
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
      " FROM basket_total WHERE daypart = ? AND day = ? AND store_id = ? AND rule = ? AND arm = ?"
      " AND currency = ? AND channel = ? AND mode = ? AND ended = ? AND eligible = ?";
  Run query = db_.run(kSelect.c_str());
  std::apply([&](const auto&... part) { query.with(part...); }, key);
  return query.step() ? read_sums(query, 0) : BasketSums{};
}

PromptSums& Totals::at(std::string_view daypart, BusinessDay day, std::int64_t store,
                       const PromptFacts& f) {
  PromptKey key{daypart, day, store, f.rule, f.arm, f.kind, f.currency, f.channel};
  auto found = prompts_.find(key);
  if (found == prompts_.end()) {
    PromptSums sums = load(key);
    found = prompts_.emplace(std::move(key), sums).first;
  }
  return found->second;
}

BasketSums& Totals::at(std::string_view daypart, BusinessDay day, std::int64_t store,
                       const BasketFacts& f) {
  BasketKey key{daypart,    day,       store,  f.rule,  f.arm,
                f.currency, f.channel, f.mode, f.ended, f.eligible ? 1 : 0};
  auto found = baskets_.find(key);
  if (found == baskets_.end()) {
    BasketSums sums = load(key);
    found = baskets_.emplace(std::move(key), sums).first;
  }
  return found->second;
}

template <class Facts, class Sums>
bool Totals::add_to_both(BusinessDay day, std::int64_t store, const Facts& f, const Sums& more) {
  Sums& whole = at("", day, store, f);
  Sums* part = f.daypart.empty() ? nullptr : &at(f.daypart, day, store, f);
  Sums whole_sums = whole;
  Sums part_sums = part == nullptr ? Sums{} : *part;
  if (!add_all(whole_sums, more) || !add_all(part_sums, more)) return false;
  whole = whole_sums;
  if (part != nullptr) *part = part_sums;
  return true;
}

bool Totals::add(BusinessDay day, std::int64_t store, const PromptFacts& f) {
  if (!add_to_both(day, store, f, PromptSums{f.n, f.quantity, f.price_effect, f.saving})) {
    return false;
  }
  if (f.kind == "not_a_fit" || f.kind == "accept_failed") {
    remarks_[{day, store, f.rule, f.channel, f.daypart, f.kind, f.remark}] += f.n;
  }
  return true;
}

bool Totals::add(BusinessDay day, std::int64_t store, const BasketFacts& f) {
  const bool detail = !f.mode.empty();
  const std::int64_t timed = f.open_ms ? 1 : 0;
  const std::int64_t open = f.open_ms.value_or(0);
  const std::int64_t capped = std::min(open, kMostOpen);
  const BasketSums more{
      {f.n, f.attached ? 1 : 0, f.total, f.margin_known ? 1 : 0, f.margin_known ? f.margin : 0,
       f.items, f.lines, f.shown, f.withheld, f.accepted, timed, open, timed, capped},
      {detail ? square(f.total) : 0, f.margin_known ? square(f.margin) : 0, square(open),
       square(capped)}};
  if (!add_to_both(day, store, f, more)) return false;
  if (!f.unit_of.empty() && in_experiment(f)) {
    const bool ended = f.ended != "unknown" && f.ended != "open";
    add_to_unit(day, store, f,
                {f.n, f.attached ? 1 : 0, ended ? f.n : 0, timed, capped, 0, 0, 0, 0});
  }
  return true;
}

void Totals::add_to_unit(BusinessDay day, std::int64_t store, const BasketFacts& f,
                         const UnitSums& more) {
  if (f.unit_of.empty()) return;
  UnitSums& sums = units_[{day, store, f.rule, f.unit_of, static_cast<std::int64_t>(f.unit), f.arm,
                           f.currency, f.channel, f.daypart}];
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += more[i];
}

void Totals::add(BusinessDay day, std::int64_t store, const BasketFacts& f, const Brought& more) {
  const std::array<std::int64_t, 6> plain{more.revenue.n,  more.revenue.sum, more.margin.n,
                                          more.margin.sum, more.given_back,  more.accepted_back};
  const auto add_to = [&](BasketSums& sums) {
    for (std::size_t i = 0; i < plain.size(); ++i) sums.plain[14 + i] += plain[i];
    sums.squares[4] += more.revenue.squares;
    sums.squares[5] += more.margin.squares;
  };
  add_to(at("", day, store, f));
  if (!f.daypart.empty()) add_to(at(f.daypart, day, store, f));
  add_to_unit(day, store, f,
              {0, 0, 0, 0, 0, more.revenue.n, more.revenue.sum, more.margin.n, more.margin.sum});
}

void Totals::save() {
  for (const auto& [key, sums] : prompts_) {
    Run write = db_.run(
        "INSERT INTO prompt_total (daypart, day, store_id, rule, arm, kind, currency, channel,"
        " n, quantity, price_effect, saving) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (daypart, day, store_id, rule, arm, kind, currency, channel) DO UPDATE SET"
        " n = excluded.n, quantity = excluded.quantity, price_effect = excluded.price_effect,"
        " saving = excluded.saving");
    std::apply([&](const auto&... part) { write.with(part...); }, key);
    std::apply([&](const auto&... part) { write.with(part...); }, sums);
    write.done();
  }
  for (const auto& [key, n] : remarks_) {
    Run write = db_.run(
        "INSERT INTO remark_total (day, store_id, rule, channel, daypart, kind, remark, n)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (day, store_id, rule, channel, daypart, kind, remark)"
        " DO UPDATE SET n = n + excluded.n");
    std::apply([&](const auto&... part) { write.with(part...); }, key);
    write.with(n).done();
  }
  for (const auto& [key, sums] : units_) {
    Run write = db_.run(
        "INSERT INTO unit_total (day, store_id, rule, unit_of, unit, arm, currency, channel,"
        " daypart, baskets, attached, ended, timed, capped_open, capped_n, capped, capped_margin_n,"
        " capped_margin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (day, store_id, rule, unit_of, unit, arm, currency, channel, daypart)"
        " DO UPDATE SET baskets = baskets + excluded.baskets,"
        " attached = attached + excluded.attached, ended = ended + excluded.ended,"
        " timed = timed + excluded.timed, capped_open = capped_open + excluded.capped_open,"
        " capped_n = capped_n + excluded.capped_n, capped = capped + excluded.capped,"
        " capped_margin_n = capped_margin_n + excluded.capped_margin_n,"
        " capped_margin = capped_margin + excluded.capped_margin");
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
