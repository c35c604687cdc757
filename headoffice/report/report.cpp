#include "headoffice/report/report.hpp"

#include "rules/format/rfc3339.hpp"

#include <algorithm>
#include <cstdio>
#include <tuple>

namespace sidedish::headoffice {
namespace {

// day, slice, rule, arm
using Key = std::tuple<std::optional<std::string>, Slice, std::optional<std::string>,
                       std::optional<std::string>>;

class Rows {
 public:
  Rows(ReportBy by, std::map<std::string, std::string> names) : by_(by), names_(std::move(names)) {}

  /// Facts of prompts or baskets.
  template <class Facts>
  ReportRow& at(BusinessDay day, const std::string& store, const Facts& facts) {
    Key key;
    if (by_.day) std::get<0>(key) = format::format_day(day);
    std::get<1>(key) = slice_of(by_, store, facts.channel, facts.daypart);
    if (by_.rule) std::get<2>(key) = name(facts.rule);
    if (by_.arm) std::get<3>(key) = facts.arm;
    ReportRow& row = rows_[key];
    std::tie(row.day, static_cast<Slice&>(row), row.rule, row.arm) = key;
    return row;
  }
  /// A rule's id, where only its stable id was known to the terminal.
  const std::string& name(const std::string& rule) const {
    const auto named = names_.find(rule);
    return named != names_.end() ? named->second : rule;
  }
  std::vector<ReportRow> take() {
    std::vector<ReportRow> out;
    for (auto& [key, row] : rows_) out.push_back(std::move(row));
    return out;
  }

 private:
  ReportBy by_;
  std::map<std::string, std::string> names_;  ///< "#" and stable id -> rule id
  std::map<Key, ReportRow> rows_;
};

void add(ReportRow& row, const PromptFacts& sum) {
  const auto* kind = std::find(kReportKinds.begin(), kReportKinds.end(), sum.kind);
  if (kind == kReportKinds.end()) return;
  row.kinds[static_cast<std::size_t>(kind - kReportKinds.begin())] += sum.n;
  if (sum.kind == "accepted" || sum.kind == "undone" || sum.kind == "voided" ||
      sum.kind == "returned") {
    row.price_effect[sum.currency] += sum.price_effect;
  }
}

/// A tally of baskets has neither mode nor end: it counts as sales.
void add(ReportRow& row, const BasketTotal& total) {
  const bool sale = total.sum.mode == "sale" || total.sum.mode.empty();
  if (!sale || total.sum.ended == "replaced") return;
  if (total.sum.eligible) {
    row.eligible += total.sum.n;
    row.attached += total.attached;
    row.returned_sales += total.given_back;
    row.returned_accepted += total.accepted_back;
  }
  if (total.sum.ended == "voided") return;
  row.baskets += total.sum.n;
  row.sales[total.sum.currency] += total.sum.n;
  row.total[total.sum.currency] += total.sum.total;
  row.margin[total.sum.currency] += total.sum.margin;
  row.total_squares[total.sum.currency] += total.total_sq;
  row.margin_squares[total.sum.currency] += total.margin_sq;
}

}  // namespace

Result<ReportBy> parse_report_by(std::string_view text) {
  ReportBy by;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    bool* place = word == "day"       ? &by.day
                  : word == "store"   ? &by.store
                  : word == "channel" ? &by.channel
                  : word == "daypart" ? &by.daypart
                  : word == "rule"    ? &by.rule
                  : word == "arm"     ? &by.arm
                                      : nullptr;
    if (place == nullptr || *place) {
      return fail(
          Errc::invalid,
          "expected by= with day, store, channel, daypart, rule and arm, each at most once");
    }
    *place = true;
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return by;
}

Slice slice_of(ReportBy by, const std::string& store, const std::string& channel,
               const std::string& daypart) {
  Slice out;
  if (by.store) out.store = store;
  if (by.channel) out.channel = channel;
  if (by.daypart) out.daypart = parse_daypart(daypart);
  return out;
}

void ReportRow::add(const ReportRow& other) {
  for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] += other.kinds[i];
  baskets += other.baskets;
  eligible += other.eligible;
  attached += other.attached;
  returned_sales += other.returned_sales;
  returned_accepted += other.returned_accepted;
  for (const auto& [code, n] : other.sales) sales[code] += n;
  for (const auto& [code, n] : other.total) total[code] += n;
  for (const auto& [code, n] : other.margin) margin[code] += n;
  for (const auto& [code, n] : other.total_squares) total_squares[code] += n;
  for (const auto& [code, n] : other.margin_squares) margin_squares[code] += n;
  for (const auto& [code, n] : other.price_effect) price_effect[code] += n;
}

Result<Report> make_report(Storage& storage, ReportQuery query) {
  if (query.by.daypart && query.filter.dayparts.empty()) {
    for (std::size_t i = 0; i < kDayparts; ++i) {
      query.filter.dayparts.emplace_back(name_of(static_cast<Daypart>(i)));
    }
  }
  const auto prompts = storage.prompt_totals(query.filter);
  if (!prompts) return tl::unexpected<Error>(prompts.error());
  auto baskets = storage.basket_totals(query.filter);
  if (!baskets) return tl::unexpected<Error>(baskets.error());
  const auto complete = storage.completeness(query.filter.stores);
  if (!complete) return tl::unexpected<Error>(complete.error());
  const auto rules = storage.rules();
  if (!rules) return tl::unexpected<Error>(rules.error());

  std::map<std::string, std::string> names;
  for (const RuleRow& rule : *rules) {
    char stable[10];
    std::snprintf(stable, sizeof stable, "#%08x", static_cast<unsigned>(rule.stable));
    names.emplace(stable, rule.id);
  }
  Rows rows(query.by, std::move(names));
  for (const PromptTotal& total : *prompts) {
    add(rows.at(total.day, total.store, total.sum), total.sum);
  }
  for (const BasketTotal& total : *baskets) {
    add(rows.at(total.day, total.store, total.sum), total);
  }
  Report report;
  if (query.by.rule && !query.by.day) {
    const auto phases = storage.rule_phases();
    if (!phases) return tl::unexpected<Error>(phases.error());
    auto caps = storage.money_caps();
    if (!caps) return tl::unexpected<Error>(caps.error());
    ReportTotals totals{std::move(*baskets)};
    const bool larger = std::any_of(phases->begin(), phases->end(),
                                    [](const RulePhase& phase) { return phase.unit != "basket"; });
    if (larger) {
      auto units = storage.unit_totals(query.filter);
      if (!units) return tl::unexpected<Error>(units.error());
      totals.units = std::move(*units);
    }
    const MoneyFrame frame{std::move(*caps), query.today};
    report.lifts = lifts_of(totals, *phases, query.by, frame);
    const bool split = query.by.store || query.by.channel || query.by.daypart;
    if (!split) report.all = lift_of_all(totals, *phases, report.lifts, frame);
    auto remarks = storage.remarks(query.filter, kMostRemarks);
    if (!remarks) return tl::unexpected<Error>(remarks.error());
    report.remarks = std::move(*remarks);
    for (RemarkTotal& remark : report.remarks) remark.rule = rows.name(remark.rule);
  }
  report.from = format::format_day(query.filter.from);
  report.to = format::format_day(query.filter.to);
  report.rows = rows.take();
  for (const ReportRow& row : report.rows) report.totals.add(row);
  report.gaps = complete->missing;
  report.rejected = complete->rejected;
  return report;
}

}  // namespace sidedish::headoffice
