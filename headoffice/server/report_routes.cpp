// What came of the prompts: reports, results, rules by name, records.
#include "headoffice/days/business_days.hpp"
#include "headoffice/report/report.hpp"
#include "headoffice/server/answers.hpp"
#include "headoffice/server/server.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/format/wire_words.hpp"

#include <algorithm>

namespace sidedish::headoffice {

using format::JsonWriter;

net::Response Service::report(const net::Routed& routed) {
  std::vector<net::ProblemItem> wrong;
  ReportQuery query;
  const std::int64_t today = parts_.clock.now() / 86'400'000;
  query.today = static_cast<BusinessDay>(today);
  query.filter.from = static_cast<BusinessDay>(today - 30);
  query.filter.to = static_cast<BusinessDay>(today + 1);
  for (const auto& [name, value] : routed.query) {
    if (name == "store") {
      query.filter.stores.push_back(value);
    } else if (name == "rule") {
      query.filter.rule = value;
    } else if (name == "channel") {
      query.filter.channel = value;
      if (!format::word<Channel>(value)) {
        wrong.push_back({"", "channel: expected cashier, kiosk or receipt"});
      }
    } else if (name == "daypart") {
      query.filter.dayparts = {value};
      if (!parse_daypart(value)) {
        wrong.push_back({"", "daypart: expected morning, midday, afternoon, evening or night"});
      }
    } else if (name == "from" || name == "to") {
      const auto day = format::parse_day(value);
      if (!day) wrong.push_back({"", name + ": expected a day as 2026-11-21"});
      (name == "from" ? query.filter.from : query.filter.to) =
          static_cast<BusinessDay>(day.value_or(0));
    } else if (name == "by") {
      const auto by = parse_report_by(value);
      if (!by) wrong.push_back({"", std::string(by.error().text())});
      query.by = by.value_or(ReportBy{});
    } else {
      wrong.push_back({"", name + ": is no parameter of this report"});
    }
  }
  if (!wrong.empty()) return problem_of(400, "invalid-request", "no report was made", wrong);
  for (const std::string& one : query.filter.stores) {
    if (const auto store = parts_.storage.store(one); !store) return problem_of(store.error());
  }
  const auto report = make_report(parts_.storage, query);
  if (!report) return problem_of(report.error());
  return json_answer(write_report(*report));
}

net::Response Service::results(const net::Routed& routed, const Actor& by) {
  // A store manager has own stores alone: they are named, one or several.
  const auto foreign = [&by](const auto& asked) {
    return asked.first == "store" &&
           std::find(by.stores.begin(), by.stores.end(), asked.second) == by.stores.end();
  };
  if (by.role == Role::store_manager &&
      (!routed.query_value("store") || std::ranges::any_of(routed.query, foreign))) {
    return problem_of(403, "not-allowed", "expected store= with stores of your own");
  }
  return report(routed);
}

net::Response Service::rules() {
  const auto rows = parts_.storage.rules();
  if (!rows) return problem_of(rows.error());
  JsonWriter json;
  json.open('{').key("rules").open('[');
  for (const RuleRow& rule : *rows) {
    json.open('{').key("id").text(rule.id).key("name").text(rule.name);
    json.key("holdout_percent").number(std::int64_t{rule.holdout_percent}).close('}');
  }
  json.close(']').close('}');
  return json_answer(json.take());
}

net::Response Service::records(const net::Routed& routed) {
  bool verify = false;
  for (const auto& [name, value] : routed.query) {
    if (name != "verify" || (value != "0" && value != "1")) {
      const net::ProblemItem wrong{"", "expected verify=0 or verify=1, and no other parameter"};
      return problem_of(400, "invalid-request", "no count was made", {&wrong, 1});
    }
    verify = value == "1";
  }
  const auto records = parts_.storage.records(verify);
  if (!records) return problem_of(records.error());
  const auto complete = parts_.storage.completeness({});
  if (!complete) return problem_of(complete.error());
  JsonWriter json;
  json.open('{').key("records").number(records->records).key("tallied").number(records->tallied);
  if (verify) json.key("duplicates").number(records->duplicates);
  json.key("gaps").number(complete->missing).key("rejected").number(complete->rejected).close('}');
  return json_answer(json.take());
}

}  // namespace sidedish::headoffice
