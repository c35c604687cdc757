#include "headoffice/ingest/ingest.hpp"

#include "headoffice/ingest/events.hpp"
#include "headoffice/problems/problems.hpp"
#include "plugin/net/digest.hpp"
#include "plugin/net/gzip.hpp"
#include "rules/format/exchange.hpp"

#include <map>

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kMaxRatio = 200;

net::Response with_findings(int status, std::string_view name, std::string_view detail,
                            const format::WireFindings& findings) {
  std::vector<net::ProblemItem> items;
  items.reserve(findings.size());
  for (const auto& finding : findings) items.push_back({finding.pointer, finding.detail});
  return problem_of(status, name, detail, items);
}

/// "/3/data/arm" of event 3 -> "/data/arm".
std::string_view within_event(std::string_view pointer) {
  const std::size_t next = pointer.find('/', 1);
  return next == std::string_view::npos ? std::string_view() : pointer.substr(next);
}

bool names_the_event(std::string_view pointer) {
  return pointer.empty() || pointer == "/id" || pointer == "/source";
}

std::string joined(const format::WireFindings& findings) {
  std::string out;
  for (std::size_t i = 0; i < findings.size() && i < 5; ++i) {
    if (i > 0) out += "; ";
    out.append(within_event(findings[i].pointer)).append(": ").append(findings[i].detail);
  }
  return out;
}

net::Response conflict(const SourceConflict& conflict) {
  net::Response response =
      problem_of(409, "source-conflict",
                 "this id was counted with other content: ids below it were and stay counted");
  const format::Source source{conflict.store, conflict.terminal,
                              std::stoull(conflict.epoch, nullptr, 16)};
  std::string member = "\"first\":\"" + std::to_string(conflict.first) + "\",\"source\":";
  format::append_json(member, format::to_uri(source));
  add_member(response, member);
  return response;
}

}  // namespace

net::Response Ingest::post(const net::Request& request) {
  if (net::media_type(request.headers) != format::kBatchMediaType) {
    return problem_of(415, "unsupported-media-type",
                      std::string("expected ").append(format::kBatchMediaType));
  }
  const auto sent = request.headers.get("Content-Digest");
  if (!sent) return problem_of(400, "digest-missing", "expected Content-Digest: sha-256=:...:");
  const auto digest = net::parse_content_digest(*sent);
  if (!digest) return problem_of(400, "digest-missing", digest.error().text());
  if (*digest != net::sha256(request.body)) {
    return problem_of(400, "digest-mismatch", "Content-Digest is not that of the bytes that came");
  }
  net::UnpackLimits limits;
  limits.max_size = format::kMaxBatchBytes;
  limits.max_ratio = kMaxRatio;
  const auto json = net::unpacked_body(request, limits);
  if (!json) {
    const int status = json.error().status;
    const std::string_view name = status == 413   ? "too-large"
                                  : status == 415 ? "unsupported-media-type"
                                                  : "malformed-body";
    net::Response answer =
        problem_of(status, name, "expected at most 512 KiB of JSON, plain or gzip");
    if (const auto accepted = json.error().headers.get("Accept-Encoding")) {
      answer.headers.set("Accept-Encoding", *accepted);
    }
    return answer;
  }
  if (json->size() > format::kMaxBatchBytes) {
    return problem_of(413, "too-large", "expected at most 512 KiB of JSON");
  }
  return count(*json, net::content_digest(request.body));
}

net::Response Ingest::count(const std::string& json, std::string_view digest) {
  format::WireFindings findings;
  format::JsonLimits limits;
  limits.bytes = format::kMaxBatchBytes;
  const auto tree = format::parse_wire(json, limits, findings);
  if (!tree) return with_findings(400, "malformed-body", "the JSON cannot be read", findings);
  const format::Json list = tree->root();
  if (!list.is(format::Json::Type::array)) {
    return problem_of(400, "malformed-body", "expected an array of events");
  }
  if (list.size() > format::kMaxEvents) {
    return problem_of(413, "too-large", "expected at most 500 events");
  }
  IncomingBatch batch;
  batch.received_at = clock_.now();
  batch.events.reserve(list.size());
  std::map<std::string, std::string, std::less<>> zones;
  std::optional<Error> failed;
  const ZoneOfStore zone = [&](std::string_view store) {
    auto found = zones.find(store);
    if (found == zones.end()) {
      const auto row = storage_.store(store);
      if (!row && row.error().code() != Errc::not_found) failed = row.error();
      found = zones.emplace(store, row ? row->time_zone : std::string()).first;
    }
    return found->second;
  };
  format::WireFindings unnamed;
  for (const format::Json value : list) {
    format::WireFindings wrong;
    const std::string pointer = value.pointer();
    const format::Event event = format::read_event(value, pointer, wrong);
    if (wrong.empty() && event.sequence > kMaxSequence) {
      wrong.push_back({pointer + "/id", "expected at most 10^15"});
    }
    bool named = true;
    for (const auto& finding : wrong) {
      if (names_the_event(within_event(finding.pointer))) {
        named = false;
        unnamed.push_back(finding);
      }
    }
    if (named) {
      batch.events.push_back(to_incoming(value, event,
                                         wrong.empty() ? std::string() : joined(wrong),
                                         batch.received_at, zone, days_));
    }
  }
  if (!unnamed.empty()) {
    return with_findings(422, "invalid-document",
                         "an event without a readable id or source: nothing was taken", unnamed);
  }
  if (failed) return problem_of(*failed);
  const auto result = storage_.ingest(batch);
  if (!result) return problem_of(result.error());
  if (result->conflict) return conflict(*result->conflict);
  format::ReportAnswer answer;
  answer.digest = digest;
  answer.accepted = result->accepted;
  answer.duplicate = result->duplicate;
  for (const auto& [seq, detail] : result->rejected) answer.rejected.push_back({seq, detail});
  if (!batch.events.empty()) {
    if (const auto manifest = storage_.manifest(batch.events.front().store)) {
      answer.manifest = manifest->etag;
    }
  }
  answer.drain_rate = drain_rate_;
  net::Response response;
  response.headers.set("Content-Type", "application/json");
  response.body = format::write(answer);
  return response;
}

}  // namespace sidedish::headoffice
