#include "plugin/net/web_file.hpp"

#include <algorithm>

namespace sidedish::net {
namespace {

std::string_view view(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

bool accepts_coding(const Request& request, std::string_view token) {
  for (std::string_view field : request.headers.all("Accept-Encoding")) {
    while (!field.empty()) {
      const std::size_t end = std::min(field.find(','), field.size());
      std::string_view one = field.substr(0, end);
      field.remove_prefix(std::min(end + 1, field.size()));
      while (one.starts_with(' ')) one.remove_prefix(1);
      const std::size_t semicolon = std::min(one.find(';'), one.size());
      const std::string_view weight = one.substr(semicolon);
      one = one.substr(0, semicolon);
      while (one.ends_with(' ')) one.remove_suffix(1);
      const std::size_t zero = weight.find("q=0");
      const bool refused = zero != std::string_view::npos &&
                           weight.find_first_of("123456789", zero + 3) == std::string_view::npos;
      if (iequals(one, token) && !refused) return true;
    }
  }
  return false;
}

bool knows_tag(const Request& request, std::string_view etag) {
  for (const std::string_view field : request.headers.all("If-None-Match")) {
    if (field.find(etag) != std::string_view::npos) return true;
  }
  return false;
}

Response web_file(const Request& request, const WebAsset& asset) {
  Response response;
  response.headers.set("Content-Type", asset.type).set("X-Content-Type-Options", "nosniff");
  response.headers.set("Cache-Control", asset.immutable ? kForEver : "no-cache");
  response.headers.set("ETag", asset.etag).set("Vary", "Accept-Encoding");
  if (knows_tag(request, asset.etag)) {
    response.status = 304;
  } else if (!asset.br.empty() && accepts_coding(request, "br")) {
    response.headers.set("Content-Encoding", "br");
    response.body = view(asset.br);
  } else if (!asset.gz.empty() && accepts_coding(request, "gzip")) {
    response.headers.set("Content-Encoding", "gzip");
    response.body = view(asset.gz);
  } else {
    response.body = view(asset.raw);
  }
  return response;
}

}  // namespace sidedish::net
