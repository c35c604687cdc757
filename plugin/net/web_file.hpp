#pragma once
// Files that are part of the program, as HTTP wants them served (RFC 9110: ETag, content coding).
#include "plugin/net/http.hpp"
#include "rules/base/web_asset.hpp"

#include <string_view>

namespace sidedish::net {

inline constexpr std::string_view kForEver = "public, max-age=31536000, immutable";

/// Whether Accept-Encoding names `token`, and not with a weight of 0.
bool accepts_coding(const Request& request, std::string_view token);
/// Whether If-None-Match names it.
bool knows_tag(const Request& request, std::string_view etag);

/// 200 with the smallest form the peer takes, or 304. Cache-Control by `immutable`; nosniff. Policies are the caller's.
Response web_file(const Request& request, const WebAsset& asset);

}  // namespace sidedish::net
