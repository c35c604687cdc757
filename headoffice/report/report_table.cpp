#include "headoffice/report/columns.hpp"
#include "headoffice/report/report.hpp"
#include "rules/base/money.hpp"

#include <algorithm>
#include <cstdio>

namespace sidedish::headoffice {
namespace {

struct Arm {
  std::int64_t eligible = 0;
  std::int64_t attached = 0;
};

/// One line: everything of one day, slice and rule.
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

std::string percent(double rate) {
  char text[16];
  std::snprintf(text, sizeof text, "%.1f %%", 100 * rate);
  return text;
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

/// What a verdict says in a few words.
std::string words(const Measured& measured) {
  const Verdict verdict = measured.lift.verdict;
  std::string out(verdict == Verdict::not_enough_data ? "not enough data" : name_of(verdict));
  if (measured.alone) out += ", perhaps luck among so many rules";
  if (!measured.verdict_on.empty()) out += ", a verdict is likely by " + measured.verdict_on;
  return out;
}

/// "+12.40 .. +80.10": `unit` to one on the wire, `digits` decimals.
std::string interval(const Measured& measured, double unit, int digits) {
  if (measured.lift.verdict == Verdict::not_enough_data) return "";
  char text[64];
  std::snprintf(text, sizeof text, "%+.*f .. %+.*f", digits, unit * measured.lift.low, digits,
                unit * measured.lift.high);
  return text;
}

/// Of what is split by.
std::vector<const char*> titles_of(const Slice& slice) {
  std::vector<const char*> out;
  if (slice.store) out.push_back("store");
  if (slice.channel) out.push_back("channel");
  if (slice.daypart) out.push_back("daypart");
  return out;
}
std::vector<std::string> names_of(const Slice& slice) {
  std::vector<std::string> out;
  for (const auto& name : {slice.store, slice.channel}) {
    if (name) out.push_back(name->empty() ? "(not known)" : *name);
  }
  if (slice.daypart) out.emplace_back(name_of(*slice.daypart));
  return out;
}

/// What rules earned and how long it took, where that can be said; "" where it cannot of any.
std::string money_table(const Report& report) {
  std::vector<std::vector<std::string>> cells(1);
  if (!report.lifts.empty()) {
    for (const char* title : titles_of(report.lifts.front())) cells[0].emplace_back(title);
  }
  const std::size_t left = cells[0].size() + 1;
  for (const char* title : {"rule", "net revenue", "margin", "seconds", ""}) {
    cells[0].emplace_back(title);
  }
  bool provisional = false;
  for (const RuleLift& lift : report.lifts) {
    for (const MoneyLift& money : lift.money) {
      const auto known = currency(money.currency);
      const unsigned exponent = known ? known->exponent : 0;
      double unit = 1000;
      for (unsigned i = 0; i < exponent; ++i) unit /= 10;
      const auto earned = [&](const Measured& measured) {
        const std::string text = interval(measured, unit, static_cast<int>(exponent));
        return text.empty() ? text : text + " " + money.currency;
      };
      cells.push_back(names_of(lift));
      cells.back().push_back(lift.rule);
      cells.back().push_back(earned(money.revenue));
      cells.back().push_back(money.margin ? earned(*money.margin) : "cost not known");
      cells.back().push_back(lift.seconds ? interval(*lift.seconds, 0.001, 1) : "");
      cells.back().push_back(words(money.revenue) +
                             (money.from.empty() ? "" : ", from " + money.from + " on"));
      provisional = provisional || money.provisional;
    }
  }
  if (cells.size() == 1) return "";
  return "\nPer 1,000 eligible sales, treated minus control; the words are those of net "
         "revenue\n\n" +
         in_columns(cells, left) +
         (provisional ? "\nProvisional: goods may still come back of sales of the last " +
                            std::to_string(kReturnDays) + " days.\n"
                      : "");
}

/// " (by customer, 512 against 498)": of what is not held out by basket.
std::string by_units(const RuleLift& lift) {
  if (lift.unit == "basket") return "";
  std::string unit = lift.unit;
  std::replace(unit.begin(), unit.end(), '_', ' ');
  return " (by " + unit + ", " + grouped(lift.lift.treated) + " against " +
         grouped(lift.lift.control) + ")";
}

std::string remark(const Line& line) {
  if (line.treated.eligible + line.control.eligible == 0) return "";
  if (line.control.eligible == 0) return "no control baskets";
  if (line.lift == nullptr) return "";
  const RuleLift& lift = *line.lift;
  if (lift.lift.verdict != Verdict::not_enough_data) {
    if (lift.trust == Trust::split) return "no verdict: the arms are not split as planned";
    if (lift.trust == Trust::ends) return "no verdict: too many baskets without an end";
  }
  return words(lift) + by_units(lift) + (lift.from.empty() ? "" : ", from " + lift.from + " on");
}

std::vector<Line> lines_of(const Report& report) {
  std::vector<Line> lines;
  for (const ReportRow& row : report.rows) {
    std::vector<std::string> names;
    if (row.day) names.push_back(*row.day);
    for (std::string& name : names_of(row)) names.push_back(std::move(name));
    if (row.rule) names.push_back(row.rule->empty() ? "(no rule)" : *row.rule);
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
      if (!row.day && row.rule == lift.rule && static_cast<const Slice&>(row) == lift) {
        line.lift = &lift;
      }
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
  for (const char* title : titles_of(first)) cells[0].emplace_back(title);
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
  if (report.all) all.lift = &*report.all;
  if (lines.size() > 1) lines.push_back(all);
  for (const Line& line : lines) {
    std::vector<std::string> row = line.names;
    row.push_back(grouped(line.sum.baskets));
    for (const std::size_t kind : {0U, 2U, 3U, 1U}) row.push_back(grouped(line.sum.kinds[kind]));
    if (first.arm) {
      const RuleLift* over_all = line.split ? nullptr : line.lift;
      row.push_back(line.split ? rate(line.treated) : over_all ? percent(over_all->lift.with) : "");
      row.push_back(line.split ? rate(line.control)
                    : over_all ? percent(over_all->lift.without)
                               : "");
      row.push_back(interval(line.lift));
      row.push_back(line.split ? remark(line) : over_all ? words(*over_all) : "");
    }
    cells.push_back(std::move(row));
  }
  std::string out = "Outcomes from " + report.from + " to " + report.to + "\n\n";
  out += in_columns(cells, names) + money_table(report);
  out += "\nMissing ids: " + grouped(static_cast<std::int64_t>(report.gaps)) +
         ", rejected events: " + grouped(static_cast<std::int64_t>(report.rejected)) +
         ".\nLift: attach rate, treated minus control, 95 % however often one looks. A rate alone "
         "is no"
         " proof that a rule works.\n";
  return out;
}

}  // namespace sidedish::headoffice
