#pragma once
// Answers and bodies as all routes of head office write and read them.
#include "headoffice/problems/problems.hpp"
#include "plugin/net/http.hpp"
#include "rules/format/wire_json.hpp"

#include <functional>
#include <string>

namespace sidedish::headoffice {

net::Response json_answer(std::string body, int status = 200);

/// Reads a JSON object with `read`, which takes its members; `then` makes the answer when nothing was
/// wrong. Else 415, or 422 with every finding and `refused` as its detail.
net::Response with_fields(const net::Request& request, std::string_view refused,
                          const std::function<void(format::WireFields&)>& read,
                          const std::function<net::Response()>& then);

}  // namespace sidedish::headoffice
