#include "rules/format/outcomes.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/format/wire_words.hpp"

#include <charconv>

namespace sidedish::format {
namespace {

using std::string_view;

/// Members of one object; the comma comes by itself.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  ~Members() { out_ += '}'; }
  Members(const Members&) = delete;
  Members& operator=(const Members&) = delete;

  std::string& name(string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json(out_, name);
    out_ += ':';
    return out_;
  }
  void text(string_view key, string_view value) { append_json(name(key), value); }
  void number(string_view key, std::int64_t value) { name(key) += std::to_string(value); }
  void count(string_view key, std::uint64_t value) { name(key) += std::to_string(value); }
  void flag(string_view key, bool value) { name(key) += value ? "true" : "false"; }
  void hex(string_view key, std::uint64_t value) {
    std::string digits = "0000000000000000";
    for (std::size_t i = 16; i > 0; --i, value >>= 4U) digits[i - 1] = kHex[value & 15U];
    text(key, digits);
  }
  void time(string_view key, UtcMs at) {
    if (at != 0) text(key, format_time(at));
  }

 private:
  static constexpr string_view kHex = "0123456789abcdef";
  std::string& out_;
  bool first_ = true;
};

string_view text_of(const char (&currency)[4]) noexcept {
  std::size_t n = 0;
  while (n < 3 && currency[n] != '\0') ++n;
  return {currency, n};
}

/// Everything before "data", in the order of OUTCOMES.md.
void envelope(Members& event, const Source& source, std::uint64_t sequence, string_view type,
              UtcMs time) {
  event.text("specversion", "1.0");
  event.text("id", std::to_string(sequence));
  event.text("source", to_uri(source));
  event.text("type", std::string("com.sidedish.") + std::string(type));
  event.text("time", format_time(time));
  event.text("datacontenttype", "application/json");
}

void record_of(Members& data, const model::Outcome& o) {
  {
    Members record(data.name("record"));
    record.hex("epoch", o.record.epoch);
    record.count("counter", o.record.counter);
  }
  data.number("steady_ms", o.steady);
  data.text("clock", name_of(o.clock));
  data.text("basket", o.basket);
  data.text("channel", name_of(o.channel));
}

void prompt_data(Members& data, const model::Outcome& o) {
  record_of(data, o);
  data.text("moment", name_of(o.moment));
  if (o.prompt != 0) {
    data.hex("prompt", o.prompt);
    data.text("rule", o.rule);
  }
  if (!o.offer.empty()) data.text("offer", o.offer);
  if (o.prompt != 0) data.text("arm", name_of(o.arm));
  data.text("by", name_of(o.by));
  data.count("revision", o.revision);
  data.count("propensity_ppm", o.propensity_ppm);
  data.number("quantity", o.quantity);
  data.number("price_effect", o.price_effect);
  data.number("saving", o.saving);
  data.text("currency", text_of(o.currency));
  if (!o.remark.empty()) data.text("remark", o.remark);
}

void basket_data(Members& data, const model::Outcome& o) {
  record_of(data, o);
  data.text("mode", name_of(o.mode));
  data.text("end", name_of(o.end));
  data.hex("unit", o.unit);
  if (o.unit_of != Unit::basket) data.text("unit_of", name_of(o.unit_of));
  data.text("arm", name_of(o.arm));
  if (!o.rule.empty()) data.text("rule", o.rule);
  if (!o.offer.empty()) data.text("offer", o.offer);
  data.flag("eligible", o.eligible);
  data.flag("attached", o.attached);
  data.flag("margin_known", o.margin_known);
  data.number("total", o.total);
  data.number("margin", o.margin);
  data.number("items", o.items);
  data.count("lines", o.lines);
  data.count("shown", o.shown);
  data.count("withheld", o.withheld);
  data.count("accepted", o.accepted);
  data.time("opened_at", o.opened_at);
  data.time("eligible_at", o.eligible_at);
  data.time("tender_at", o.tender_at);
  data.time("ended_at", o.ended_at);
  if (!o.related.empty()) data.text("related", o.related);
  data.count("pack_version", o.image_version);
  data.text("currency", text_of(o.currency));
  data.count("part", o.part);
  data.count("parts", o.parts);
  std::string& out = data.name("basket_lines");
  out += '[';
  bool first = true;
  for (const model::OutcomeLine& l : o.basket_lines) {
    if (!first) out += ',';
    first = false;
    Members line(out);
    line.text("key", l.key);
    line.number("quantity", l.quantity);
    line.number("value", l.value);
  }
  out += ']';
}

void counts(Members& data, string_view name, const std::vector<NamedCount>& list) {
  Members object(data.name(name));
  for (const NamedCount& entry : list) object.count(entry.name, entry.count);
}

void append_id(std::string& out, string_view id) {
  constexpr string_view kHex = "0123456789ABCDEF";
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '~' || c == '.';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
}

}  // namespace

std::string to_uri(const Source& source) {
  std::string out = "/stores/";
  append_id(out, source.store);
  out += "/terminals/";
  append_id(out, source.terminal);
  out += "/epochs/";
  char digits[17] = {};
  const auto [end, error] = std::to_chars(digits, digits + 16, source.epoch, 16);
  out.append(16 - static_cast<std::size_t>(end - digits), '0');
  out.append(digits, end);
  return out;
}

void append_event(std::string& out, const Source& source, std::uint64_t sequence,
                  const model::Outcome& outcome) {
  Members event(out);
  envelope(event, source, sequence, type_of(outcome.kind), outcome.at);
  Members data(event.name("data"));
  if (outcome.kind == OutcomeKind::basket) {
    basket_data(data, outcome);
  } else {
    prompt_data(data, outcome);
  }
}

void append_event(std::string& out, const Source& source, std::uint64_t sequence, UtcMs time,
                  const Tally& tally) {
  Members event(out);
  envelope(event, source, sequence, "tally", time);
  Members data(event.name("data"));
  data.text("hour", format_time(tally.hour * 3'600'000));
  data.text("rule", tally.rule);
  data.text("arm", name_of(tally.arm));
  data.text("kind", type_of(tally.kind));
  data.text("currency", text_of(tally.currency));
  data.count("count", tally.count);
  data.number("sum", tally.sum);
  data.text("origin", tally.origin == Origin::ring ? "ring" : "outbox");
}

void append_event(std::string& out, const Source& source, std::uint64_t sequence, UtcMs time,
                  const Tombstone& tombstone) {
  Members event(out);
  envelope(event, source, sequence, "tombstone", time);
  Members data(event.name("data"));
  data.text("from", std::to_string(tombstone.from));
  data.text("to", std::to_string(tombstone.to));
  data.text("why", tombstone.why == Lost::quarantined ? "quarantined" : "folded");
  data.count("count", tombstone.count);
}

void append_event(std::string& out, const Source& source, std::uint64_t sequence, UtcMs time,
                  const Audit& audit) {
  Members event(out);
  envelope(event, source, sequence, "audit", time);
  Members data(event.name("data"));
  data.text("day", format_day(audit.day));
  counts(data, "counts", audit.counts);
  data.text("last", std::to_string(audit.last));
  counts(data, "counters", audit.counters);
}

bool BatchWriter::add(std::string_view event) {
  const std::size_t comma = events_ == 0 ? 0 : 1;
  if (events_ >= max_events_ || json_.size() + comma + event.size() + 1 > max_bytes_) return false;
  if (comma != 0) json_ += ',';
  json_ += event;
  ++events_;
  return true;
}

std::string BatchWriter::take() {
  std::string out = std::move(json_) + "]";
  json_ = "[";
  events_ = 0;
  return out;
}

}  // namespace sidedish::format
