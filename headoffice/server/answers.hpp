#pragma once
// Answers and bodies as all routes of head office write and read them.
#include "headoffice/problems/problems.hpp"
#include "headoffice/store/storage.hpp"
#include "plugin/net/http.hpp"
#include "plugin/net/problem.hpp"
#include "plugin/net/router.hpp"
#include "rules/format/wire_json.hpp"
#include "rules/model/pack.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sidedish::headoffice {

net::Response json_answer(std::string body, int status = 200);
/// Puts on what every answer has: no guessing of its type, and no keeping where it does not say
/// otherwise.
void finish(net::Response& response);
/// With its tag; asked about again at each use.
net::Response manifest_answer(const ManifestRow& row);
/// If-None-Match names `etag` (or anything); weak comparison as RFC 9110 wants it.
bool names_tag(const net::Headers& headers, std::string_view etag);
/// A whole number of the query, `otherwise` without it; nullopt: it is none, or over `most`.
std::optional<std::size_t> query_number(const net::Routed& routed, std::string_view name,
                                        std::size_t otherwise, std::size_t most);
bool is_json(const net::Request& request);
std::vector<net::ProblemItem> items_of(const std::vector<model::Finding>& findings);

/// The member "why", which must be there and say something.
std::string read_why(format::WireFields& fields);

/// Reads a JSON object with `read`, which takes its members; `then` makes the answer when nothing was
/// wrong. Else 415, or 422 with every finding and `refused` as its detail.
net::Response with_fields(const net::Request& request, std::string_view refused,
                          const std::function<void(format::WireFields&)>& read,
                          const std::function<net::Response()>& then);

}  // namespace sidedish::headoffice
