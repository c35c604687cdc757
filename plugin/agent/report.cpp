#include "plugin/agent/report.hpp"

#include "plugin/net/digest.hpp"
#include "plugin/net/gzip.hpp"
#include "rules/format/exchange.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <variant>

namespace sidedish::agent {
namespace {

constexpr std::chrono::milliseconds kHold{30'000};
constexpr MonoMs kFlushEvery = 60'000;

std::string why_of(const net::Response& response) {
  return "head office answered " + std::to_string(response.status) + ": " +
         response.body.substr(0, 300);
}

}  // namespace

Action action_for(int status) noexcept {
  for (const AnswerRow& row : kAnswers) {
    if (status >= row.from && status <= row.to) return row.action;
  }
  return Action::back_off;
}

Reporter::Reporter(SharedOutbox& outbox, net::Sender& sender, const Clock& clock)
    : outbox_(outbox), sender_(sender), clock_(clock) {
  // An earlier day's, when the terminal was off at midnight.
  const std::int64_t today = clock.now() / 86'400'000;
  audit_day_ = outbox.with([&](auto& box) { return box.audit_day(today); }).value_or(today);
}

Result<Reporter::Wire> Reporter::build(const outbox::PendingBatch& batch) {
  format::BatchWriter writer;
  Wire wire;
  wire.from = batch.events.front().sequence;
  std::array<model::OutcomeLine, model::kLinesPerPart> lines;
  std::string event;
  for (const outbox::Pending& pending : batch.events) {
    event.clear();
    if (const auto* bytes = std::get_if<std::vector<std::byte>>(&pending.body)) {
      const auto outcome = model::decode(*bytes, lines);
      if (!outcome) {
        if (wire.events > 0) break;  // first what is before it
        return fail(Errc::corrupt, "an outcome in the outbox cannot be read",
                    outcome.error().text());
      }
      format::append_event(event, batch.source, pending.sequence, *outcome);
    } else if (const auto* tally = std::get_if<format::Tally>(&pending.body)) {
      format::append_event(event, batch.source, pending.sequence, pending.at, *tally);
    } else if (const auto* stone = std::get_if<format::Tombstone>(&pending.body)) {
      format::append_event(event, batch.source, pending.sequence, pending.at, *stone);
    } else {
      format::append_event(event, batch.source, pending.sequence, pending.at,
                           std::get<format::Audit>(pending.body));
    }
    if (!writer.add(event)) {
      if (wire.events > 0) break;
      return fail(Errc::limit, "an event is larger than a batch may be");
    }
    ++wire.events;
    wire.to = pending.sequence;
  }
  wire.json = writer.take();
  return wire;
}

ReportResult Reporter::attempt(std::chrono::milliseconds timeout) {
  ReportResult result;
  const auto give_up = [&](std::string_view trouble) {
    result.what = ReportResult::What::failed;
    result.trouble = trouble;
    status_.trouble = trouble;
    ++status_.failures;
    sender_.hang_up();
    return result;
  };
  if (clock_.steady() - flushed_ >= kFlushEvery) {
    flushed_ = clock_.steady();
    const auto flushed = outbox_.with([](auto& box) { return box.flush_tallies(); });
    if (!flushed) return give_up(flushed.error().text());
  }
  const std::int64_t day = clock_.now() / 86'400'000;
  if (day != audit_day_) {
    audit_day_ = outbox_.with([&](auto& box) -> std::int64_t {
      static_cast<void>(box.append_audits(audit_day_, day));
      return box.audit_day(day).value_or(audit_day_);
    });
  }
  std::size_t most = std::min(size_limit_, format::kMaxEvents);
  if (window_ > 0) most = std::min(most, (window_ + 1) / 2);
  const auto batch = outbox_.with([&](auto& box) { return box.next(most); });
  if (!batch) return give_up(batch.error().text());
  if (batch->events.empty()) {
    window_ = 0;
    return result;
  }
  const auto wire = build(*batch);
  if (!wire) {
    const auto set_aside = outbox_.with([&](auto& box) {
      return box.quarantine(batch->source, batch->events.front().sequence, wire.error().text());
    });
    if (!set_aside) return give_up(set_aside.error().text());
    result.what = ReportResult::What::progress;
    result.quarantined = 1;
    return result;
  }
  net::Request request;
  request.method = "POST";
  request.target = "/v1/outcomes";
  request.body = net::gzip(wire->json);
  const std::string digest = net::content_digest(request.body);
  request.headers.set("Content-Type", format::kBatchMediaType)
      .set("Content-Encoding", "gzip")
      .set("Content-Digest", digest)
      .set("Accept", "application/json");
  result.sent = wire->events;
  budget_.request();
  // Head office drops repeats by id: the same bytes may safely go twice.
  const auto response = sender_.send(request, timeout, net::Repeat::idempotent);
  if (!response) return give_up(response.error().text());
  result.status = status_.last_status = response->status;
  if (const auto after = response->headers.get("Retry-After")) {
    if (const auto wait = net::parse_retry_after(*after, clock_.now())) result.retry_after = *wait;
  }
  switch (action_for(response->status)) {
    case Action::acknowledge:
      acknowledge(*batch, *wire, *response, digest, result);
      break;
    case Action::bisect:
    case Action::halve:
      isolate(*batch, *wire, why_of(*response), result);
      break;
    case Action::new_epoch:
      if (const auto first = format::read_source_conflict(response->body)) {
        const auto moved =
            outbox_.with([&](auto& box) { return box.conflict(batch->source, *first); });
        if (!moved) return give_up(moved.error().text());
        window_ = 0;
        result.what = ReportResult::What::progress;
        break;
      }
      [[fallthrough]];
    case Action::hold:
      status_.alarm = why_of(*response);
      return give_up(status_.alarm);
    case Action::back_off:
      return give_up(why_of(*response));
  }
  if (result.what == ReportResult::What::failed) return give_up(result.trouble);
  status_.failures = 0;
  status_.trouble.clear();
  return result;
}

void Reporter::acknowledge(const outbox::PendingBatch& batch, const Wire& wire,
                           const net::Response& response, const std::string& digest,
                           ReportResult& result) {
  const auto refuse = [&](std::string_view why) {
    result.what = ReportResult::What::failed;
    result.trouble = "a 200 that is no acknowledgement: " + std::string(why);
  };
  if (net::media_type(response.headers) != "application/json") return refuse("media type");
  format::WireFindings findings;
  const auto answer = format::read_report_answer(response.body, findings);
  if (!answer) return refuse(findings.empty() ? "unreadable" : findings.front().detail);
  if (answer->digest != digest) return refuse("the digest is not that of what was sent");
  std::map<std::uint64_t, std::string> rejected;
  for (const format::Rejected& entry : answer->rejected) rejected[entry.id] = entry.detail;
  const bool inside = std::all_of(rejected.begin(), rejected.end(), [&](const auto& entry) {
    return std::any_of(batch.events.begin(),
                       batch.events.begin() + static_cast<std::ptrdiff_t>(wire.events),
                       [&](const auto& event) { return event.sequence == entry.first; });
  });
  if (!inside || rejected.size() != answer->rejected.size()) return refuse("rejected ids");
  if (answer->accepted > wire.events || answer->duplicate > wire.events ||
      answer->accepted + answer->duplicate + rejected.size() != wire.events) {
    return refuse("the counts are not those of what was sent");
  }
  const auto done = outbox_.with(
      [&](auto& box) { return box.acknowledge(batch.source, wire.from, wire.to, rejected); });
  if (!done) {
    // Counted there, still here: it goes again and is dropped by id.
    result.what = ReportResult::What::failed;
    result.trouble = done.error().text();
    return;
  }
  result.what = ReportResult::What::progress;
  result.accepted = answer->accepted;
  result.duplicate = answer->duplicate;
  result.rejected = rejected.size();
  result.manifest = answer->manifest;
  drain_rate_ = answer->drain_rate;
  status_.counted += wire.events;
  status_.last_success = clock_.now();
  status_.alarm.clear();
  window_ -= std::min(window_, wire.events);
  size_limit_ = std::min(format::kMaxEvents, size_limit_ * 2);
}

void Reporter::isolate(const outbox::PendingBatch& batch, const Wire& wire, const std::string& why,
                       ReportResult& result) {
  result.what = ReportResult::What::progress;
  if (wire.events > 1) {
    if (action_for(result.status) == Action::halve) {
      size_limit_ = (wire.events + 1) / 2;
    } else {
      window_ = wire.events;
    }
    return;
  }
  const auto aside =
      outbox_.with([&](auto& box) { return box.quarantine(batch.source, wire.from, why); });
  if (!aside) {
    result.what = ReportResult::What::failed;
    result.trouble = aside.error().text();
    return;
  }
  result.quarantined = 1;
  window_ = 0;
}

std::chrono::milliseconds Reporter::next_delay(const ReportResult& result, double jitter01) {
  using std::chrono::milliseconds;
  switch (result.what) {
    case ReportResult::What::idle:
      return milliseconds(500);
    case ReportResult::What::progress:
      if (drain_rate_ == 0 || result.sent == 0) return milliseconds(0);
      return milliseconds(static_cast<std::int64_t>(result.sent * 1000 / drain_rate_));
    case ReportResult::What::failed:
      break;
  }
  // A short outage is over after a few tries; in a long one, over the budget, the waits grow
  // faster.
  const bool over = status_.failures > 4 && !budget_.retry();
  const unsigned failures = status_.failures + (over ? 3U : 0U);
  const milliseconds wait = net::next_delay({}, failures, jitter01, result.retry_after);
  return result.status != 0 && action_for(result.status) == Action::hold ? std::max(wait, kHold)
                                                                         : wait;
}

}  // namespace sidedish::agent
