#include "headoffice/store/sales.hpp"

#include <algorithm>
#include <tuple>

namespace sidedish::headoffice {
namespace {

constexpr UtcMs kWindowMs = kReturnDays * UtcMs{86'400'000};

KeptSums one(Minor value) { return {1, value, square(value)}; }

/// `back`: what the customer got for goods of this sale. Of the margin the same share is gone.
Brought brought_by(const BasketFacts& sale, Minor cap, Minor back, bool accepted_back) {
  if (sale.ended == "voided") return {one(0), one(0), 0, 0};
  Brought out;
  const Minor gone = std::clamp(back, Minor{0}, std::max(sale.total, Minor{0}));
  out.revenue = one(std::clamp(sale.total - gone, -cap, cap));
  if (sale.margin_known) {
    const Minor lost = gone == 0 ? 0 : mul_div(sale.margin, gone, sale.total).value_or(0);
    out.margin = one(std::clamp(sale.margin - lost, -cap, cap));
  }
  out.given_back = gone > 0 ? 1 : 0;
  out.accepted_back = accepted_back ? 1 : 0;
  return out;
}

}  // namespace

Minor Sales::cap_of(const std::string& rule, const std::string& currency) {
  const auto [found, fresh] = caps_.try_emplace({rule, currency}, 0);
  if (fresh) {
    Run query = db_.run("SELECT cap FROM money_cap WHERE rule = ? AND currency = ?");
    if (query.with(rule, currency).step()) found->second = query.integer(0);
  }
  return found->second;
}

std::vector<Sales::Sale> Sales::sales(std::int64_t store, const std::string& basket) {
  std::vector<Sale> out;
  Run query = db_.run(
      "SELECT source_id, seq, at, day, rule, arm, currency, channel, ended, total, margin_known,"
      " margin, accepted, cap, daypart, unit_of, unit FROM sale WHERE store_id = ? AND basket = ?");
  query.with(store, basket);
  while (query.step()) {
    Sale sale;
    sale.place = {store, query.integer(0), query.integer(1), query.integer(2),
                  static_cast<BusinessDay>(query.integer(3))};
    sale.facts = {.rule = query.text(4),
                  .arm = query.text(5),
                  .currency = query.text(6),
                  .channel = query.text(7),
                  .daypart = query.text(14),
                  .mode = "sale",
                  .ended = query.text(8),
                  .eligible = true,
                  .margin_known = query.integer(10) != 0,
                  .total = query.integer(9),
                  .margin = query.integer(11),
                  .offer = query.text(12),
                  .unit_of = query.text(15),
                  .unit = static_cast<std::uint64_t>(query.integer(16))};
    sale.cap = query.integer(13);
    out.push_back(std::move(sale));
  }
  return out;
}

std::vector<Sales::Goods> Sales::goods(std::int64_t store, const std::string& basket) {
  std::vector<Goods> out;
  Run query = db_.run(
      "SELECT source_id, seq, at, currency, value, offer FROM goods_back"
      " WHERE store_id = ? AND basket = ?");
  query.with(store, basket);
  while (query.step()) {
    out.push_back({{store, query.integer(0), query.integer(1), query.integer(2), 0},
                   query.text(3),
                   query.integer(4),
                   query.text(5)});
  }
  return out;
}

void Sales::settle(std::vector<Sale>& sales, const std::vector<Goods>& goods) {
  struct Back {
    Minor value = 0;
    bool accepted = false;
  };
  std::vector<Back> back(sales.size());
  const auto order = [](const Place& p) { return std::tuple(p.at, p.source, p.seq); };
  for (const Goods& came : goods) {
    std::size_t of = sales.size();
    for (std::size_t i = 0; i < sales.size(); ++i) {
      const Place& sold = sales[i].place;
      if (sold.at > came.place.at || came.place.at - sold.at > kWindowMs ||
          sales[i].facts.currency != came.currency) {
        continue;
      }
      if (of == sales.size() || order(sales[of].place) < order(sold)) of = i;
    }
    if (of == sales.size()) continue;
    back[of].value = std::clamp(back[of].value + came.value, -kMaxAmount, kMaxAmount);
    const std::string& accepted = sales[of].facts.offer;
    back[of].accepted = back[of].accepted || (!accepted.empty() && accepted == came.offer);
  }
  for (std::size_t i = 0; i < sales.size(); ++i) {
    sales[i].brought = brought_by(sales[i].facts, sales[i].cap, back[i].value, back[i].accepted);
  }
}

void Sales::move(const std::vector<Sale>& before, const std::vector<Sale>& after) {
  for (const Sale& sale : before) {
    totals_.add(sale.place.day, sale.place.store, sale.facts, Brought{} - sale.brought);
  }
  for (const Sale& sale : after) {
    totals_.add(sale.place.day, sale.place.store, sale.facts, sale.brought);
  }
}

void Sales::closed(const Place& place, const BasketFacts& facts) {
  if (!in_experiment(facts) || facts.n != 1) return;
  const Minor cap = cap_of(facts.rule, facts.currency);
  if (cap <= 0) return;
  if (facts.ended == "voided" || facts.basket.empty() || place.at <= 0) {
    return totals_.add(place.day, place.store, facts, brought_by(facts, cap, 0, false));
  }
  const bool accepted = facts.accepted > 0 && facts.attached && facts.arm == "treated";
  const std::string offer = accepted ? facts.offer : "";
  const std::vector<Goods> came = goods(place.store, facts.basket);
  std::vector<Sale> before;
  if (!came.empty()) before = sales(place.store, facts.basket);
  db_.run(
         "INSERT INTO sale (store_id, basket, source_id, seq, at, day, rule, arm, currency,"
         " channel, ended, total, margin_known, margin, accepted, cap, daypart,"
         " unit_of, unit) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .with(place.store, facts.basket, place.source, place.seq, place.at, std::int64_t{place.day},
            facts.rule, facts.arm, facts.currency, facts.channel, facts.ended, facts.total,
            std::int64_t{facts.margin_known}, facts.margin, offer, cap, facts.daypart,
            facts.unit_of, static_cast<std::int64_t>(facts.unit))
      .done();
  if (came.empty()) {
    return totals_.add(place.day, place.store, facts, brought_by(facts, cap, 0, false));
  }
  std::vector<Sale> after = sales(place.store, facts.basket);
  settle(before, came);
  settle(after, came);
  move(before, after);
}

void Sales::came_back(const Place& place, const PromptFacts& facts) {
  if (facts.sale.empty() || place.at <= 0) return;
  std::vector<Sale> before = sales(place.store, facts.sale);
  const std::vector<Goods> known = goods(place.store, facts.sale);
  db_.run(
         "INSERT INTO goods_back (store_id, basket, source_id, seq, at, currency, value, offer)"
         " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .with(place.store, facts.sale, place.source, place.seq, place.at, facts.currency,
            -facts.price_effect, facts.offer)
      .done();
  if (before.empty()) return;
  std::vector<Sale> after = before;
  settle(before, known);
  settle(after, goods(place.store, facts.sale));
  move(before, after);
}

}  // namespace sidedish::headoffice
