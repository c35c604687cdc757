#include "headoffice/server/answers.hpp"

namespace sidedish::headoffice {

net::Response json_answer(std::string body, int status) {
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
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
