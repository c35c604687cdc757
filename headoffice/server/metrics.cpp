#include "headoffice/server/metrics.hpp"

namespace sidedish::headoffice {
namespace {

void head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ");
  out.append(name).append(" ").append(type).append("\n");
}

void line(std::string& out, std::string_view name, std::string_view labels, std::uint64_t value) {
  out.append(name);
  if (!labels.empty()) out.append("{").append(labels).append("}");
  out.append(" ").append(std::to_string(value)).append("\n");
}

std::string label(std::string_view name, std::string_view value) {
  std::string out(name);
  out += "=\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

void Answers::count(const std::string& route, int status) {
  const std::scoped_lock lock(mutex_);
  ++counts_[{route, status}];
}

std::map<std::pair<std::string, int>, std::uint64_t> Answers::all() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

std::string metrics_text(const MetricsInput& input) {
  std::string out;
  head(out, "sidedish_http_answers_total", "counter", "Answers by route and status.");
  for (const auto& [key, n] : input.answers.all()) {
    line(out, "sidedish_http_answers_total",
         label("route", key.first) + "," + label("status", std::to_string(key.second)), n);
  }
  head(out, "sidedish_http_refused_total", "counter",
       "Requests and connections refused or cut off before a route was found.");
  for (std::size_t i = 1; i < net::kRefusals; ++i) {
    const auto refusal = static_cast<net::Refusal>(i);
    line(out, "sidedish_http_refused_total", label("why", net::name_of(refusal)),
         input.http.of(refusal));
  }
  head(out, "sidedish_http_connections", "gauge", "Open connections.");
  line(out, "sidedish_http_connections", "", input.http.open);
  head(out, "sidedish_http_long_polls", "gauge", "Requests that wait for a new manifest.");
  line(out, "sidedish_http_long_polls", "", input.waiting);
  head(out, "sidedish_events_total", "counter",
       "Events and what was done with them, since the database began.");
  for (const auto& [name, n] : input.counters) {
    line(out, "sidedish_events_total", label("what", name), static_cast<std::uint64_t>(n));
  }
  head(out, "sidedish_sources", "gauge", "Outboxes heard of.");
  line(out, "sidedish_sources", "", input.completeness.sources);
  head(out, "sidedish_ids_missing", "gauge",
       "Ids below the marks of their sources that have not come.");
  line(out, "sidedish_ids_missing", "", input.completeness.missing);
  head(out, "sidedish_events_rejected", "gauge", "Events that are kept aside with a reason.");
  line(out, "sidedish_events_rejected", "", input.completeness.rejected);
  return out;
}

}  // namespace sidedish::headoffice
