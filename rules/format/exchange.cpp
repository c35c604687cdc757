#include "rules/format/exchange.hpp"

#include "rules/base/picture.hpp"
#include "rules/base/text.hpp"
#include "rules/format/rfc3339.hpp"
#include "rules/model/outcome.hpp"

#include <limits>
#include <unordered_set>

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

std::string read_digest(WireFields& fields) {
  std::string hex(fields.text("sha256", 64));
  if (!is_digest(hex)) fields.add("sha256", "expected 64 lower-case hexadecimal digits");
  return hex;
}

void read_pictures(WireFields& manifest, std::vector<ManifestPicture>& out,
                   WireFindings& findings) {
  const Json list = manifest.array("pictures", kMaxPictures, false);
  std::unordered_set<std::string> seen;
  for (const Json value : list) {
    WireFields fields(value, value.pointer(), findings);
    ManifestPicture picture;
    picture.sha256 = read_digest(fields);
    if (!seen.insert(picture.sha256).second) fields.add("sha256", "expected each only once");
    picture.size = static_cast<std::uint64_t>(
        fields.number("size", 1, static_cast<std::int64_t>(kMaxLargePicture)));
    picture.type = fields.text("type", 16);
    if (picture.type != "image/webp" && picture.type != "image/png") {
      fields.add("type", "expected image/webp or image/png");
    }
    fields.finish();
    out.push_back(std::move(picture));
  }
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
  WireFields fields(tree->root(), "", findings);
  ReportAnswer answer;
  answer.digest = fields.text("digest", 256);
  answer.accepted = static_cast<std::uint64_t>(fields.number("accepted", 0, kMaxI64));
  answer.duplicate = static_cast<std::uint64_t>(fields.number("duplicate", 0, kMaxI64));
  for (const Json value : fields.array("rejected", 10'000)) {
    WireFields entry(value, value.pointer(), findings);
    Rejected rejected;
    rejected.id = entry.decimal("id");
    rejected.detail = entry.text("detail", 4096);
    answer.rejected.push_back(std::move(rejected));
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
  WireFields fields(tree->root(), "", findings);
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
  if (manifest.overlay) {
    member(out, "overlay");
    out += '{';
    text(out, "sha256", manifest.overlay->sha256);
    count(out, "size", manifest.overlay->size);
    count(out, "version", manifest.overlay->version);
    out += '}';
  }
  if (manifest.pictures.empty()) return out + "}";
  member(out, "pictures");
  out += '[';
  for (const ManifestPicture& picture : manifest.pictures) {
    if (out.back() != '[') out += ',';
    out += '{';
    text(out, "sha256", picture.sha256);
    count(out, "size", picture.size);
    text(out, "type", picture.type);
    out += '}';
  }
  return out + "]}";
}

std::optional<Manifest> read_manifest(std::string_view json, WireFindings& findings) {
  JsonLimits limits;
  limits.items = kMaxPictures;
  limits.bytes = std::size_t{4} << 20;
  const auto tree = parse_wire(json, limits, findings);
  if (!tree) return std::nullopt;
  WireFields fields(tree->root(), "", findings);
  Manifest manifest;
  if (fields.text("format", 64) != kManifestFormat) {
    fields.add("format", "expected \"" + std::string(kManifestFormat) + "\"");
  }
  manifest.store = fields.text("store", model::kMaxIdBytes);
  if (manifest.store.empty()) fields.add("store", "expected an id");
  manifest.version = static_cast<std::uint64_t>(fields.number("version", 1, kMaxI64));
  manifest.pack_version = static_cast<std::uint64_t>(fields.number("pack_version", 0, kMaxI64));
  if (const Json image = fields.object("image")) {
    WireFields about(image, "/image", findings);
    manifest.image_sha256 = read_digest(about);
    manifest.image_size = static_cast<std::uint64_t>(
        about.number("size", 1, static_cast<std::int64_t>(kMaxImageBytes)));
    about.finish();
  }
  if (const auto at = parse_time(fields.text("published_at", 40))) {
    manifest.published_at = *at;
  } else {
    fields.add("published_at", "expected a time as 2026-11-21T11:32:05.120Z");
  }
  if (const Json overlay = fields.object("overlay", false)) {
    WireFields about(overlay, "/overlay", findings);
    manifest.overlay.emplace();
    manifest.overlay->sha256 = read_digest(about);
    manifest.overlay->size = static_cast<std::uint64_t>(
        about.number("size", 1, static_cast<std::int64_t>(kMaxOverlayBytes)));
    manifest.overlay->version = static_cast<std::uint64_t>(about.number("version", 1, kMaxI64));
  }
  read_pictures(fields, manifest.pictures, findings);
  if (!findings.empty()) return std::nullopt;
  return manifest;
}

}  // namespace sidedish::format
