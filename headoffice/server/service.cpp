#include "headoffice/problems/problems.hpp"
#include "headoffice/server/answers.hpp"
#include "headoffice/server/pictures.hpp"
#include "headoffice/server/server.hpp"
#include "plugin/net/digest.hpp"
#include "plugin/net/web_file.hpp"
#include "rules/format/documents.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/model/outcome.hpp"

#include <algorithm>
#include <charconv>

namespace sidedish::headoffice {
namespace {

using format::JsonWriter;

constexpr MonoMs kLongestWait = 60'000;
constexpr std::size_t kMaxName = 200;
/// The wall clock may be set: it is looked at again so often.
constexpr MonoMs kLookAgain = 60'000;
constexpr MonoMs kAfterFailure = 5'000;

net::Response text_answer(std::string body) {
  net::Response response;
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = std::move(body);
  return response;
}

/// Milliseconds of "Prefer: wait=30" (RFC 7240), at most a minute; 0 without.
MonoMs wait_of(const net::Headers& headers) {
  for (std::string_view list : headers.all("Prefer")) {
    const std::size_t at = list.find("wait=");
    if (at == std::string_view::npos || (at > 0 && list[at - 1] != ' ' && list[at - 1] != ','))
      continue;
    std::int64_t seconds = 0;
    const std::string_view digits = list.substr(at + 5);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (error == std::errc() && seconds > 0) return std::min<MonoMs>(kLongestWait, seconds * 1000);
  }
  return 0;
}

/// A file of /manage. Its page runs our own scripts alone, asks this host alone, and stands in no frame.
net::Response manage_file(const net::Request& request, const WebAsset& asset) {
  net::Response response = net::web_file(request, asset);
  response.headers.set("Content-Security-Policy",
                       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
                       "blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                       "frame-ancestors 'none'");
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  return response;
}

/// What its digest names never changes.
net::Response for_ever(std::string_view type, const std::string& etag, std::string bytes) {
  net::Response response;
  response.headers.set("Content-Type", type);
  response.headers.set("ETag", etag);
  response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
  response.body = std::move(bytes);
  return response;
}

void write(JsonWriter& json, const StoreRow& row) {
  json.open('{').key("id").text(row.id).key("name").text(row.name);
  json.key("time_zone").text(row.time_zone).key("terminals").number(std::uint64_t{row.terminals});
  json.key("created_at").text(format::format_time(row.created_at)).close('}');
}

void write(JsonWriter& json, const SourceRow& row) {
  json.open('{').key("epoch").text(row.epoch);
  json.key("high_water").text(std::to_string(row.high_water)).key("missing").number(row.missing);
  json.key("gaps").open('[');
  for (const auto& [first, last] : row.gaps) {
    json.open('{').key("first").text(std::to_string(first));
    json.key("last").text(std::to_string(last)).close('}');
  }
  json.close(']').key("conflicts").number(row.conflicts).key("rejected").number(row.rejected);
  json.key("first_at").text(format::format_time(row.first_at));
  json.key("last_at").text(format::format_time(row.last_at));
  if (!row.audit_day.empty()) {
    json.key("audit").open('{').key("day").text(row.audit_day).key("differences").open('[');
    for (const auto& difference : row.audit_differences) {
      json.open('{').key("type").text(difference.type).key("sent").number(difference.sent);
      json.key("counted").number(difference.counted).close('}');
    }
    json.close(']').key("counters").open('{');
    for (const auto& [name, n] : row.counters) json.member(name).number(n);
    json.close('}').close('}');
  }
  json.close('}');
}

}  // namespace

Service::Service(const ServiceParts& parts)
    : parts_(parts),
      ingest_(parts.storage, parts.days, parts.clock, parts.drain_rate),
      overlays_(parts.storage, parts.overlays, parts.clock),
      waves_(parts.waves, parts.clock),
      fleet_(parts.waves, parts.clock),
      door_(router_, answers_, parts.people, parts.command_token),
      people_routes_(parts.people, parts.changes),
      catalogue_routes_(parts.storage, parts.catalogues, parts.clock, parts.book),
      import_routes_(parts.storage, parts.catalogues, parts.clock),
      book_routes_(
          parts.book, [this](const std::string& store) { wake(store); }, [this] { tell_waves(); }),
      replay_routes_(parts.replays) {
  add("POST", "/v1/outcomes", &Service::outcomes);
  add("GET", "/v1/blobs/sha256/{digest}", &Service::blob);
  add("PUT", "/v1/pictures/{sha256}", &Service::put_picture);
  add("GET", "/v1/pictures/{sha256}", &Service::picture);
  add("POST", "/v1/publish", &Service::publish);
  add("GET", "/v1/stores", &Service::stores);
  add("PUT", "/v1/stores/{store}", &Service::put_store);
  add("GET", "/v1/stores/{store}/terminals", &Service::terminals);
  add("PUT", "/v1/stores/{store}/terminals/{terminal}", &Service::put_terminal);
  add("GET", "/v1/stores/{store}/overlay", &Service::overlay);
  add("POST", "/v1/stores/{store}/overlay/changes", &Service::change_overlay);
  add("POST", "/v1/packs/{pack}/overlay/changes", &Service::change_overlays);
  add("GET", "/v1/waves", &Service::waves);
  add("PUT", "/v1/stores/{store}/terminals/{terminal}/health", &Service::put_health);
  add("GET", "/v1/reports/outcomes", &Service::report);
  add("GET", "/v1/reports/records", &Service::records);
  add("GET", "/healthz", &Service::healthz);
  add("GET", "/readyz", &Service::readyz);
  add("GET", "/metrics", &Service::metrics);
  add("GET", "/openapi.json", &Service::describe);
  add("GET", "/schemas/{name}", &Service::schema);
  router_.add(
      "GET", "/v1/stores/{store}/manifest",
      [this](const net::Routed& routed, const net::Reply& reply) { manifest(routed, reply); });
  people_routes_.add_to(door_);
  catalogue_routes_.add_to(door_);
  import_routes_.add_to(door_);
  book_routes_.add_to(door_);
  replay_routes_.add_to(door_);
  door_.person("GET", "/v1/results", Right::read,
               [this](const net::Routed& routed, const Actor& by) { return results(routed, by); });
  door_.person("GET", "/v1/rules", Right::read,
               [this](const net::Routed&, const Actor&) { return rules(); });
  add_fleet_routes();
  for (const WebAsset& asset : page_assets()) {
    door_.machine("GET", std::string(asset.path).c_str(), [&asset](const net::Routed& routed) {
      return manage_file(routed.request, asset);
    });
  }
}

void Service::add(const char* method, const char* pattern, Plain handler) {
  door_.machine(method, pattern,
                [this, handler](const net::Routed& routed) { return (this->*handler)(routed); });
}

void Service::wake(const std::string& store) {
  for (const std::string& terminal : waiters_.terminals(store)) {
    if (const auto row = waves_.manifest(store, terminal)) {
      waiters_.wake(store, terminal, row->etag, manifest_answer(*row));
    }
  }
}

std::optional<MonoMs> Service::expire() {
  const auto polls = waiters_.expire(parts_.clock.steady());
  std::optional<MonoMs> next = polls;
  for (const auto& one : {expire_overlays(), publish_due(), expire_waves()}) {
    if (one) next = std::min(next.value_or(*one), *one);
  }
  return next;
}

std::optional<MonoMs> Service::publish_due() {
  const MonoMs now = parts_.clock.steady();
  const auto done = parts_.book.run_due();
  if (!done) return now + kAfterFailure;
  for (const std::string& store : *done) wake(store);
  if (!done->empty()) waves_news_ = true;  // it may have begun a rollout
  const auto next = parts_.book.next_due();
  if (!next) return now + kAfterFailure;
  if (!*next) return std::nullopt;
  return now + std::clamp<MonoMs>(**next - parts_.clock.now(), 1, kLookAgain);
}

void Service::handle(net::Request request, net::Reply reply) {
  router_(std::move(request), std::move(reply));
}

net::Response Service::outcomes(const net::Routed& routed) { return ingest_.post(routed.request); }

void Service::manifest(const net::Routed& routed, const net::Reply& reply) {
  const auto send = [&](net::Response response) {
    answers_.count("GET " + routed.pattern, response.status);
    reply.send(std::move(response));
  };
  const std::string& store = routed.param("store");
  Heard heard;
  for (const auto& [name, value] : routed.query) {
    if (name == "terminal") heard.terminal = value;
    if (name == "running") heard.running = value;
    if (name == "refused") heard.refused = value;
    if (name == "why") heard.why = value;
  }
  if (const auto news = waves_.hear(store, heard); news && *news) tell_waves();
  const auto row = waves_.manifest(store, heard.terminal);
  if (!row) {
    return send(row.error().code() == Errc::not_found
                    ? problem_of(404, "no-manifest", row.error().text())
                    : problem_of(row.error()));
  }
  if (!names_tag(routed.request.headers, row->etag)) return send(manifest_answer(*row));
  const MonoMs wait = wait_of(routed.request.headers);
  if (wait == 0) return send(not_modified(row->etag));
  answers_.count("GET " + routed.pattern + " waits", 0);
  waiters_.add(store, heard.terminal, reply, row->etag, parts_.clock.steady() + wait);
  // What was published between the look above and the line before.
  const auto again = waves_.manifest(store, heard.terminal);
  if (again && again->etag != row->etag) {
    waiters_.wake(store, heard.terminal, again->etag, manifest_answer(*again));
  }
  if (told_) told_();
}

net::Response Service::blob(const net::Routed& routed) {
  const std::string& name = routed.param("digest");
  const auto digest = parse_digest(name);
  if (!digest) return problem_of(404, "not-found", "expected 64 hexadecimal digits in lower case");
  const std::string etag = "\"" + name + "\"";
  if (names_tag(routed.request.headers, etag)) return not_modified(etag);
  auto bytes = parts_.storage.blob(*digest);
  if (!bytes) return problem_of(bytes.error());
  return for_ever("application/octet-stream", etag, std::move(*bytes));
}

net::Response Service::put_picture(const net::Routed& routed) {
  return save_picture(parts_.storage, parts_.clock, routed);
}

net::Response Service::picture(const net::Routed& routed) {
  const std::string& name = routed.param("sha256");
  const auto digest = parse_digest(name);
  if (!digest) return problem_of(404, "not-found", "expected 64 hexadecimal digits in lower case");
  const std::string etag = "\"" + name + "\"";
  if (names_tag(routed.request.headers, etag)) return not_modified(etag);
  auto picture = parts_.storage.picture(*digest);
  if (!picture) return problem_of(picture.error());
  return for_ever(picture->type, etag, std::move(picture->bytes));
}

net::Response Service::publish(const net::Routed& routed) {
  if (!is_json(routed.request)) {
    return problem_of(415, "unsupported-media-type", "expected application/json");
  }
  const auto body = split_publish_body(routed.request.body);
  if (!body) return problem_of(400, "malformed-body", body.error().text());
  std::vector<model::Finding> errors;
  std::optional<RolloutOrder> rollout;
  if (!body->rollout.empty()) rollout = read_rollout_order(body->rollout, "/rollout", errors);
  if (!errors.empty()) {
    return problem_of(422, "invalid-document", "nothing was published, nothing was changed",
                      items_of(errors));
  }
  return published(parts_.publisher.publish(body->rules, body->catalogue, rollout));
}

net::Response Service::published(const Result<PublishOutcome>& outcome) {
  if (!outcome) return problem_of(outcome.error());
  if (!outcome->published) {
    return problem_of(422, "invalid-document", "nothing was published, nothing was changed",
                      items_of(outcome->errors));
  }
  const Published& done = *outcome->published;
  for (const std::string& store : done.stores) wake(store);
  tell_waves();  // a wave may have nothing to wait for
  JsonWriter json;
  json.open('{').key("version").number(done.version).key("image").open('{');
  json.key("sha256").text(done.image_sha256).key("size").number(std::uint64_t{done.image_size});
  json.close('}').key("stores").open('[');
  for (const std::string& store : done.stores) json.text(store);
  json.close(']').key("warnings").open('[');
  for (const auto& item : items_of(done.warnings)) {
    json.open('{').key("pointer").text(item.pointer).key("detail").text(item.detail).close('}');
  }
  json.close(']').close('}');
  return json_answer(json.take(), 201);
}

net::Response Service::put_store(const net::Routed& routed) {
  if (!is_json(routed.request)) {
    return problem_of(415, "unsupported-media-type", "expected application/json");
  }
  format::WireFindings findings;
  StoreRow store;
  store.id = routed.param("store");
  store.created_at = parts_.clock.now();
  if (const auto tree = format::parse_wire(routed.request.body, {}, findings)) {
    format::WireFields fields(tree->root(), "", findings);
    store.name = fields.text("name", kMaxName);
    store.time_zone = fields.text("time_zone", 64);
    fields.finish();
    if (findings.empty()) {
      if (const auto zone = parts_.days.check(store.time_zone); !zone) {
        findings.push_back({"/time_zone", std::string(zone.error().text())});
      }
    }
  }
  if (store.id.size() > model::kMaxIdBytes) {
    findings.push_back({"", "expected a store id of at most 64 bytes"});
  }
  if (!findings.empty()) {
    std::vector<net::ProblemItem> items;
    for (const auto& finding : findings) items.push_back({finding.pointer, finding.detail});
    return problem_of(422, "invalid-document", "the store was not saved", items);
  }
  const auto created = parts_.storage.put_store(store);
  if (!created) return problem_of(created.error());
  const auto saved = parts_.storage.store(store.id);
  if (!saved) return problem_of(saved.error());
  JsonWriter json;
  write(json, *saved);
  return json_answer(json.take(), *created ? 201 : 200);
}

net::Response Service::stores(const net::Routed&) {
  const auto rows = parts_.storage.stores();
  if (!rows) return problem_of(rows.error());
  JsonWriter json;
  json.open('{').key("stores").open('[');
  for (const StoreRow& row : *rows) write(json, row);
  json.close(']').close('}');
  return json_answer(json.take());
}

net::Response Service::put_terminal(const net::Routed& routed) {
  const std::string& terminal = routed.param("terminal");
  if (terminal.size() > model::kMaxIdBytes) {
    return problem_of(422, "invalid-document", "expected a terminal id of at most 64 bytes");
  }
  const auto created =
      parts_.storage.put_terminal(routed.param("store"), terminal, parts_.clock.now());
  if (!created) return problem_of(created.error());
  JsonWriter json;
  json.open('{').key("store").text(routed.param("store")).key("id").text(terminal).close('}');
  return json_answer(json.take(), *created ? 201 : 200);
}

net::Response Service::terminals(const net::Routed& routed) {
  const auto rows = parts_.storage.terminals(routed.param("store"));
  if (!rows) return problem_of(rows.error());
  JsonWriter json;
  json.open('{').key("store").text(routed.param("store")).key("terminals").open('[');
  for (const TerminalRow& row : *rows) {
    json.open('{').key("id").text(row.id);
    json.key("created_at").text(format::format_time(row.created_at));
    if (row.last_at != 0) json.key("last_seen").text(format::format_time(row.last_at));
    json.key("sources").open('[');
    for (const SourceRow& source : row.sources) write(json, source);
    json.close(']').close('}');
  }
  json.close(']').close('}');
  return json_answer(json.take());
}

net::Response Service::healthz(const net::Routed&) { return json_answer("{\"status\":\"up\"}"); }

net::Response Service::readyz(const net::Routed&) {
  if (const auto ready = parts_.storage.check(); !ready) return problem_of(ready.error());
  return json_answer("{\"status\":\"ready\"}");
}

net::Response Service::metrics(const net::Routed&) {
  const auto counters = parts_.storage.counters();
  if (!counters) return problem_of(counters.error());
  const auto complete = parts_.storage.completeness({});
  if (!complete) return problem_of(complete.error());
  const net::ServerStats http = stats_ ? stats_() : net::ServerStats{};
  return text_answer(metrics_text({http, answers_, *counters, *complete, waiters_.waiting()}));
}

net::Response Service::describe(const net::Routed&) {
  return json_answer(std::string(openapi().front().text));
}

net::Response Service::schema(const net::Routed& routed) {
  for (const Asset& asset : format::schemas()) {
    if (asset.name != routed.param("name")) continue;
    net::Response response = json_answer(std::string(asset.text));
    response.headers.set("Content-Type", "application/schema+json");
    return response;
  }
  return problem_of(404, "not-found", "there is no such schema");
}

}  // namespace sidedish::headoffice
