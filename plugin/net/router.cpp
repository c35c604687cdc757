#include "plugin/net/router.hpp"

#include "plugin/net/problem.hpp"
#include "rules/base/text.hpp"

#include <algorithm>
#include <boost/url/params_encoded_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/segments_encoded_view.hpp>
#include <boost/url/url_view.hpp>
#include <cassert>

namespace sidedish::net {
namespace {

namespace urls = boost::urls;

bool clean(std::string_view text) { return valid_utf8(text) && !has_control(text); }

bool safe_segment(std::string_view text) {
  return clean(text) && text != "." && text != ".." &&
         text.find_first_of("/\\") == std::string_view::npos;
}

/// Slashes with letters, digits, - or _ between them: most targets are that, and nothing in them has
/// to be decoded or can be misread.
bool is_plain(std::string_view target) noexcept {
  char before = '\0';
  for (const char c : target) {
    const bool name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
    if (!name && (c != '/' || before == '/')) return false;
    before = c;
  }
  return target.starts_with('/') && before != '/';
}

tl::unexpected<Error> bad_target() {
  return fail(Errc::invalid, "reading the path and query", "bad characters or encoding");
}

std::string join(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  Target out;
  if (is_plain(target)) {
    out.segments.reserve(static_cast<std::size_t>(std::count(target.begin(), target.end(), '/')));
    while (!target.empty()) {
      const std::size_t end = std::min(target.find('/', 1), target.size());
      out.segments.emplace_back(target.substr(1, end - 1));
      target.remove_prefix(end);
    }
    return out;
  }
  const auto parsed = urls::parse_origin_form({target.data(), target.size()});
  if (!parsed) return bad_target();
  for (const auto segment : parsed->encoded_segments()) {
    out.segments.push_back(segment.decode());
    if (!safe_segment(out.segments.back())) return bad_target();
  }
  if (out.segments.empty()) out.segments.emplace_back();
  urls::encoding_opts query;
  query.space_as_plus = true;
  for (const auto param : parsed->encoded_params()) {
    out.query.emplace_back(param.key.decode(query), param.value.decode(query));
    if (!clean(out.query.back().first) || !clean(out.query.back().second)) return bad_target();
  }
  return out;
}

const std::string& Routed::param(const std::string& name) const {
  static const std::string kNone;
  const auto found = params.find(name);
  return found == params.end() ? kNone : found->second;
}

std::optional<std::string_view> Routed::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<Router::Part> Router::parse(std::string_view pattern) {
  assert(pattern.starts_with('/'));
  std::vector<Part> parts;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const std::size_t end = std::min(pattern.find('/'), pattern.size());
    std::string_view text = pattern.substr(0, end);
    pattern.remove_prefix(end);
    Part::Kind kind = Part::Kind::literal;
    if (text.starts_with('{') && text.ends_with('}')) {
      text = text.substr(1, text.size() - 2);
      kind = Part::Kind::one;
      if (text.ends_with("...")) {
        text.remove_suffix(3);
        kind = Part::Kind::rest;
        assert(pattern.empty());  // only at the end
      }
      assert(!text.empty());
    }
    parts.push_back({kind, std::string(text)});
  }
  return parts;
}

bool Router::more_exact(const std::vector<Part>& a, const std::vector<Part>& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](const Part& x, const Part& y) { return x.kind < y.kind; });
}

Router& Router::add(std::string method, std::string_view pattern, Endpoint endpoint) {
  auto route = std::find_if(routes_.begin(), routes_.end(),
                            [&](const Route& known) { return known.pattern == pattern; });
  if (route == routes_.end()) {
    Route fresh{std::string(pattern), parse(pattern), {}};
    const auto place = std::find_if(routes_.begin(), routes_.end(), [&](const Route& known) {
      return more_exact(fresh.parts, known.parts);
    });
    route = routes_.insert(place, std::move(fresh));
  }
  [[maybe_unused]] const bool added =
      route->endpoints.emplace(std::move(method), std::move(endpoint)).second;
  assert(added);
  return *this;
}

bool Router::match(const Route& route, const std::vector<std::string>& segments,
                   std::map<std::string, std::string>& params) {
  params.clear();
  const bool rest = route.parts.back().kind == Part::Kind::rest;
  if (rest ? segments.size() < route.parts.size() : segments.size() != route.parts.size()) {
    return false;
  }
  for (std::size_t i = 0; i < route.parts.size(); ++i) {
    const Part& part = route.parts[i];
    if (part.kind == Part::Kind::literal) {
      if (part.text != segments[i]) return false;
      continue;
    }
    std::string value = segments[i];
    if (value.empty()) return false;
    for (std::size_t k = i + 1; part.kind == Part::Kind::rest && k < segments.size(); ++k) {
      if (segments[k].empty()) return false;
      value += '/' + segments[k];
    }
    params.emplace(part.text, std::move(value));
  }
  return true;
}

void Router::operator()(Request request, Reply reply) const {
  if (request.target == "*") {
    Response response;
    response.status = 204;
    reply.send(std::move(response));
    return;
  }
  auto target = parse_target(request.target);
  if (!target) {
    reply.send(problem(400, target.error().text()));
    return;
  }
  // A path may match several patterns; the most exact one that has the method answers.
  std::vector<std::string> allowed;
  std::map<std::string, std::string> params;
  for (const Route& route : routes_) {
    if (!match(route, target->segments, params)) continue;
    auto endpoint = route.endpoints.find(request.method);
    if (endpoint == route.endpoints.end() && request.method == "HEAD") {
      endpoint = route.endpoints.find("GET");
    }
    if (endpoint != route.endpoints.end()) {
      endpoint->second(
          {std::move(request), route.pattern, std::move(params), std::move(target->query)},
          std::move(reply));
      return;
    }
    for (const auto& [method, unused] : route.endpoints) {
      allowed.push_back(method);
      if (method == "GET") allowed.emplace_back("HEAD");
    }
  }
  if (allowed.empty()) {
    reply.send(problem(404, "nothing is at this path"));
    return;
  }
  allowed.emplace_back("OPTIONS");
  std::sort(allowed.begin(), allowed.end());
  allowed.erase(std::unique(allowed.begin(), allowed.end()), allowed.end());
  Response response = problem(405, "this path does not take " + request.method);
  if (request.method == "OPTIONS") {
    response = Response{};
    response.status = 204;
  }
  response.headers.set("Allow", join(allowed));
  reply.send(std::move(response));
}

}  // namespace sidedish::net
