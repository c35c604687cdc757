#include "rules/format/exchange.hpp"

#include "rules/format/rfc3339.hpp"
#include "rules/model/outcome.hpp"

#include <algorithm>
#include <limits>

namespace sidedish::format {
namespace {

constexpr std::int64_t kMaxI64 = std::numeric_limits<std::int64_t>::max();

void member(std::string& out, std::string_view name) {
  out += out.back() == '{' ? "" : ",";
  append_json(out, name);
  out += ':';
}
void text(std::string& out, std::string_view name, std::string_view value) {
  member(out, name);
  append_json(out, value);
}
void count(std::string& out, std::string_view name, std::uint64_t value) {
  member(out, name);
  out += std::to_string(value);
}

}  // namespace

std::string write(const ReportAnswer& answer) {
  std::string out = "{";
  text(out, "digest", answer.digest);
  count(out, "accepted", answer.accepted);
  count(out, "duplicate", answer.duplicate);
  member(out, "rejected");
  out += '[';
  for (const Rejected& entry : answer.rejected) {
    if (out.back() != '[') out += ',';
    out += '{';
    text(out, "id", std::to_string(entry.id));
    text(out, "detail", entry.detail);
    out += '}';
  }
  out += ']';
  text(out, "manifest", answer.manifest);
  count(out, "drain_rate", answer.drain_rate);
  return out + "}";
}

std::optional<ReportAnswer> read_report_answer(std::string_view json, WireFindings& findings) {
  const auto tree = parse_wire(json, {}, findings);
  if (!tree) return std::nullopt;
  WireFields fields(*tree, "", findings);
  ReportAnswer answer;
  answer.digest = fields.text("digest", 256);
  answer.accepted = static_cast<std::uint64_t>(fields.number("accepted", 0, kMaxI64));
  answer.duplicate = static_cast<std::uint64_t>(fields.number("duplicate", 0, kMaxI64));
  if (const auto* list = fields.array("rejected", 10'000)) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      WireFields entry((*list)[i], "/rejected/" + std::to_string(i), findings);
      Rejected rejected;
      rejected.id = entry.decimal("id");
      rejected.detail = entry.text("detail", 4096);
      answer.rejected.push_back(std::move(rejected));
    }
  }
  answer.manifest = fields.text("manifest", 256, false);
  answer.drain_rate = static_cast<std::uint32_t>(
      fields.number("drain_rate", 0, std::numeric_limits<std::uint32_t>::max(), false));
  // Members of a later version are no reason to send everything again: finish() is not called.
  if (!findings.empty()) return std::nullopt;
  return answer;
}

std::optional<std::uint64_t> read_source_conflict(std::string_view problem_json) {
  WireFindings findings;
  const auto tree = parse_wire(problem_json, {}, findings);
  if (!tree) return std::nullopt;
  WireFields fields(*tree, "", findings);
  const bool ours = fields.text("type", 256) == kSourceConflict;
  const std::uint64_t first = fields.decimal("first");
  if (!findings.empty() || !ours || first == 0) return std::nullopt;
  return first;
}

std::string write(const Manifest& manifest) {
  std::string out = "{";
  text(out, "format", kManifestFormat);
  text(out, "store", manifest.store);
  count(out, "version", manifest.version);
  count(out, "pack_version", manifest.pack_version);
  member(out, "image");
  out += '{';
  text(out, "sha256", manifest.image_sha256);
  count(out, "size", manifest.image_size);
  out += '}';
  text(out, "published_at", format_time(manifest.published_at));
  return out + "}";
}

std::optional<Manifest> read_manifest(std::string_view json, WireFindings& findings) {
  const auto tree = parse_wire(json, {}, findings);
  if (!tree) return std::nullopt;
  WireFields fields(*tree, "", findings);
  Manifest manifest;
  if (fields.text("format", 64) != kManifestFormat) {
    fields.add("format", "expected \"" + std::string(kManifestFormat) + "\"");
  }
  manifest.store = fields.text("store", model::kMaxIdBytes);
  if (manifest.store.empty()) fields.add("store", "expected an id");
  manifest.version = static_cast<std::uint64_t>(fields.number("version", 1, kMaxI64));
  manifest.pack_version = static_cast<std::uint64_t>(fields.number("pack_version", 0, kMaxI64));
  if (const WireValue* image = fields.object("image")) {
    WireFields about(*image, "/image", findings);
    manifest.image_sha256 = about.text("sha256", 64);
    const auto& hex = manifest.image_sha256;
    if (hex.size() != 64 || !std::all_of(hex.begin(), hex.end(), [](char c) {
          return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        })) {
      about.add("sha256", "expected 64 lower-case hexadecimal digits");
    }
    manifest.image_size = static_cast<std::uint64_t>(
        about.number("size", 1, static_cast<std::int64_t>(kMaxImageBytes)));
    about.finish();
  }
  if (const auto at = parse_time(fields.text("published_at", 40))) {
    manifest.published_at = *at;
  } else {
    fields.add("published_at", "expected a time as 2026-11-21T11:32:05.120Z");
  }
  fields.finish();
  if (!findings.empty()) return std::nullopt;
  return manifest;
}

}  // namespace sidedish::format
