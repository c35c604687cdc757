// Routes of what stands in stores: paused, recalled, repriced, out of stock.
#include "headoffice/server/answers.hpp"
#include "headoffice/server/server.hpp"

#include <algorithm>

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kMaxKey = 64;
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
  OverlayOutcome outcome{{}, std::move(read.errors)};
  if (outcome.errors.empty()) {
    OverlayRequest& request = *read.request;
    if (pack_wide) request.pack = routed.param("pack");
    if (!pack_wide) request.stores = {routed.param("store")};
    auto changed = overlays_.change(request);
    if (!changed) return problem_of(changed.error());
    outcome = std::move(*changed);
  }
  if (!outcome.errors.empty()) {
    return problem_of(422, "invalid-document", "nothing was changed", items_of(outcome.errors));
  }
  for (const OverlayChanged& one : outcome.stores) {
    if (one.changes > 0) wake(one.store);
  }
  if (told_) told_();  // what was changed may end sooner than anything before
  return json_answer(write_overlay_outcome(outcome));
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
