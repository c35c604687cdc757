#include "plugin/loopback/api.hpp"

#include "rules/format/json_writer.hpp"

namespace sidedish::loopback {
namespace {

using format::JsonWriter;

struct Answer {
  int status;
  std::string_view title;
};
Answer answer_to(Refused what) noexcept {
  switch (what) {
    case Refused::wrong_host:
      return {403, "This host name is not served here"};
    case Refused::foreign_origin:
      return {403, "Pages of this origin may not ask"};
    case Refused::token:
      return {401, "The agent's token is needed"};
    case Refused::media_type:
      return {415, "The body has another type than expected"};
    case Refused::too_large:
      return {413, "The body or the basket is too large"};
    case Refused::malformed:
      return {400, "The body cannot be read"};
    case Refused::invalid:
      return {422, "The request cannot be used as it is"};
    case Refused::unknown_lane:
      return {404, "No such lane is open"};
    case Refused::unknown_basket:
      return {404, "No such basket is live in this lane"};
    case Refused::unknown_prompt:
      return {404, "No such prompt is in a live basket of this lane"};
    case Refused::conflict:
      return {409, "It is not in the state for this"};
    case Refused::too_fast:
      return {429, "Too many updates a second"};
    case Refused::limit:
      return {409, "There are as many as there can be"};
    case Refused::not_recording:
      return {503, "Nothing can be recorded now"};
    case Refused::count_:
      break;
  }
  return {500, "Unknown"};
}

/// Adds up what a browser of an allowed origin needs to see.
void allow(net::Response& response, std::string_view origin) {
  response.headers.set("Access-Control-Allow-Origin", origin);
  response.headers.add("Vary", "Origin");
}

}  // namespace

Api::Api(ApiConfig config, const Clock& clock)
    : config_(std::move(config)),
      clock_(clock),
      defences_(config_.token, config_.origins),
      pages_(config_.pages.folder, config_.token, config_.origins),
      lanes_(config_.lanes, clock),
      streams_(clock) {
  route("GET", "/openapi.json", Access::open, &Api::describe);
  route("GET", "/schemas/{name}", Access::open, &Api::schema);
  route("GET", "/till", Access::page, &Api::page);
  route("GET", "/kiosk", Access::page, &Api::page);
  route("GET", "/assets/{file}", Access::file, &Api::asset);
  route("GET", "/pictures/{sha256}", Access::file, &Api::picture);
  route("GET", "/v1/pages/config", Access::api, &Api::pages_config);
  route("GET", "/v1/hello", Access::hello, &Api::hello);
  route("PUT", "/v1/lanes/{lane}", Access::api, &Api::put_lane);
  route("GET", "/v1/lanes/{lane}", Access::api, &Api::get_lane);
  route("POST", "/v1/lanes/{lane}/basket", Access::api, &Api::update);
  route("POST", "/v1/lanes/{lane}/events", Access::api, &Api::event);
  route("GET", "/v1/lanes/{lane}/events", Access::api, &Api::listen);
  route("GET", "/v1/lanes/{lane}/prompts", Access::api, &Api::standing);
  route("POST", "/v1/lanes/{lane}/returns", Access::api, &Api::record_return);
  route("POST", "/v1/prompts/{id}/outcome", Access::api, &Api::outcome);
}

void Api::route(const char* method, const char* pattern, Access access, Endpoint endpoint) {
  router_.add(method, pattern,
              [this, access, endpoint](net::Routed routed, const net::Reply& reply) {
                const auto refused = defences_.check_access(routed.request, access);
                reply.send(refused ? refuse(*refused, {}) : (this->*endpoint)(routed));
              });
}

void Api::add(std::string_view pattern, Access access, std::function<net::Response()> answer) {
  router_.add("GET", pattern,
              [this, access, answer = std::move(answer)](const net::Routed& routed,
                                                         const net::Reply& reply) {
                const auto refused = defences_.check_access(routed.request, access);
                reply.send(refused ? refuse(*refused, {}) : answer());
              });
}

void Api::operator()(net::Request request, const net::Reply& reply) {
  if (const auto refused = defences_.check_source(request)) {
    reply.send(refuse(*refused, {}));
    return;
  }
  const std::string_view origin = defences_.foreign_origin(request);
  if (auto asked = defences_.preflight(request)) {
    if (!origin.empty()) allow(*asked, origin);
    reply.send(std::move(*asked));
    return;
  }
  if (origin.empty()) {
    router_(std::move(request), reply);
    return;
  }
  const auto readable = net::Reply::to([reply, origin = std::string(origin)](net::Response answer) {
    allow(answer, origin);
    reply.send(std::move(answer));
  });
  router_(std::move(request), readable);
}

net::Response Api::json_answer(std::string body, int status) {
  net::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json").add("Cache-Control", "no-store");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.body = std::move(body);
  return response;
}

net::Response Api::refuse(Refused what, std::string_view detail,
                          std::span<const net::ProblemItem> errors) {
  ++refused_[static_cast<std::size_t>(what)];
  const Answer answer = answer_to(what);
  net::Response response = net::problem(answer.status, "/problems/" + std::string(slug_of(what)),
                                        answer.title, detail, errors);
  if (what == Refused::token) response.headers.set("WWW-Authenticate", "Bearer");
  if (what == Refused::too_fast || what == Refused::not_recording) {
    response.headers.set("Retry-After", "1");
  }
  return response;
}

net::Response Api::refuse(const Findings& findings, const format::JsonDocument& document,
                          bool too_large) {
  Findings all = findings;
  all.add_errors_of(document);
  return refuse(too_large ? Refused::too_large : Refused::invalid, "nothing was changed",
                all.items());
}

bool Api::read(const net::Request& request, format::JsonDocument& out, net::Response& problem) {
  if (net::media_type(request.headers) != "application/json") {
    problem = refuse(Refused::media_type, "expected application/json");
    return false;
  }
  if (const auto coding = request.headers.get("Content-Encoding");
      coding && *coding != "identity") {
    problem = refuse(Refused::media_type, "expected no Content-Encoding");
    return false;
  }
  out = format::JsonDocument::parse(request.body);
  if (out.complete()) return true;
  Findings findings;
  findings.add_errors_of(out);
  problem = refuse(Refused::malformed, "nothing was changed", findings.items());
  return false;
}

net::Response Api::describe(net::Routed&) {
  return json_answer(std::string(openapi().front().text));
}

net::Response Api::schema(net::Routed& routed) {
  for (const Asset& schema : schemas()) {
    if (schema.name != routed.param("name")) continue;
    net::Response response = json_answer(std::string(schema.text));
    response.headers.set("Content-Type", "application/schema+json");
    return response;
  }
  return net::problem(404, "there is no such schema");
}

net::Response Api::page(net::Routed& routed) {
  auto page = pages_.serve(routed.request, routed.pattern);
  return page ? std::move(*page) : net::problem(404, "this agent was built without its pages");
}

net::Response Api::asset(net::Routed& routed) {
  auto file = pages_.serve(routed.request, "/assets/" + routed.param("file"));
  return file ? std::move(*file) : net::problem(404, "nothing is at this path");
}

net::Response Api::picture(net::Routed& routed) {
  auto file =
      serve_picture(config_.lanes.state_dir / "pictures", routed.request, routed.param("sha256"));
  return file ? std::move(*file) : net::problem(404, "there is no such picture");
}

net::Response Api::pages_config(net::Routed&) {
  const PagesConfig& pages = config_.pages;
  JsonWriter json;
  json.open('{').key("store").text(config_.lanes.store);
  json.key("terminal").text(config_.lanes.terminal);
  std::string name = config_.lanes.store;
  lanes_.with_rules([&](const image::Image& image) {
    json.key("languages").open('[');
    const std::uint32_t home = image.find_store(config_.lanes.store);
    const bool known = home < image.stores().size();
    const std::uint32_t first = known ? image.stores()[home].language : 0;
    for (std::uint32_t i = 0; i < image.languages().size(); ++i) {  // the store's own comes first
      json.text(image.text(image.languages()[i == 0 ? first : i <= first ? i - 1 : i]));
    }
    json.close(']').key("currency").text({image.settings().currency, 3});
    json.key("exponent").number(std::uint64_t{image.settings().exponent});
    if (known) name = image.text(image.stores()[home].name);
  });
  json.key("store_name").text(name).key("keys").open('{');
  json.key("accept").text(pages.accept_key).key("decline").text(pages.decline_key).close('}');
  json.key("fold_ms").number(pages.fold_ms).key("late_ms").number(pages.late_ms);
  if (!pages.theme.empty()) {
    json.key("theme").open('{');
    for (const auto& [property, value] : pages.theme) json.member(property).text(value);
    json.close('}');
  }
  return json_answer(json.close('}').take());
}

net::Response Api::hello(net::Routed&) {
  JsonWriter json;
  json.open('{').key("token").text(config_.token).key("api").number(std::uint64_t{1});
  return json_answer(json.key("agent").text(config_.version).close('}').take());
}

ApiCounts Api::counts() const {
  ApiCounts out;
  out.updates = updates_;
  out.late = late_;
  out.streams = streams_.open();
  for (std::size_t i = 0; i < out.refused.size(); ++i) out.refused[i] = refused_[i];
  return out;
}

std::vector<std::string> Api::lanes() const {
  std::vector<std::string> out;
  for (const auto& lane : lanes_.all()) out.push_back(lane->name);
  return out;
}

}  // namespace sidedish::loopback
