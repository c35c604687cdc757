#include "plugin/loopback/defences.hpp"

#include "plugin/net/digest.hpp"

#include <algorithm>

namespace sidedish::loopback {
namespace {

bool is_read(const net::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

std::string_view slug_of(Refused refused) noexcept {
  static constexpr std::string_view kSlugs[] = {
      "wrong-host", "foreign-origin", "token",        "media-type",     "too-large",
      "malformed",  "invalid",        "unknown-lane", "unknown-basket", "unknown-prompt",
      "conflict",   "too-fast",       "limit",        "not-recording"};
  static_assert(std::size(kSlugs) == static_cast<std::size_t>(Refused::count_));
  return kSlugs[static_cast<std::size_t>(refused)];
}

Defences::Defences(std::string token, std::vector<std::string> origins)
    : token_(std::move(token)), origins_(std::move(origins)) {}

void Defences::serve_on(std::uint16_t port) {
  const std::string at = ":" + std::to_string(port);
  hosts_ = {"127.0.0.1" + at, "localhost" + at, "[::1]" + at};
}

bool Defences::is_ours(const net::Request& request, std::string_view origin) const {
  constexpr std::string_view kScheme = "http://";
  return origin.starts_with(kScheme) &&
         origin.substr(kScheme.size()) == request.headers.get("Host").value_or("");
}

bool Defences::is_allowed(std::string_view origin) const {
  return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

std::optional<Refused> Defences::check_source(const net::Request& request) const {
  const std::string_view host = request.headers.get("Host").value_or("");
  if (std::find(hosts_.begin(), hosts_.end(), host) == hosts_.end()) return Refused::wrong_host;
  const auto origins = request.headers.all("Origin");
  if (origins.size() > 1) return Refused::foreign_origin;
  if (!origins.empty() && !is_ours(request, origins[0]) && !is_allowed(origins[0])) {
    return Refused::foreign_origin;
  }
  return std::nullopt;
}

std::string_view Defences::foreign_origin(const net::Request& request) const {
  const std::string_view origin = request.headers.get("Origin").value_or("");
  return origin.empty() || is_ours(request, origin) ? std::string_view() : origin;
}

std::optional<Refused> Defences::check_access(const net::Request& request, Access access) const {
  const auto sites = request.headers.all("Sec-Fetch-Site");
  const std::string_view mode = request.headers.get("Sec-Fetch-Mode").value_or("");
  const bool has_origin = request.headers.get("Origin").has_value();
  const bool at_home = std::all_of(sites.begin(), sites.end(), [](std::string_view site) {
    return site == "same-origin" || site == "none";
  });
  const bool visit = access == Access::page && mode == "navigate" && is_read(request);
  // From elsewhere: only with an Origin, and that one has been found to be allowed.
  if (!at_home && !has_origin && !visit && access != Access::file) return Refused::foreign_origin;
  if (access == Access::hello && foreign_origin(request).empty()) return Refused::foreign_origin;
  if (access != Access::api) return std::nullopt;
  // In a header only: a cookie would also be sent to whatever else listens on this machine.
  constexpr std::string_view kBearer = "Bearer ";
  const auto given = request.headers.all("Authorization");
  const bool fits = given.size() == 1 && given[0].size() > kBearer.size() &&
                    net::iequals(given[0].substr(0, kBearer.size()), kBearer) &&
                    net::constant_time_equal(given[0].substr(kBearer.size()), token_);
  return fits ? std::nullopt : std::optional(Refused::token);
}

std::optional<net::Response> Defences::preflight(const net::Request& request) const {
  if (request.method != "OPTIONS" || !request.headers.get("Access-Control-Request-Method")) {
    return std::nullopt;
  }
  net::Response response;
  response.status = 204;
  response.headers.set("Access-Control-Allow-Methods", "GET, POST, PUT");
  response.headers.set("Access-Control-Allow-Headers",
                       "Authorization, Content-Type, Last-Event-ID");
  response.headers.set("Access-Control-Max-Age", "600");
  // A page of a public site asks whether it may reach this machine (Private Network Access; its
  // later name is Local Network Access).
  for (const std::string_view kind : {"Private-Network", "Local-Network"}) {
    const std::string name = "Access-Control-Request-" + std::string(kind);
    if (request.headers.get(name).value_or("") == "true") {
      response.headers.set("Access-Control-Allow-" + std::string(kind), "true");
    }
  }
  return response;
}

bool is_origin(std::string_view text) noexcept {
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return false;
  }
  return !rest.empty() && rest.size() <= 255 && std::all_of(rest.begin(), rest.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
           c == '[' || c == ']';
  });
}

}  // namespace sidedish::loopback
