#include "headoffice/report/report.hpp"
#include "rules/format/json_writer.hpp"

#include <limits>

namespace sidedish::headoffice {
namespace {

using format::Json;
using format::JsonWriter;

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

void write(JsonWriter& json, const ReportRow& row) {
  json.open('{');
  const auto dimension = [&](std::string_view name, const std::optional<std::string>& value) {
    if (value) json.member(name).text(*value);
  };
  dimension("day", row.day);
  dimension("store", row.store);
  dimension("rule", row.rule);
  dimension("arm", row.arm);
  for (std::size_t i = 0; i < kReportKinds.size(); ++i) {
    json.member(kReportKinds[i]).number(row.kinds[i]);
  }
  json.key("baskets").number(row.baskets);
  json.key("eligible").number(row.eligible);
  json.key("attached").number(row.attached);
  const auto money = [&](std::string_view name, const std::map<std::string, std::int64_t>& sums) {
    json.member(name).open('{');
    for (const auto& [code, n] : sums) json.member(code).number(n);
    json.close('}');
  };
  money("total", row.total);
  money("margin", row.margin);
  money("price_effect", row.price_effect);
  const auto squares = [&](std::string_view name, const std::map<std::string, Wide>& sums) {
    json.member(name).open('{');
    for (const auto& [code, n] : sums) json.member(code).text(to_text(n));
    json.close('}');
  };
  squares("total_squares", row.total_squares);
  squares("margin_squares", row.margin_squares);
  json.close('}');
}

void write(JsonWriter& json, const RuleLift& lift) {
  json.open('{').key("rule").text(lift.rule);
  if (lift.store) json.key("store").text(*lift.store);
  json.key("treated").number(lift.lift.treated).key("control").number(lift.lift.control);
  json.key("left_out").number(lift.lift.left_out);
  json.key("ppm").open('{').key("estimate").number(ppm(lift.lift.estimate));
  json.key("low").number(ppm(lift.lift.low)).key("high").number(ppm(lift.lift.high)).close('}');
  json.key("verdict").text(name_of(lift.lift.verdict));
  json.key("trust").text(name_of(lift.trust)).key("alone").boolean(lift.alone);
  if (!lift.verdict_on.empty()) json.key("verdict_on").text(lift.verdict_on);
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

RuleLift read_lift(Json value, format::WireFindings& findings) {
  RuleLift lift;
  format::WireFields fields(value, "/lifts", findings);
  lift.rule = fields.text("rule", 256);
  if (fields.has("store")) lift.store = std::string(fields.text("store", 256));
  lift.lift.treated = fields.number("treated", 0, kMax);
  lift.lift.control = fields.number("control", 0, kMax);
  lift.lift.left_out = fields.number("left_out", 0, kMax);
  if (const Json shares = fields.object("ppm")) {
    format::WireFields members(shares, "/lifts/ppm", findings);
    lift.lift.estimate = static_cast<double>(members.number("estimate", kMin, kMax)) / 1e6;
    lift.lift.low = static_cast<double>(members.number("low", kMin, kMax)) / 1e6;
    lift.lift.high = static_cast<double>(members.number("high", kMin, kMax)) / 1e6;
  }
  lift.lift.verdict = word_of(
      fields.text("verdict", 32), "/lifts/verdict",
      {Verdict::not_enough_data, Verdict::inconclusive, Verdict::better, Verdict::worse}, findings);
  lift.trust = word_of(fields.text("trust", 32), "/lifts/trust",
                       {Trust::ok, Trust::split, Trust::ends}, findings);
  lift.alone = fields.boolean("alone");
  if (fields.has("verdict_on")) lift.verdict_on = fields.text("verdict_on", 10);
  return lift;
}

ReportRow read_row(Json value, format::WireFindings& findings) {
  ReportRow row;
  format::WireFields fields(value, "", findings);
  const auto dimension = [&](std::string_view name, std::optional<std::string>& place) {
    if (fields.has(name)) place = std::string(fields.text(name, 256));
  };
  dimension("day", row.day);
  dimension("store", row.store);
  dimension("rule", row.rule);
  dimension("arm", row.arm);
  for (std::size_t i = 0; i < kReportKinds.size(); ++i) {
    row.kinds[i] = fields.number(kReportKinds[i], kMin, kMax);
  }
  row.baskets = fields.number("baskets", kMin, kMax);
  row.eligible = fields.number("eligible", kMin, kMax);
  row.attached = fields.number("attached", kMin, kMax);
  const auto money = [&](std::string_view name, std::map<std::string, std::int64_t>& sums) {
    for (const Json member : fields.object(name)) {
      sums[std::string(member.key())] = member.integer();
    }
  };
  money("total", row.total);
  money("margin", row.margin);
  money("price_effect", row.price_effect);
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
