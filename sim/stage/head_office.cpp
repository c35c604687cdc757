#include "sim/stage/head_office.hpp"

#include "plugin/net/digest.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <tuple>

namespace sidedish::sim {

using nlohmann::json;

namespace {

constexpr auto kPatience = std::chrono::seconds(30);

/// The one fence for the library that throws.
template <class F>
auto fenced(const char* doing, F f) -> decltype(f()) {
  try {
    return f();
  } catch (const json::exception& e) {
    return fail(Errc::network, doing, e.what());
  }
}

Error answer_error(const char* doing, const net::Response& response) {
  return Error(Errc::network, doing,
               std::to_string(response.status) + " " + response.body.substr(0, 160));
}

}  // namespace

Result<HeadOffice> HeadOffice::connect(const std::string& base_url) {
  net::ClientOptions options;
  options.base_url = base_url;
  auto client = net::Client::create(options);
  if (!client) return tl::unexpected(client.error());
  HeadOffice office;
  office.client_ = std::move(*client);
  return office;
}

Result<std::string> HeadOffice::get(const std::string& target) {
  net::Request request;
  request.method = "GET";
  request.target = target;
  const auto response = client_->send(request, kPatience, net::Repeat::idempotent);
  if (!response) return tl::unexpected(response.error());
  if (response->status != 200) return tl::unexpected(answer_error("asking head office", *response));
  return response->body;
}

Result<std::string> HeadOffice::publish(const std::string& rules_json,
                                        const std::string& catalogue_json) {
  net::Request request;
  request.method = "POST";
  request.target = "/v1/publish";
  request.headers.set("Content-Type", "application/json");
  request.body = "{\"rules\":" + rules_json + ",\"catalogue\":" + catalogue_json + "}";
  const auto response = client_->send(request, kPatience, net::Repeat::never);
  if (!response) return tl::unexpected(response.error());
  if (response->status != 201) return tl::unexpected(answer_error("publishing", *response));
  return fenced("publishing", [&]() -> Result<std::string> {
    const json j = json::parse(response->body);
    const json rules = json::parse(rules_json);
    return rules.at("pack").at("id").get<std::string>() + ": " +
           std::to_string(rules.at("rules").size()) + " rules published as version " +
           j.at("version").dump() + ", image of " +
           std::to_string(j.at("image").at("size").get<std::int64_t>() / 1024) + " KiB";
  });
}

Result<void> HeadOffice::put_pictures(const std::filesystem::path& folder) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    if (entry.path().extension() != ".webp") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    net::Request request;
    request.method = "PUT";
    request.body.assign(std::istreambuf_iterator<char>(in), {});
    request.target = "/v1/pictures/" + net::hex(net::sha256(request.body));
    const auto response = client_->send(request, kPatience, net::Repeat::idempotent);
    if (!response) return tl::unexpected(response.error());
    if (response->status / 100 != 2) {
      return tl::unexpected(answer_error("saving a picture", *response));
    }
  }
  return {};
}

Result<void> HeadOffice::add_terminal(const std::string& store, const std::string& terminal) {
  net::Request request;
  request.method = "PUT";
  request.target = "/v1/stores/" + store + "/terminals/" + terminal;
  request.headers.set("Content-Type", "application/json");
  request.body = "{}";
  const auto response = client_->send(request, kPatience, net::Repeat::idempotent);
  if (!response) return tl::unexpected(response.error());
  if (response->status / 100 != 2) {
    return tl::unexpected(answer_error("making a terminal known", *response));
  }
  return {};
}

Result<std::string> HeadOffice::sign_in_link(const std::string& command_token) {
  const auto post = [&](const char* target, const json& body) -> Result<json> {
    net::Request request;
    request.method = "POST";
    request.target = target;
    request.headers.set("Content-Type", "application/json");
    request.headers.set("Authorization", "Bearer " + command_token);
    request.body = body.dump();
    const auto response = client_->send(request, kPatience, net::Repeat::never);
    if (!response) return tl::unexpected(response.error());
    if (response->status != 201) return tl::unexpected(answer_error("making a link", *response));
    return fenced("making a link", [&]() -> Result<json> { return json::parse(response->body); });
  };
  return fenced("making a link", [&]() -> Result<std::string> {
    const auto invited = post("/v1/invitations", {{"role", "admin"}});
    if (!invited) return tl::unexpected(invited.error());
    // Nobody will type this password: the link signs in.
    const auto joined = post("/v1/people", {{"token", invited->at("token")},
                                            {"id", "demo"},
                                            {"name", "Demo"},
                                            {"password", invited->at("token")}});
    if (!joined) return tl::unexpected(joined.error());
    const auto link = post("/v1/invitations", {{"person", "demo"}});
    if (!link) return tl::unexpected(link.error());
    return link->at("path").get<std::string>();
  });
}

Result<std::vector<ArmRow>> HeadOffice::by_arm() {
  const auto body = get("/v1/reports/outcomes?by=store,rule,arm&from=2000-01-01&to=2999-12-31");
  if (!body) return tl::unexpected(body.error());
  return fenced("reading the report", [&]() -> Result<std::vector<ArmRow>> {
    std::vector<ArmRow> rows;
    const json report = json::parse(*body);
    for (const json& row : report.at("rows")) {
      const auto number = [&](const char* name) { return row.value(name, std::int64_t{0}); };
      const auto money = [&](const char* name) {
        Minor sum = 0;
        const json by_currency = row.value(name, json::object());
        for (const json& amount : by_currency) sum += amount.get<Minor>();
        return sum;
      };
      const auto squares = [&](const char* name) {
        double sum = 0;
        const json by_currency = row.value(name, json::object());
        for (const json& amount : by_currency) sum += std::stod(amount.get<std::string>());
        return sum;
      };
      rows.push_back({row.value("store", ""), row.value("rule", ""), row.value("arm", ""),
                      number("eligible"), number("attached"), number("shown"), number("withheld"),
                      number("accepted"), number("declined"), money("total"), money("margin"),
                      squares("total_squares"), squares("margin_squares")});
    }
    return rows;
  });
}

Result<Counted> HeadOffice::counted(bool verify) {
  const auto body = get(verify ? "/v1/reports/records?verify=1" : "/v1/reports/records");
  if (!body) return tl::unexpected(body.error());
  return fenced("reading the count", [&]() -> Result<Counted> {
    const json j = json::parse(*body);
    return Counted{j.at("records").get<std::int64_t>(), j.value("duplicates", std::int64_t{0}),
                   j.at("tallied").get<std::int64_t>(), j.at("gaps").get<std::int64_t>()};
  });
}

Estimate estimate(const std::vector<ArmRow>& rows, const std::vector<std::string>& stores) {
  struct Pair {
    ArmRow treated;
    ArmRow control;
  };
  std::map<std::pair<std::string, std::string>, Pair> by_rule;
  for (const ArmRow& row : rows) {
    if (std::find(stores.begin(), stores.end(), row.store) == stores.end() || row.rule.empty())
      continue;
    Pair& pair = by_rule[{row.store, row.rule}];
    if (row.arm == "treated") pair.treated = row;
    if (row.arm == "control") pair.control = row;
  }
  Estimate sum;
  double adds_variance = 0;
  double revenue_variance = 0;
  double margin_variance = 0;
  for (const auto& [key, pair] : by_rule) {
    const auto& [treated, control] = pair;
    if (treated.eligible == 0 || control.eligible == 0) continue;
    sum.treated_eligible += treated.eligible;
    sum.treated_attached += treated.attached;
    sum.control_eligible += control.eligible;
    sum.control_attached += control.attached;
    const auto nt = static_cast<double>(treated.eligible);
    const auto nc = static_cast<double>(control.eligible);
    const auto extra = [&](std::int64_t t, std::int64_t c) {
      return static_cast<double>(t) - static_cast<double>(c) / nc * nt;
    };
    sum.extra_adds += extra(treated.attached, control.attached);
    sum.extra_revenue += extra(treated.total, control.total);
    sum.extra_margin += extra(treated.margin, control.margin);
    // Variance of the sum over treated baskets of (mean treated - mean control), arms independent
    // (Welch).
    const auto variance = [&](double t_squares, double t_sum, double c_squares, double c_sum) {
      const double vt = std::max(0.0, t_squares / nt - (t_sum / nt) * (t_sum / nt));
      const double vc = std::max(0.0, c_squares / nc - (c_sum / nc) * (c_sum / nc));
      return nt * nt * (vt / nt + vc / nc);
    };
    adds_variance +=
        variance(static_cast<double>(treated.attached), static_cast<double>(treated.attached),
                 static_cast<double>(control.attached), static_cast<double>(control.attached));
    revenue_variance += variance(treated.total_squares, static_cast<double>(treated.total),
                                 control.total_squares, static_cast<double>(control.total));
    margin_variance += variance(treated.margin_squares, static_cast<double>(treated.margin),
                                control.margin_squares, static_cast<double>(control.margin));
  }
  sum.adds_error = 2 * std::sqrt(adds_variance);
  sum.revenue_error = 2 * std::sqrt(revenue_variance);
  sum.margin_error = 2 * std::sqrt(margin_variance);
  return sum;
}

}  // namespace sidedish::sim
