#include "headoffice/overlay/file.hpp"

#include "plugin/net/digest.hpp"
#include "rules/compile/overlay.hpp"

#include <algorithm>
#include <cstring>
#include <map>

namespace sidedish::headoffice {
namespace {

/// Why the row cannot stand beside this image; empty: what compile says counts.
std::string obstacle(const StandingRow& row, const image::Image& image, UtcMs now) {
  if (row.until != 0 && row.until <= now) return "its time is over";
  if (row.what == Standing::paused && row.pack != image.text(image.settings().pack_id)) {
    return "it is of another pack";
  }
  if (row.what != Standing::price) return {};
  const std::uint32_t product = image.find_product(row.subject);
  if (product != image::kNone && image.products()[product].price != row.base) {
    return "the catalogue has a newer price";
  }
  return {};
}

void add(model::OverlaySpec& spec, const StandingRow& row) {
  switch (row.what) {
    case Standing::paused:
      spec.paused.push_back(row.subject);
      break;
    case Standing::recalled:
      spec.recalled.push_back(row.subject);
      break;
    case Standing::price:
      spec.prices.push_back({row.subject, row.price});
      break;
    case Standing::stock:
      spec.stock.push_back({row.subject, row.stock, row.left});
      break;
  }
}

/// Counts are as old as the oldest of them: "only 3 left" vanishes when one of them is stale.
UtcMs stock_as_of(std::span<const StandingRow> rows) {
  UtcMs oldest_count = 0, newest = 0;
  for (const StandingRow& row : rows) {
    if (row.what != Standing::stock) continue;
    newest = std::max(newest, row.since);
    if (row.left && (oldest_count == 0 || row.since < oldest_count)) oldest_count = row.since;
  }
  return oldest_count != 0 ? oldest_count : newest;
}

Standing kind_at(std::string_view pointer) {
  if (pointer.starts_with("/recalled")) return Standing::recalled;
  if (pointer.starts_with("/prices")) return Standing::price;
  return pointer.starts_with("/stock") ? Standing::stock : Standing::paused;
}

}  // namespace

MadeFile make_file(std::span<const StandingRow> rows, const image::Image& image,
                   std::uint64_t version, UtcMs now) {
  const image::Settings& settings = image.settings();
  std::map<std::size_t, std::string> out;  // of the file, by row
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (std::string why = obstacle(rows[i], image, now); !why.empty()) {
      out.emplace(i, std::move(why));
    }
  }
  MadeFile made;
  for (;;) {
    model::OverlaySpec spec;
    spec.pack = image.text(settings.pack_id);
    spec.version = version;
    std::memcpy(spec.currency.code, settings.currency, 3);
    spec.currency.exponent = settings.exponent;
    spec.stock_as_of = stock_as_of(rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!out.contains(i)) add(spec, rows[i]);
    }
    compile::MadeOverlay compiled = compile::make_overlay(spec, image);
    if (compiled.errors.empty()) {
      made.bytes = std::move(compiled.bytes);
      break;
    }
    const std::size_t before = out.size();
    for (const model::Finding& finding : compiled.errors) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].subject == finding.id && rows[i].what == kind_at(finding.pointer)) {
          out.emplace(i, finding.message);
        }
      }
    }
    if (out.size() != before) continue;
    // Of no row: it is about all of them.
    for (std::size_t i = 0; i < rows.size(); ++i) out.emplace(i, compiled.errors.front().message);
    if (out.size() == before) break;
  }
  for (auto& [row, why] : out) made.left_out.push_back({row, std::move(why)});
  return made;
}

ManifestRow row_of(const format::Manifest& manifest) {
  ManifestRow row;
  row.version = manifest.version;
  row.body = format::write(manifest);
  row.etag = "\"" + net::hex(net::sha256(row.body)).substr(0, 32) + "\"";
  return row;
}

OverlayFile file_of(format::Manifest manifest, MadeFile made, std::uint64_t version) {
  OverlayFile out;
  out.manifest = manifest.version;
  out.bytes = std::move(made.bytes);
  out.left_out = made.left_out.size();
  const net::Sha256 digest =
      net::sha256({reinterpret_cast<const char*>(out.bytes.data()), out.bytes.size()});
  std::memcpy(out.sha256.data(), digest.data(), digest.size());
  manifest.overlay = format::ManifestOverlay{net::hex(digest), out.bytes.size(), version};
  ManifestRow row = row_of(manifest);
  out.etag = std::move(row.etag);
  out.body = std::move(row.body);
  return out;
}

}  // namespace sidedish::headoffice
