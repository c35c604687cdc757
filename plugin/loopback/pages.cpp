#include "plugin/loopback/pages.hpp"

#include "plugin/net/web_file.hpp"
#include "plugin/pages/assets.hpp"
#include "rules/base/picture.hpp"
#include "rules/base/text.hpp"

#include <algorithm>
#include <fstream>

namespace sidedish::loopback {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = 8 << 20;

std::string_view view(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<std::string> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  const auto size = fs::file_size(path, error);
  if (error || size > kMostBytes) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string out(static_cast<std::size_t>(size), '\0');
  in.read(out.data(), static_cast<std::streamsize>(size));
  return in ? std::optional(std::move(out)) : std::nullopt;
}

std::string_view type_of(const fs::path& path) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},   {".svg", "image/svg+xml"},
      {".json", "application/json"},         {".txt", "text/plain; charset=utf-8"}};
  const std::string ending = path.extension().string();
  for (const auto& [known, type] : kTypes) {
    if (known == ending) return type;
  }
  return "application/octet-stream";
}

/// What every file of ours is sent with.
net::Response file(std::string_view type) {
  net::Response response;
  response.headers.set("Content-Type", type).set("X-Content-Type-Options", "nosniff");
  response.headers.set("Content-Security-Policy", "default-src 'none'");
  response.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
  return response;
}

bool is_plain(std::string_view word, std::size_t most, std::string_view more) {
  return !word.empty() && word.size() <= most && std::all_of(word.begin(), word.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           more.find(c) != std::string_view::npos;
  });
}

}  // namespace

void read_pages(format::Json value, const std::string& pointer, PagesConfig& out,
                format::WireFindings& findings) {
  format::WireFields fields(value, pointer, findings);
  if (const format::Json keys = fields.object("keys", false)) {
    format::WireFields names(keys, fields.at("keys"), findings);
    for (const auto& [name, key] :
         {std::pair("accept", &out.accept_key), std::pair("decline", &out.decline_key)}) {
      const std::string_view said = names.text(name, 32, false);
      if (!names.has(name)) continue;
      *key = said;
      if (!is_plain(said, 32, "")) names.add(name, "expected a key's name, like F8");
    }
    names.finish();
  }
  if (fields.has("fold_ms")) out.fold_ms = fields.number("fold_ms", 1'000, 600'000);
  if (fields.has("late_ms")) out.late_ms = fields.number("late_ms", 1, 10'000);
  for (const format::Json property : fields.object("theme", false)) {
    const std::string_view name = property.key();
    // It becomes the value of a style's property: nothing that could end it or name an address.
    if (!name.starts_with("--") || !is_plain(name, 64, "-") ||
        !is_plain(property.text(), 128, " #%,.-()'\"")) {
      format::add_finding(findings, fields.at("theme") + format::pointer_step(name),
                          "expected a CSS custom property like \"--accent\": \"#b00020\"");
      continue;
    }
    out.theme.emplace_back(name, property.text());
  }
  fields.finish();
}

Pages::Pages(fs::path folder, std::string token, const std::vector<std::string>& origins)
    : folder_(std::move(folder)),
      token_(std::move(token)),
      policy_(
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
          "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'") {
  for (const std::string& origin : origins) policy_ += ' ' + origin;
}

net::Response Pages::page(std::string html) const {
  net::Response response = file("text/html; charset=utf-8");
  response.headers.set("Content-Security-Policy", policy_);
  response.headers.set("Cache-Control", "no-cache, no-store");  // the token of this start is in it
  response.headers.set("Referrer-Policy", "no-referrer");
  response.headers.set("Cross-Origin-Resource-Policy", "same-origin");
  if (const auto at = html.find(pages::kTokenPlace); at != std::string::npos) {
    html.replace(at, pages::kTokenPlace.size(), token_);
  }
  response.body = std::move(html);
  return response;
}

std::optional<net::Response> Pages::serve(const net::Request& request,
                                          const std::string& path) const {
  if (!folder_.empty()) {
    // The router lets no segment through that could lead out of the folder.
    const bool is_page = path.find('/', 1) == std::string::npos;
    const fs::path at = folder_ / (path.substr(1) + (is_page ? ".html" : ""));
    auto bytes = read_file(at);
    if (!bytes) return std::nullopt;
    if (is_page) return page(std::move(*bytes));
    net::Response response = file(type_of(at));
    response.headers.set("Cache-Control", "no-cache");
    response.body = std::move(*bytes);
    return response;
  }
  const pages::Asset* asset = pages::find_asset(path);
  if (asset == nullptr) return std::nullopt;
  if (asset->type.starts_with("text/html")) return page(std::string(view(asset->raw)));
  net::Response response = net::web_file(request, *asset);
  response.headers.set("Content-Security-Policy", "default-src 'none'");
  response.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
  return response;
}

std::optional<net::Response> serve_picture(const fs::path& folder, const net::Request& request,
                                           std::string_view sha256) {
  if (!is_digest(sha256)) return std::nullopt;
  auto bytes = read_file(folder / sha256);
  if (!bytes) return std::nullopt;
  const std::string_view type = picture_type(*bytes);
  if (type.empty()) return std::nullopt;
  const std::string etag = '"' + std::string(sha256.substr(0, 16)) + '"';
  net::Response response = file(type);
  response.headers.set("Cache-Control", net::kForEver).set("ETag", etag);
  if (net::knows_tag(request, etag)) {
    response.status = 304;
  } else {
    response.body = std::move(*bytes);
  }
  return response;
}

}  // namespace sidedish::loopback
