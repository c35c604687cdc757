#include "headoffice/report/report.hpp"
#include "rules/base/text.hpp"

#include <algorithm>
#include <cstdio>

namespace sidedish::headoffice {
namespace {

struct Arm {
  std::int64_t eligible = 0;
  std::int64_t attached = 0;
};

/// One line: everything of one day, store and rule.
struct Line {
  std::vector<std::string> names;
  ReportRow sum;
  Arm treated;
  Arm control;
  const RuleLift* lift = nullptr;
  bool split = false;
};

std::string grouped(std::int64_t n) {
  std::string text = std::to_string(n < 0 ? -n : n);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return n < 0 ? "-" + text : text;
}

/// "12.3 %  (1,234 of 10,000)"; tenths of a percent, half up.
std::string rate(const Arm& arm) {
  if (arm.eligible <= 0) return "-";
  const auto tenths =
      static_cast<std::int64_t>((static_cast<Wide>(std::max<std::int64_t>(arm.attached, 0)) * 2000 +
                                 static_cast<Wide>(arm.eligible)) /
                                (static_cast<Wide>(arm.eligible) * 2));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %  (" +
         grouped(arm.attached) + " of " + grouped(arm.eligible) + ")";
}

/// "+2.1 .. +4.0": percentage points.
std::string interval(const RuleLift* lift) {
  if (lift == nullptr || lift->lift.verdict == Verdict::not_enough_data ||
      lift->trust != Trust::ok) {
    return "";
  }
  char text[48];
  std::snprintf(text, sizeof text, "%+.1f .. %+.1f", 100 * lift->lift.low, 100 * lift->lift.high);
  return text;
}

std::string remark(const Line& line) {
  if (line.treated.eligible + line.control.eligible == 0) return "";
  if (line.control.eligible == 0) return "no control baskets";
  if (line.lift == nullptr) return "";
  const RuleLift& lift = *line.lift;
  if (lift.lift.verdict == Verdict::not_enough_data) {
    return "not enough data" +
           (lift.verdict_on.empty() ? "" : ", a verdict is likely by " + lift.verdict_on);
  }
  if (lift.trust == Trust::split) return "no verdict: the arms are not split as planned";
  if (lift.trust == Trust::ends) return "no verdict: too many baskets without an end";
  std::string word(name_of(lift.lift.verdict));
  if (lift.alone) word += ", perhaps luck among so many rules";
  if (!lift.verdict_on.empty()) word += ", a verdict is likely by " + lift.verdict_on;
  return word;
}

std::vector<Line> lines_of(const Report& report) {
  std::vector<Line> lines;
  for (const ReportRow& row : report.rows) {
    std::vector<std::string> names;
    for (const auto& name : {row.day, row.store, row.rule}) {
      if (name) names.push_back(name->empty() ? "(no rule)" : *name);
    }
    if (lines.empty() || lines.back().names != names) {
      lines.emplace_back();
      lines.back().names = names;
    }
    Line& line = lines.back();
    line.sum.add(row);
    if (row.arm == "treated") line.treated = {row.eligible, row.attached};
    if (row.arm == "control") line.control = {row.eligible, row.attached};
    line.split = line.split || row.arm.has_value();
    for (const RuleLift& lift : report.lifts) {
      if (!row.day && row.rule == lift.rule && row.store == lift.store) line.lift = &lift;
    }
  }
  return lines;
}

}  // namespace

std::string report_table(const Report& report) {
  if (report.rows.empty()) {
    return "No outcomes from " + report.from + " to " + report.to + ".\n";
  }
  std::vector<Line> lines = lines_of(report);
  std::vector<std::vector<std::string>> cells(1);
  const ReportRow& first = report.rows.front();
  if (first.day) cells[0].emplace_back("day");
  if (first.store) cells[0].emplace_back("store");
  if (first.rule) cells[0].emplace_back("rule");
  const std::size_t names = cells[0].size();
  for (const char* title : {"baskets", "shown", "accepted", "declined", "withheld"}) {
    cells[0].emplace_back(title);
  }
  if (first.arm) {
    cells[0].emplace_back("attached, treated");
    cells[0].emplace_back("attached, control");
    cells[0].emplace_back("lift, points");
    cells[0].emplace_back("");
  }
  Line all;
  all.names.assign(names, "");
  if (names > 0) all.names[0] = "all";
  for (const Line& line : lines) all.sum.add(line.sum);
  if (lines.size() > 1) lines.push_back(all);
  for (const Line& line : lines) {
    std::vector<std::string> row = line.names;
    row.push_back(grouped(line.sum.baskets));
    for (const std::size_t kind : {0U, 2U, 3U, 1U}) row.push_back(grouped(line.sum.kinds[kind]));
    if (first.arm) {
      row.push_back(line.split ? rate(line.treated) : "");
      row.push_back(line.split ? rate(line.control) : "");
      row.push_back(line.split ? interval(line.lift) : "");
      row.push_back(line.split ? remark(line) : "");
    }
    cells.push_back(std::move(row));
  }
  std::vector<std::size_t> widths(cells[0].size());
  for (const auto& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], count_characters(row[i]));
    }
  }
  std::string out = "Outcomes from " + report.from + " to " + report.to + "\n\n";
  for (std::size_t r = 0; r < cells.size(); ++r) {
    std::string text;
    for (std::size_t i = 0; i < cells[r].size(); ++i) {
      const std::string pad(widths[i] - count_characters(cells[r][i]), ' ');
      const bool left = i < names || i + 1 == cells[r].size();
      text += (i > 0 ? "   " : "") + (left ? cells[r][i] + pad : pad + cells[r][i]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
    if (r == 0) {
      std::size_t width = 0;
      for (std::size_t i = 0; i < widths.size(); ++i) width += widths[i] + (i > 0 ? 3 : 0);
      out += std::string(width, '-') + "\n";
    }
  }
  out += "\nMissing ids: " + grouped(static_cast<std::int64_t>(report.gaps)) +
         ", rejected events: " + grouped(static_cast<std::int64_t>(report.rejected)) +
         ".\nLift: attach rate, treated minus control, 95 % however often one looks. A rate alone "
         "is no"
         " proof that a rule works.\n";
  return out;
}

}  // namespace sidedish::headoffice
