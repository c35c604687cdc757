// The JSON of orders, both ways (rules/format/schema/overlay-changes.schema.json).
#include "headoffice/overlay/overlays.hpp"
#include "rules/format/json_writer.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/format/wire_json.hpp"

namespace sidedish::headoffice {
namespace {

constexpr std::size_t kMostChanges = 1000;
constexpr std::size_t kMostText = 200;
constexpr std::size_t kMostSubject = 96;
constexpr std::int64_t kMostLeft = 1'000'000;

Stock read_class(format::WireFields& fields) {
  const std::string_view name = fields.text("class", 8);
  if (name == "low") return Stock::low;
  if (name == "out") return Stock::out;
  if (name != "in") fields.add("class", "expected in, low or out");
  return Stock::in;
}

OverlayChange read_change(format::Json value, format::WireFindings& findings) {
  format::WireFields fields(value, value.pointer(), findings);
  OverlayChange out;
  const bool set = fields.has("set");
  out.set = set;
  if (set == fields.has("clear")) {
    fields.add("", "expected either set or clear");
    return out;
  }
  const char* verb = set ? "set" : "clear";
  const auto what = standing_of(fields.text(verb, 16));
  if (!what) fields.add(verb, "expected paused, recalled, price or stock");
  out.what = what.value_or(Standing::paused);
  out.subject = fields.text("subject", kMostSubject);
  if (out.subject.empty()) fields.add("subject", "expected a rule id or a product key");
  if (set && out.what == Standing::price) out.price = fields.text("price", 24);
  if (set && out.what == Standing::stock) {
    out.stock = read_class(fields);
    if (fields.has("left")) {
      out.left = static_cast<std::uint32_t>(fields.number("left", 0, kMostLeft));
    }
  }
  if (set && fields.has("until")) {
    const auto until = format::parse_time(fields.text("until", 40));
    if (!until || *until <= 0) fields.add("until", "expected a time as 2026-11-21T11:32:05Z");
    out.until = until.value_or(0);
  }
  fields.finish();
  return out;
}

void read(format::Json tree, bool pack_wide, OverlayRequest& out, format::WireFindings& findings) {
  format::WireFields fields(tree, "", findings);
  out.who = fields.text("who", kMostText);
  out.why = fields.text("why", kMostText);
  if (out.who.empty()) fields.add("who", "expected who wants it");
  if (out.why.empty()) fields.add("why", "expected a reason");
  if (!pack_wide) out.pack = fields.text("pack", 64, false);
  if (const format::Json stores =
          pack_wide ? fields.array("stores", 10'000, false) : format::Json()) {
    for (const format::Json store : stores) {
      if (store.text().empty()) {
        fields.add("stores", "expected store ids");
        break;
      }
      out.stores.emplace_back(store.text());
    }
    if (stores.size() == 0) fields.add("stores", "expected a store, or no such member for all");
  }
  const format::Json changes = fields.array("changes", kMostChanges);
  for (const format::Json change : changes) out.changes.push_back(read_change(change, findings));
  if (changes && changes.size() == 0) fields.add("changes", "expected a change");
  fields.finish();
}

}  // namespace

OverlayRequestRead read_overlay_request(std::string_view json, bool pack_wide) {
  OverlayRequestRead out;
  format::WireFindings findings;
  OverlayRequest request;
  if (const auto tree = format::parse_wire(json, {}, findings)) {
    read(tree->root(), pack_wide, request, findings);
  }
  request.content = json;
  for (auto& finding : findings) {
    out.errors.push_back({"", std::move(finding.pointer), std::move(finding.detail)});
  }
  if (out.errors.empty()) out.request = std::move(request);
  return out;
}

std::string write_overlay_outcome(const OverlayOutcome& outcome) {
  format::JsonWriter json;
  json.open('{').key("stores").open('[');
  for (const OverlayChanged& one : outcome.stores) {
    json.open('{').key("store").text(one.store).key("version").number(one.version);
    json.key("changes").number(std::uint64_t{one.changes});
    json.key("left_out").number(std::uint64_t{one.left_out}).close('}');
  }
  return json.close(']').close('}').take();
}

}  // namespace sidedish::headoffice
