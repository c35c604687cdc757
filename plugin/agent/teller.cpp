#include "plugin/agent/teller.hpp"

#include "plugin/net/percent.hpp"

namespace sidedish::agent {

format::Health health_of(const AgentStatus& status, std::string_view version) {
  format::Health out;
  out.time = status.now;
  out.agent = version;
  out.pending = status.outbox.pending;
  out.quarantined = status.outbox.quarantined;
  out.pictures_wanted = status.pictures.wanted;
  out.pictures_present = status.pictures.present;
  out.lanes = status.live;
  const auto alarm = [&](bool raised, const char* code, std::string_view detail) {
    if (raised) out.alarms.push_back({code, std::string(detail)});
  };
  const auto told = [&](const char* code, const std::string& trouble) {
    alarm(!trouble.empty(), code, trouble);
  };
  alarm(status.outbox.disk_full, "disk_full", "outcomes wait in the rings");
  alarm(status.outbox.degraded, "outbox_degraded", "outcomes wait in the rings");
  told("draining", status.drain_trouble);
  told("reporting", status.report.alarm);
  alarm(status.image.sha256.empty(), "no_rules", "nothing is suggested");
  told("rules", status.image.trouble);
  told("overlay", status.overlay.trouble);
  told("pictures", status.pictures.trouble);
  alarm(status.now < format::kYear2000, "clock_unset", "it stands before the year 2000");
  return out;
}

Teller::Teller(net::Sender& sender, const Clock& clock, std::string_view store,
               std::string_view terminal)
    : sender_(sender),
      clock_(clock),
      target_("/v1/stores/" + net::percent_encoded(store) + "/terminals/" +
              net::percent_encoded(terminal) + "/health") {}

bool Teller::resting() const noexcept { return last_ && clock_.steady() - *last_ < kAtMost; }

bool Teller::due(const format::Health& health) const {
  if (!last_ || clock_.steady() - *last_ >= kEvery) return true;
  // What only counts up and down with every sale is no news.
  return !resting() && told_ &&
         (told_->alarms != health.alarms || told_->quarantined != health.quarantined ||
          told_->pictures_wanted != health.pictures_wanted ||
          told_->pictures_present != health.pictures_present);
}

bool Teller::attempt(const format::Health& health, std::chrono::milliseconds timeout) {
  last_ = clock_.steady();
  net::Request request;
  request.method = "PUT";
  request.target = target_;
  request.headers.set("Content-Type", "application/json");
  request.body = format::write(health);
  const auto response = sender_.send(request, timeout, net::Repeat::idempotent);
  if (!response) sender_.hang_up();
  if (!response || response->status != 204) {
    told_.reset();
    return false;
  }
  told_ = health;
  return true;
}

}  // namespace sidedish::agent
