// Routes of publications that go out in waves, of going back, and of how terminals are.
#include "headoffice/server/answers.hpp"
#include "headoffice/server/server.hpp"

#include <charconv>

namespace sidedish::headoffice {
namespace {

constexpr MonoMs kLookAgain = 15'000;

/// The stores that this person sees; empty: all.
std::vector<std::string> seen_by(const Actor& by) {
  if (by.role != Role::store_manager) return {};
  return by.stores.empty() ? std::vector<std::string>{""} : by.stores;
}

}  // namespace

void Service::add_fleet_routes() {
  const auto person = [this](const char* method, const char* pattern, Right right, auto handler) {
    door_.person(method, pattern, right, std::move(handler));
  };
  using net::Routed;
  person("GET", "/v1/fleet", Right::read,
         [this](const Routed&, const Actor& by) { return fleet(by); });
  person("GET", "/v1/packs/{pack}/versions", Right::read,
         [this](const Routed& routed, const Actor&) { return versions(routed); });
  person("POST", "/v1/packs/{pack}/rollback", Right::approve,
         [this](const Routed& routed, const Actor& by) { return roll_back(routed, by); });
  person("POST", "/v1/waves/{version}", Right::publish,
         [this](const Routed& routed, const Actor& by) { return order_wave(routed, by); });
  for (const bool pause : {true, false}) {
    person("POST",
           pause ? "/v1/packs/{pack}/rules/{rule}/pause" : "/v1/packs/{pack}/rules/{rule}/resume",
           Right::edit, [this, pause](const Routed& routed, const Actor& by) {
             return pause_rule(routed, by, pause);
           });
  }
}

std::optional<MonoMs> Service::expire_waves() {
  const MonoMs now = parts_.clock.steady();
  if (!waves_news_.exchange(false) && now < waves_next_) return waves_next_;
  const auto moved = waves_.tick();
  if (moved) {
    for (const std::string& store : *moved) wake(store);
  }
  // One that moved may move again at once: the next wave may have nobody to wait for.
  waves_next_ = now + (moved && !moved->empty() ? 1 : kLookAgain);
  return waves_next_;
}

void Service::tell_waves() {
  waves_news_ = true;
  if (told_) told_();
}

net::Response Service::waves(const net::Routed&) {
  auto view = waves_.view();
  return view ? json_answer(std::move(*view)) : problem_of(view.error());
}

net::Response Service::order_wave(const net::Routed& routed, const Actor& by) {
  const std::string& text = routed.param("version");
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size()) {
    return problem_of(404, "not-found", "expected the number of a version");
  }
  std::string why;
  auto what = Waves::Order::advance;
  const auto read = [&](format::WireFields& fields) {
    const std::string_view order = fields.text("order", 16);
    if (order == "halt") {
      what = Waves::Order::halt;
    } else if (order == "resume") {
      what = Waves::Order::resume;
    } else if (order != "advance") {
      fields.add("order", "expected advance, halt or resume");
    }
    why = read_why(fields);
  };
  return with_fields(routed.request, "nothing was changed", read, [&] {
    const auto stores = waves_.order(version, what, by.id, why);
    if (!stores) return problem_of(stores.error());
    for (const std::string& store : *stores) wake(store);
    tell_waves();
    return waves(routed);
  });
}

net::Response Service::roll_back(const net::Routed& routed, const Actor& by) {
  std::uint64_t version = 0;
  RolloutOrder order;
  order.waves = kAllAtOnce;
  order.who = by.id;
  const auto read = [&](format::WireFields& fields) {
    version = static_cast<std::uint64_t>(fields.number("version", 1, INT64_MAX));
    order.why = read_why(fields);
  };
  return with_fields(routed.request, "nothing was published, nothing was changed", read, [&] {
    const auto old = parts_.waves.documents(version);
    if (!old) return problem_of(old.error());
    if (old->pack != routed.param("pack")) {
      return problem_of(404, "not-found", "this version is of the pack " + old->pack);
    }
    order.again = version;
    // Old rules with the products and prices of today: those are nobody's to roll back.
    return published(parts_.publisher.publish(old->rules, "", order));
  });
}

net::Response Service::put_health(const net::Routed& routed) {
  if (!is_json(routed.request)) {
    return problem_of(415, "unsupported-media-type", "expected application/json");
  }
  format::WireFindings findings;
  const auto health = format::read_health(routed.request.body, findings);
  if (!health) {
    std::vector<net::ProblemItem> items;
    for (const auto& finding : findings) items.push_back({finding.pointer, finding.detail});
    return problem_of(422, "invalid-document", "nothing was kept", items);
  }
  const auto kept = fleet_.report(routed.param("store"), routed.param("terminal"), *health);
  if (!kept) return problem_of(kept.error());
  if (!*kept) return problem_of(404, "not-found", "there is no such terminal");
  net::Response response;
  response.status = 204;
  return response;
}

net::Response Service::fleet(const Actor& by) {
  auto view = fleet_.view(seen_by(by));
  return view ? json_answer(std::move(*view)) : problem_of(view.error());
}

net::Response Service::versions(const net::Routed& routed) {
  auto rows = fleet_.versions(routed.param("pack"));
  return rows ? json_answer(std::move(*rows)) : problem_of(rows.error());
}

}  // namespace sidedish::headoffice
