#include "rules/format/health.hpp"

#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"

#include <algorithm>

namespace sidedish::format {
namespace {

constexpr std::int64_t kMostCounted = 1'000'000'000'000;
constexpr std::int64_t kMostLanes = 10'000;
constexpr std::size_t kMaxCode = 32;
constexpr std::size_t kMaxVersion = 64;

bool is_code(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// At most so many bytes, no character cut in two.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

std::uint64_t count(WireFields& fields, std::string_view name) {
  return static_cast<std::uint64_t>(fields.number(name, 0, kMostCounted));
}

std::vector<Alarm> read_list(Json list, WireFindings& findings) {
  std::vector<Alarm> out;
  for (const Json value : list) {
    WireFields fields(value, value.pointer(), findings);
    Alarm alarm;
    alarm.code = fields.text("code", kMaxCode);
    if (!is_code(alarm.code)) fields.add("code", "expected small letters, digits and _");
    alarm.detail = fields.text("detail", kMaxAlarmDetail);
    fields.finish();
    out.push_back(std::move(alarm));
  }
  return out;
}

}  // namespace

std::string write_alarms(const std::vector<Alarm>& alarms) {
  JsonWriter json;
  json.open('[');
  for (std::size_t i = 0; i < alarms.size() && i < kMostAlarms; ++i) {
    json.open('{').key("code").text(alarms[i].code);
    json.key("detail").text(cut(alarms[i].detail, kMaxAlarmDetail)).close('}');
  }
  return json.close(']').take();
}

std::string write(const Health& health) {
  JsonWriter json;
  json.open('{').key("time").text(format_time(health.time)).key("agent").text(health.agent);
  json.key("outbox").open('{').key("pending").number(health.pending);
  json.key("quarantined").number(health.quarantined).close('}');
  json.key("pictures").open('{').key("wanted").number(health.pictures_wanted);
  json.key("present").number(health.pictures_present).close('}');
  json.key("lanes").number(std::uint64_t{health.lanes});
  return json.key("alarms").raw(write_alarms(health.alarms)).close('}').take();
}

std::optional<std::vector<Alarm>> read_alarms(std::string_view text, WireFindings& findings) {
  const auto tree = parse_wire(text, {}, findings);
  if (!tree) return std::nullopt;
  std::vector<Alarm> out = read_list(tree->root(), findings);
  if (!findings.empty()) return std::nullopt;
  return out;
}

std::optional<Health> read_health(std::string_view text, WireFindings& findings) {
  const auto tree = parse_wire(text, {}, findings);
  if (!tree) return std::nullopt;
  WireFields fields(tree->root(), "", findings);
  Health out;
  const auto time = parse_time(fields.text("time", 40));
  if (!time) fields.add("time", "expected a time as 2026-11-21T11:32:05.120Z");
  out.time = time.value_or(0);
  out.agent = fields.text("agent", kMaxVersion);
  WireFields outbox(fields.object("outbox"), fields.at("outbox"), findings);
  out.pending = count(outbox, "pending");
  out.quarantined = count(outbox, "quarantined");
  outbox.finish();
  WireFields pictures(fields.object("pictures"), fields.at("pictures"), findings);
  out.pictures_wanted = count(pictures, "wanted");
  out.pictures_present = count(pictures, "present");
  pictures.finish();
  out.lanes = static_cast<std::uint32_t>(fields.number("lanes", 0, kMostLanes));
  out.alarms = read_list(fields.array("alarms", kMostAlarms), findings);
  fields.finish();
  if (!findings.empty()) return std::nullopt;
  return out;
}

}  // namespace sidedish::format
