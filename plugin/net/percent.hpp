#pragma once
// Text within a target (RFC 3986). Pure.
#include <string>
#include <string_view>

namespace sidedish::net {

/// For a path segment or a query value: all but unreserved characters is percent-encoded.
std::string percent_encoded(std::string_view text);

}  // namespace sidedish::net
