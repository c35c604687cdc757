// Lanes, baskets and what is said about them.
#include "plugin/loopback/api.hpp"
#include "plugin/loopback/writing.hpp"
#include "plugin/net/digest.hpp"
#include "rules/format/json_writer.hpp"

#include <algorithm>
#include <array>

namespace sidedish::loopback {
namespace {

using format::JsonWriter;

constexpr const char* kOk = R"({"status":"ok"})";
constexpr std::string_view kPutFirst = "PUT it first";

}  // namespace

net::Response Api::put_lane(net::Routed& routed) {
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
  if (put == Lanes::Put::opened) {
    if (const auto lane = lanes_.find(name)) {
      const std::lock_guard lock(lane->mutex);
      tell_state(*lane);
    }
  }
  net::Response response = get_lane(routed);
  if (put == Lanes::Put::opened && response.status == 200) response.status = 201;
  return response;
}

net::Response Api::get_lane(net::Routed& routed) {
  const auto lane = lanes_.find(routed.param("lane"));
  if (!lane) return refuse(Refused::unknown_lane, kPutFirst);
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, kPutFirst);
  return json_answer(write_status(lane->name, *lane->lane));
}

net::Response Api::update(net::Routed& routed) {
  const MonoMs began = clock_.steady();
  const auto lane = lanes_.find(routed.param("lane"));
  if (!lane) return refuse(Refused::unknown_lane, kPutFirst);
  net::Response problem;
  format::JsonDocument document;
  if (!read(routed.request, document, problem)) return problem;
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, kPutFirst);
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
    lane->answered = began;
    take_prompts(*lane, said, std::span(offered, count));
    tell_basket(*lane, document.root(), said);
    lane->snapshot = std::move(routed.request.body);  // what was read points into the document
  }
  const bool late = clock_.steady() - began > said.deadline;
  if (late) ++late_;
  const std::string standing = status == lane::Status::ok && !late ? lane->standing() : "[]";
  JsonWriter json(standing.size() + 256);
  json.open('{').key("basket").text(snapshot.basket).key("seq").number(snapshot.seq);
  json.key("status").text(status == lane::Status::ok ? "ok" : "stale").key("prompts");
  json.raw(standing);
  if (late) json.key("late").boolean(true);
  return json_answer(json.close('}').take());
}

/// What stands now: for a page that has just been loaded, and for an answer that came too late.
net::Response Api::standing(net::Routed& routed) {
  const auto lane = lanes_.find(routed.param("lane"));
  if (!lane) return refuse(Refused::unknown_lane, kPutFirst);
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, kPutFirst);
  return json_answer(prompts_of(*lane));
}

net::Response Api::event(net::Routed& routed) {
  const auto lane = lanes_.find(routed.param("lane"));
  if (!lane) return refuse(Refused::unknown_lane, kPutFirst);
  net::Response problem;
  format::JsonDocument document;
  if (!read(routed.request, document, problem)) return problem;
  Findings findings;
  EventRequest said;
  read_event(document.root(), said, findings);
  if (!findings.empty() || !document.errors().empty()) return refuse(findings, document);
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, kPutFirst);
  lane->used = clock_.steady();
  said.event.now = {clock_.now(), lane->used};
  const lane::Status status = lane->lane->event(said.event);
  const BasketEvent type = said.event.type;
  // A basket whose token is bad is resumed without it.
  const bool taken = status == lane::Status::ok ||
                     (status == lane::Status::invalid && type == BasketEvent::resumed);
  if (taken) heard(*lane, said.event);
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

net::Response Api::outcome(net::Routed& routed) {
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
  if (!lane) return refuse(Refused::unknown_lane, kPutFirst);
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, kPutFirst);
  lane->used = clock_.steady();
  said.answer.prompt = id;
  said.answer.now = {clock_.now(), lane->used};
  const std::uint64_t before = lane->lane->records().outcomes;
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
  if (lane->lane->records().outcomes != before) heard(*lane, said.answer);
  return json_answer(kOk);
}

net::Response Api::record_return(net::Routed& routed) {
  const auto lane = lanes_.find(routed.param("lane"));
  if (!lane) return refuse(Refused::unknown_lane, kPutFirst);
  net::Response problem;
  format::JsonDocument document;
  if (!read(routed.request, document, problem)) return problem;
  Findings findings;
  lane::Return said = read_return(document.root(), findings);
  if (!findings.empty() || !document.errors().empty()) return refuse(findings, document);
  const std::lock_guard lock(lane->mutex);
  if (lane->lane == nullptr) return refuse(Refused::unknown_lane, kPutFirst);
  lane->used = clock_.steady();
  said.now = {clock_.now(), lane->used};
  if (lane->lane->record_return(said) != lane::Status::ok) {
    return refuse(Refused::not_recording, lane->lane->error());
  }
  return json_answer(kOk);
}

}  // namespace sidedish::loopback
