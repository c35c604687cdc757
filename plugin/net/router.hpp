#pragma once
// From method and path to the function that answers. Thread-safe once every route is added.
#include "plugin/net/http.hpp"
#include "plugin/net/reply.hpp"
#include "rules/base/result.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidedish::net {

/// A target taken apart and percent-decoded; every text is valid UTF-8 without control characters.
struct Target {
  std::vector<std::string> segments;  ///< "/v1/stores/7" -> v1, stores, 7; "/" -> one empty
  std::vector<std::pair<std::string, std::string>>
      query;  ///< in order; "a" and "a=" both have the value ""
};

/// Reads the origin form. invalid: bad percent-encoding, characters RFC 3986 does not allow there,
/// control characters or broken UTF-8 behind the encoding, "." or ".." as a segment, "/" or "\"
/// behind the encoding: what could name another file or another route for a later reader. "+" in a
/// query is a space.
Result<Target> parse_target(std::string_view target);

/// A request that found its route.
struct Routed {
  Request request;
  std::string pattern;                        ///< as added: a good name for metrics
  std::map<std::string, std::string> params;  ///< of the path
  std::vector<std::pair<std::string, std::string>> query;

  /// The {name} of the pattern; it is there, because the pattern matched. Empty for a name the
  /// pattern has not.
  const std::string& param(const std::string& name) const;
  /// The first of that name.
  std::optional<std::string_view> query_value(std::string_view name) const;
};

using Endpoint = std::function<void(Routed, Reply)>;

class Router {
 public:
  /// `pattern`: "/v1/stores/{store}/manifest"; a {name} stands for one whole, non-empty segment,
  /// and "{name...}" at the end for one or more. Literal segments win over parameters, one
  /// parameter over the rest. A GET route also answers HEAD. Patterns are written by us: a bad one,
  /// or the same twice, is a broken invariant and asserts.
  Router& add(std::string method, std::string_view pattern, Endpoint endpoint);

  /// A Handler: 400 for a target parse_target() refuses, 404 for a path without route, 405 with
  /// Allow for another method, all as problem+json; "OPTIONS *" and OPTIONS of a known path are 204
  /// with Allow.
  void operator()(Request request, Reply reply) const;

 private:
  struct Part {
    enum class Kind : std::uint8_t { literal, one, rest } kind;
    std::string text;  ///< the literal, or the parameter's name
  };
  struct Route {
    std::string pattern;
    std::vector<Part> parts;
    std::map<std::string, Endpoint> endpoints;  ///< by method
  };
  static std::vector<Part> parse(std::string_view pattern);
  static bool more_exact(const std::vector<Part>& a, const std::vector<Part>& b);
  static bool match(const Route& route, const std::vector<std::string>& segments,
                    std::map<std::string, std::string>& params);
  std::vector<Route> routes_;  ///< most exact first
};

}  // namespace sidedish::net
