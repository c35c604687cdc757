#include "headoffice/report/report.hpp"
#include "rules/format/json_writer.hpp"

#include <cmath>
#include <limits>

namespace sidedish::headoffice {
namespace {

using format::Json;
using format::JsonWriter;

constexpr std::string_view kPer1000 = "per_1000";  // minor units per 1,000 eligible sales
constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

void write(JsonWriter& json, const Slice& slice) {
  if (slice.store) json.key("store").text(*slice.store);
  if (slice.channel) json.key("channel").text(*slice.channel);
  if (slice.daypart) json.key("daypart").text(name_of(*slice.daypart));
}

void write(JsonWriter& json, const ReportRow& row) {
  json.open('{');
  if (row.day) json.key("day").text(*row.day);
  write(json, static_cast<const Slice&>(row));
  if (row.rule) json.key("rule").text(*row.rule);
  if (row.arm) json.key("arm").text(*row.arm);
  for (std::size_t i = 0; i < kReportKinds.size(); ++i) {
    json.member(kReportKinds[i]).number(row.kinds[i]);
  }
  json.key("baskets").number(row.baskets);
  json.key("eligible").number(row.eligible);
  json.key("attached").number(row.attached);
  json.key("returned_sales").number(row.returned_sales);
  json.key("returned_accepted").number(row.returned_accepted);
  const auto by_currency = [&](std::string_view name,
                               const std::map<std::string, std::int64_t>& sums) {
    json.member(name).open('{');
    for (const auto& [code, n] : sums) json.member(code).number(n);
    json.close('}');
  };
  by_currency("sales", row.sales);
  by_currency("total", row.total);
  by_currency("margin", row.margin);
  by_currency("price_effect", row.price_effect);
  const auto squares = [&](std::string_view name, const std::map<std::string, Wide>& sums) {
    json.member(name).open('{');
    for (const auto& [code, n] : sums) json.member(code).text(to_text(n));
    json.close('}');
  };
  squares("total_squares", row.total_squares);
  squares("margin_squares", row.margin_squares);
  json.close('}');
}

/// `scale`: what an integer on the wire is a part of.
void write(JsonWriter& json, const Measured& measured, std::string_view unit, double scale) {
  const Lift& lift = measured.lift;
  const auto number = [&](double value) -> std::int64_t { return std::llround(value * scale); };
  json.key("treated").number(lift.treated_sales).key("control").number(lift.control_sales);
  json.key("left_out").number(lift.left_out);
  json.member(unit).open('{').key("estimate").number(number(lift.estimate));
  json.key("low").number(number(lift.low)).key("high").number(number(lift.high)).close('}');
  json.key("verdict").text(name_of(lift.verdict)).key("alone").boolean(measured.alone);
  if (!measured.verdict_on.empty()) json.key("verdict_on").text(measured.verdict_on);
  if (!measured.from.empty()) json.key("from").text(measured.from);
}

void write(JsonWriter& json, const MoneyLift& money) {
  json.open('{').key("currency").text(money.currency).key("cap").number(money.cap);
  if (!money.from.empty()) json.key("from").text(money.from);
  json.key("provisional").boolean(money.provisional).key("revenue").open('{');
  write(json, money.revenue, kPer1000, 1000);
  json.close('}');
  if (money.margin) {
    json.key("margin").open('{');
    write(json, *money.margin, kPer1000, 1000);
    json.close('}');
  }
  json.close('}');
}

void write(JsonWriter& json, const RuleLift& lift) {
  json.open('{').key("rule").text(lift.rule);
  write(json, static_cast<const Slice&>(lift));
  write(json, lift, "ppm", 1e6);
  const auto ppm = [](double rate) -> std::int64_t { return std::llround(rate * 1e6); };
  json.key("rates").open('{').key("with").number(ppm(lift.lift.with));
  json.key("without").number(ppm(lift.lift.without)).close('}');
  json.key("unit").text(lift.unit).key("units").open('{');
  json.key("treated").number(lift.lift.treated).key("control").number(lift.lift.control).close('}');
  json.key("trust").text(name_of(lift.trust)).key("money").open('[');
  for (const MoneyLift& money : lift.money) write(json, money);
  json.close(']');
  if (lift.seconds) {
    json.key("seconds").open('{');
    write(json, *lift.seconds, "ms", 1);
    json.close('}');
  }
  json.close('}');
}

template <class Word>
Word word_of(std::string_view text, std::string_view where, std::initializer_list<Word> words,
             format::WireFindings& findings) {
  for (const Word word : words) {
    if (name_of(word) == text) return word;
  }
  findings.push_back({std::string(where), "expected one of the words of the schema"});
  return *words.begin();
}

void read(format::WireFields& fields, Measured& out, std::string_view unit, double scale,
          format::WireFindings& findings) {
  Lift& lift = out.lift;
  lift.treated = lift.treated_sales = fields.number("treated", 0, kMax);
  lift.control = lift.control_sales = fields.number("control", 0, kMax);
  lift.left_out = fields.number("left_out", 0, kMax);
  if (const Json interval = fields.object(unit)) {
    format::WireFields members(interval, "/lifts/interval", findings);
    const auto number = [&](std::string_view name) {
      return static_cast<double>(members.number(name, kMin, kMax)) / scale;
    };
    lift.estimate = number("estimate");
    lift.low = number("low");
    lift.high = number("high");
  }
  lift.verdict = word_of(
      fields.text("verdict", 32), "/lifts/verdict",
      {Verdict::not_enough_data, Verdict::inconclusive, Verdict::better, Verdict::worse}, findings);
  out.alone = fields.boolean("alone");
  if (fields.has("verdict_on")) out.verdict_on = fields.text("verdict_on", 10);
  if (fields.has("from")) out.from = fields.text("from", 10);
}

MoneyLift read_money(Json value, format::WireFindings& findings) {
  MoneyLift money;
  format::WireFields fields(value, "/lifts/money", findings);
  money.currency = fields.text("currency", 3);
  money.cap = fields.number("cap", 0, kMax);
  if (fields.has("from")) money.from = fields.text("from", 10);
  money.provisional = fields.boolean("provisional");
  if (const Json revenue = fields.object("revenue")) {
    format::WireFields members(revenue, "/lifts/money/revenue", findings);
    read(members, money.revenue, kPer1000, 1000, findings);
  }
  if (fields.has("margin")) {
    format::WireFields members(fields.object("margin"), "/lifts/money/margin", findings);
    read(members, money.margin.emplace(), kPer1000, 1000, findings);
  }
  return money;
}

void read(format::WireFields& fields, std::string_view name, std::optional<std::string>& place) {
  if (fields.has(name)) place = std::string(fields.text(name, 256));
}

void read(format::WireFields& fields, Slice& slice) {
  read(fields, "store", slice.store);
  read(fields, "channel", slice.channel);
  if (fields.has("daypart")) slice.daypart = parse_daypart(fields.text("daypart", 32));
}

RuleLift read_lift(Json value, format::WireFindings& findings) {
  RuleLift lift;
  format::WireFields fields(value, "/lifts", findings);
  lift.rule = fields.text("rule", 256);
  read(fields, static_cast<Slice&>(lift));
  read(fields, lift, "ppm", 1e6, findings);
  lift.trust = word_of(fields.text("trust", 32), "/lifts/trust",
                       {Trust::ok, Trust::split, Trust::ends}, findings);
  lift.unit = fields.text("unit", 32);
  if (const Json value_of = fields.object("rates")) {
    format::WireFields rates(value_of, "/lifts/rates", findings);
    lift.lift.with = static_cast<double>(rates.number("with", kMin, kMax)) / 1e6;
    lift.lift.without = static_cast<double>(rates.number("without", kMin, kMax)) / 1e6;
  }
  if (const Json value_of = fields.object("units")) {
    format::WireFields units(value_of, "/lifts/units", findings);
    lift.lift.treated = units.number("treated", 0, kMax);
    lift.lift.control = units.number("control", 0, kMax);
  }
  for (const Json money : fields.array("money", 1000)) {
    lift.money.push_back(read_money(money, findings));
  }
  if (fields.has("seconds")) {
    format::WireFields members(fields.object("seconds"), "/lifts/seconds", findings);
    read(members, lift.seconds.emplace(), "ms", 1, findings);
  }
  return lift;
}

ReportRow read_row(Json value, format::WireFindings& findings) {
  ReportRow row;
  format::WireFields fields(value, "", findings);
  read(fields, "day", row.day);
  read(fields, static_cast<Slice&>(row));
  read(fields, "rule", row.rule);
  read(fields, "arm", row.arm);
  for (std::size_t i = 0; i < kReportKinds.size(); ++i) {
    row.kinds[i] = fields.number(kReportKinds[i], kMin, kMax);
  }
  row.baskets = fields.number("baskets", kMin, kMax);
  row.eligible = fields.number("eligible", kMin, kMax);
  row.attached = fields.number("attached", kMin, kMax);
  row.returned_sales = fields.number("returned_sales", kMin, kMax);
  row.returned_accepted = fields.number("returned_accepted", kMin, kMax);
  const auto by_currency = [&](std::string_view name, std::map<std::string, std::int64_t>& sums) {
    for (const Json member : fields.object(name)) {
      sums[std::string(member.key())] = member.integer();
    }
  };
  by_currency("sales", row.sales);
  by_currency("total", row.total);
  by_currency("margin", row.margin);
  by_currency("price_effect", row.price_effect);
  const auto squares = [&](std::string_view name, std::map<std::string, Wide>& sums) {
    for (const Json member : fields.object(name)) {
      if (const auto n = parse_wide(member.text())) sums[std::string(member.key())] = *n;
    }
  };
  squares("total_squares", row.total_squares);
  squares("margin_squares", row.margin_squares);
  return row;
}

}  // namespace

std::string write_report(const Report& report) {
  JsonWriter json;
  json.open('{').key("from").text(report.from).key("to").text(report.to).key("rows").open('[');
  for (const ReportRow& row : report.rows) write(json, row);
  json.close(']').key("totals");
  write(json, report.totals);
  json.key("lifts").open('[');
  for (const RuleLift& lift : report.lifts) write(json, lift);
  json.close(']');
  if (report.all) {
    json.key("all");
    write(json, *report.all);
  }
  json.key("remarks").open('[');
  for (const RemarkTotal& remark : report.remarks) {
    json.open('{').key("rule").text(remark.rule).key("kind").text(remark.kind);
    json.key("remark").text(remark.remark).key("n").number(remark.n).close('}');
  }
  json.close(']');
  json.key("sources").open('{').key("gaps").number(report.gaps);
  json.key("rejected").number(report.rejected).close('}').close('}');
  return json.take();
}

std::optional<Report> read_report(std::string_view text) {
  format::WireFindings findings;
  format::JsonLimits limits;
  limits.bytes = 256U << 20;
  limits.items = 1'000'000;
  const auto tree = format::parse_wire(text, limits, findings);
  if (!tree) return std::nullopt;
  Report report;
  format::WireFields fields(tree->root(), "", findings);
  report.from = fields.text("from", 10);
  report.to = fields.text("to", 10);
  for (const Json row : fields.array("rows", limits.items)) {
    report.rows.push_back(read_row(row, findings));
  }
  for (const Json lift : fields.array("lifts", limits.items)) {
    report.lifts.push_back(read_lift(lift, findings));
  }
  if (fields.has("all")) report.all = read_lift(fields.object("all"), findings);
  for (const Json value : fields.array("remarks", kMostRemarks)) {
    format::WireFields members(value, "/remarks", findings);
    RemarkTotal remark;
    remark.rule = members.text("rule", 256);
    remark.kind = members.text("kind", 32);
    remark.remark = members.text("remark", 256);
    remark.n = members.number("n", kMin, kMax);
    report.remarks.push_back(std::move(remark));
  }
  if (const Json totals = fields.object("totals")) report.totals = read_row(totals, findings);
  if (const Json sources = fields.object("sources")) {
    format::WireFields members(sources, "/sources", findings);
    report.gaps = static_cast<std::uint64_t>(members.number("gaps", 0, kMax));
    report.rejected = static_cast<std::uint64_t>(members.number("rejected", 0, kMax));
  }
  if (!findings.empty()) return std::nullopt;
  return report;
}

}  // namespace sidedish::headoffice
