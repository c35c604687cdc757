// Routes of publications that go out in waves, and of going back.
#include "headoffice/server/answers.hpp"
#include "headoffice/server/server.hpp"

#include <charconv>

namespace sidedish::headoffice {
namespace {

constexpr MonoMs kLookAgain = 15'000;
constexpr std::size_t kMostText = 200;

/// Who wants it, and why: both must be there.
void read_reason(format::WireFields& fields, std::string& who, std::string& why) {
  who = fields.text("who", kMostText);
  why = fields.text("why", kMostText);
  if (who.empty()) fields.add("who", "expected who wants it");
  if (why.empty()) fields.add("why", "expected a reason");
}

}  // namespace

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

net::Response Service::order_wave(const net::Routed& routed) {
  const std::string& text = routed.param("version");
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size()) {
    return problem_of(404, "not-found", "expected the number of a version");
  }
  std::string who, why;
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
    read_reason(fields, who, why);
  };
  return with_fields(routed.request, "nothing was changed", read, [&] {
    const auto stores = waves_.order(version, what, who, why);
    if (!stores) return problem_of(stores.error());
    for (const std::string& store : *stores) wake(store);
    tell_waves();
    return waves(routed);
  });
}

net::Response Service::roll_back(const net::Routed& routed) {
  std::uint64_t version = 0;
  RolloutOrder order;
  order.waves = kAllAtOnce;
  const auto read = [&](format::WireFields& fields) {
    version = static_cast<std::uint64_t>(fields.number("version", 1, INT64_MAX));
    read_reason(fields, order.who, order.why);
  };
  return with_fields(routed.request, "nothing was published, nothing was changed", read, [&] {
    const auto old = parts_.waves.documents(version);
    if (!old) return problem_of(old.error());
    if (old->pack != routed.param("pack")) {
      return problem_of(404, "not-found", "this version is of the pack " + old->pack);
    }
    return published(parts_.publisher.publish(old->rules, old->catalogue, order));
  });
}

}  // namespace sidedish::headoffice
