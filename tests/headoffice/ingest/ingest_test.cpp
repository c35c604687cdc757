#include "headoffice/ingest/ingest.hpp"

#include "headoffice/store/sqlite_storage.hpp"
#include "plugin/net/digest.hpp"
#include "plugin/net/gzip.hpp"
#include "rules/format/exchange.hpp"
#include "rules/format/outcomes.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <filesystem>

using namespace sidedish;
using namespace sidedish::headoffice;

namespace {

constexpr UtcMs kNoon = 1'795'262'400'000;  // 2026-11-21T12:00:00Z

struct StoppedClock final : Clock {
  UtcMs now() const noexcept override { return kNoon; }
  MonoMs steady() const noexcept override { return 0; }
};

struct Office {
  std::filesystem::path folder;
  StoppedClock clock;
  BusinessDays days{zone_files("/usr/share/zoneinfo")};
  std::unique_ptr<SqliteStorage> storage;
  std::unique_ptr<Ingest> ingest;

  Office() {
    std::string name = (std::filesystem::temp_directory_path() / "sidedish-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
    auto opened = SqliteStorage::open((folder / "h.db").string());
    REQUIRE(opened);
    storage = std::move(*opened);
    REQUIRE(storage->put_store({"mitte", "Mitte", "Europe/Berlin", kNoon, 0}));
    REQUIRE(storage->put_terminal("mitte", "t1", kNoon));
    ingest = std::make_unique<Ingest>(*storage, days, clock, 200);
  }
  ~Office() {
    storage.reset();
    std::filesystem::remove_all(folder);
  }

  net::Response send_bytes(const std::string& body, const std::string& encoding = "") {
    net::Request request;
    request.method = "POST";
    request.target = "/v1/outcomes";
    request.headers.set("Content-Type", format::kBatchMediaType);
    request.headers.set("Content-Digest", net::content_digest(body));
    if (!encoding.empty()) request.headers.set("Content-Encoding", encoding);
    request.body = body;
    return ingest->post(request);
  }
  format::ReportAnswer counted(const std::string& body) {
    const auto response = send_bytes(body);
    INFO(response.body);
    REQUIRE(response.status == 200);
    format::WireFindings findings;
    const auto answer = format::read_report_answer(response.body, findings);
    REQUIRE(answer);
    CHECK(answer->digest == net::content_digest(body));
    return *answer;
  }
  std::int64_t shown() {
    const auto rows = storage->prompt_totals({-1'000'000, 1'000'000, {}, ""});
    REQUIRE(rows);
    std::int64_t n = 0;
    for (const auto& row : *rows) n += row.sum.kind == "shown" ? row.sum.n : 0;
    return n;
  }
};

format::Source source(const char* terminal = "t1") { return {"mitte", terminal, 0xe1}; }

std::string shown(std::uint64_t seq, const char* rule = "burger-fries", UtcMs at = kNoon,
                  const format::Source& from = source()) {
  model::Outcome o;
  o.kind = OutcomeKind::shown;
  o.record = {7, seq};
  o.at = at;
  o.basket = "B-1";
  o.rule = rule;
  o.offer = "sku:FRIES-M";
  o.arm = Arm::treated;
  o.prompt = 0xabc0 + seq;
  o.quantity = 1000;
  o.price_effect = 290;
  std::memcpy(o.currency, "EUR", 4);
  std::string out;
  format::append_event(out, from, seq, o);
  return out;
}

std::string list(const std::vector<std::string>& events) {
  std::string out = "[";
  for (const auto& event : events) out += (out.size() > 1 ? "," : "") + event;
  return out + "]";
}

std::string with(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

void check_problem(const net::Response& response, int status, const std::string& type) {
  INFO(response.body);
  CHECK(response.status == status);
  CHECK(net::media_type(response.headers) == "application/problem+json");
  CHECK(response.body.find("https://sidedish.invalid/problems/" + type + "\"") !=
        std::string::npos);
}

}  // namespace

TEST_CASE("ingest: a batch is counted once however often and in what spelling it comes",
          "[headoffice]") {
  Office office;
  const std::string batch = list({shown(1), shown(2), shown(3)});
  CHECK(office.counted(batch).accepted == 3);
  const auto again = office.counted(batch);
  CHECK(again.accepted == 0);
  CHECK(again.duplicate == 3);
  CHECK(again.drain_rate == 200);
  const auto packed = office.send_bytes(net::gzip(batch), "gzip");
  CHECK(packed.status == 200);
  // The same content with its members in another order is no conflict.
  const std::string moved =
      with(with(shown(2), "\"specversion\":\"1.0\",", ""), "\"datacontenttype\"",
           "\"specversion\":\"1.0\",\"datacontenttype\"");
  CHECK(office.counted(list({moved, shown(4)})).duplicate == 1);
  CHECK(office.shown() == 4);
}

TEST_CASE("ingest: a poison event is rejected alone, with what is wrong with it", "[headoffice]") {
  Office office;
  const std::string purple = with(shown(2), "\"treated\"", "\"purple\"");
  const auto answer = office.counted(list({shown(1), purple, shown(3)}));
  CHECK(answer.accepted == 2);
  REQUIRE(answer.rejected.size() == 1);
  CHECK(answer.rejected[0].id == 2);
  CHECK(answer.rejected[0].detail.find("/data/arm") != std::string::npos);
  CHECK(office.storage->completeness({})->missing == 1);
  const auto unknown = office.counted(
      list({with(shown(4), "com.sidedish.prompt.shown", "com.sidedish.prompt.sung")}));
  REQUIRE(unknown.rejected.size() == 1);
  CHECK(unknown.rejected[0].detail.find("/type") != std::string::npos);
}

TEST_CASE("ingest: an event that cannot be named fails the batch, and nothing is taken",
          "[headoffice]") {
  Office office;
  check_problem(office.send_bytes(list({shown(1), with(shown(2), "\"2\"", "\"two\"")})), 422,
                "invalid-document");
  check_problem(office.send_bytes(list({shown(1), with(shown(2), "/epochs/", "/ages/")})), 422,
                "invalid-document");
  check_problem(office.send_bytes(list({shown(1), "7"})), 422, "invalid-document");
  CHECK(office.shown() == 0);
}

TEST_CASE("ingest: a clone of a source gets 409 with the first id that differs", "[headoffice]") {
  Office office;
  office.counted(list({shown(1), shown(2), shown(3)}));
  const auto response = office.send_bytes(list({shown(2), shown(3, "coffee-cake"), shown(4)}));
  check_problem(response, 409, "source-conflict");
  CHECK(format::read_source_conflict(response.body) == 3);
  CHECK(office.shown() == 3);
}

TEST_CASE("ingest: an unknown terminal is refused with 403 and takes nothing", "[headoffice]") {
  Office office;
  check_problem(office.send_bytes(list({shown(1), shown(1, "burger-fries", kNoon, source("t9"))})),
                403, "unknown-terminal");
  CHECK(office.shown() == 0);
}

TEST_CASE("ingest: bodies that are not what they say are refused by name", "[headoffice]") {
  Office office;
  const std::string good = list({shown(1)});
  net::Request request;
  request.body = good;
  check_problem(office.ingest->post(request), 415, "unsupported-media-type");
  request.headers.set("Content-Type", "application/json");
  check_problem(office.ingest->post(request), 415, "unsupported-media-type");
  request.headers.set("Content-Type", format::kBatchMediaType);
  check_problem(office.ingest->post(request), 400, "digest-missing");
  request.headers.set("Content-Digest", "sha-256=:x:");
  check_problem(office.ingest->post(request), 400, "digest-missing");
  request.headers.set("Content-Digest", net::content_digest(good + " "));
  check_problem(office.ingest->post(request), 400, "digest-mismatch");
  check_problem(office.send_bytes(good, "br"), 415, "unsupported-media-type");
  check_problem(office.send_bytes(good, "gzip"), 400, "malformed-body");
  check_problem(office.send_bytes("{}"), 400, "malformed-body");
  check_problem(office.send_bytes("[1,"), 400, "malformed-body");
  check_problem(office.send_bytes("[\"\xff\"]"), 400, "malformed-body");
  check_problem(office.send_bytes("[{\"a\":1,\"a\":2}]"), 400, "malformed-body");
  check_problem(office.send_bytes("[" + std::string(40, '[') + std::string(40, ']') + "]"), 400,
                "malformed-body");
  check_problem(office.send_bytes("[{\"n\":1.5}]"), 400, "malformed-body");
  CHECK(office.shown() == 0);
}

TEST_CASE("ingest: 501 events, 512 KiB and one byte, and a gzip bomb are 413", "[headoffice]") {
  Office office;
  std::vector<std::string> many;
  for (std::uint64_t seq = 1; seq <= 501; ++seq) many.push_back(shown(seq));
  check_problem(office.send_bytes(list(many)), 413, "too-large");
  const std::string blanks(format::kMaxBatchBytes - 1, ' ');
  CHECK(office.send_bytes(blanks + "[]").status == 413);
  CHECK(office.send_bytes(blanks.substr(1) + "[]").status == 200);
  check_problem(office.send_bytes(net::gzip(std::string(64 << 20, ' ')), "gzip"), 413, "too-large");
  many.pop_back();
  CHECK(office.counted(list(many)).accepted == 500);
}

TEST_CASE(
    "ingest: an event counts on the store's business day, or on the day it came when its "
    "clock cannot be believed",
    "[headoffice]") {
  Office office;
  const UtcMs before_four = kNoon - 9 * 3'600'000 - 1;  // 03:59:59.999 in Berlin
  office.counted(list({shown(1, "a", before_four), shown(2, "b", before_four + 1), shown(3, "c", 0),
                       shown(4, "d", kNoon + 40LL * 86'400'000),
                       with(shown(5, "e", kNoon - 86'400'000), "\"good\"", "\"unset\"")}));
  const auto rows = office.storage->prompt_totals({20'777, 20'778, {"mitte"}, ""});
  REQUIRE(rows);
  std::map<std::string, int> day;
  for (const auto& row : *rows) day[row.sum.rule] = row.day;
  CHECK(day == std::map<std::string, int>{
                   {"a", 20'777}, {"b", 20'778}, {"c", 20'778}, {"d", 20'778}, {"e", 20'778}});
  CHECK((*office.storage->counters())["events_dated_by_receipt"] == 3);
  // By no daypart: at which hour it was nobody knows.
  const auto parts = office.storage->prompt_totals(
      {20'777, 20'778, {"mitte"}, "", "", {"morning", "midday", "afternoon", "evening", "night"}});
  REQUIRE(parts);
  std::map<std::string, std::string> part;
  for (const auto& row : *parts) part[row.sum.rule] = row.sum.daypart;
  CHECK(part == std::map<std::string, std::string>{{"a", "night"}, {"b", "morning"}});
}

TEST_CASE("ingest: tallies add their counts, tombstones close, audits are compared",
          "[headoffice]") {
  Office office;
  format::Tally tally;
  tally.hour = kNoon / 3'600'000;
  tally.rule = "burger-fries";
  tally.arm = Arm::treated;
  tally.kind = OutcomeKind::shown;
  std::memcpy(tally.currency, "EUR", 4);
  tally.count = 41;
  tally.sum = 41 * 290;
  format::Tally baskets = tally;
  baskets.kind = OutcomeKind::basket;
  format::Audit audit;
  audit.day = 20'778;
  audit.last = 5;
  audit.counts = {{"audit", 1}, {"prompt.shown", 1}, {"tally", 2}, {"tombstone", 1}};
  std::vector<std::string> events{shown(1), "", "", "", ""};
  format::append_event(events[1], source(), 2, kNoon, tally);
  format::append_event(events[2], source(), 3, kNoon, baskets);
  format::append_event(events[3], source(), 9, kNoon,
                       format::Tombstone{4, 8, format::Lost::folded, 5});
  format::append_event(events[4], source(), 10, kNoon, audit);
  CHECK(office.counted(list(events)).accepted == 5);
  CHECK(office.shown() == 42);
  const auto totals = office.storage->basket_totals({20'778, 20'778, {"mitte"}, "burger-fries"});
  REQUIRE(totals->size() == 1);
  CHECK(totals->at(0).sum.n == 41);
  CHECK(totals->at(0).sum.total == 41 * 290);
  CHECK(totals->at(0).total_sq == 0);
  const auto terminals = office.storage->terminals("mitte");
  CHECK(terminals->at(0).sources.at(0).missing == 0);
  // The audit names five ids; two of them (the tombstone and itself) came under other numbers.
  CHECK(terminals->at(0).sources.at(0).audit_differences.size() == 2);
  const auto foolish = [&] {
    std::string text;
    format::append_event(text, source(), 11, kNoon,
                         format::Tombstone{11, 12, format::Lost::folded, 2});
    return office.counted(list({text}));
  }();
  CHECK(foolish.rejected.size() == 1);
}
