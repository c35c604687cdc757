#pragma once
// From the outbox to head office: one attempt, and how long to wait after it. The answer table of
// protocol.md, "Reporting". One thread.
#include "plugin/agent/shared_outbox.hpp"
#include "plugin/net/backoff.hpp"
#include "plugin/net/client.hpp"
#include "rules/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace sidedish::agent {

enum class Action : std::uint8_t {
  acknowledge,  ///< if media type, digest and counts fit; else as back_off
  back_off,     ///< keep everything; full jitter, Retry-After
  bisect,       ///< a smaller batch, until the single bad event is alone and quarantined
  halve,        ///< half as many events; a single one is quarantined
  hold,         ///< keep everything, slow down, raise an alarm
  new_epoch,    ///< from `first` on, if the body names it; else as hold
};

struct AnswerRow {
  int from;
  int to;
  Action action;
};
/// Every status from 200 to 599, first match counts; anything else, and no answer, is back_off.
inline constexpr AnswerRow kAnswers[] = {
    {200, 200, Action::acknowledge},  //
    {201, 399, Action::back_off},     // a portal, a proxy, a mistake: nothing was counted
    {400, 400, Action::bisect},       //
    {408, 408, Action::back_off},     //
    {409, 409, Action::new_epoch},    //
    {413, 413, Action::halve},        //
    {422, 422, Action::bisect},       //
    {425, 425, Action::back_off},     //
    {429, 429, Action::back_off},     //
    {401, 499, Action::hold},         // 401 403 404 405 410 415 and those nobody thought of
    {500, 599, Action::back_off},     //
};
Action action_for(int status) noexcept;

struct ReportResult {
  enum class What : std::uint8_t { idle, progress, failed } what = What::idle;
  int status = 0;  ///< 0: no answer, or nothing was sent
  std::uint64_t sent = 0;
  std::uint64_t accepted = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t rejected = 0;
  std::uint64_t quarantined = 0;
  std::string manifest;  ///< hint: the manifest's ETag now
  std::string trouble;
  std::optional<std::chrono::milliseconds> retry_after;
};

struct ReporterStatus {
  unsigned failures = 0;
  std::uint64_t counted = 0;  ///< acknowledged since start
  int last_status = 0;
  UtcMs last_success = 0;
  std::string alarm;    ///< a hold that needs a person
  std::string trouble;  ///< of the last attempt
};

class Reporter {
 public:
  Reporter(SharedOutbox& outbox, net::Sender& sender, const Clock& clock);

  /// Takes the next batch, sends it, and does what the answer says.
  ReportResult attempt(std::chrono::milliseconds timeout = std::chrono::seconds(30));
  /// How long to wait now. `jitter01` uniform in [0, 1).
  std::chrono::milliseconds next_delay(const ReportResult& result, double jitter01);
  const ReporterStatus& status() const noexcept { return status_; }

 private:
  struct Wire {
    std::string json;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::size_t events = 0;
  };
  Result<Wire> build(const outbox::PendingBatch& batch);
  void acknowledge(const outbox::PendingBatch& batch, const Wire& wire,
                   const net::Response& response, const std::string& digest, ReportResult& result);
  void isolate(const outbox::PendingBatch& batch, const Wire& wire, const std::string& why,
               ReportResult& result);

  SharedOutbox& outbox_;
  net::Sender& sender_;
  const Clock& clock_;
  ReporterStatus status_;
  net::RetryBudget budget_{0.1, 1};
  std::size_t window_ = 0;  ///< while bisecting: so many next events hold the bad one
  std::size_t size_limit_ = format::kMaxEvents;  ///< halved by 413, doubled by success
  std::uint32_t drain_rate_ = 0;
  std::int64_t audit_day_ = 0;
  MonoMs flushed_ = -1'000'000'000;
};

}  // namespace sidedish::agent
