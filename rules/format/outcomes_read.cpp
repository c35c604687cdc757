#include "rules/base/hash.hpp"
#include "rules/base/text.hpp"
#include "rules/format/outcomes.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/format/wire_words.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>
#include <set>

namespace sidedish::format {
namespace {

using std::string_view;
constexpr std::int64_t kMaxI64 = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinI64 = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMaxU32 = std::numeric_limits<std::uint32_t>::max();
constexpr string_view kTypePrefix = "com.sidedish.";

/// A word of a closed list; a finding and the list's first word otherwise.
template <class Word>
Word take_word(WireFields& fields, string_view name) {
  if (!fields.any(name)) return Word{};
  const string_view text = fields.text(name, 64);
  if (const auto found = word<Word>(text)) return *found;
  fields.add(name, "is not one of the words of this member");
  return Word{};
}

UtcMs take_time(WireFields& fields, string_view name, bool required) {
  if (!fields.any(name, required)) return 0;
  if (const auto time = parse_time(fields.text(name, 40))) return *time;
  fields.add(name, "expected a time as 2026-11-21T11:32:05.120Z");
  return 0;
}

void take_currency(WireFields& fields, char (&out)[4]) {
  const string_view code = fields.text("currency", 3);
  const bool letters =
      std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!letters || (code.size() != 3 && !code.empty())) {
    fields.add("currency", "expected three capital letters, or \"\" when there is none");
    return;
  }
  if (!code.empty()) std::memcpy(out, code.data(), code.size());
}

/// Copies texts of one event into one piece of memory that the event then owns.
class Texts {
 public:
  void want(string_view text) { size_ += text.size(); }
  void allocate() { memory_ = std::make_unique<char[]>(size_ + 1); }
  string_view keep(string_view text) {
    char* at = memory_.get() + used_;
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    used_ += text.size();
    return {at, text.size()};
  }
  std::unique_ptr<char[]> take() { return std::move(memory_); }

 private:
  std::size_t size_ = 0;
  std::size_t used_ = 0;
  std::unique_ptr<char[]> memory_;
};

void read_record(WireFields& data, model::Outcome& o, WireFindings& findings) {
  if (const Json record = data.object("record")) {
    WireFields fields(record, data.at("record"), findings);
    o.record.epoch = fields.hex("epoch", 16);
    o.record.counter = static_cast<std::uint64_t>(fields.number("counter", 0, kMaxI64));
    fields.finish();
  }
  o.steady = data.number("steady_ms", kMinI64, kMaxI64);
  o.clock = take_word<model::ClockQuality>(data, "clock");
  o.basket = data.text("basket", model::kMaxIdBytes);
  o.channel = take_word<Channel>(data, "channel");
}

void read_prompt(WireFields& data, model::Outcome& o) {
  o.moment = take_word<Moment>(data, "moment");
  const bool about_prompt = o.kind != OutcomeKind::returned || data.has("prompt");
  if (about_prompt) {
    o.prompt = data.hex("prompt", 16);
    o.rule = data.text("rule", model::kMaxIdBytes);
    o.arm = take_word<Arm>(data, "arm");
  }
  o.offer = data.text("offer", model::kMaxKeyBytes, false);
  o.by = take_word<By>(data, "by");
  o.revision = static_cast<std::uint32_t>(data.number("revision", 0, kMaxU32));
  o.propensity_ppm = static_cast<std::uint32_t>(data.number("propensity_ppm", 0, 1'000'000));
  o.quantity = data.number("quantity", -kMaxAmount, kMaxAmount);
  o.price_effect = data.number("price_effect", -kMaxAmount, kMaxAmount);
  o.saving = data.number("saving", -kMaxAmount, kMaxAmount);
  take_currency(data, o.currency);
  o.remark = data.text("remark", 120, false);
}

void read_lines(WireFields& data, std::vector<model::OutcomeLine>& lines, WireFindings& findings) {
  const std::string pointer = data.at("basket_lines") + "/";
  for (const Json value : data.array("basket_lines", model::kLinesPerPart)) {
    WireFields fields(value, pointer + std::to_string(lines.size()), findings);
    model::OutcomeLine line;
    line.key = fields.text("key", model::kMaxKeyBytes);
    line.quantity = fields.number("quantity", kMinI64, kMaxI64);
    line.value = fields.number("value", kMinI64, kMaxI64);
    fields.finish();
    lines.push_back(line);
  }
}

void read_basket(WireFields& data, OwnedOutcome& owned, WireFindings& findings) {
  model::Outcome& o = owned.value;
  const auto u32 = [&](string_view name) {
    return static_cast<std::uint32_t>(data.number(name, 0, kMaxU32));
  };
  o.mode = take_word<Mode>(data, "mode");
  o.end = take_word<End>(data, "end");
  o.unit = data.hex("unit", 16);
  if (data.has("unit_of")) o.unit_of = take_word<Unit>(data, "unit_of");
  o.arm = take_word<Arm>(data, "arm");
  o.rule = data.text("rule", model::kMaxIdBytes, false);
  o.offer = data.text("offer", model::kMaxKeyBytes, false);
  o.eligible = data.boolean("eligible");
  o.attached = data.boolean("attached");
  o.margin_known = data.boolean("margin_known");
  o.total = data.number("total", kMinI64, kMaxI64);
  o.margin = data.number("margin", kMinI64, kMaxI64);
  o.items = data.number("items", kMinI64, kMaxI64);
  o.lines = u32("lines");
  o.shown = u32("shown");
  o.withheld = u32("withheld");
  o.accepted = u32("accepted");
  o.opened_at = take_time(data, "opened_at", false);
  o.eligible_at = take_time(data, "eligible_at", false);
  o.tender_at = take_time(data, "tender_at", false);
  o.ended_at = take_time(data, "ended_at", false);
  o.related = data.text("related", model::kMaxIdBytes, false);
  o.image_version = static_cast<std::uint64_t>(data.number("pack_version", 0, kMaxI64));
  take_currency(data, o.currency);
  o.parts = static_cast<std::uint16_t>(data.number("parts", 1, 0xFFFF));
  o.part = static_cast<std::uint16_t>(data.number("part", 0, 0xFFFF));
  if (o.part >= o.parts) data.add("part", "expected less than parts");
  read_lines(data, owned.lines, findings);
}

OwnedOutcome read_outcome(OutcomeKind kind, UtcMs time, WireFields& data, WireFindings& findings) {
  OwnedOutcome owned;
  model::Outcome& o = owned.value;
  o.kind = kind;
  o.at = time;
  read_record(data, o, findings);
  if (kind == OutcomeKind::basket) {
    read_basket(data, owned, findings);
  } else {
    read_prompt(data, o);
  }
  Texts texts;
  const auto each = [&](auto&& visit) {
    for (string_view* t : {&o.basket, &o.rule, &o.offer, &o.remark, &o.related}) visit(*t);
    for (model::OutcomeLine& line : owned.lines) visit(line.key);
  };
  each([&](string_view& t) { texts.want(t); });
  texts.allocate();
  each([&](string_view& t) { t = texts.keep(t); });
  owned.texts = texts.take();
  o.basket_lines = owned.lines;  // the vector's memory stays where it is when `owned` moves
  if (!o.rule.empty()) o.rule_stable = stable_id(o.rule);
  return owned;
}

bool tally_rule(string_view rule) {
  if (!rule.starts_with('#')) return true;
  return rule.size() == 9 && std::all_of(rule.begin() + 1, rule.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

Tally read_tally(WireFields& data) {
  Tally tally;
  const UtcMs hour = take_time(data, "hour", true);
  if (hour % 3'600'000 != 0) data.add("hour", "expected a full hour");
  tally.hour = hour / 3'600'000;
  tally.rule = data.text("rule", model::kMaxIdBytes);
  if (!tally_rule(tally.rule)) data.add("rule", "expected # and 8 hexadecimal digits");
  tally.arm = take_word<Arm>(data, "arm");
  tally.kind = take_word<OutcomeKind>(data, "kind");
  if (!is_prompt(tally.kind) && tally.kind != OutcomeKind::basket && data.has("kind")) {
    data.add("kind", "expected a prompt's kind or basket.closed");
  }
  take_currency(data, tally.currency);
  tally.count = static_cast<std::uint64_t>(data.number("count", 0, kMaxI64));
  tally.sum = data.number("sum", kMinI64, kMaxI64);
  const string_view origin = data.text("origin", 16);
  if (origin != "ring" && origin != "outbox") data.add("origin", "expected ring or outbox");
  tally.origin = origin == "outbox" ? Origin::outbox : Origin::ring;
  return tally;
}

Tombstone read_tombstone(WireFields& data) {
  Tombstone stone;
  stone.from = data.decimal("from");
  stone.to = data.decimal("to");
  if (stone.from == 0 || stone.from > stone.to) data.add("to", "expected from <= to, from 1");
  const string_view why = data.text("why", 16);
  if (why != "quarantined" && why != "folded") data.add("why", "expected quarantined or folded");
  stone.why = why == "folded" ? Lost::folded : Lost::quarantined;
  stone.count = static_cast<std::uint64_t>(data.number("count", 0, kMaxI64));
  return stone;
}

std::vector<NamedCount> read_counts(WireFields& data, string_view name, WireFindings& findings) {
  std::vector<NamedCount> out;
  const Json object = data.object(name);
  if (!object) return out;
  WireFields fields(object, data.at(name), findings);
  for (const Json member : object) {
    const string_view key = member.key();
    if (key.empty() || key.size() > 64) fields.add(key, "a name of 1 to 64");
    out.push_back({std::string(key), static_cast<std::uint64_t>(fields.number(key, 0, kMaxI64))});
  }
  return out;
}

Audit read_audit(WireFields& data, WireFindings& findings) {
  Audit audit;
  if (const auto day = parse_day(data.text("day", 10))) {
    audit.day = *day;
  } else {
    data.add("day", "expected a date as 2026-11-21");
  }
  audit.counts = read_counts(data, "counts", findings);
  audit.last = data.decimal("last");
  audit.counters = read_counts(data, "counters", findings);
  return audit;
}

void expect_text(WireFields& event, string_view name, string_view wanted) {
  if (event.any(name) && event.text(name, 64) != wanted) {
    event.add(name, std::string("expected \"") + std::string(wanted) + "\"");
  }
}

/// Undoes percent-encoding; false when it is none.
bool decode_id(string_view text, std::string& out) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') return false;
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return false;
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return !out.empty() && out.size() <= model::kMaxIdBytes && valid_utf8(out) && !has_control(out);
}

}  // namespace

Result<Source> parse_source(string_view uri) {
  constexpr string_view kStores = "/stores/";
  constexpr string_view kTerminals = "/terminals/";
  constexpr string_view kEpochs = "/epochs/";
  const auto bad = [] {
    return fail(Errc::invalid,
                "expected /stores/<id>/terminals/<id>/epochs/<16 hexadecimal digits>");
  };
  const std::size_t terminals = uri.find(kTerminals);
  const std::size_t epochs = uri.rfind(kEpochs);
  if (!uri.starts_with(kStores) || terminals == string_view::npos || epochs == string_view::npos ||
      epochs < terminals + kTerminals.size()) {
    return bad();
  }
  Source out;
  const string_view store = uri.substr(kStores.size(), terminals - kStores.size());
  const string_view terminal =
      uri.substr(terminals + kTerminals.size(), epochs - terminals - kTerminals.size());
  const string_view epoch = uri.substr(epochs + kEpochs.size());
  const auto [end, error] =
      std::from_chars(epoch.data(), epoch.data() + epoch.size(), out.epoch, 16);
  if (!decode_id(store, out.store) || !decode_id(terminal, out.terminal) || epoch.size() != 16 ||
      error != std::errc{} || end != epoch.data() + epoch.size() || to_uri(out) != uri) {
    return bad();
  }
  return out;
}

string_view Event::type() const noexcept {
  switch (body.index()) {
    case 0:
      return type_of(std::get<OwnedOutcome>(body).value.kind);
    case 1:
      return "tally";
    case 2:
      return "tombstone";
    default:
      return "audit";
  }
}

Event read_event(Json value, std::string pointer, WireFindings& findings) {
  Event out;
  WireFields event(value, std::move(pointer), findings);
  expect_text(event, "specversion", "1.0");
  expect_text(event, "datacontenttype", "application/json");
  out.sequence = event.decimal("id");
  if (out.sequence > static_cast<std::uint64_t>(kMaxI64) || out.sequence == 0) {
    event.add("id", "expected 1 to 9223372036854775807");
  }
  if (event.any("source")) {
    if (auto source = parse_source(event.text("source", 512))) {
      out.source = std::move(*source);
    } else {
      event.add("source", source.error().text());
    }
  }
  out.time = take_time(event, "time", true);
  const string_view type = event.text("type", 64);
  const Json body = event.object("data");
  event.finish();
  if (!type.starts_with(kTypePrefix)) {
    event.add("type", "expected com.sidedish. and a kind");
    return out;
  }
  if (!body) return out;
  WireFields data(body, event.at("data"), findings);
  const string_view suffix = type.substr(kTypePrefix.size());
  const auto kind = word<OutcomeKind>(suffix);
  if (suffix == "tombstone") {
    out.body = read_tombstone(data);
  } else if (!kind) {
    event.add("type", "is not a kind this version knows");
    return out;
  } else if (*kind == OutcomeKind::tally) {
    out.body = read_tally(data);
  } else if (*kind == OutcomeKind::audit) {
    out.body = read_audit(data, findings);
  } else {
    out.body = read_outcome(*kind, out.time, data, findings);
  }
  data.finish();
  return out;
}

std::vector<Event> read_batch(string_view json, WireFindings& findings) {
  std::vector<Event> events;
  JsonLimits limits;
  limits.bytes = kMaxBatchBytes;
  const auto tree = parse_wire(json, limits, findings);
  if (!tree) return events;
  const Json list = tree->root();
  if (!list.is(Json::Type::array)) {
    add_finding(findings, "", "expected an array of events");
    return events;
  }
  if (list.size() > kMaxEvents) {
    add_finding(findings, "", "expected at most " + std::to_string(kMaxEvents) + " events");
    return events;
  }
  std::set<std::pair<std::string, std::uint64_t>> seen;
  events.reserve(list.size());
  for (const Json value : list) {
    const std::string pointer = "/" + std::to_string(events.size());
    Event event = read_event(value, pointer, findings);
    if (event.sequence != 0 && !seen.emplace(to_uri(event.source), event.sequence).second) {
      add_finding(findings, pointer + "/id", "is there twice in this batch");
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace sidedish::format
