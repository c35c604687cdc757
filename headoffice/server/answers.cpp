#include "headoffice/server/answers.hpp"

#include <charconv>

namespace sidedish::headoffice {

net::Response json_answer(std::string body, int status) {
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.body = std::move(body);
  finish(response);
  return response;
}

void finish(net::Response& response) {
  response.headers.set("X-Content-Type-Options", "nosniff");
  if (response.status != 304 && !response.headers.get("Cache-Control")) {
    response.headers.set("Cache-Control", "no-store");
  }
}

net::Response manifest_answer(const ManifestRow& row) {
  net::Response response = json_answer(row.body);
  response.headers.set("ETag", row.etag);
  response.headers.set("Cache-Control", "no-cache");
  return response;
}

bool names_tag(const net::Headers& headers, std::string_view etag) {
  for (std::string_view list : headers.all("If-None-Match")) {
    while (!list.empty()) {
      const std::size_t comma = list.find(',');
      std::string_view tag = list.substr(0, comma);
      while (!tag.empty() && (tag.front() == ' ' || tag.front() == '\t')) tag.remove_prefix(1);
      while (!tag.empty() && (tag.back() == ' ' || tag.back() == '\t')) tag.remove_suffix(1);
      if (tag.starts_with("W/")) tag.remove_prefix(2);
      if (tag == "*" || tag == etag) return true;
      list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
  }
  return false;
}

std::optional<std::size_t> query_number(const net::Routed& routed, std::string_view name,
                                        std::size_t otherwise, std::size_t most) {
  const auto text = routed.query_value(name);
  if (!text) return otherwise;
  std::size_t value = 0;
  const char* end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || at != end || value > most) return std::nullopt;
  return value;
}

bool is_json(const net::Request& request) {
  return net::media_type(request.headers) == "application/json";
}

std::vector<net::ProblemItem> items_of(const std::vector<model::Finding>& findings) {
  std::vector<net::ProblemItem> items;
  for (const model::Finding& finding : findings) {
    items.push_back({finding.pointer,
                     finding.id.empty() ? finding.message : finding.id + ": " + finding.message});
  }
  return items;
}

std::string read_why(format::WireFields& fields) {
  constexpr std::size_t kMost = 200;
  const std::string_view why = fields.text("why", kMost);
  if (why.empty()) fields.add("why", "expected a reason");
  return std::string(why);
}

net::Response with_fields(const net::Request& request, std::string_view refused,
                          const std::function<void(format::WireFields&)>& read,
                          const std::function<net::Response()>& then) {
  if (net::media_type(request.headers) != "application/json") {
    return problem_of(415, "unsupported-media-type", "expected application/json");
  }
  format::WireFindings findings;
  if (const auto tree = format::parse_wire(request.body, {}, findings)) {
    format::WireFields fields(tree->root(), "", findings);
    read(fields);
    fields.finish();
  }
  if (findings.empty()) return then();
  std::vector<net::ProblemItem> items;
  for (const auto& finding : findings) items.push_back({finding.pointer, finding.detail});
  return problem_of(422, "invalid-document", refused, items);
}

}  // namespace sidedish::headoffice
