#include "plugin/loopback/api.hpp"

#include "plugin/loopback/writing.hpp"
#include "plugin/net/digest.hpp"
#include "rules/format/json_writer.hpp"

#include <algorithm>

namespace sidedish::loopback {
namespace {

using format::JsonWriter;

net::Response json_answer(std::string body, int status = 200) {
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/json").set("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

const std::string kOk = "{\"status\":\"ok\"}";

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
      lanes_(config_.lanes, clock) {
  route("GET", "/v1/hello", Access::hello, &Api::hello);
  route("PUT", "/v1/lanes/{lane}", Access::api, &Api::put_lane);
  route("GET", "/v1/lanes/{lane}", Access::api, &Api::get_lane);
  route("POST", "/v1/lanes/{lane}/basket", Access::api, &Api::update);
  route("POST", "/v1/lanes/{lane}/events", Access::api, &Api::event);
  route("GET", "/v1/lanes/{lane}/prompts", Access::api, &Api::standing);
  route("POST", "/v1/lanes/{lane}/returns", Access::api, &Api::record_return);
  route("POST", "/v1/prompts/{id}/outcome", Access::api, &Api::outcome);
}

void Api::route(const char* method, const char* pattern, Access access, Endpoint endpoint) {
  router_.add(method, pattern,
              [this, access, endpoint](const net::Routed& routed, const net::Reply& reply) {
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

net::Response Api::refuse(Refused what, std::string_view detail,
                          std::span<const net::ProblemItem> errors) {
  ++refused_[static_cast<std::size_t>(what)];
  const Answer answer = answer_to(what);
  net::Response response = net::problem(answer.status, "/problems/" + std::string(slug_of(what)),
                                        answer.title, detail, errors);
  response.headers.set("Cache-Control", "no-store");
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

net::Response Api::hello(const net::Routed&) {
  JsonWriter json;
  json.open('{').key("token").text(config_.token).key("api").number(std::uint64_t{1});
  return json_answer(json.key("agent").text(config_.version).close('}').take());
}

net::Response Api::put_lane(const net::Routed& routed) {
  const std::string& name = routed.param("lane");
  net::Response problem;
  format::JsonDocument document;
  if (!read(routed.request, document, problem)) return problem;
  Findings findings;
  if (!is_lane_name(name)) {
    findings.add("", "a lane's name is 1 to 32 of a to z, 0 to 9 and -");
  }
  const LaneRequest wanted = read_lane(document.root(), findings);
  if (!findings.empty() || !document.errors().empty()) return refuse(findings, document);
  const Lanes::Put put = lanes_.put(name, wanted);
  switch (put) {
    case Lanes::Put::opened:
    case Lanes::Put::same:
      break;
    case Lanes::Put::conflict:
      return refuse(
          Refused::conflict,
          "the lane is open with other capabilities or masks, and a basket is live in it");
    case Lanes::Put::limit:
      return refuse(Refused::limit, "64 lanes with live baskets are open");
    case Lanes::Put::no_memory:
      return refuse(Refused::not_recording, "the machine has no memory for a lane");
    case Lanes::Put::no_place:
      return refuse(Refused::not_recording, "the agent was started without --store and --terminal");
  }
  net::Response response = get_lane(routed);
  if (put == Lanes::Put::opened && response.status == 200) response.status = 201;
  return response;
}

net::Response Api::get_lane(const net::Routed& routed) {
  const auto lane = lanes_.find(routed.param("lane"));
  if (!lane) return refuse(Refused::unknown_lane, "PUT it first");
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, "PUT it first");
  return json_answer(write_status(lane->name, *lane->lane));
}

net::Response Api::update(const net::Routed& routed) {
  const MonoMs began = clock_.steady();
  const auto lane = lanes_.find(routed.param("lane"));
  if (!lane) return refuse(Refused::unknown_lane, "PUT it first");
  net::Response problem;
  format::JsonDocument document;
  if (!read(routed.request, document, problem)) return problem;
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, "PUT it first");
  lane->used = clock_.steady();
  if (!lane->pace.take(lane->used)) {
    return refuse(Refused::too_fast, "at most 100 updates a second in one lane");
  }
  Findings findings;
  SnapshotRequest said;
  read_snapshot(document.root(), lane->channel, lane->lane->line_room(), said, findings);
  if (!findings.empty() || !document.errors().empty()) {
    lane->lane->count_refused();
    return refuse(findings, document, said.too_large);
  }
  lane::Snapshot& snapshot = said.snapshot;
  snapshot.now = {clock_.now(), lane->used};
  lane::Offered offered[engine::kMaxPrompts];
  std::uint32_t count = 0;
  const lane::Status status = lane->lane->update(snapshot, offered, count);
  ++updates_;
  if (status != lane::Status::ok && status != lane::Status::stale) {
    return refuse(Refused::limit, lane->lane->error());
  }
  if (status == lane::Status::ok) {
    const About about{snapshot.basket, {snapshot.currency, 3}, said.exponent, snapshot.channel};
    lane->basket = snapshot.basket;
    lane->seq = snapshot.seq;
    lane->prompts.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      lane::OfferedPart parts[engine::kMaxParts];
      std::uint32_t part_count = 0;
      if (offered[i].kind == Kind::bundle || offered[i].kind == Kind::upsell) {
        (void)lane->lane->parts(offered[i].id, parts, part_count);
      }
      lane->prompts.emplace_back(offered[i].id,
                                 write_prompt(offered[i], std::span(parts, part_count), about));
    }
  }
  const bool late = clock_.steady() - began > said.deadline;
  if (late) ++late_;
  JsonWriter json;
  json.open('{').key("basket").text(snapshot.basket).key("seq").number(snapshot.seq);
  json.key("status").text(status == lane::Status::ok ? "ok" : "stale").key("prompts").open('[');
  if (status == lane::Status::ok && !late) {
    for (const auto& [id, prompt] : lane->prompts) json.raw(prompt);
  }
  json.close(']');
  if (late) json.key("late").boolean(true);
  return json_answer(json.close('}').take());
}

/// What stands now: for a page that has just been loaded, and for an answer that came too late.
net::Response Api::standing(const net::Routed& routed) {
  const auto lane = lanes_.find(routed.param("lane"));
  if (!lane) return refuse(Refused::unknown_lane, "PUT it first");
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, "PUT it first");
  JsonWriter json;
  json.open('{').key("basket").text(lane->basket).key("seq").number(lane->seq);
  json.key("prompts").open('[');
  for (const auto& [id, prompt] : lane->prompts) json.raw(prompt);
  return json_answer(json.close(']').close('}').take());
}

net::Response Api::event(const net::Routed& routed) {
  const auto lane = lanes_.find(routed.param("lane"));
  if (!lane) return refuse(Refused::unknown_lane, "PUT it first");
  net::Response problem;
  format::JsonDocument document;
  if (!read(routed.request, document, problem)) return problem;
  Findings findings;
  EventRequest said;
  read_event(document.root(), said, findings);
  if (!findings.empty() || !document.errors().empty()) return refuse(findings, document);
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, "PUT it first");
  lane->used = clock_.steady();
  said.event.now = {clock_.now(), lane->used};
  const lane::Status status = lane->lane->event(said.event);
  // A word about payment or the end takes what stands off the till; only a snapshot brings it back.
  const BasketEvent type = said.event.type;
  const bool stays = type == BasketEvent::checkout_started || type == BasketEvent::tender_cancelled;
  if (type == BasketEvent::resumed || (!stays && said.event.basket == lane->basket)) {
    lane->prompts.clear();
  }
  switch (status) {
    case lane::Status::ok:
      break;
    case lane::Status::not_found:
      return refuse(Refused::unknown_basket, lane->lane->error());
    case lane::Status::limit:
      return refuse(Refused::limit, lane->lane->error());
    default: {
      const net::ProblemItem item{type == BasketEvent::resumed ? "/token" : "/related",
                                  std::string(lane->lane->error())};
      return refuse(Refused::invalid,
                    type == BasketEvent::resumed
                        ? "the basket is resumed without it and stays silent"
                        : "nothing was changed",
                    {&item, 1});
    }
  }
  if (type != BasketEvent::parked) return json_answer(kOk);
  std::array<char, sizeof(engine::BasketMemory)> token{};
  if (lane->lane->token(said.event.basket, std::as_writable_bytes(std::span(token))) !=
      lane::Status::ok) {
    return json_answer(kOk);
  }
  JsonWriter json;
  json.open('{').key("status").text("ok").key("token");
  json.text(net::base64({token.data(), token.size()}));
  return json_answer(json.close('}').take());
}

net::Response Api::outcome(const net::Routed& routed) {
  const std::uint64_t id = read_prompt_id(routed.param("id"));
  net::Response problem;
  format::JsonDocument document;
  if (!read(routed.request, document, problem)) return problem;
  Findings findings;
  OutcomeRequest said = read_outcome(document.root(), findings);
  if (!findings.empty() || !document.errors().empty()) return refuse(findings, document);
  if (id == 0) {
    return refuse(Refused::unknown_prompt, "a prompt's id is 16 lower-case hexadecimal digits");
  }
  const auto lane = lanes_.find(said.lane);
  if (!lane) return refuse(Refused::unknown_lane, "PUT it first");
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, "PUT it first");
  lane->used = clock_.steady();
  said.answer.prompt = id;
  said.answer.now = {clock_.now(), lane->used};
  switch (lane->lane->answer(said.answer)) {
    case lane::Status::ok:
      break;
    case lane::Status::not_found:
      return refuse(Refused::unknown_prompt, lane->lane->error());
    case lane::Status::no_state:
      return refuse(Refused::not_recording, lane->lane->error());
    default:
      return refuse(Refused::conflict, lane->lane->error());
  }
  if (said.answer.what == OutcomeKind::accepted || said.answer.what == OutcomeKind::declined) {
    std::erase_if(lane->prompts, [&](const auto& prompt) { return prompt.first == id; });
  }
  return json_answer(kOk);
}

net::Response Api::record_return(const net::Routed& routed) {
  const auto lane = lanes_.find(routed.param("lane"));
  if (!lane) return refuse(Refused::unknown_lane, "PUT it first");
  net::Response problem;
  format::JsonDocument document;
  if (!read(routed.request, document, problem)) return problem;
  Findings findings;
  lane::Return said = read_return(document.root(), findings);
  if (!findings.empty() || !document.errors().empty()) return refuse(findings, document);
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, "PUT it first");
  lane->used = clock_.steady();
  said.now = {clock_.now(), lane->used};
  if (lane->lane->record_return(said) != lane::Status::ok) {
    return refuse(Refused::not_recording, lane->lane->error());
  }
  return json_answer(kOk);
}

ApiCounts Api::counts() const {
  ApiCounts out;
  out.updates = updates_;
  out.late = late_;
  for (std::size_t i = 0; i < out.refused.size(); ++i) out.refused[i] = refused_[i];
  return out;
}

std::vector<std::string> Api::lanes() const {
  std::vector<std::string> out;
  for (const auto& lane : lanes_.all()) out.push_back(lane->name);
  return out;
}

}  // namespace sidedish::loopback
