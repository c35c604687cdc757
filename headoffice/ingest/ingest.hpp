#pragma once
// POST /v1/outcomes: from the bytes of a request to its answer.
#include "headoffice/days/business_days.hpp"
#include "headoffice/store/storage.hpp"
#include "plugin/net/http.hpp"
#include "rules/base/clock.hpp"

namespace sidedish::headoffice {

/// Thread-safe. The referred objects outlive it.
class Ingest {
 public:
  Ingest(Storage& storage, BusinessDays& days, const Clock& clock, std::uint32_t drain_rate)
      : storage_(storage), days_(days), clock_(clock), drain_rate_(drain_rate) {}

  /// The answers of OUTCOMES.md. 200 is given after the commit reached the disk. An event that can
  /// be named but not taken is rejected alone; one without a readable id or source fails the batch
  /// (422). Cost: one transaction.
  net::Response post(const net::Request& request);

 private:
  net::Response count(const std::string& json, std::string_view digest);

  Storage& storage_;
  BusinessDays& days_;
  const Clock& clock_;
  std::uint32_t drain_rate_;
};

}  // namespace sidedish::headoffice
