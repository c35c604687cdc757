#pragma once
// RFC 9457 problem details, written without a JSON library.
#include "plugin/net/http.hpp"

#include <span>
#include <string>
#include <string_view>

namespace sidedish::net {

/// One thing wrong with the request: where (RFC 6901 JSON pointer, "" is the whole document) and
/// what.
struct ProblemItem {
  std::string pointer;
  std::string detail;
};

/// application/problem+json with `type` (a stable URI reference clients may branch on), `title`,
/// `status`, `detail` when not empty, `errors` when there are any. Text that is not UTF-8 gets
/// U+FFFD for each bad byte.
Response problem(int status, std::string_view type, std::string_view title, std::string_view detail,
                 std::span<const ProblemItem> errors = {});

/// A problem that says no more than its status: type "about:blank", the status's own phrase as
/// title.
Response problem(int status, std::string_view detail);

}  // namespace sidedish::net
