#include "headoffice/server/door.hpp"

#include "headoffice/problems/problems.hpp"
#include "headoffice/server/answers.hpp"
#include "plugin/net/digest.hpp"

#include <algorithm>

namespace sidedish::headoffice {
namespace {

bool reads(const net::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

/// "127.0.0.1:7400" is this machine under a name that only it has.
bool names_this_machine(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const bool port =
      colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  const std::string_view name = port ? host.substr(0, colon) : host;
  return name == "127.0.0.1" || name == "localhost" || name == "[::1]";
}

net::Response not_ours() {
  return problem_of(403, "cross-origin", "requests of other web pages are not taken");
}

}  // namespace

net::Response problem_of(const Denied& denied) {
  switch (denied.why) {
    case Denied::Why::credentials:
      return problem_of(401, "wrong-credentials", denied.detail);
    case Denied::Why::session:
      return problem_of(401, "not-signed-in", denied.detail);
    case Denied::Why::throttled: {
      net::Response response = problem_of(429, "too-many-tries", denied.detail);
      response.headers.set("Retry-After", std::to_string((denied.retry_ms + 999) / 1000));
      return response;
    }
    case Denied::Why::link:
      return problem_of(410, "link-over", denied.detail);
    case Denied::Why::role:
      return problem_of(403, "not-allowed", denied.detail);
    case Denied::Why::missing:
      return problem_of(404, "not-found", denied.detail);
    case Denied::Why::field: {
      const net::ProblemItem item{denied.pointer, denied.detail};
      return problem_of(422, "invalid-document", "nothing was changed", {&item, 1});
    }
    case Denied::Why::storage:
      break;
  }
  return problem_of(denied.error);
}

std::string_view session_token(const net::Headers& headers) {
  for (std::string_view list : headers.all("Cookie")) {
    while (!list.empty()) {
      const std::size_t end = std::min(list.find(';'), list.size());
      std::string_view one = list.substr(0, end);
      list.remove_prefix(std::min(end + 1, list.size()));
      while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
      if (!one.starts_with(kCookie)) continue;
      one.remove_prefix(kCookie.size());
      if (one.starts_with('=')) return one.substr(1);
    }
  }
  return {};
}

bool from_own_page(const net::Request& request) {
  const auto host = request.headers.get("Host");
  if (!host || !names_this_machine(*host)) return false;
  if (const auto site = request.headers.get("Sec-Fetch-Site");
      site && *site != "same-origin" && !(*site == "none" && reads(request))) {
    return false;
  }
  const auto origin = request.headers.get("Origin");
  return !origin || *origin == "http://" + std::string(*host);
}

void Door::add(const char* method, const char* pattern, Open handler) {
  router_.add(
      method, pattern,
      [this, handler = std::move(handler)](const net::Routed& routed, const net::Reply& reply) {
        net::Response response = handler(routed);
        finish(response);
        answers_.count(routed.request.method + " " + routed.pattern, response.status);
        reply.send(std::move(response));
      });
}

void Door::machine(const char* method, const char* pattern, Open handler) {
  add(method, pattern, [handler = std::move(handler)](const net::Routed& routed) {
    const bool foreign = !reads(routed.request) && routed.request.headers.get("Origin");
    return foreign ? not_ours() : handler(routed);
  });
}

void Door::page(const char* method, const char* pattern, Open handler) {
  add(method, pattern, [handler = std::move(handler)](const net::Routed& routed) {
    return from_own_page(routed.request) ? handler(routed) : not_ours();
  });
}

Outcome<Actor> Door::actor(const net::Request& request) const {
  if (const auto shown = request.headers.get("Authorization"); shown && !command_token_.empty()) {
    if (net::constant_time_equal(*shown, "Bearer " + command_token_)) return command_line();
  }
  const std::string_view token = session_token(request.headers);
  if (token.empty()) {
    return tl::unexpected<Denied>(Denied{.why = Denied::Why::session, .detail = "sign in"});
  }
  auto known = people_.who(token);
  if (!known) return tl::unexpected<Denied>(known.error());
  if (!reads(request) &&
      !net::constant_time_equal(request.headers.get(kCsrfField).value_or(""), known->csrf)) {
    return tl::unexpected<Denied>(Denied{
        .why = Denied::Why::role, .detail = "expected the session's token in Sidedish-CSRF"});
  }
  return std::move(known->actor);
}

void Door::person(const char* method, const char* pattern, Right right, ForPeople handler) {
  add(method, pattern, [this, right, handler = std::move(handler)](const net::Routed& routed) {
    if (!from_own_page(routed.request)) return not_ours();
    const auto who = actor(routed.request);
    if (!who) return problem_of(who.error());
    if (!who->may(right)) {
      return problem_of(403, "not-allowed",
                        "the role " + std::string(name_of(who->role)) + " may not do this");
    }
    return handler(routed, *who);
  });
}

}  // namespace sidedish::headoffice
