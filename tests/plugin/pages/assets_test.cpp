#include "plugin/pages/assets.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

using namespace sidedish;

namespace {

std::string_view text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("assets: every file of the pages is inside, sorted, and found by its path", "[pages]") {
  const auto all = pages::assets();
  CHECK(std::ranges::is_sorted(all, {}, &pages::Asset::path));
  for (const pages::Asset& asset : all) {
    INFO(asset.path);
    CHECK(pages::find_asset(asset.path) == &asset);
    CHECK(asset.etag.size() == 18);
    CHECK_FALSE(asset.type.empty());
    CHECK_FALSE(asset.raw.empty());
    if (!asset.gz.empty()) CHECK(text(asset.gz).substr(0, 2) == "\x1f\x8b");
    CHECK(asset.gz.size() < asset.raw.size());
    CHECK(asset.br.size() < asset.raw.size());
  }
  CHECK(pages::find_asset("/") == nullptr);
  CHECK(pages::find_asset("/zzz") == nullptr);
}

TEST_CASE("assets: a page names only files that are inside, and has the place for the token once",
          "[pages]") {
  for (const pages::Asset& page : pages::assets()) {
    if (!page.type.starts_with("text/html")) continue;
    INFO(page.path);
    const std::string html(text(page.raw));
    CHECK_FALSE(page.immutable);
    CHECK(page.gz.empty());
    const auto place = html.find(pages::kTokenPlace);
    REQUIRE(place != std::string::npos);
    CHECK(html.find(pages::kTokenPlace, place + 1) == std::string::npos);
    unsigned named = 0;
    for (auto at = html.find("\"/assets/"); at != std::string::npos;
         at = html.find("\"/assets/", at + 1)) {
      const std::string path = html.substr(at + 1, html.find('"', at + 1) - at - 1);
      INFO(path);
      const pages::Asset* asset = pages::find_asset(path);
      REQUIRE(asset != nullptr);
      CHECK(asset->immutable);
      ++named;
    }
    CHECK(named == 2);
  }
}
