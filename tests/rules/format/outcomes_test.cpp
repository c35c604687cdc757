#include "rules/format/outcomes.hpp"

#include "rules/format/exchange.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/format/wire_words.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

using namespace sidedish;
using namespace sidedish::format;

namespace {

const Source kSource{"mitte", "t1", 0x9f2c41d07a3be855};

model::Outcome accepted() {
  model::Outcome o;
  o.kind = OutcomeKind::accepted;
  o.record = {0x00c0ffee00000001, 42};
  o.at = 1795260725120;
  o.steady = 8123456;
  o.basket = "B-1001";
  o.prompt = 0x7d0e4a6b5c1f2a39;
  o.rule = "burger-fries";
  o.offer = "sku:FRIES-M";
  o.arm = Arm::treated;
  o.by = By::staff;
  o.revision = 3;
  o.propensity_ppm = 1'000'000;
  o.quantity = 1000;
  o.price_effect = 290;
  std::memcpy(o.currency, "EUR", 3);
  return o;
}

model::Outcome closed(std::span<const model::OutcomeLine> lines) {
  model::Outcome o = accepted();
  o.kind = OutcomeKind::basket;
  o.prompt = 0;
  o.mode = Mode::exchange;
  o.end = End::replaced;
  o.unit = 1;
  o.eligible = true;
  o.total = -99;
  o.margin = 12;
  o.lines = 2;
  o.opened_at = 1795260725000;
  o.ended_at = 1795260725999;
  o.related = "B \"2\"\n";
  o.image_version = 7;
  o.part = 1;
  o.parts = 2;
  o.basket_lines = lines;
  return o;
}

std::string event(const model::Outcome& o, std::uint64_t id = 4711) {
  std::string out;
  append_event(out, kSource, id, o);
  return out;
}

std::vector<Event> read(const std::string& events, WireFindings& findings) {
  return read_batch("[" + events + "]", findings);
}

std::string again(const Event& e) {
  std::string out;
  std::visit(
      [&](const auto& body) {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, OwnedOutcome>) {
          append_event(out, e.source, e.sequence, body.value);
        } else {
          append_event(out, e.source, e.sequence, e.time, body);
        }
      },
      e.body);
  return out;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("an accepted prompt is written as OUTCOMES.md shows it", "[format]") {
  CHECK(
      event(accepted()) ==
      R"({"specversion":"1.0","id":"4711","source":"/stores/mitte/terminals/t1/epochs/9f2c41d07a3be855",)"
      R"("type":"com.sidedish.prompt.accepted","time":"2026-11-21T11:32:05.120Z",)"
      R"("datacontenttype":"application/json","data":{"record":{"epoch":"00c0ffee00000001","counter":42},)"
      R"("steady_ms":8123456,"clock":"good","basket":"B-1001","channel":"cashier","moment":"basket",)"
      R"("prompt":"7d0e4a6b5c1f2a39","rule":"burger-fries","offer":"sku:FRIES-M","arm":"treated",)"
      R"("by":"staff","revision":3,"propensity_ppm":1000000,"quantity":1000,"price_effect":290,)"
      R"("saving":0,"currency":"EUR"}})");
}

// To see it fail: leave the test for unit_of out of read_basket(), or write it always.
TEST_CASE("a basket's unit is named where it is not the basket itself", "[format]") {
  model::Outcome o = closed({});
  CHECK(event(o).find("unit_of") == std::string::npos);
  WireFindings findings;
  const std::string plain = event(o);
  REQUIRE(read(plain, findings).size() == 1);  // as it was before there were others
  CHECK(findings.empty());
  for (const auto& [unit, name] : {std::pair(Unit::customer, "customer"),
                                   {Unit::terminal_day, "terminal_day"},
                                   {Unit::store_day, "store_day"}}) {
    o.unit_of = unit;
    o.unit = 0xC0FFEE;
    const std::string written = event(o);
    CHECK(written.find(std::string(R"("unit":"0000000000c0ffee","unit_of":")") + name + '"') !=
          std::string::npos);
    const auto events = read(written, findings);
    REQUIRE(findings.empty());
    CHECK(std::get<OwnedOutcome>(events.at(0).body).value.unit_of == unit);
    CHECK(again(events[0]) == written);
  }
  (void)read(replaced(event(o), "store_day", "person"), findings);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].pointer == "/0/data/unit_of");
}

TEST_CASE("every kind of event reads back as what was written", "[format]") {
  const model::OutcomeLine lines[] = {{"sku:Ä", 1500, 99}, {"gtin:1", -1000, -290}};
  std::vector<std::string> written;
  for (int kind = 1; kind <= 13; ++kind) {
    model::Outcome o = accepted();
    o.kind = static_cast<OutcomeKind>(kind);
    o.remark = "no \\ \"fries\" left";
    written.push_back(event(o, static_cast<std::uint64_t>(kind)));
  }
  model::Outcome orphan = accepted();
  orphan.kind = OutcomeKind::returned;
  orphan.prompt = 0;
  orphan.rule = {};
  orphan.arm = Arm::none;
  written.push_back(event(orphan, 14));
  written.push_back(event(closed(lines), 15));
  std::string text;
  append_event(text, {"a b/ü", "%", 1}, 16, 5000,
               Tally{498000, "#0123abcd", Arm::control, OutcomeKind::withheld, "EUR", 3, -5,
                     Origin::outbox});
  written.push_back(text);
  text.clear();
  append_event(text, kSource, 17, -1, Tombstone{3, 9, Lost::folded, 7});
  written.push_back(text);
  text.clear();
  append_event(text, kSource, 18, 5000,
               Audit{20413, {{"prompt.shown", 3}, {"basket.closed", 1}}, 17, {{"folded", 2}}});
  written.push_back(text);

  BatchWriter batch;
  for (const std::string& e : written) REQUIRE(batch.add(e));
  WireFindings findings;
  auto events = read_batch(batch.take(), findings);
  for (const auto& f : findings) UNSCOPED_INFO(f.pointer << " " << f.detail);
  REQUIRE(findings.empty());
  REQUIRE(events.size() == written.size());
  for (std::size_t i = 0; i < written.size(); ++i) {
    const Event moved = std::move(events[i]);
    CHECK(again(moved) == written[i]);
  }
}

TEST_CASE("all mistakes of a batch are told at once, each with its pointer", "[format]") {
  const std::string good = event(accepted(), 1);
  std::string bad = replaced(event(accepted(), 2), "\"treated\"", "\"tested\"");
  bad = replaced(bad, "\"revision\":3", "\"revision\":-3");
  bad = replaced(bad, "\"saving\":0", "\"saved\":0");
  WireFindings findings;
  read(good + "," + bad, findings);
  REQUIRE(findings.size() == 4);
  CHECK(findings[0].pointer == "/1/data/arm");
  CHECK(findings[1].pointer == "/1/data/revision");
  CHECK(findings[2].pointer == "/1/data/saving");
  CHECK(findings[3].pointer == "/1/data/saved");
}

TEST_CASE("what breaks the contract of an event is a finding", "[format]") {
  const struct {
    const char* from;
    const char* to;
    const char* pointer;
  } rows[] = {
      {"\"4711\"", "\"04711\"", "/0/id"},
      {"\"4711\"", "4711", "/0/id"},
      {"\"4711\"", "\"0\"", "/0/id"},
      {"\"4711\"", "\"9223372036854775808\"", "/0/id"},
      {"epochs/9f2c41d07a3be855", "epochs/9F2C41D07A3BE855", "/0/source"},
      {"/stores/mitte", "/stores/", "/0/source"},
      {"prompt.accepted", "prompt.guessed", "/0/type"},
      {"com.sidedish.prompt.accepted", "com.sidedish.", "/0/type"},
      {"com.sidedish", "org.sidedish", "/0/type"},
      {"11:32:05.120Z", "11:32:05.120+01:00", "/0/time"},
      {"2026-11-21", "2026-02-29", "/0/time"},
      {"\"EUR\"", "\"eur\"", "/0/data/currency"},
      {"\"1.0\"", "\"0.3\"", "/0/specversion"},
      {"\"counter\":42", "\"counter\":42.0", ""},
      {"\"counter\":42", "\"counter\":42,\"counter\":42", ""},
      {"\"counter\":42", "\"counter\":99999999999999999999", ""},
      {"\"basket\":\"B-1001\"", "\"basket\":\"\xC3\x28\"", ""},
      {"\"7d0e4a6b5c1f2a39\"", "\"7D0e4a6b5c1f2a39\"", "/0/data/prompt"},
  };
  for (const auto& row : rows) {
    WireFindings findings;
    read(replaced(event(accepted()), row.from, row.to), findings);
    INFO(row.from << " -> " << row.to);
    REQUIRE_FALSE(findings.empty());
    CHECK(findings[0].pointer.starts_with(row.pointer));
  }
}

TEST_CASE("one id twice in a batch is a finding, in two sources it is not", "[format]") {
  WireFindings findings;
  read(event(accepted()) + "," + event(accepted()), findings);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].pointer == "/1/id");
  findings.clear();
  std::string other;
  append_event(other, {"mitte", "t2", 1}, 4711, accepted());
  read(event(accepted()) + "," + other, findings);
  CHECK(findings.empty());
}

TEST_CASE("a batch writer stops at 500 events and at its bytes", "[format]") {
  BatchWriter batch;
  for (int i = 0; i < 500; ++i) REQUIRE(batch.add("{}"));
  CHECK_FALSE(batch.add("{}"));
  CHECK(batch.take().size() == 1501);
  BatchWriter small(500, 10);
  CHECK(small.add("{\"a\":1}"));
  CHECK_FALSE(small.add("{}"));
  CHECK(small.take() == "[{\"a\":1}]");
  CHECK_FALSE(small.add("{\"ab\":123}"));
}

TEST_CASE("random damage to a batch is refused or read, never a crash", "[format]") {
  const auto seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const model::OutcomeLine lines[] = {{"sku:A", 1500, 99}};
  const std::string good = "[" + event(accepted(), 1) + "," + event(closed(lines), 2) + "]";
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (unsigned n = 1 + random() % 4; n > 0; --n) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, random() % 9);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 9));
      }
    }
    WireFindings findings;
    const auto events = read_batch(text, findings);
    if (findings.empty()) {
      for (const Event& e : events) REQUIRE_FALSE(e.type().empty());
    }
  }
}

TEST_CASE("deep nesting and long lists are refused while parsing", "[format]") {
  WireFindings findings;
  CHECK_FALSE(parse_wire(std::string(200'000, '['), {}, findings));
  CHECK(findings.size() == 1);
  findings.clear();
  std::string wide = "[0";
  for (int i = 0; i < 10'000; ++i) wide += ",0";
  CHECK_FALSE(parse_wire(wide + "]", {}, findings));
  findings.clear();
  CHECK_FALSE(parse_wire("[\"" + std::string(4097, 'x') + "\"]", {}, findings));
  findings.clear();
  CHECK_FALSE(parse_wire("[] []", {}, findings));
  CHECK_FALSE(parse_wire("", {}, findings));
}

TEST_CASE("times read back as written, from 1601 to 9999", "[format]") {
  for (const UtcMs t : {UtcMs{0}, UtcMs{-1}, UtcMs{1}, UtcMs{1795260725120}, UtcMs{-11644473600000},
                        UtcMs{253402300799999}, UtcMs{951782400000}}) {
    CHECK(parse_time(format_time(t)) == t);
  }
  CHECK(format_time(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(parse_time("2016-12-31T23:59:60Z") == parse_time("2016-12-31T23:59:59Z"));
  CHECK_FALSE(parse_time("2026-11-21T24:00:00Z"));
  CHECK_FALSE(parse_time("2026-11-21T11:00:00.Z"));
  CHECK(parse_day(format_day(20413)) == 20413);
}

TEST_CASE("answers and manifests read back as written", "[format]") {
  ReportAnswer answer;
  answer.digest = "sha-256=:AAAA:";
  answer.accepted = 498;
  answer.duplicate = 1;
  answer.rejected = {{4711, "why \"not\""}};
  answer.manifest = "\"v12\"";
  answer.drain_rate = 200;
  WireFindings findings;
  const auto read_back = read_report_answer(write(answer), findings);
  REQUIRE(read_back);
  CHECK(write(*read_back) == write(answer));
  CHECK_FALSE(read_report_answer("{\"ok\":true}", findings));

  findings.clear();
  Manifest manifest;
  manifest.store = "mitte";
  manifest.version = 12;
  manifest.pack_version = 7;
  manifest.image_sha256 = std::string(64, 'a');
  manifest.image_size = 81234;
  manifest.published_at = 1795260725120;
  auto manifest_back = read_manifest(write(manifest), findings);
  REQUIRE(manifest_back);
  CHECK(write(*manifest_back) == write(manifest));
  manifest.overlay = ManifestOverlay{std::string(64, 'b'), 112, 8};
  manifest_back = read_manifest(write(manifest), findings);
  REQUIRE(manifest_back);
  CHECK(write(*manifest_back) == write(manifest));
  // A terminal goes on with a manifest of a later head office.
  std::string later = write(manifest);
  later.insert(later.size() - 1, ",\"profiles\":{\"sha256\":\"...\"}");
  later.insert(later.find("\"version\":8"), "\"key\":7,");
  manifest_back = read_manifest(later, findings);
  REQUIRE(manifest_back);
  CHECK(manifest_back->overlay == manifest.overlay);
  manifest.overlay->size = kMaxOverlayBytes + 1;
  CHECK_FALSE(read_manifest(write(manifest), findings));
  manifest.overlay.reset();
  manifest.image_sha256 = "../../etc/passwd";
  CHECK_FALSE(read_manifest(write(manifest), findings));

  CHECK(
      read_source_conflict(
          R"({"type":"https://sidedish.invalid/problems/source-conflict","title":"x","status":409,"first":"4711"})") ==
      4711U);
  CHECK_FALSE(read_source_conflict(R"({"type":"about:blank","first":"4711"})"));
}
