#pragma once
// The problem types head office answers with: stable, listed in openapi.json.
#include "plugin/net/http.hpp"
#include "plugin/net/problem.hpp"
#include "rules/base/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sidedish::headoffice {

inline constexpr std::string_view kProblems = "https://sidedish.invalid/problems/";

/// "unknown-terminal" -> https://sidedish.invalid/problems/unknown-terminal, with its title.
net::Response problem_of(int status, std::string_view name, std::string_view detail,
                         std::span<const net::ProblemItem> errors = {});
/// What a failed call of the storage looks like from outside: 404, 403, 503 with Retry-After, 500.
net::Response problem_of(const Error& error);
/// One member more, already written as JSON: `"first":"4711"`.
void add_member(net::Response& problem, std::string_view member);

}  // namespace sidedish::headoffice
