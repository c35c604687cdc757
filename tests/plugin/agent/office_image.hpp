#pragma once
// What a head office of the tests has to send: a small shop's image, and a manifest that names it.
#include "plugin/net/digest.hpp"
#include "rules/format/exchange.hpp"
#include "tests/plugin/agent/bench.hpp"
#include "tests/rules/compile/packs.hpp"

namespace sidedish::agent::test {

/// Those of two versions differ.
inline std::string image_bytes(std::uint64_t version) {
  model::Pack pack = packs::burgers();
  pack.version = version;
  const compile::Compiled made = packs::compiled(pack);
  REQUIRE(made.errors.empty());
  return {reinterpret_cast<const char*>(made.image.data()), made.image.size()};
}
inline std::string digest_of(const std::string& bytes) { return net::hex(net::sha256(bytes)); }
inline std::string tag_of(std::uint64_t version) { return "\"v" + std::to_string(version) + "\""; }

/// The answer that names this image, with its tag.
inline net::Response manifest_of(std::uint64_t version, const std::string& image) {
  format::Manifest manifest;
  manifest.store = "mitte";
  manifest.version = version;
  manifest.pack_version = version;
  manifest.image_sha256 = digest_of(image);
  manifest.image_size = image.size();
  net::Response response = json(200, format::write(manifest));
  response.headers.set("ETag", tag_of(version));
  return response;
}

}  // namespace sidedish::agent::test
