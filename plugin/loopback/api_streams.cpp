// What pages hear of a lane.
#include "plugin/loopback/api.hpp"
#include "plugin/loopback/writing.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/wire_words.hpp"

namespace sidedish::loopback {

using format::JsonWriter;

net::Response Api::listen(net::Routed& routed) {
  const std::string& name = routed.param("lane");
  if (!is_lane_name(name)) return refuse(Refused::unknown_lane, "no lane has such a name");
  net::Response response;
  response.headers.set("Content-Type", "text/event-stream").set("Cache-Control", "no-store");
  response.headers.set("X-Content-Type-Options", "nosniff");
  if (routed.request.method == "HEAD") return response;
  const auto last_id = routed.request.headers.get("Last-Event-ID").value_or("");
  const auto lane = lanes_.find(name);
  std::unique_lock<std::mutex> lock;
  if (lane) lock = std::unique_lock(lane->mutex);
  const bool open = lane && lane->lane != nullptr;
  response.stream =
      streams_.join(name, last_id, [&] { return now_of(open ? lane.get() : nullptr); });
  if (!response.stream) {
    return refuse(Refused::limit, "8 streams are open for this lane, or 64 in all");
  }
  if (lock) lock.unlock();
  // Opened while we were at it: what was told then came too early for this one.
  if (!open) {
    if (const auto now = lanes_.find(name)) {
      const std::lock_guard again(now->mutex);
      now->state.clear();
      tell_state(*now);
    }
  }
  return response;
}

std::string Api::state_of(const WebLane* lane) const {
  const bool open = lane != nullptr && lane->lane != nullptr;
  JsonWriter json;
  json.open('{').key("open").boolean(open).key("online").boolean(online_);
  json.key("recording").boolean(open && lane->lane->ring().is_open());
  return json.key("rush").boolean(open && lane->rush).close('}').take();
}

std::string Api::prompts_of(const WebLane& lane) {
  JsonWriter json;
  json.open('{').key("basket").text(lane.basket).key("seq").number(lane.seq);
  return json.key("prompts").raw(lane.standing()).close('}').take();
}

Names Api::names_for(const WebLane& lane, std::string_view language) const {
  return {*lane.rules, config_.lanes.store, language, lane.barcodes, config_.has_picture};
}

/// Empty: there is none.
std::string Api::kept_basket(WebLane& lane) const {
  if (lane.snapshot.empty()) return {};
  const auto document = format::JsonDocument::parse(lane.snapshot);
  Findings ignored;  // it was taken
  SnapshotRequest said;
  read_snapshot(document.root(), lane.channel, lane.lane->line_room(), said, ignored);
  const Names names = names_for(lane, said.snapshot.language);
  return write_basket(document.root(), said, lane.lane->in_tender(lane.basket), names);
}

std::vector<Happening> Api::now_of(WebLane* lane) const {
  std::vector<Happening> out;
  out.push_back({Topic::state, state_of(lane)});
  if (lane == nullptr) return out;
  lane->state = out.back().json;
  if (std::string basket = kept_basket(*lane); !basket.empty()) {
    out.push_back({Topic::basket, std::move(basket)});
  }
  out.push_back({Topic::prompts, prompts_of(*lane), lane->answered});
  return out;
}

void Api::tell_state(WebLane& lane) {
  std::string now = state_of(&lane);
  if (now == lane.state) return;
  lane.state = now;
  streams_.tell(lane.name, {Topic::state, std::move(now)});
}

void Api::tell_prompts(const WebLane& lane) {
  streams_.tell(lane.name, {Topic::prompts, prompts_of(lane), lane.answered});
}

void Api::take_prompts(WebLane& lane, const SnapshotRequest& said,
                       std::span<const lane::Offered> offered) {
  const lane::Snapshot& snapshot = said.snapshot;
  lane.basket = snapshot.basket;
  lane.seq = snapshot.seq;
  lane.prompts.clear();
  if (offered.empty()) return;
  const Names names = names_for(lane, snapshot.language);
  const About about{snapshot.basket, {snapshot.currency, 3}, said.exponent, snapshot.channel};
  for (const lane::Offered& offer : offered) {
    lane::OfferedPart parts[engine::kMaxParts];
    std::uint32_t count = 0;
    if (offer.kind == Kind::bundle || offer.kind == Kind::upsell) {
      (void)lane.lane->parts(offer.id, parts, count);
    }
    const std::span<const lane::OfferedPart> all(parts, count);
    const Why why = names.why(offer, all, snapshot);
    lane.prompts.emplace_back(offer.id, write_prompt(offer, all, about, why, names));
  }
}

void Api::tell_basket(WebLane& lane, const format::Json& body, const SnapshotRequest& said) {
  lane.rush = lane.lane->in_rush();
  if (!streams_.listening(lane.name)) return streams_.skip(lane.name);
  tell_state(lane);
  const Names names = names_for(lane, said.snapshot.language);
  streams_.tell(lane.name, {Topic::basket,
                            write_basket(body, said, lane.lane->in_tender(lane.basket), names)});
  tell_prompts(lane);
}

void Api::heard(WebLane& lane, const lane::Event& event) {
  const auto is = [&](BasketEvent type) { return event.type == type; };
  const bool ours = event.basket == lane.basket;
  const bool over = is(BasketEvent::completed) || is(BasketEvent::parked) ||
                    is(BasketEvent::voided) || is(BasketEvent::replaced_by);
  // Payment and the end take what stands off the till; only a snapshot brings it back.
  if (is(BasketEvent::resumed) || (ours && (over || is(BasketEvent::tender_started)))) {
    lane.prompts.clear();
  }
  if (ours && (over || is(BasketEvent::resumed))) lane.snapshot.clear();
  if (!streams_.listening(lane.name)) return streams_.skip(lane.name);
  if (over) {
    JsonWriter json;
    json.open('{').key("basket").text(event.basket).key("end");
    json.text(is(BasketEvent::completed) ? "completed"
              : is(BasketEvent::parked)  ? "parked"
              : is(BasketEvent::voided)  ? "voided"
                                         : "replaced");
    streams_.tell(lane.name, {Topic::closed, json.close('}').take()});
  } else if (ours) {
    if (std::string basket = kept_basket(lane); !basket.empty()) {
      streams_.tell(lane.name, {Topic::basket, std::move(basket)});
    }
  }
  tell_prompts(lane);
}

void Api::heard(WebLane& lane, const lane::Answering& answer) {
  const bool stood =
      std::erase_if(lane.prompts, [&](const auto& prompt) {
        return prompt.first == answer.prompt &&
               (answer.what == OutcomeKind::accepted || answer.what == OutcomeKind::declined);
      }) > 0;
  if (!streams_.listening(lane.name)) return streams_.skip(lane.name);
  JsonWriter json;
  json.open('{').key("basket").text(lane.basket).key("prompt").text(prompt_id(answer.prompt));
  json.key("outcome").text(outcome_word(answer.what)).key("by").text(format::name_of(answer.by));
  streams_.tell(lane.name, {Topic::answered, json.close('}').take()});
  if (stood) tell_prompts(lane);
}

void Api::tick(bool online) {
  online_ = online;
  for (const auto& lane : lanes_.all()) {
    const std::lock_guard lock(lane->mutex);
    if (lane->lane == nullptr || !streams_.listening(lane->name)) continue;
    lane->used = clock_.steady();  // a page is open: the till is only quiet
    tell_state(*lane);
  }
  lanes_.tick();
  streams_.tick();
}

void Api::stop() {
  streams_.finish_all();
  lanes_.close_all();
}

}  // namespace sidedish::loopback
