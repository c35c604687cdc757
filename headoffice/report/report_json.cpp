#include "headoffice/report/report.hpp"
#include "rules/format/json_writer.hpp"

namespace sidedish::headoffice {
namespace {

using format::JsonWriter;

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

void write(JsonWriter& json, const ReportRow& row) {
  json.open('{');
  const auto dimension = [&](std::string_view name, const std::optional<std::string>& value) {
    if (value) json.key(name).text(*value);
  };
  dimension("day", row.day);
  dimension("store", row.store);
  dimension("rule", row.rule);
  dimension("arm", row.arm);
  for (std::size_t i = 0; i < kReportKinds.size(); ++i) {
    json.key(kReportKinds[i]).number(row.kinds[i]);
  }
  json.key("baskets").number(row.baskets);
  json.key("eligible").number(row.eligible);
  json.key("attached").number(row.attached);
  const auto money = [&](std::string_view name, const std::map<std::string, std::int64_t>& sums) {
    json.key(name).open('{');
    for (const auto& [code, n] : sums) json.key(code).number(n);
    json.close('}');
  };
  money("total", row.total);
  money("margin", row.margin);
  money("price_effect", row.price_effect);
  const auto squares = [&](std::string_view name, const std::map<std::string, Wide>& sums) {
    json.key(name).open('{');
    for (const auto& [code, n] : sums) json.key(code).text(to_text(n));
    json.close('}');
  };
  squares("total_squares", row.total_squares);
  squares("margin_squares", row.margin_squares);
  json.close('}');
}

ReportRow read_row(const format::WireValue& value, format::WireFindings& findings) {
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
    if (const auto* object = fields.object(name)) {
      for (const auto& member : object->items) sums[member.key] = member.number;
    }
  };
  money("total", row.total);
  money("margin", row.margin);
  money("price_effect", row.price_effect);
  const auto squares = [&](std::string_view name, std::map<std::string, Wide>& sums) {
    if (const auto* object = fields.object(name)) {
      for (const auto& member : object->items) {
        if (const auto n = parse_wide(member.text)) sums[member.key] = *n;
      }
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
  json.key("sources").open('{').key("gaps").number(report.gaps);
  json.key("rejected").number(report.rejected).close('}').close('}');
  return json.take();
}

std::optional<Report> read_report(std::string_view text) {
  format::WireFindings findings;
  format::WireLimits limits;
  limits.bytes = 256U << 20;
  limits.items = 1'000'000;
  const auto tree = format::parse_wire(text, limits, findings);
  if (!tree) return std::nullopt;
  Report report;
  format::WireFields fields(*tree, "", findings);
  report.from = fields.text("from", 10);
  report.to = fields.text("to", 10);
  if (const auto* rows = fields.array("rows", limits.items)) {
    for (const auto& row : *rows) report.rows.push_back(read_row(row, findings));
  }
  if (const auto* totals = fields.object("totals")) report.totals = read_row(*totals, findings);
  if (const auto* sources = fields.object("sources")) {
    format::WireFields members(*sources, "/sources", findings);
    report.gaps = static_cast<std::uint64_t>(members.number("gaps", 0, kMax));
    report.rejected = static_cast<std::uint64_t>(members.number("rejected", 0, kMax));
  }
  if (!findings.empty()) return std::nullopt;
  return report;
}

}  // namespace sidedish::headoffice
