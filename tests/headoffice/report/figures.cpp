#include "tests/headoffice/report/figures.hpp"

#include <catch2/catch.hpp>

namespace sidedish::headoffice::testing {
namespace {

// Head office adds up as events come; this looks at all of them at once.
constexpr const char* kMake = R"sql(
CREATE TEMP TABLE told AS
WITH raw AS (SELECT event_id AS id, event.source_id, seq, store.id AS store, event.day, event.at, event.type,
  coalesce(json_extract(json, '$.data.rule'), '') AS rule,
  coalesce(json_extract(json, '$.data.arm'), 'none') AS arm,
  json_extract(json, '$.data.currency') AS currency,
  json_extract(json, '$.data.price_effect') AS moved,
  coalesce(json_extract(json, '$.data.offer'), '') AS offer,
  coalesce(json_extract(json, '$.data.remark'), '') AS remark,
  json_extract(json, '$.data.basket') AS basket,
  json_extract(json, '$.data.channel') AS channel,
  json_extract(json, '$.data.mode') AS mode,
  json_extract(json, '$.data.end') AS ended,
  json_extract(json, '$.data.eligible') AS eligible,
  json_extract(json, '$.data.attached') AS attached,
  json_extract(json, '$.data.margin_known') AS margin_known,
  json_extract(json, '$.data.total') AS total,
  json_extract(json, '$.data.margin') AS margin,
  json_extract(json, '$.data.accepted') AS accepted,
  json_extract(json, '$.data.opened_at') AS opened_at,
  json_extract(json, '$.data.tender_at') AS tender_at,
  coalesce(json_extract(json, '$.data.unit_of') || ' ' || json_extract(json, '$.data.unit'), '') AS held_out
FROM event JOIN source USING (source_id) JOIN terminal USING (terminal_id)
  JOIN store ON store.store_id = terminal.store_id),
-- Berlin puts its clocks back on 25 October 2026 at 01:00 UTC.
clock AS (SELECT *, (event_at / 3600000 + CASE WHEN store = 'tokyo' THEN 9
    WHEN event_at < 1792890000000 THEN 2 ELSE 1 END) % 24 AS hour FROM (SELECT *, at AS event_at FROM raw)),
part AS (SELECT *, CASE WHEN hour < 4 THEN 'night' WHEN hour < 11 THEN 'morning' WHEN hour < 14 THEN 'midday'
    WHEN hour < 17 THEN 'afternoon' WHEN hour < 21 THEN 'evening' ELSE 'night' END AS daypart FROM clock)
SELECT *, date(day * 86400, 'unixepoch') || ' ' || store || ' ' || rule || ' ' || arm AS by_day,
  store || ' ' || channel || ' ' || daypart || ' ' || rule || ' ' || arm AS by_slice FROM part;
CREATE INDEX temp.told_day ON told (by_day, type);
CREATE INDEX temp.told_slice ON told (by_slice, type);

-- Sales whose goods can come back, and where each return belongs.
CREATE TEMP TABLE sold AS SELECT * FROM told WHERE type = 'basket.closed' AND mode = 'sale'
  AND eligible AND rule <> '' AND arm IN ('treated', 'control') AND ended <> 'replaced';
CREATE INDEX temp.sold_basket ON sold (basket);
CREATE TEMP TABLE back AS SELECT r.*, (SELECT s.id FROM sold AS s
  WHERE s.store = r.store AND s.basket = r.remark AND s.currency = r.currency
    AND s.ended <> 'voided' AND s.at <= r.at AND r.at <= s.at + 14 * 86400000
  ORDER BY s.at DESC, s.source_id DESC, s.seq DESC LIMIT 1) AS sale
  FROM told AS r WHERE r.type = 'prompt.returned' AND r.remark <> '';

CREATE INDEX temp.back_sale ON back (sale);

CREATE TEMP TABLE unit AS
WITH gone AS (
  SELECT sold.*, CASE store WHEN 'tokyo' THEN 2500 ELSE 4000 END AS cap,
    min(max((SELECT coalesce(-sum(moved), 0) FROM back WHERE sale = sold.id), 0), max(total, 0))
      AS gone,
    EXISTS (SELECT 1 FROM back WHERE sale = sold.id AND back.offer = sold.offer
      AND sold.accepted > 0 AND sold.attached AND sold.arm = 'treated') AS accepted_back
  FROM sold),
-- margin * gone / total, half to even
parts AS (SELECT *, margin * gone AS p, max(total, 1) AS t FROM gone),
floors AS (SELECT *, (p - ((p % t) + t) % t) / t AS f, ((p % t) + t) % t AS r FROM parts)
SELECT id, store, day, rule, arm, channel, daypart, by_day, by_slice, held_out, ended, gone > 0 AS given_back, accepted_back, attached,
  CASE ended WHEN 'voided' THEN 0 ELSE max(-cap, min(cap, total - gone)) END AS revenue,
  CASE WHEN ended = 'voided' THEN 0 WHEN margin_known THEN
    max(-cap, min(cap, margin - (f + (2 * r > t OR (2 * r = t AND f % 2 <> 0))))) END AS margin,
  CASE WHEN opened_at IS NOT NULL AND tender_at IS NOT NULL THEN min(600000,
    strftime('%s', tender_at) * 1000 + substr(tender_at, 21, 3)
    - strftime('%s', opened_at) * 1000 - substr(opened_at, 21, 3)) END AS open
FROM floors;
CREATE INDEX temp.unit_day ON unit (by_day);
CREATE INDEX temp.unit_slice ON unit (by_slice);
)sql";

constexpr const char* kRows = R"sql(
WITH keys AS (SELECT DISTINCT KEY AS key FROM told
  WHERE type LIKE 'prompt.%' OR type = 'basket.closed'),
sale AS (SELECT *, ended <> 'voided' AS stands FROM told
  WHERE type = 'basket.closed' AND mode = 'sale' AND ended <> 'replaced')
SELECT key,
 (SELECT group_concat(n, ' ') FROM (SELECT (SELECT count(*) FROM told AS t
   WHERE t.KEY = k.key
     AND t.type = 'prompt.' || kind.value) AS n
   FROM json_each('["shown","withheld","accepted","declined","undone","withdrawn","lapsed",'
     || '"arrived","kept","voided","returned"]') AS kind)) || ' ' ||
 (SELECT count(*) FILTER (WHERE stands) || ' ' || count(*) FILTER (WHERE eligible) || ' ' ||
    count(*) FILTER (WHERE eligible AND attached) FROM sale AS s
  WHERE s.KEY = k.key) || ' ' ||
 (SELECT coalesce(sum(given_back), 0) || ' ' || coalesce(sum(accepted_back), 0) FROM unit AS u
  WHERE u.KEY = k.key) || ' ' ||
 (SELECT 'sales ' || coalesce(min(currency) || ' ' || count(*) || ' ', '')
   || 'total ' || coalesce(min(currency) || ' ' || sum(total) || ' ', '')
   || 'margin ' || coalesce(min(currency) || ' ' || sum(margin * margin_known) || ' ', '')
   || 'squares ' || coalesce(min(currency) || ' ' || sum(total * total) || ' ', '')
   || coalesce(min(currency) || ' ' || sum(margin * margin * margin_known) || ' ', '')
  FROM sale AS s
  WHERE stands AND s.KEY = k.key) ||
 (SELECT 'moved ' || coalesce(min(currency) || ' ' || sum(moved) || ' ', '') FROM told AS t
  WHERE type IN ('prompt.accepted', 'prompt.undone', 'prompt.voided', 'prompt.returned')
    AND t.KEY = k.key)
FROM keys AS k
)sql";

// Waudby-Smith et al., tuned to 50,000 units, post-stratified by weeks; by rule and week over all rules ('').
constexpr const char* kLift = R"sql(
WITH value AS (SELECT rule || ' ' || (day / 7) AS week, arm = 'treated' AS treated,
    CASE ?1 WHEN 'attached' THEN attached WHEN 'revenue' THEN revenue WHEN 'margin' THEN margin
      ELSE open END AS x FROM unit WHERE (rule = ?2 OR (?2 = '' AND held_out = '' AND (?1 <> 'revenue' OR store = 'mitte')))
      AND (?3 = '' OR channel || ' ' || daypart = ?3)),
arm AS (SELECT week, treated, count(x) AS n, avg(x) AS mean,
    CASE ?1 WHEN 'attached' THEN (sum(x) + 1.0) / (count(x) + 2) * (1 - (sum(x) + 1.0) / (count(x) + 2))
      ELSE (sum(x * x) - sum(x) * avg(x)) / (count(x) - 1) END AS variance
  FROM value WHERE x IS NOT NULL GROUP BY week, treated),
pair AS (SELECT t.n AS nt, c.n AS nc, t.mean - c.mean AS difference,
    t.variance / t.n + c.variance / c.n AS variance
  FROM arm AS t JOIN arm AS c USING (week) WHERE t.treated AND NOT c.treated AND t.n > 1 AND c.n > 1),
total AS (SELECT sum(nt) AS nt, sum(nc) AS nc, 1.0 * sum(nt + nc) AS n FROM pair),
stratified AS (SELECT total.nt, total.nc, total.n,
    sum((pair.nt + pair.nc) / total.n * difference) AS estimate,
    sum(((pair.nt + pair.nc) / total.n) * ((pair.nt + pair.nc) / total.n) * variance) AS variance
  FROM pair, total),
rho AS (SELECT (-2 * ln(0.05) + ln(-2 * ln(0.05)) + 1) / 50000 AS squared),
half AS (SELECT *, sqrt(variance * n) * sqrt(2 * (n * squared + 1) / (n * n * squared)
    * ln(sqrt(n * squared + 1) / 0.05)) AS half FROM stratified, rho)
SELECT nt, nc, estimate, estimate - half, estimate + half FROM half
)sql";

// Deng et al.: ratios of sums, the spread of what is left of each unit; tuned to as many units as ?4.
constexpr const char* kUnitLift = R"sql(
WITH value AS (SELECT held_out, arm = 'treated' AS treated,
    CASE ?1 WHEN 'attached' THEN attached WHEN 'revenue' THEN revenue WHEN 'margin' THEN margin
      ELSE open END AS x FROM unit WHERE rule = ?2 AND (?3 = '' OR channel || ' ' || daypart = ?3)),
share AS (SELECT held_out, treated, count(x) AS n, sum(x) AS y FROM value WHERE x IS NOT NULL
  GROUP BY held_out, treated),
arm AS (SELECT treated, count(*) AS m, sum(n) AS n, 1.0 * sum(y) / sum(n) AS r FROM share GROUP BY treated),
rest AS (SELECT treated, sum((y - r * share.n) * (y - r * share.n)) / (m - 1) * m / arm.n / arm.n
    + (?1 = 'attached') * (r * r + (1 - r) * (1 - r)) / arm.n / arm.n AS variance
  FROM share JOIN arm USING (treated) GROUP BY treated),
total AS (SELECT t.m AS mt, c.m AS mc, 1.0 * (t.m + c.m) AS m, t.r - c.r AS estimate,
    (SELECT sum(variance) FROM rest) AS variance
  FROM arm AS t JOIN arm AS c ON t.treated AND NOT c.treated AND t.m > 1 AND c.m > 1),
rho AS (SELECT (-2 * ln(0.05) + ln(-2 * ln(0.05)) + 1) / ?4 AS squared),
half AS (SELECT *, sqrt(variance * m) * sqrt(2 * (m * squared + 1) / (m * m * squared)
    * ln(sqrt(m * squared + 1) / 0.05)) AS half FROM total, rho)
SELECT coalesce(max(mt), 0), coalesce(max(mc), 0), max(estimate), max(estimate - half), max(estimate + half) FROM half
)sql";

}  // namespace

Figures::Figures(Database& db) : db_(db) { db_.script(kMake); }

std::map<std::string, std::string> Figures::rows(const char* key) const {
  static std::map<std::string, std::string> texts;  // a statement is known by its text's address
  std::string& sql = texts.try_emplace(key, kRows).first->second;
  for (std::size_t at = 0; (at = sql.find("KEY", at)) != std::string::npos;)
    sql.replace(at, 3, key);
  std::map<std::string, std::string> out;
  Run query = db_.run(sql.c_str());
  while (query.step()) out[query.text(0)] = query.text(1);
  return out;
}

std::map<std::string, std::int64_t> Figures::remarks() const {
  std::map<std::string, std::int64_t> out;
  Run query = db_.run(
      "SELECT rule || ' ' || substr(type, 8) || ' ' || remark, count(*) FROM told"
      " WHERE type IN ('prompt.not_a_fit', 'prompt.accept_failed') GROUP BY 1");
  while (query.step()) out[query.text(0)] = query.integer(1);
  return out;
}

Figures::Interval Figures::lift(const std::string& measure, const std::string& rule,
                                const std::string& slice, std::int64_t tuned) const {
  Run query = db_.run(tuned == 0 ? kLift : kUnitLift);
  query.with(measure, rule, slice);
  if (tuned != 0) query.with(tuned);
  REQUIRE(query.step());
  // Texts of 17 digits: the room's statements read integers and texts alone. No week with both arms: 0.
  const auto real = [&](int column) {
    return query.text(column).empty() ? 0 : std::stod(query.text(column));
  };
  return {query.integer(0), query.integer(1), real(2), real(3), real(4)};
}

}  // namespace sidedish::headoffice::testing
