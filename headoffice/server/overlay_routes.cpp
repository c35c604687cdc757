// Routes of what stands in stores: paused, recalled, repriced, out of stock.
#include "headoffice/server/answers.hpp"
#include "headoffice/server/server.hpp"

#include <algorithm>
#include <iterator>

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kMaxKey = 64;
constexpr std::size_t kMostStores = 10'000;
/// The wall clock may be set: it is looked at again so often.
constexpr MonoMs kLookAgain = 60'000;
constexpr MonoMs kAfterFailure = 5'000;

}  // namespace

net::Response Service::overlay(const net::Routed& routed) {
  auto view = overlays_.view(routed.param("store"));
  if (!view) return problem_of(view.error());
  return json_answer(std::move(*view));
}

net::Response Service::change_overlay(const net::Routed& routed) { return change(routed, false); }
net::Response Service::change_overlays(const net::Routed& routed) { return change(routed, true); }

net::Response Service::change(const net::Routed& routed, bool pack_wide) {
  if (!is_json(routed.request)) {
    return problem_of(415, "unsupported-media-type", "expected application/json");
  }
  OverlayRequestRead read = read_overlay_request(routed.request.body, pack_wide);
  if (const auto key = routed.request.headers.get("Idempotency-Key"); key && read.request) {
    if (key->empty() || key->size() > kMaxKey) {
      read.errors.push_back({"", "", "Idempotency-Key: expected 1 to 64 characters"});
    }
    read.request->key = *key;
    read.request->content = routed.request.target + "\n" + read.request->content;
  }
  if (!read.errors.empty()) return changed(OverlayOutcome{{}, std::move(read.errors)});
  OverlayRequest& request = *read.request;
  if (pack_wide) request.pack = routed.param("pack");
  if (!pack_wide) request.stores = {routed.param("store")};
  return changed(overlays_.change(request));
}

net::Response Service::changed(const Result<OverlayOutcome>& outcome) {
  if (!outcome) return problem_of(outcome.error());
  if (!outcome->errors.empty()) {
    return problem_of(422, "invalid-document", "nothing was changed", items_of(outcome->errors));
  }
  for (const OverlayChanged& one : outcome->stores) {
    if (one.changes > 0) wake(one.store);
  }
  if (told_) told_();  // what was changed may end sooner than anything before
  return json_answer(write_overlay_outcome(*outcome));
}

net::Response Service::pause_rule(const net::Routed& routed, const Actor& by, bool pause) {
  OverlayRequest request;
  request.who = by.id;
  request.pack = routed.param("pack");
  OverlayChange& change = request.changes.emplace_back();
  change.set = pause;
  change.subject = routed.param("rule");
  const auto read = [&](format::WireFields& fields) {
    request.why = read_why(fields);
    if (!fields.has("stores")) return;
    for (const format::Json store : fields.array("stores", kMostStores)) {
      request.stores.emplace_back(store.text());
      if (request.stores.back().empty()) fields.add("stores", "expected store ids");
    }
    if (request.stores.empty()) fields.add("stores", "expected a store, or no such member for all");
  };
  return with_fields(routed.request, "nothing was changed", read, [&] {
    if (request.stores.empty() && by.role == Role::store_manager) {
      const auto all = parts_.overlays.stores_of_pack(request.pack);
      if (!all) return problem_of(all.error());
      std::copy_if(all->begin(), all->end(), std::back_inserter(request.stores),
                   [&](const std::string& store) {
                     return by.may(Right::edit, {&store, 1});
                   });
      if (request.stores.empty()) {
        return problem_of(403, "not-allowed", "none of your stores has this pack");
      }
    }
    if (!request.stores.empty() && !by.may(Right::edit, request.stores)) {
      return problem_of(403, "not-allowed", "not all of these stores are yours");
    }
    const auto outcome = overlays_.change(request);
    if (!outcome || outcome->errors.empty()) return changed(outcome);
    const model::Finding& wrong = outcome->errors.front();
    if (wrong.pointer == "/changes/0/subject") return problem_of(404, "not-found", wrong.message);
    const net::ProblemItem item{"/stores", wrong.message};
    return problem_of(422, "invalid-document", "nothing was changed", {&item, 1});
  });
}

std::optional<MonoMs> Service::expire_overlays() {
  const MonoMs now = parts_.clock.steady();
  const auto ended = overlays_.expire();
  if (!ended) return now + kAfterFailure;
  for (const std::string& store : *ended) wake(store);
  const auto next = parts_.overlays.next_overlay_end();
  if (!next) return now + kAfterFailure;
  if (!*next) return std::nullopt;
  return now + std::clamp<MonoMs>(**next - parts_.clock.now(), 1, kLookAgain);
}

}  // namespace sidedish::headoffice
