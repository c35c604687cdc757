#include "sim/till/report.hpp"

#include <nlohmann/json.hpp>

namespace sidedish::sim {

using nlohmann::json;

std::string write_report(const TillReport& r) {
  return json{{"shop", r.shop},
              {"done", r.done},
              {"planned", r.planned},
              {"baskets", r.baskets},
              {"lines", r.lines},
              {"prompts", r.prompts},
              {"accepted", r.accepted},
              {"declined", r.declined},
              {"withheld", r.withheld},
              {"recorded", r.recorded},
              {"folded", r.folded},
              {"true_adds", r.true_adds},
              {"true_revenue", r.true_revenue},
              {"true_margin", r.true_margin},
              {"last_prompt", r.last_prompt},
              {"error", r.error},
              {"decide", r.decide.write()},
              {"outcome", r.outcome.write()}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<TillReport> read_report(const std::string& line) {
  try {
    const json j = json::parse(line);
    TillReport r;
    j.at("shop").get_to(r.shop);
    j.at("done").get_to(r.done);
    j.at("planned").get_to(r.planned);
    j.at("baskets").get_to(r.baskets);
    j.at("lines").get_to(r.lines);
    j.at("prompts").get_to(r.prompts);
    j.at("accepted").get_to(r.accepted);
    j.at("declined").get_to(r.declined);
    j.at("withheld").get_to(r.withheld);
    j.at("recorded").get_to(r.recorded);
    j.at("folded").get_to(r.folded);
    j.at("true_adds").get_to(r.true_adds);
    j.at("true_revenue").get_to(r.true_revenue);
    j.at("true_margin").get_to(r.true_margin);
    j.at("last_prompt").get_to(r.last_prompt);
    j.at("error").get_to(r.error);
    if (!r.decide.read(j.at("decide").get<std::string>()) ||
        !r.outcome.read(j.at("outcome").get<std::string>())) {
      return fail(Errc::invalid, "a till's report", "expected bucket:count pairs");
    }
    return r;
  } catch (const json::exception& e) {
    return fail(Errc::invalid, "a till's report", e.what());
  }
}

}  // namespace sidedish::sim
